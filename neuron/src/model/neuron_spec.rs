//! A neuron with all that its name implies.

use serde::Serialize;

use super::neuron::{Neuron, State};
use super::stimulus::Stimulus;

/// A neuron as asked for on the command line, with all that its name implies.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NeuronSpec {
    /// How tables and figures call it: "RS", "A tonic spiking", or the parameters as typed.
    pub label: String,
    /// The parameters of the neuron.
    pub neuron: Neuron,
    /// Where it starts: v = −65 mV and u = b v + b0; for a pattern as published; in the 2007 form at rest.
    pub initial: State,
    /// The input \[mV/ms\] that belongs to a firing pattern.
    pub stimulus: Option<Stimulus>,
    /// The duration for which a firing pattern was published \[ms\].
    pub duration: Option<f64>,
    /// Factor from the unit of the input as typed to mV/ms: 1, or 1/C from pA in the 2007 form.
    pub input_scale: f64,
}

impl NeuronSpec {
    /// A neuron without an input and a duration of its own.
    pub(super) fn plain(label: &str, neuron: Neuron, initial: State, input_scale: f64) -> NeuronSpec {
        NeuronSpec { label: label.to_owned(), neuron, initial, stimulus: None, duration: None, input_scale }
    }
}
