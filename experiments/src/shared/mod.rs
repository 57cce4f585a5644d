//! What several experiments share.

mod outputs;
mod run;
mod statistics;

pub(crate) use outputs::{Experiment, Outputs, fields, optional};
pub(crate) use run::{fixed_step, schemes};
pub(crate) use statistics::slope;
