//! Numbers as they were typed, and what is computed from them.
//!
//! No f64 is 0.02, and k v_r v_t / C of four typed numbers can be some thirty units in the last place off what its formula says. A
//! [`Typed`] number is the f64 that is computed with, and beside it what it stands for: so proofs speak of the problem that was
//! typed, and not of one near it.

use std::num::ParseFloatError;
use std::ops::{Add, Div, Mul, Neg, Sub};
use std::str::FromStr;

use super::arithmetic::{Ball, Decimal, DoubleDouble, UNIT_ROUNDOFF, UP};

/// A number as typed, or computed from such: its f64, and the number it stands for, exactly or within some 1e-31 of it.
///
/// An f64 stands for the shortest decimal that rounds to it, where that has no more than 15 digits, and for any number that rounds
/// to it where it has more. A text stands for the decimal it is.
///
/// ```
/// use spikestep::model::Typed;
/// let (x, y): (Typed, Typed) = ("0.1".parse()?, "0.2".parse()?);
/// // The f64 is what f64 arithmetic gives; what it stands for is 0.3.
/// assert_eq!((x + y).value(), 0.30000000000000004);
/// assert!(((x + y).distance() - 4.44e-17).abs() < 1e-19);
/// assert_eq!(Typed::from(0.5).distance(), 0.0);
/// # Ok::<(), std::num::ParseFloatError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Typed {
    value: f64,
    exact: Exact,
}

/// What an f64 stands for.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Exact {
    /// What it reads as, see [`read`].
    Read,
    Decimal(Decimal),
    /// What is no decimal, or too long for one.
    Ball(Ball),
}

impl Typed {
    /// 2π.
    pub(super) const TAU: Typed = Typed {
        value: std::f64::consts::TAU,
        exact: Exact::Ball(Ball {
            value: DoubleDouble { high: std::f64::consts::TAU, low: 2.449_293_598_294_706_4e-16 },
            radius: 6e-33,
        }),
    };

    /// The number that an f64 is: what a program computed.
    pub(crate) fn binary(value: f64) -> Self {
        Typed { value, exact: Exact::Ball(Ball::exact(value)) }
    }

    /// Numbers, each with what it stands for where that is more than its f64 says.
    pub(super) fn with<const N: usize>(values: [f64; N], exact: Option<[Ball; N]>) -> [Self; N] {
        std::array::from_fn(|i| Typed {
            value: values[i],
            exact: exact.map_or(Exact::Read, |exact| Exact::Ball(exact[i])),
        })
    }

    /// The f64 that is computed with.
    pub fn value(self) -> f64 {
        self.value
    }

    /// The number it stands for.
    pub(crate) fn exact(self) -> Ball {
        match self.exact {
            Exact::Read => read(self.value),
            Exact::Decimal(decimal) => decimal.ball(),
            Exact::Ball(ball) => ball,
        }
    }

    /// Whether it says more than its f64.
    pub(crate) fn is_more_than_f64(self) -> bool {
        self.exact != Exact::Read
    }

    /// The largest difference between the f64 and the number it stands for.
    pub fn distance(self) -> f64 {
        let exact = self.exact();
        ((exact.value - DoubleDouble::from(self.value)).to_f64().abs() + exact.radius) * UP
    }

    fn decimal(self) -> Option<Decimal> {
        match self.exact {
            Exact::Read => Decimal::read(self.value),
            Exact::Decimal(decimal) => Some(decimal),
            Exact::Ball(_) => None,
        }
    }

    fn of_decimal(value: f64, decimal: Decimal) -> Self {
        let read = Decimal::read(value) == Some(decimal);
        Typed { value, exact: if read { Exact::Read } else { Exact::Decimal(decimal) } }
    }

    /// The result `value` of an operation on two numbers: a decimal where it is one.
    fn operate(
        self,
        y: Self,
        value: f64,
        on_decimals: fn(Decimal, Decimal) -> Option<Decimal>,
        on_balls: fn(Ball, Ball) -> Ball,
    ) -> Self {
        if let Some(decimal) = self.decimal().zip(y.decimal()).and_then(|(x, y)| on_decimals(x, y)) {
            return Self::of_decimal(value, decimal);
        }
        let ball = on_balls(self.exact(), y.exact());
        // Of others something could underflow unseen.
        let sensible = [self.value, y.value].iter().all(|x| *x == 0.0 || (1e-60..1e60).contains(&x.abs()));
        Typed { value, exact: Exact::Ball(if sensible { ball } else { ball.widened(f64::INFINITY) }) }
    }
}

