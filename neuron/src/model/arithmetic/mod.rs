//! Arithmetic with more digits than an f64 has: error-free sums, double-double numbers, and numbers with a radius.

mod ball;
mod decimal;
mod double_double;
mod exact;
mod logarithm;
mod sine;

pub(crate) use ball::Ball;
pub(crate) use decimal::Decimal;
pub(crate) use double_double::{DoubleDouble, OPERATION, Splits, UP, two_product};
pub(crate) use exact::{UNIT_ROUNDOFF, dot};
pub(crate) use logarithm::rough_log2;
pub(crate) use sine::sin_cos;
