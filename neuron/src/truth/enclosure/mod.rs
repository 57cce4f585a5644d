//! Proven intervals around every spike time of the exact equations.
//!
//! The flow is followed from point to point in double-double, by the series of [`residual`](super::residual), which hold their own
//! rounding and remainder; a set that is carried along holds what lies between the points and the exact solution (`follower`).
//! No solver takes part: any list of spike times can be judged by it.
//!
//! ```
//! use spikestep::truth::{enclosure::enclose, residual::Reading, taylor};
//! use spikestep::{Neuron, Problem, Stimulus};
//! let neuron = Neuron::new(0.02, 0.2, -65.0, 8.0);
//! let initial = neuron.resting_start();
//! let problem = Problem { neuron, stimulus: Stimulus::constant(10.0), initial, duration: 1000.0 };
//! let proof = enclose(&problem, Reading::Decimal);
//! assert!(proof.is_complete() && proof.spikes.len() == 23);
//! assert!(proof.spikes.iter().all(|spike| spike.radius < 1e-18));
//! // How wrong is a solver? No more than this, and it has missed no spike.
//! let spikes = taylor::solve(&problem, 1e-9).spikes;
//! assert!(proof.largest_error(&spikes).unwrap() < 1e-7);
//! ```
//!
//! # What the proof rests on
//!
//! * f64 is IEEE 754 binary64, rounded to nearest, with + − × ÷ √ rounded correctly, and fma where the target has it. Of the
//!   mathematical library only guesses are taken (lengths of pieces, the first Newton step, the radius of a majorant): each is
//!   checked by what follows.
//! * The published bounds of double-double arithmetic (Joldes, Muller & Popescu 2017), rounded up to 2⁻¹⁰² an operation. They
//!   hold without over- and underflow: numbers of the problem must be 0 or between 1e-60 and 1e60, the duration at most 1e6 ms;
//!   coefficients carry an absolute radius of 1e-300 for what underflows in them. What overflows is no bound and ends the proof.
//! * Radii are sums and products of positive f64, each rounded up by a factor 1 + 2⁻⁴⁰ for fewer than 8000 roundings.
//! * Decimal numbers are read from Rust's shortest output, as [`Reading`] says. An initial v equal to
//!   the peak counts as the same number, whatever it stands for.
//! * This code, which no machine has checked; the tests hold it against 25-digit solutions of another method.
//!
//! # Where it ends
//!
//! At a maximum of v within some 1e-13 of the peak, a spike within some ulps of a jump of the input or of the end of the run, an
//! input too fast or a neuron too stiff for its series, or spikes without end.

mod follower;
mod growth;
mod linear;
mod range;
mod spike;
mod spike_enclosure;

pub use spike_enclosure::SpikeEnclosure;

use crate::Problem;
use crate::spike::SpikeTrain;

use super::residual::Reading;

/// The spikes that are proven of a problem, and up to which time.
#[derive(Clone, Debug, PartialEq)]
pub struct Enclosure {
    /// The spikes up to `proven_until`, all of them and no others, in order.
    pub spikes: Vec<SpikeEnclosure>,
    /// How far the proof goes \[ms\]; negative for a problem that is refused.
    pub proven_until: f64,
    duration: f64,
}

impl Enclosure {
    /// Whether the proof goes to the end of the problem.
    pub fn is_complete(&self) -> bool {
        self.proven_until >= self.duration
    }

    /// At least the largest error of `spikes` \[ms\], 0 for a silent run; `None` where the proof is not complete or their number
    /// is wrong.
    pub fn largest_error(&self, spikes: &SpikeTrain) -> Option<f64> {
        let pairs = self.spikes.iter().zip(spikes.times());
        (self.is_complete() && self.spikes.len() == spikes.len())
            .then(|| pairs.map(|(spike, &t)| spike.largest_error_of(t)).fold(0.0, f64::max))
    }
}

/// Encloses the spike times of `problem`, its numbers taken as `reading` says.
///
/// Never fails: where the proof ends, the answer does, and a problem that no solver takes is proven up to −1 ms, and so is one with a neuron
/// that has more than the quadratic form.
pub fn enclose(problem: &Problem, reading: Reading<'_>) -> Enclosure {
    let (spikes, proven_until) = if sensible(problem) { follower::follow(problem, reading) } else { (vec![], -1.0) };
    Enclosure { spikes, proven_until, duration: problem.duration }
}

/// Whether all numbers are such that constants, sines and times neither over- nor underflow.
fn sensible(problem: &Problem) -> bool {
    let sinusoid = problem.stimulus.sinusoid();
    let pieces = problem.stimulus.pieces().iter().flat_map(|p| [p.start, p.value, p.slope]);
    let wave = sinusoid.iter().flat_map(|s| [s.start, s.amplitude, s.omega, s.phase]);
    let neuron = problem.neuron.parameters().map(|(_, value)| value);
    let mut numbers = pieces.chain(wave).chain(neuron).chain([problem.initial.v, problem.initial.u]);
    let turns = sinusoid.map_or(0.0, |s| s.omega.abs() * (problem.duration + s.start.abs()) + s.phase.abs());
    problem.neuron.validate().is_ok()
        && problem.neuron.is_plain()
        && (0.0..=1e6).contains(&problem.duration)
        && turns < 1e9
        && numbers.all(|x| x == 0.0 || (1e-60..1e60).contains(&x.abs()))
}
