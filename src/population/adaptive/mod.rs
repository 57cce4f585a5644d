//! The adaptive solver over many neurons: a tolerance on every spike time, several neurons in one register.
//!
//! The method, its step control and its account of errors are those of one neuron ([`crate::scheme::projective`]); here the
//! lanes of a vector are different neurons, each with a time, a state and a step of its own. What neurons do next differs (a
//! series, an upstroke, nothing more), so that lanes are not bound to neurons: a pool holds twice as many neurons as there are
//! lanes, in two queues, and each batch takes its lanes from a queue that can fill them. A neuron that has ended makes room for
//! the next. All lanes do useful work until the last neurons of a thread's share.
//!
//! A lane does not depend on its neighbours: results are the same to the bit for any number of threads and any order of neurons, on
//! one machine. They differ from those of [`solve`](crate::scheme::projective::solve) within the tolerance.
//!
//! Measured on one core of an AMD EPYC (Zen 4) under load, AVX2, RS, IB, CH and FS with inputs of 5 to 15 mV/ms, us a neuron for
//! 1000 ms, the fastest of many short runs: 35 at 1e-1 ms and 36 at 1e-2 ms, where the solver of one neuron takes 48 and 54; 50 at 1e-3 and
//! 1e-4 ms against 61 and 65 (`cargo bench --bench population`). heyoka's batch mode takes about 300 for the same neurons and errors
//! (`benches/peers/batch_at_equal_error.py`). AVX-512 was no faster than AVX2 here, to 3 %. Two scalar neurons interleaved in one
//! stream of instructions have not been measured.
//!
//! Neurons with an input that is not piecewise constant, tolerances below 1e-8 ms, and the few neurons of which the estimate comes
//! out above the tolerance are solved one by one.

mod batch;
mod elementary;
mod series;
mod track;
mod upstroke;

use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;

use crate::scheme::projective;
use crate::spike::SpikeTrain;
use crate::truth::Outcome;
use crate::Problem;

use super::lanes::F;
use batch::Pool;

/// The spikes of one neuron, to a tolerance.
#[derive(Clone, Debug, PartialEq)]
pub struct Spikes {
    /// Times at which v reaches the peak from below \[ms\].
    pub train: SpikeTrain,
    /// The largest error of any spike time \[ms\] as estimated: see
    /// [`Solution::error_estimate`](crate::scheme::projective::Solution::error_estimate).
    pub error_estimate: f64,
    /// How the run ended.
    pub outcome: Outcome,
}

/// The least tolerance \[ms\] of the lanes.
const FINEST: f64 = 1e-8;
/// The tolerance \[ms\] from which on the lower order is the cheaper one (as for one neuron).
const COARSE: f64 = 5e-3;
/// Neurons that a thread takes at a time: the ends, where lanes run empty, weigh little.
const SHARE: usize = 128;

/// Solves each of `problems` so that every spike time is within `tolerance` \[ms\] of the true one (values are brought into 1e-13
/// to 1 ms), in their order.
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
    let shares: Vec<Vec<Spikes>> = problems.par_chunks(SHARE).map(|share| solve_share(share, tolerance)).collect();
    shares.into_iter().flatten().collect()
}

fn solve_share(problems: &[Problem], tolerance: f64) -> Vec<Spikes> {
    let tolerance = tolerance.min(1.0);
    let mut found = vec![None; problems.len()];
    if tolerance >= FINEST {
        let share = Share { problems, tolerance, found: &mut found };
        if tolerance >= COARSE {
            Arch::new().dispatch(AtOrder::<14, 8>(share));
        } else {
            Arch::new().dispatch(AtOrder::<20, 12>(share));
        }
    }
    let kept = |spikes: Option<Spikes>| spikes.filter(|spikes| spikes.error_estimate <= tolerance);
    found
        .into_iter()
        .zip(problems)
        .map(|(spikes, problem)| kept(spikes).unwrap_or_else(|| alone(problem, tolerance)))
        .collect()
}

/// By the solver of one neuron.
fn alone(problem: &Problem, tolerance: f64) -> Spikes {
    let solution = projective::solve(problem, tolerance);
    let error_estimate = solution.error_estimate;
    Spikes { train: solution.spikes, error_estimate, outcome: solution.outcome }
}

/// What one thread takes.
struct Share<'a> {
    problems: &'a [Problem],
    tolerance: f64,
    /// One for each of the problems; `None` where lanes do not solve it.
    found: &'a mut [Option<Spikes>],
}

/// A share by series of N coefficients and upstrokes on Q nodes.
struct AtOrder<'a, const N: usize, const Q: usize>(Share<'a>);

impl<const N: usize, const Q: usize> WithSimd for AtOrder<'_, N, Q> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        Pool::<N, Q>::new(self.0.problems, self.0.tolerance).run(simd, self.0.found);
    }
}

/// Where a step starts, in each lane.
struct Lane<S: Simd> {
    alpha: F<S>,
    beta: F<S>,
    /// E \[1/ms³\].
    source: F<S>,
    peak: F<S>,
    w: F<S>,
    k: F<S>,
}
