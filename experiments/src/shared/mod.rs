//! What several experiments share.

mod asked;
mod charts;
pub(crate) mod claims;
mod inhibition;
mod measured;
mod outputs;
mod run;
mod statistics;
mod text;
mod trains;

pub(crate) use asked::Asked;
pub(crate) use charts::{draw, line, log_log, log_panel, marked, numbered, panel};
pub(crate) use inhibition::{least_inhibition, pulse};
pub(crate) use measured::Runs;
pub(crate) use outputs::{Experiment, Outputs, fields, machine, optional};
pub(crate) use run::{cell, constant_input, fixed_step, preset, rest, scheme, schemes, stepper, truth};
pub(crate) use statistics::{correlation, halved, largest, linear, logarithmic, mean, median, share, slope};
pub(crate) use text::{pivot, table};
pub(crate) use trains::Trains;
