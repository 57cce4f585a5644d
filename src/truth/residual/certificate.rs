//! What the residuals of a run say of its spikes.

/// How wrong a spike time is, to the first order.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SpikeError {
    /// The solver's time, as rounded to f64, minus the exact one \[ms\].
    pub predicted: f64,
    /// By how much `predicted` may be off \[ms\]: what is not known of the residuals, and second-order terms.
    pub uncertainty: f64,
    /// The safe sum of the absolute values of all contributions \[ms\]; above the true error whatever cancels.
    pub bound: f64,
}

/// The errors of a logged run.
#[derive(Clone, Debug, PartialEq)]
pub struct Certificate {
    /// For every spike of the log; `None` from where no bound could be given.
    pub spikes: Vec<Option<SpikeError>>,
    /// Up to when the number of spikes is certain \[ms\]: the end of the log, or where the bound was lost.
    pub certain_until: f64,
}
