//! The Taylor solver of the [truth](crate::truth::taylor) as a scheme, at a tolerance of the user's choice.
//!
//! **Names:** `taylor`.
//!
//! Its order follows from the tolerance, which holds per step, relative to the state; it is not a bound on spike times.
//! Flops and evaluations are those the solver counts (each order of a series counts as one evaluation).
//! Source: À. Jorba, M. Zou, *A software package for the numerical integration of ODEs by means of high-order Taylor methods*,
//! Experimental Mathematics 14 (2005) 99–117; R. Stewart, W. Bair, J. Comput. Neurosci. 27 (2009) 115–133 for this neuron.
//! **When not to use it:** in a clock-driven network.

use super::{Cost, Sample, Trajectory, observe_steps};
use crate::model::Problem;
use crate::truth::taylor;

/// Solves `problem` by Taylor series at `tolerance` (relative, per step), calling `observe` at the end of every step.
pub fn solve_taylor(problem: &Problem, tolerance: f64, observe: impl FnMut(Sample)) -> Trajectory {
    let solution = taylor::solve(problem, tolerance);
    let mut cursor = solution.cursor();
    observe_steps(solution.step_ends(), &solution.spikes, |t| cursor.state(t), observe);
    Trajectory {
        steps: solution.steps as u64,
        cost: Cost::new(solution.evaluations, solution.flops),
        diverged_at: solution.outcome.cut_at(),
        error_estimate: None,
        arithmetic: None,
        spikes: solution.spikes.clone(),
    }
}
