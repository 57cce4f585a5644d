//! Recognition: labelled images, pulse codes, readouts.

mod recognition {
    mod coding;
    mod data;
    mod readout;
}
