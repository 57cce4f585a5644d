//! Spike trains: increasing times in ms.

use serde::Serialize;

use crate::error::{Error, Result};

/// Times of spikes \[ms\], in order.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(transparent)]
pub struct SpikeTrain(Vec<f64>);

impl SpikeTrain {
    /// A train from times \[ms\].
    ///
    /// # Errors
    /// Times that are not finite or that decrease.
    pub fn new(times: Vec<f64>) -> Result<Self> {
        if let Some(bad) = times.iter().find(|t| !t.is_finite()) {
            return Err(Error::invalid("spike time", bad, "a finite time in ms", "Remove that spike."));
        }
        if let Some(w) = times.windows(2).find(|w| w[1] < w[0]) {
            return Err(Error::invalid(
                "spike time",
                format!("{} ms after {} ms", w[1], w[0]),
                "times that do not decrease",
                "Sort the spike times.",
            ));
        }
        Ok(SpikeTrain(times))
    }

    /// A train from times known to be finite and in order: what a solver found.
    pub(crate) fn from_sorted(times: Vec<f64>) -> Self {
        debug_assert!(times.iter().all(|t| t.is_finite()) && times.windows(2).all(|w| w[0] <= w[1]));
        SpikeTrain(times)
    }

    /// The spike times \[ms\], in ascending order.
    pub fn times(&self) -> &[f64] {
        &self.0
    }

    /// The spikes up to `end` \[ms\], the end included.
    pub fn until(&self, end: f64) -> Self {
        SpikeTrain(self.0[..self.0.partition_point(|&t| t <= end)].to_vec())
    }

    /// The number of spikes in the train.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether the train has no spike.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
