//! The error of every spike, from the steps of a solver alone.
//!
//! Whatever a solver does inside a step, what it did wrong can be seen from outside: from the exact floating-point state
//! before the step, the exact flow is computed to far more digits (`flow`), and the difference of the state after from it
//! is the step's error, truncation and rounding together. Carried to the spikes by the linearised flow it gives each
//! spike's error with its sign (`bound`), without a reference solution: about
//! ten times the work of the Taylor solver at its tightest, and 4 to 7 µs a step for any.
//!
//! ```
//! use spikestep::{truth::{residual::Reading, taylor}, Neuron, Problem, Stimulus};
//! let neuron = Neuron::new(0.02, 0.2, -65.0, 8.0);
//! let initial = neuron.resting_start();
//! let problem = Problem { neuron, stimulus: Stimulus::constant(10.0), initial, duration: 1000.0 };
//! let coarse = taylor::solve(&problem, 1e-9);
//! let certificate = coarse.residual_certificate(Reading::Decimal);
//! let last = certificate.spikes.last().unwrap().unwrap();
//! // The last spike: corrected by its predicted error, it is right to a few ulps of 1000 ms.
//! let truth = taylor::solve(&problem, taylor::TOLERANCE).spikes.times()[22];
//! let time = coarse.spikes.times()[22];
//! assert!((time - truth).abs() > 1e-9);
//! assert!((time - last.predicted - truth).abs() < 1e-12);
//! assert!((time - truth).abs() < last.bound);
//! ```
//!
//! # What is rigorous, and what is not
//!
//! All of it is, at about the same cost and without a log, in [`enclosure`](super::enclosure), which proves where the spikes are. Here:
//!
//! * **The residual of a step is enclosed.** Coefficients, sums and constants carry radii for all rounding errors, by the
//!   published bounds of double-double arithmetic, and the remainder of the series is bounded by a majorant whose conditions
//!   are checked (`tail`). The radii are summed in f64 and rounded up by a factor 1 + 2⁻⁴⁰, which covers their own
//!   roundings. The crossing of the peak takes W' at the crossing for W' within 1e-20 of it.
//! * **The Jacobians are not enclosed**: they are computed in f64, and a relative error of 1e-8 is allowed for each step's.
//! * **Second-order terms are bounded, not enclosed**, from the signed error and its uncertainty. Inside a step δW is taken to
//!   be below 1.5 times the larger of its ends plus h |δK|, and the propagator to be monotone. Higher orders are not bounded
//!   but taken to fall by the ratio of the second to the first; where that passes one half there is no bound.
//! * **Not counted at all**: the rounding of times inside a step to 106 bits, and of the last sums at a spike to f64.
//! * **The number of spikes** is judged as by the other bound: by a margin of ten times the error at maxima of v.

mod bound;
pub(super) mod flow;
pub(super) mod jacobian;
mod log;
mod reading;
pub(super) mod system;
mod tail;

pub use bound::{Certificate, SpikeError, certify};
pub use log::{StepLog, Variables};
pub use reading::Reading;

use crate::Problem;

/// [`certify`] of a run of a solver of this crate, which has no log where it was refused: then nothing is certain.
pub(crate) fn certify_run(problem: &Problem, log: Option<&StepLog>, reading: Reading<'_>) -> Certificate {
    match log {
        Some(log) => certify(problem, log, reading),
        None => Certificate { spikes: vec![], certain_until: -1.0 },
    }
}
