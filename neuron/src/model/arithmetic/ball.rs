//! A double-double number with a radius.

use std::ops::{Add, Mul, Neg, Sub};

use super::double_double::{DoubleDouble, OPERATION, UP};

/// A number known to lie within `radius` of `value`.
///
/// The radius of a result covers those of the operands and the rounding of the operation ([`OPERATION`]).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ball {
    pub(crate) value: DoubleDouble,
    pub(crate) radius: f64,
}

impl Ball {
    /// A number that is exact.
    pub(crate) fn exact(value: impl Into<DoubleDouble>) -> Self {
        Ball { value: value.into(), radius: 0.0 }
    }

    /// The middle of the ball, rounded to f64.
    pub(crate) fn to_f64(self) -> f64 {
        self.value.high
    }

    /// The largest absolute value that a number in the ball can have.
    pub(crate) fn size(self) -> f64 {
        (self.value.high.abs() + self.radius) * UP
    }

    /// This number times an exact f64.
    pub(crate) fn times(self, y: f64) -> Self {
        let value = self.value.times(y);
        Ball { value, radius: (self.radius * y.abs() + OPERATION * value.high.abs()) * UP }
    }

    /// This number divided by an exact f64.
    pub(crate) fn over(self, y: f64) -> Self {
        let value = self.value.over(y);
        Ball { value, radius: (self.radius / y.abs() + OPERATION * value.high.abs()) * UP }
    }

    /// This number, known less well by `radius`.
    pub(crate) fn widened(self, radius: f64) -> Self {
        Ball { radius: (self.radius + radius) * UP, ..self }
    }
}

impl Add for Ball {
    type Output = Self;
    fn add(self, y: Self) -> Self {
        let value = self.value + y.value;
        Ball { value, radius: (self.radius + y.radius + OPERATION * value.high.abs()) * UP }
    }
}

impl Neg for Ball {
    type Output = Self;
    fn neg(self) -> Self {
        Ball { value: -self.value, ..self }
    }
}

impl Sub for Ball {
    type Output = Self;
    fn sub(self, y: Self) -> Self {
        self + -y
    }
}

impl Mul for Ball {
    type Output = Self;
    fn mul(self, y: Self) -> Self {
        let value = self.value * y.value;
        let inherited = self.size() * y.radius + self.radius * y.size();
        Ball { value, radius: (inherited + OPERATION * value.high.abs()) * UP }
    }
}
