//! What several experiments share.

mod outputs;
mod run;

pub(crate) use outputs::{Experiment, Outputs, fields, optional};
pub(crate) use run::{fixed_step, schemes};
