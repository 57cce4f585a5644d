//! The solvers every error is measured against.
//!
//! [`taylor`] solves the model as an initial-value problem of continuous time, with spikes located to rounding:
//! [`taylor::solve`] gives the spike times, [`taylor::solve_certified`] also an error bound for each of them that needs
//! no reference solution (see [`SpikeBound`]). [`residual`] finds the error of every spike of any solver, with its sign, from
//! a log of its steps. [`enclosure`] proves an interval around every spike of the exact equations, by no solver.
//!
//! The truth of a comparison is the better of two, this one and [`projective`](crate::scheme::projective) at its tightest, which
//! check each other: `spikestep::study`.
//!
//! ```
//! use spikestep::{truth::taylor, Neuron, Problem, Stimulus};
//! let neuron = Neuron::new(0.02, 0.2, -65.0, 8.0);
//! let initial = neuron.resting_start();
//! let problem = Problem { neuron, stimulus: Stimulus::constant(10.0), initial, duration: 100.0 };
//! let truth = taylor::solve_certified(&problem, taylor::TOLERANCE);
//! assert_eq!(truth.spikes.len(), 3);
//! assert!((truth.spikes.times()[0] - 3.127_055_303_876).abs() < 1e-12);
//! assert!(truth.bound().unwrap() < 1e-11);
//! ```

mod bound;
mod cursor;
pub mod enclosure;
mod error_set;
pub mod residual;
mod solution;
pub mod taylor;

pub use cursor::Cursor;
pub use solution::{SpikeBound, Truth};
pub use taylor::record::Outcome;
