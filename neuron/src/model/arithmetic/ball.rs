//! A double-double number with a radius.

use std::ops::{Add, Div, Mul, Neg, Sub};

use super::double_double::{DoubleDouble, OPERATION, UP};

/// A number known to lie within `radius` of `value`.
///
/// The radius of a result covers those of the operands and the rounding of the operation ([`OPERATION`]).
#[derive(Clone, Copy, Debug, PartialEq)]
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

impl Div for Ball {
    type Output = Self;

    /// A quotient q near enough, and x − q y over the least |y|: what is missing, from whatever.
    fn div(self, y: Self) -> Self {
        let first = self.value.over(y.value.high);
        let value = first - first.times(y.value.low).over(y.value.high);
        let missing = (self - Ball::exact(value) * y).size();
        let least = y.value.high.abs() * (1.0 - f64::EPSILON) - y.radius;
        Ball { value, radius: if least > 0.0 { missing / least * UP } else { f64::INFINITY } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// x = (x/y) y lies in the ball of it, which is no wider than the operands and some operations make it.
    #[test]
    fn a_quotient_times_its_divisor_is_the_dividend() {
        let number = |i: u32| {
            let high = (f64::from(i) * 0.7).sin() * 10f64.powi(i as i32 % 20 - 10);
            Ball { value: DoubleDouble { high, low: 0.3e-16 * high }, radius: f64::from(i % 3) * 1e-28 * high.abs() }
        };
        for i in 1..500 {
            let (x, y) = (number(i), number(7 * i + 3));
            let product = x / y * y;
            let off = (product.value - x.value).to_f64().abs();
            assert!(off <= product.radius, "{i}: {off:e} {:e}", product.radius);
            assert!(product.radius <= (12.0 * OPERATION + 1e-27) * x.size(), "{i}: {:e}", product.radius / x.size());
        }
        let zero = Ball { value: DoubleDouble::from(1e-30), radius: 1e-29 };
        assert_eq!((number(1) / zero).radius, f64::INFINITY);
    }
}
