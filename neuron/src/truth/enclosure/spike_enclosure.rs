//! What is proven of one spike.

use crate::model::arithmetic::{DoubleDouble, UP};

/// A proven interval around the exact time of a spike.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SpikeEnclosure {
    /// The middle of the interval, rounded to f64 \[ms\].
    pub time: f64,
    /// What that rounding lost \[ms\]: the middle is `time + rest`, not rounded.
    pub rest: f64,
    /// Half the width of the interval \[ms\].
    pub radius: f64,
}

impl SpikeEnclosure {
    /// `t` minus the middle \[ms\], to rounding: the error of a solver that reports `t`, within `radius`.
    pub fn error_of(&self, t: f64) -> f64 {
        DoubleDouble { high: self.time, low: self.rest }.until(t)
    }

    /// At least |`t` − exact time| \[ms\].
    pub fn largest_error_of(&self, t: f64) -> f64 {
        // Two roundings of t − time + lost, one of its parts' sum: 2 u of the result and of each part below an ulp of t.
        let rounding = f64::EPSILON * f64::EPSILON * (t.abs() + self.time.abs());
        (self.error_of(t).abs() + self.radius + 4.0 * rounding) * UP
    }
}