/// The number that an f64 reads as: the shortest decimal that rounds to it, or where that has more than 15 digits anything within
/// half an ulp.
fn read(x: f64) -> Ball {
    Decimal::read(x).map_or(Ball { value: x.into(), radius: UNIT_ROUNDOFF * x.abs() }, Decimal::ball)
}

impl From<f64> for Typed {
    fn from(value: f64) -> Self {
        Typed { value, exact: Exact::Read }
    }
}

impl From<Typed> for f64 {
    fn from(number: Typed) -> f64 {
        number.value
    }
}

impl FromStr for Typed {
    type Err = ParseFloatError;

    /// Reads what `f64` reads; of more than 15 digits all count.
    fn from_str(text: &str) -> Result<Self, ParseFloatError> {
        let value: f64 = text.parse()?;
        let digits = text.split(['e', 'E']).next().unwrap_or_default().bytes().filter(u8::is_ascii_digit).count();
        // Fifteen digits come back from the f64; an f64 below 1e-200 is as good as zero.
        if digits <= 15 || !(1e-200..1e200).contains(&value.abs()) {
            return Ok(value.into());
        }
        Ok(match Decimal::parse(text) {
            Some((decimal, 0.0)) => Typed::of_decimal(value, decimal),
            Some((decimal, cut)) => Typed { value, exact: Exact::Ball(decimal.ball().widened(cut * value.abs())) },
            None => value.into(),
        })
    }
}

impl Add for Typed {
    type Output = Self;
    fn add(self, y: Self) -> Self {
        self.operate(y, self.value + y.value, Decimal::plus, |x, y| x + y)
    }
}

impl Sub for Typed {
    type Output = Self;
    fn sub(self, y: Self) -> Self {
        // The f64 of a sum with −y is that of the difference.
        self + -y
    }
}

impl Mul for Typed {
    type Output = Self;
    fn mul(self, y: Self) -> Self {
        self.operate(y, self.value * y.value, Decimal::times, |x, y| x * y)
    }
}

impl Div for Typed {
    type Output = Self;
    fn div(self, y: Self) -> Self {
        self.operate(y, self.value / y.value, Decimal::over, |x, y| x / y)
    }
}

impl Neg for Typed {
    type Output = Self;
    fn neg(self) -> Self {
        let exact = match self.exact {
            Exact::Read => Exact::Read,
            Exact::Decimal(decimal) => Exact::Decimal(-decimal),
            Exact::Ball(ball) => Exact::Ball(-ball),
        };
        Typed { value: -self.value, exact }
    }
}

/// The name of the input scale among the numbers.
pub(super) const INPUT_SCALE: &str = "input_scale";

/// What the numbers of a neuron and of its start stand for, by their names, where that is more than their f64 says.
///
/// Only while the f64 is the one that was typed or derived: a neuron whose `d` was changed has the `d` it was changed to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TypedNumbers(Vec<(&'static str, Typed)>);

impl TypedNumbers {
    pub(super) fn set(&mut self, name: &'static str, number: Typed) {
        self.0.retain(|(known, _)| *known != name);
        if number.is_more_than_f64() {
            self.0.push((name, number));
        }
    }

