//! The Izhikevich neuron: the model, its true solution, the evolution operator, the schemes that step it, metrics between a run and the
//! truth, populations of it, and networks that recognise pictures.
//!
//! The crate is what [spikestep](https://crates.io/crates/spikestep) compares and studies, and which has all of it under the same names:
//! `spikestep::model` is [`model`], and so on. It is a crate so that what computes is compiled beside what asks and shows.
//!
//! ```
//! use neuron::{Neuron, Problem, StepSize, Stimulus, solve};
//! let rs = Neuron::new(0.02, 0.2, -65.0, 8.0);
//! let problem = Problem { neuron: rs, stimulus: Stimulus::constant(10.0), initial: rs.resting_start(), duration: 1000.0 };
//! let run = solve(&problem, &"rk4+located".parse()?, StepSize::Fixed(0.5))?;
//! assert_eq!(run.spikes.len(), 23);
//! # Ok::<(), neuron::Error>(())
//! ```

#![cfg_attr(docsrs, feature(doc_cfg))]

mod instructions;
#[cfg(feature = "files")]
pub mod judge;
mod lanes;
pub mod metrics;
pub mod model;
pub mod operator;
pub mod population;
pub mod recognition;
pub mod scheme;
pub mod spike;
pub mod truth;

pub use arithmetic;
pub use data::error;
#[cfg(feature = "files")]
pub use data::interop;
pub use data::{Error, Result};
pub use model::{Neuron, Piece, Problem, Side, Sinusoid, State, StepInput, Stimulus};
pub use scheme::{Scheme, SchemeInfo, SchemeSet, StepSize, Trajectory, solve, solve_with};
pub use spike::SpikeTrain;
