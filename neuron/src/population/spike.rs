//! A spike of a population.

/// A spike of a population.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spike {
    /// The number of the neuron that spiked.
    pub neuron: u32,
    /// The time of the spike \[ms\]: the crossing of the peak where the scheme locates it, or the end of its step.
    pub t: f64,
}
