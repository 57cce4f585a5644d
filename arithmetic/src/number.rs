//! A value with the calculator it belongs to.

use std::cmp::Ordering;
use std::ops::{Add, Div, Mul, Sub};

use crate::Calculator;

/// A number that computes by its calculator, so that a formula is written with the usual operators.
#[derive(Debug)]
pub struct Number<'a, C: Calculator> {
    by: &'a C,
    value: C::Value,
}

impl<'a, C: Calculator> Number<'a, C> {
    /// `value` with its calculator.
    #[inline(always)]
    pub fn new(by: &'a C, value: C::Value) -> Self {
        Number { by, value }
    }

    /// The calculator.
    #[inline(always)]
    pub fn by(self) -> &'a C {
        self.by
    }

    /// The value without its calculator.
    #[inline(always)]
    pub fn get(self) -> C::Value {
        self.value
    }

    /// The value as an f64.
    #[inline(always)]
    pub fn to_f64(self) -> f64 {
        self.by.value(self.value)
    }
}

impl<C: Calculator> Clone for Number<'_, C> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<C: Calculator> Copy for Number<'_, C> {}

impl<C: Calculator> PartialEq for Number<'_, C> {
    fn eq(&self, other: &Self) -> bool {
        self.partial_cmp(other) == Some(Ordering::Equal)
    }
}

impl<C: Calculator> PartialOrd for Number<'_, C> {
    #[inline(always)]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        self.by.compare(self.value, other.value)
    }
}

/// An operator by the calculator's method.
macro_rules! operator {
    ($trait:ident, $operator:ident, $method:ident) => {
        impl<C: Calculator> $trait for Number<'_, C> {
            type Output = Self;
            #[inline(always)]
            fn $operator(self, other: Self) -> Self {
                Number { by: self.by, value: self.by.$method(self.value, other.value) }
            }
        }
    };
}
operator!(Add, add, add);
operator!(Sub, sub, subtract);
operator!(Mul, mul, multiply);
operator!(Div, div, divide);
