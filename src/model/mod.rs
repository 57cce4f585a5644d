//! What is solved: the neuron and its input.

mod neuron;
mod stimulus;

pub use neuron::{Neuron, State};
pub use stimulus::{Piece, Side, Sinusoid, StepInput, Stimulus};

use serde::Serialize;

/// An initial-value problem: a neuron, its input, where it starts and how long it runs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Problem {
    /// The neuron.
    pub neuron: Neuron,
    /// Its input I(t) \[mV/ms\].
    pub stimulus: Stimulus,
    /// The state at t = 0.
    pub initial: State,
    /// How long it runs \[ms\].
    pub duration: f64,
}
