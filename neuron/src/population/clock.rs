//! The times of equal steps.

use crate::error::{Error, Result, shown};

/// Some steps of one length: step n of them lasts from origin + n dt to origin + (n + 1) dt.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    /// The time \[ms\] that n counts from.
    pub(super) origin: f64,
    /// The length of a step \[ms\].
    pub(super) dt: f64,
    /// The number of the first step to come.
    pub(super) first: u64,
    /// How many steps there are to come.
    pub(super) steps: u64,
}

impl Clock {
    /// The time \[ms\] at which step `n` starts.
    pub(super) fn start(&self, n: u64) -> f64 {
        self.origin + n as f64 * self.dt
    }
}

/// Refuses a step that is not a positive number.
pub fn checked_step(dt: f64) -> Result<()> {
    if dt > 0.0 && dt.is_finite() {
        return Ok(());
    }
    Err(Error::invalid("step dt", shown(dt), "a positive number of ms", "Give a step such as 0.5."))
}
