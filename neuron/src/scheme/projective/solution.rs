//! What the adaptive solver returns.

use crate::Problem;
use crate::spike::SpikeTrain;
use crate::truth::residual::{self, Reading, StepLog};
use crate::truth::taylor::mesh::Mesh;
use crate::truth::{Outcome, SpikeBound, Truth};

use super::dense::Cursor;

/// A solution of a [`Problem`] to a tolerance on its spike times.
#[derive(Clone, Debug)]
pub struct Solution {
    /// Times at which v reaches the peak from below \[ms\].
    pub spikes: SpikeTrain,
    /// u just before each reset \[mV/ms\].
    pub u_before_reset: Vec<f64>,
    /// How the run ended.
    pub outcome: Outcome,
    /// What was asked for: the largest error of a spike time \[ms\].
    pub tolerance: f64,
    /// The largest error of any spike time \[ms\] as estimated from all local errors, carried along the solution; an estimate
    /// that leans to the safe side, not a bound.
    pub error_estimate: f64,
    /// Steps taken, upstrokes included; an interpolated interspike interval is one step.
    pub steps: u64,
    /// Interspike intervals that were interpolated among earlier ones of the run.
    pub interpolated: u64,
    /// Evaluations of the right-hand side: each order of a series, each node of a sweep counts as one.
    pub evaluations: u64,
    /// Floating-point operations; an elementary function counts as 20.
    pub flops: u64,
    pub(crate) problem: Problem,
    /// The steps, to be read by Taylor series at their tightest where this becomes a truth.
    pub(crate) mesh: Mesh,
    /// Indices of the starts of interpolated intervals.
    pub(crate) interpolated_starts: Vec<usize>,
    /// The local error of a step at the end of the run \[ms\].
    pub(crate) tau: f64,
}

impl Solution {
    /// Whether the tolerance was kept, as far as the estimate tells: false where the neuron magnifies even rounding beyond it.
    pub fn keeps_tolerance(&self) -> bool {
        self.error_estimate <= self.tolerance
    }

    /// Where the solution ends \[ms\]: the problem's duration, or the time the run was cut.
    pub fn end(&self) -> f64 {
        self.mesh.end()
    }

    /// Ends of the steps \[ms\], in order; a spike ends a step.
    pub fn step_ends(&self) -> impl Iterator<Item = f64> + '_ {
        self.mesh.step_ends()
    }

    /// The steps as exact numbers: what [`residual::certify`] starts from. An upstroke is one step. `None` for a run that was
    /// refused.
    pub fn step_log(&self) -> Option<StepLog> {
        self.mesh.step_log()
    }

    /// The error of every spike, with its sign, from the residuals of the steps: see [`residual`]. Unlike
    /// [`error_estimate`](Self::error_estimate) it is known to the digits of its uncertainty, and its bound holds.
    ///
    /// A run that was refused has no spikes and is certain of nothing.
    pub fn residual_certificate(&self, reading: Reading<'_>) -> residual::Certificate {
        residual::certify_run(&self.problem, self.step_log().as_ref(), reading)
    }

    /// This solution as one that errors are measured against, with `error_bounds` for its spikes, their number being certain
    /// until `certain_until` \[ms\].
    pub fn into_truth(self, error_bounds: Vec<Option<SpikeBound>>, certain_until: f64) -> Truth {
        Truth {
            spikes: self.spikes,
            u_before_reset: self.u_before_reset,
            error_bounds,
            outcome: self.outcome,
            steps: self.steps as usize,
            evaluations: self.evaluations,
            flops: self.flops,
            certain_until,
            problem: self.problem,
            mesh: self.mesh,
        }
    }

    /// A reader of v and u at any time; cheapest when times increase.
    pub fn cursor(&self) -> Cursor<'_> {
        Cursor::new(&self.problem, &self.mesh, &self.interpolated_starts, self.tau)
    }
}