    /// The number called `name`, which is `value` now.
    pub(crate) fn of(&self, name: &str, value: f64) -> Typed {
        let known = self.0.iter().find(|(known, number)| *known == name && number.value.to_bits() == value.to_bits());
        known.map_or(Typed::from(value), |(_, number)| *number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenth_is_a_tenth_and_a_half_a_half() {
        let tenth = read(0.1).value;
        assert!((tenth.times(10.0) - DoubleDouble::from(1.0)).to_f64().abs() < 1e-31);
        // The f64 nearest to 0.1 is 0.1 + 5.551115123125783e-18.
        assert!(((DoubleDouble::from(0.1) - tenth).to_f64() - 5.551_115_123_125_783e-18).abs() < 1e-31);
        for x in [-65.0, 0.5, -13.375, 140.0, 1e9, 0.0] {
            let number = read(x);
            assert_eq!((number.value, number.radius), (DoubleDouble::from(x), 0.0), "{x}");
        }
    }

    #[test]
    fn a_decimal_reading_is_within_half_an_ulp_and_of_long_numbers_all_of_it() {
        let mut long = 0;
        for i in 1..2000 {
            let x = (f64::from(i) * 0.37).sin() * 10f64.powi(i % 60 - 30);
            let rounded: f64 = format!("{x:.11e}").parse().unwrap();
            for x in [x, rounded] {
                let number = read(x);
                let difference = (number.value - DoubleDouble::from(x)).to_f64().abs();
                assert!(difference <= 0.5 * f64::EPSILON * x.abs(), "{x}");
                long += usize::from(number.radius > 1e-20 * x.abs());
            }
        }
        // Of the numbers with 12 digits none. Of the sines at most one in five has 15 digits by chance: where an ulp is
        // largest for its decade, 1.8e-15 in 8 to 10, 15-digit decimals are 1e-14 apart.
        assert!((1600..2000).contains(&long), "{long}");
    }

    #[test]
    fn all_digits_of_a_text_count() {
        let parse = |text: &str| text.parse::<Typed>().unwrap();
        // One tenth, and the f64 next to it, whose own digits end here.
        let [tenth, next] = ["0.1", "0.1000000000000000055511151231257827021181583404541015625"].map(parse);
        assert_eq!(tenth.value(), next.value());
        assert!(next.distance() < 1e-29 && (tenth.distance() - 5.551_115_123_125_783e-18).abs() < 1e-29);
        // Zeros are no digits, and fifteen are those of the f64.
        for text in ["0.1000000000000000000", "00000000000000000.1", "100000000000000000e-18"] {
            assert_eq!(parse(text), tenth, "{text}");
        }
        // 1234567890123456789.5 is 211.5 above the nearest f64, 256 apart: 1234567890123456768.
        let long = parse("-12345678901234567895e-1");
        assert_eq!((long.value(), long.exact().value.low), (-1_234_567_890_123_456_768.0, -21.5));
        assert!(long.exact().radius < 1e-11);
        for text in ["", "1,5", "0x10", "1_000"] {
            assert!(text.parse::<Typed>().is_err(), "{text}");
        }
    }

    /// 0.1 + 0.2 is 0.3, its f64 is 4.44e-17 more; 2π f/1000 at 40 Hz is 0.25132741228718345907701147066236...
    #[test]
    fn what_is_derived_is_what_the_formula_says() {
        let off = (Typed::from(0.1) + Typed::from(0.2)).distance();
        assert!((off - 4.440_892_098_500_626e-17).abs() < 1e-28, "{off:e}");
        let omega = Typed::TAU * Typed::from(40.0) / Typed::from(1000.0);
        let expected: Typed = "0.25132741228718345907701147066236".parse().unwrap();
        let apart = (omega.exact() - expected.exact()).value.to_f64().abs();
        assert!(apart < 1e-30 && omega.exact().radius < 1e-30, "{apart:e}");
        // Whatever f64 makes on the way, 0.7 · −60 · −40 / 100 is 16.8, and a third no decimal.
        let [k, rest, threshold, c] = [0.7, -60.0, -40.0, 100.0].map(Typed::from);
        assert_eq!((k * rest * threshold / c).exact(), read(16.8));
        let third = Typed::from(1.0) / Typed::from(3.0);
        let off = (third * Typed::from(3.0)).exact() - Ball::exact(1.0);
        assert!(off.value.to_f64().abs() <= off.radius && off.radius < 1e-29, "{off:?}");
        // Where a product could underflow nothing is claimed.
        assert_eq!((Typed::from(1e-80) * third).distance(), f64::INFINITY);
    }

    #[test]
    fn a_number_that_was_changed_is_not_the_one_that_was_typed() {
        let mut numbers = TypedNumbers::default();
        let third = Typed::from(1.0) / Typed::from(3.0);
        numbers.set("b", third);
        assert_eq!(numbers.of("b", third.value()), third);
        for (name, value) in [("b", 0.25), ("c", third.value())] {
            assert_eq!(numbers.of(name, value), Typed::from(value));
        }
        numbers.set("b", 0.25.into());
        assert_eq!(numbers, TypedNumbers::default());
    }
}
