//! Recognition: labelled images, pulse codes, readouts.

mod coding;
mod data;
mod readout;
