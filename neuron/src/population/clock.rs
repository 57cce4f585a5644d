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
    #[inline(always)]
    pub(super) fn start(&self, n: u64) -> f64 {
        // Below 2^63: one instruction, where a number without a sign takes four.
        self.origin + n as i64 as f64 * self.dt
    }

    /// The times \[ms\] at which the steps to come end, by the 128; those after the last one have no meaning.
    pub(super) fn ends(&self, ends: &mut Vec<[f64; 128]>) {
        ends.clear();
        let mut n = self.first;
        while n < self.first + self.steps {
            ends.push(std::array::from_fn(|k| self.start(n + 1 + k as u64)));
            n += 128;
        }
    }
}

/// Refuses a step that is not a positive number.
pub fn checked_step(dt: f64) -> Result<()> {
    if dt > 0.0 && dt.is_finite() {
        return Ok(());
    }
    Err(Error::invalid("step dt", shown(dt), "a positive number of ms", "Give a step such as 0.5."))
}
