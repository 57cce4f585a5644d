//! The two precisions of layers and networks.

use std::fmt::{Debug, Display};

use num_traits::{Float, NumAssign};

use crate::scheme::rule::Number;

/// A precision: `f64`, or `f32`, which is BindsNET's default.
///
/// ```
/// use spikestep::population::Real;
/// assert_eq!(f32::of(0.1).double(), f64::from(0.1f32));
/// ```
pub trait Real: Number + Float + NumAssign + Default + Debug + Display + Send + Sync + 'static {
    /// The nearest number of this precision.
    fn of(x: f64) -> Self;

    /// The same number in double precision.
    fn double(self) -> f64;
}

impl Real for f64 {
    #[inline(always)]
    fn of(x: f64) -> Self {
        x
    }

    #[inline(always)]
    fn double(self) -> f64 {
        self
    }
}

impl Real for f32 {
    #[inline(always)]
    fn of(x: f64) -> Self {
        x as f32
    }

    #[inline(always)]
    fn double(self) -> f64 {
        f64::from(self)
    }
}
