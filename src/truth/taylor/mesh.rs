//! The steps of a solution, kept for its dense output.

use crate::model::arithmetic::Time;
use crate::model::normal_form::NormalState;

use super::control::Control;

/// The steps of a solution, enough to compute every Taylor series again.
#[derive(Clone, Debug)]
pub(crate) struct Mesh {
    /// Order and reach of the series; a step that is longer takes several.
    pub(crate) control: Control,
    /// Starts of all steps, and the end of the last.
    pub(crate) starts: Vec<NormalState>,
    /// Indices of the starts that follow a reset.
    pub(crate) resets: Vec<usize>,
}

impl Mesh {
    /// The time at which the solution ends.
    pub(crate) fn end(&self) -> Time {
        self.starts.last().map_or(Time::at(0.0), |s| s.time)
    }
}
