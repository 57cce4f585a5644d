//! Many neurons without a common clock: the adaptive solver of one neuron, over threads.
//!
//! Neurons with steps of their own can be put into the lanes of a vector, too: a pool of neurons under way, from which batches of
//! series and batches of upstrokes took their lanes. That was built and measured against the solver of one neuron (RS, IB, CH and FS,
//! inputs of 5 to 15 mV/ms, 1000 ms, tolerances of 1e-1, 1e-3 and 1e-6 ms, one core of a busy AMD EPYC with AVX2, in turns, the
//! fastest of nine runs each). Under a constant input lanes took 3 to 9 times as long, because one neuron's solver interpolates
//! interspike intervals among earlier ones; where the input jumped every 200, 50 or 5 ms, 1.2 to 1.9 times as long, but for one
//! tie. On a quieter machine, against a solver that interpolated nothing, lanes had been 1.2 to 1.5 times as fast: in neither case
//! enough for a second solver.

use rayon::prelude::*;

use crate::Problem;
use crate::scheme::projective;
use crate::spike::SpikeTrain;
use crate::truth::Outcome;

/// The spikes of one neuron, to a tolerance.
#[derive(Clone, Debug, PartialEq)]
pub struct Spikes {
    /// Times at which v reaches the peak from below \[ms\].
    pub train: SpikeTrain,
    /// The largest error of any spike time \[ms\] as estimated: see
    /// [`Solution::error_estimate`](projective::Solution::error_estimate).
    pub error_estimate: f64,
    /// How the run ended.
    pub outcome: Outcome,
}

/// Solves each of `problems` so that every spike time is within `tolerance` \[ms\] of the true one (values are brought into 1e-13
/// to 1 ms), in their order: [`projective::solve`] on each, and of its solution the spikes. The threads of [`rayon`] share the
/// neurons; the numbers do not depend on how.
///
/// Never fails: [`Spikes::outcome`] says what can end a run early; where [`Spikes::error_estimate`] is above the tolerance, the
/// neuron magnifies rounding beyond it.
///
/// ```
/// use spikestep::population::solve_many;
/// use spikestep::{Neuron, Problem, Stimulus};
///
/// let neuron = Neuron::new(0.02, 0.2, -65.0, 8.0);
/// let problem = |input: f64| {
///     let stimulus = Stimulus::constant(input);
///     Problem { neuron, stimulus, initial: neuron.resting_start(), duration: 1000.0 }
/// };
/// let problems: Vec<_> = (0..100).map(|i| problem(5.0 + 0.1 * f64::from(i))).collect();
/// let solved = solve_many(&problems, 1e-3);
/// assert_eq!(solved[50].train.len(), 23);
/// assert!(solved.iter().all(|spikes| spikes.error_estimate <= 1e-3));
/// ```
pub fn solve_many(problems: &[Problem], tolerance: f64) -> Vec<Spikes> {
    let solve = |problem: &Problem| {
        let solution = projective::solve(problem, tolerance);
        let error_estimate = solution.error_estimate;
        Spikes { train: solution.spikes, error_estimate, outcome: solution.outcome }
    };
    problems.par_iter().map(solve).collect()
}
