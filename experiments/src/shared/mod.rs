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
pub(crate) use charts::{chart, draw, line, log_log, log_panel, marked, numbered, panel};
pub(crate) use inhibition::{least_inhibition, pulse};
pub(crate) use measured::Runs;
pub(crate) use outputs::{Experiment, Outputs, fields, machine, optional};
pub(crate) use run::{cell, constant_input, fixed_step, rest, scheme, schemes, stepper, truth};
pub(crate) use statistics::{correlation, largest, linear, logarithmic, mean, median, share, slope};
pub(crate) use text::{columns, names};
pub(crate) use trains::Trains;
