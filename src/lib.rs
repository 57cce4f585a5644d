//! `spikestep` shows what a time step does to an Izhikevich spiking neuron.

pub mod error;
pub mod metrics;
pub mod model;
pub mod report;
pub mod spike;
pub mod truth;

pub use error::{Error, Result};
pub use model::{Neuron, Piece, Problem, Side, Sinusoid, State, StepInput, Stimulus};
pub use spike::SpikeTrain;
