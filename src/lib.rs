//! `spikestep` shows what a time step does to an Izhikevich spiking neuron.

pub mod cli;
pub mod error;
pub mod experiment;
pub mod metrics;
pub mod model;
pub mod operator;
pub mod report;
pub mod scheme;
pub mod spike;
pub mod study;
pub mod truth;

pub use error::{Error, Result};
pub use model::{Neuron, Piece, Problem, Side, Sinusoid, State, StepInput, Stimulus};
pub use scheme::registry::SchemeId;
pub use spike::SpikeTrain;
