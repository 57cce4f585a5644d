//! The steps of a solution, kept for its dense output.

use crate::model::normal_form::NormalState;
use crate::truth::residual::StepLog;

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
    /// What the steps are in, each from the start of an index on; of a plain neuron nothing is to be said.
    pub(crate) phases: Vec<(usize, Phase)>,
}

/// What a step of a neuron with an [`Extension`](crate::model::Extension) is in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Phase {
    /// In the piece of that place, see [`Piece::all`](super::pieces::Piece::all).
    Moving(usize),
    /// In a refractory period: its start holds v and u in the places of W and K.
    Held,
}

impl Mesh {
    /// The time at which the solution ends \[ms\].
    pub(crate) fn end(&self) -> f64 {
        self.starts.last().map_or(0.0, |start| start.time.high)
    }

    /// Ends of the steps \[ms\].
    pub(crate) fn step_ends(&self) -> impl Iterator<Item = f64> + '_ {
        self.starts.iter().skip(1).map(|start| start.time.high)
    }

    /// What a step is in.
    pub(crate) fn phase(&self, step: usize) -> Phase {
        let index = self.phases.partition_point(|(first, _)| *first <= step);
        index.checked_sub(1).map_or(Phase::Moving(0), |i| self.phases[i].1)
    }

    /// The steps as exact numbers; `None` for a run that was refused, and for a neuron that is not plain.
    pub(crate) fn step_log(&self) -> Option<StepLog> {
        if !self.phases.is_empty() {
            return None;
        }
        StepLog::of_starts(&self.starts, &self.resets)
    }

    /// The step that holds `t`: from the `present` one onwards, or by bisection when the time has gone back.
    pub(crate) fn step_at(&self, t: f64, present: Option<usize>) -> Option<usize> {
        let begins = |start: &NormalState| start.time.high <= t;
        match present {
            Some(i) if self.starts.get(i).is_some_and(begins) => {
                Some(i + self.starts[i + 1..].iter().take_while(|start| begins(start)).count())
            }
            _ => self.starts.partition_point(begins).checked_sub(1),
        }
    }
}
