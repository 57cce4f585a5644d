//! What a truth solver returns.

use crate::spike::SpikeTrain;
use crate::truth::taylor::mesh::Mesh;
use crate::{Problem, State};

use super::cursor::Cursor;
use super::residual::{self, Reading, StepLog};
use super::taylor::record::Outcome;

/// By how much a spike can be wrong.
///
/// [`taylor::solve_certified`](super::taylor::solve_certified) gives the sum of the absolute values of all local errors
/// (truncation, rounding, and the rounding of the problem's own decimal numbers to f64), each carried to the spike by the
/// linearised flow with its resets; `spikestep::study` puts the sharper bound from [`residual`] in its place. The first is
/// an estimate in two respects: the truncation error is taken from the size of the last Taylor terms, and second-order
/// terms are not enclosed but kept small: where they could matter there is no bound (`None`).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SpikeBound {
    /// The largest error of the spike time \[ms\].
    pub t: f64,
    /// The largest error of u just before the reset \[mV/ms\], each solution taken at its own spike time; infinite where a proof
    /// bounds the time alone.
    pub u: f64,
}

/// A solution of a [`Problem`], good to rounding.
#[derive(Clone, Debug)]
pub struct Truth {
    /// Times at which v reaches the peak from below \[ms\], rounded to f64.
    pub spikes: SpikeTrain,
    /// u just before each reset \[mV/ms\].
    pub u_before_reset: Vec<f64>,
    /// A bound for every spike; `None` where it cannot be known, and everywhere when it was not asked for.
    pub error_bounds: Vec<Option<SpikeBound>>,
    /// How the run ended.
    pub outcome: Outcome,
    /// The number of steps that the solver took.
    pub steps: usize,
    /// Cost in evaluations of the right-hand side: each order of a Taylor series counts as one.
    pub evaluations: u64,
    /// Floating-point operations (additions, multiplications, divisions; an elementary function counts as 20).
    pub flops: u64,
    /// Up to when \[ms\] spikes are certain in number; negative when bounds were not asked for.
    pub certain_until: f64,
    pub(crate) problem: Problem,
    pub(crate) mesh: Mesh,
}

impl Truth {
    /// The largest error of any spike time \[ms\], and with it the statement that their number is right.
    ///
    /// `None` when some bound is unknown, when a crossing of the peak near the end of the run or a maximum of v near the
    /// peak leaves the number of spikes open, or when bounds were not asked for. Zero for a silent run.
    pub fn bound(&self) -> Option<f64> {
        if self.certain_until < self.problem.duration {
            return None;
        }
        self.error_bounds.iter().try_fold(0.0, |largest: f64, b| b.map(|b| largest.max(b.t)))
    }

    /// Where the solution ends \[ms\]: the problem's duration, or the time the run was cut.
    pub fn end(&self) -> f64 {
        self.mesh.end()
    }

    /// Ends of the steps \[ms\], in order; a spike ends a step.
    pub fn step_ends(&self) -> impl Iterator<Item = f64> + '_ {
        self.mesh.step_ends()
    }

    /// The steps as exact numbers: what [`residual::certify`] starts from. `None` for a run that was refused.
    pub fn step_log(&self) -> Option<StepLog> {
        self.mesh.step_log()
    }

    /// The error of every spike, with its sign, from the residuals of the steps: see [`residual`].
    ///
    /// Independent of [`error_bounds`](Self::error_bounds), sharper, and at the tightest tolerance about ten times as dear as the solution; a run that
    /// was refused has no spikes and is certain of nothing.
    pub fn residual_certificate(&self, reading: Reading<'_>) -> residual::Certificate {
        residual::certify_run(&self.problem, self.step_log().as_ref(), reading)
    }

    /// A reader of the state at any time; cheapest when times increase.
    pub fn cursor(&self) -> Cursor<'_> {
        Cursor::new(&self.problem, &self.mesh)
    }

    /// The state at `t` \[ms\]: `self.cursor().state(t)`.
    pub fn state(&self, t: f64) -> State {
        self.cursor().state(t)
    }
}
