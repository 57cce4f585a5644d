//! The two precisions of layers and networks.

use std::fmt::{Debug, Display};

use num_traits::{Float, NumAssign};
use pulp::Arch;

use crate::error::{Result, finite};
use crate::instructions::dispatch_256;
use crate::lanes::lane::Lane;
use crate::scheme::rule::Number;

/// A precision: `f64`, or `f32`, which is BindsNET's default.
///
/// ```
/// use spikestep::population::Real;
/// assert_eq!(f32::of(0.1).double(), f64::from(0.1f32));
/// ```
pub trait Real: Number + Float + NumAssign + Lane + Default + Debug + Display + Send + Sync + 'static {
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

/// Refuses an input that is not a finite number. Messages call it `what`, followed by its number.
pub(super) fn finite_inputs<T: Real>(what: &str, input: &[T]) -> Result<()> {
    // Without a way out of the loop, it takes several at once; 0 · x is 0 for a finite x alone.
    if dispatch_256(Arch::new(), || input.iter().fold(true, |all, x| all & (*x * T::zero() == T::zero()))) {
        return Ok(());
    }
    input.iter().enumerate().try_for_each(|(i, x)| finite(&format!("{what} {i}"), x.double()).map(drop))
}
