//! What the step control and the account of errors compute with: a number, or a number in each lane of a vector.

use std::ops::{Add, Div, Mul, Neg, Sub};

use super::control::rough_exp2;
use crate::truth::taylor::control::rough_log2;

/// See the [module](self).
pub(crate) trait Number:
    Copy + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> + Div<Output = Self> + Neg<Output = Self>
{
    /// `x`, in every lane of this one's kind.
    fn of(self, x: f64) -> Self;
    /// |self|.
    fn abs(self) -> Self;
    /// √self.
    fn sqrt(self) -> Self;
    /// The smaller of two.
    fn min(self, other: Self) -> Self;
    /// The larger of two.
    fn max(self, other: Self) -> Self;
    /// `yes` where self > 0, `no` elsewhere.
    fn if_positive(self, yes: Self, no: Self) -> Self;
    /// log2 of a positive number to 0.09.
    fn rough_log2(self) -> Self;
    /// 2^self, up to 6 % too large.
    fn rough_exp2(self) -> Self;
}

impl Number for f64 {
    #[inline(always)]
    fn of(self, x: f64) -> Self {
        x
    }
    #[inline(always)]
    fn abs(self) -> Self {
        self.abs()
    }
    #[inline(always)]
    fn sqrt(self) -> Self {
        self.sqrt()
    }
    #[inline(always)]
    fn min(self, other: Self) -> Self {
        self.min(other)
    }
    #[inline(always)]
    fn max(self, other: Self) -> Self {
        self.max(other)
    }
    #[inline(always)]
    fn if_positive(self, yes: Self, no: Self) -> Self {
        if self > 0.0 {
            yes
        } else {
            no
        }
    }
    #[inline(always)]
    fn rough_log2(self) -> Self {
        rough_log2(self)
    }
    #[inline(always)]
    fn rough_exp2(self) -> Self {
        rough_exp2(self)
    }
}
