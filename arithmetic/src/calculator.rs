//! What computes in a format.

use std::cmp::Ordering;
use std::fmt::Debug;

use crate::account::Counter;
use crate::{Account, Arithmetic, Order};

/// Computes in the numbers of a format: every operation is exact, then rounded once.
///
/// Operations are calls, not inlined: some thirty rules by two calculators would make a third of the build, and a call costs a tenth of
/// what it does.
pub trait Calculator: Debug {
    /// A number of the format, or of the format of constants.
    type Value: Copy + Debug;

    /// The calculator of `kind`; `None` where its format is of the other kind.
    fn new(kind: &Arithmetic) -> Option<Self>
    where
        Self: Sized;

    /// A variable or an addend: `x` in the working format.
    fn number(&self, x: f64) -> Self::Value;

    /// A constant that multiplies: `x` in the format of constants where it fits, else in the working format. A product with 1 is not
    /// rounded, nor is a sum with 0.
    fn constant(&self, x: f64) -> Self::Value;

    /// x + y.
    fn add(&self, x: Self::Value, y: Self::Value) -> Self::Value;

    /// x − y.
    fn subtract(&self, x: Self::Value, y: Self::Value) -> Self::Value;

    /// x y.
    fn multiply(&self, x: Self::Value, y: Self::Value) -> Self::Value;

    /// x / y. In fixed point a division by 0 gives the end of the range.
    fn divide(&self, x: Self::Value, y: Self::Value) -> Self::Value;

    /// Which is larger; `None` where one is not a number.
    fn compare(&self, x: Self::Value, y: Self::Value) -> Option<Ordering>;

    /// The value, rounded to an f64 where it has more than 53 bits.
    fn value(&self, x: Self::Value) -> f64;

    /// The order of a quadratic.
    fn order(&self) -> Order;

    /// What keeps the account.
    fn counter(&self) -> &Counter;

    /// What was counted so far.
    fn account(&self) -> Account {
        self.counter().account()
    }

    /// Says that a step of the computation has ended, for the account.
    fn next_step(&self) {
        self.counter().next_step();
    }
}
