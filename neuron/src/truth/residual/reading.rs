//! What the f64 numbers of a problem stand for.

use crate::model::arithmetic::{Ball, DoubleDouble, OPERATION, UNIT_ROUNDOFF};

/// Which problem a solution is held against.
///
/// No f64 is 0.02: a neuron typed as `a = 0.02` is solved with a number that differs by up to half an ulp, which moves late
/// spikes by as much as the rounding of a good solver.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reading {
    /// Every number is the shortest decimal that rounds to its f64: what a user typed, if it had no more than 15 digits. A
    /// longer one may have been any number that rounds to the f64; half an ulp then goes into uncertainties and bounds.
    #[default]
    Decimal,
    /// Every number is its f64 exactly: what a program computed.
    Binary,
}

impl Reading {
    /// The number `x` stands for.
    pub(crate) fn number(self, x: f64) -> Ball {
        match self {
            Reading::Binary => Ball::exact(x),
            Reading::Decimal => {
                shortest_decimal(x).unwrap_or(Ball { value: x.into(), radius: UNIT_ROUNDOFF * x.abs() })
            }
        }
    }
}

/// The shortest decimal that rounds to `x`: Rust's own output. `None` where it has more than 15 digits, or lies outside
/// 1e-200 to 1e200.
fn shortest_decimal(x: f64) -> Option<Ball> {
    if x == 0.0 {
        return Some(Ball::exact(0.0));
    }
    if !(1e-200..1e200).contains(&x.abs()) {
        return None;
    }
    let text = format!("{:e}", x.abs());
    let (mantissa, exponent) = text.split_once('e')?;
    let digits: String = mantissa.chars().filter(|c| *c != '.').collect();
    if digits.len() > 15 {
        return None;
    }
    let integer: f64 = digits.parse().ok()?; // below 2⁵³
    let shift = exponent.parse::<i32>().ok()? - (digits.len() as i32 - 1);
    // Powers of ten up to 10²² are f64; dividing by each keeps short binary fractions exact.
    let (mut value, mut is_exact) = (DoubleDouble::from(integer), true);
    let mut left = shift.unsigned_abs();
    while left > 0 {
        let power = (0..left.min(22)).fold(1.0, |power, _| power * 10.0);
        value = if shift < 0 { value.over(power) } else { value.times(power) };
        // What is exact has no low part: a remainder, or the error of a product, would be in it.
        is_exact &= value.low == 0.0;
        left -= left.min(22);
    }
    let operations = if is_exact { 0.0 } else { 10.0 };
    let value = if x < 0.0 { -value } else { value };
    Some(Ball { value, radius: operations * OPERATION * x.abs() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenth_is_a_tenth_and_a_half_a_half() {
        let tenth = Reading::Decimal.number(0.1).value;
        assert!((tenth.times(10.0) - DoubleDouble::from(1.0)).to_f64().abs() < 1e-31);
        // The f64 nearest to 0.1 is 0.1 + 5.551115123125783e-18.
        assert!(((DoubleDouble::from(0.1) - tenth).to_f64() - 5.551_115_123_125_783e-18).abs() < 1e-31);
        for x in [-65.0, 0.5, -13.375, 140.0, 1e9, 0.0] {
            let number = Reading::Decimal.number(x);
            assert_eq!((number.value, number.radius), (DoubleDouble::from(x), 0.0), "{x}");
        }
        assert_eq!(Reading::Binary.number(0.1).value, DoubleDouble::from(0.1));
    }

    #[test]
    fn a_decimal_reading_is_within_half_an_ulp_and_of_long_numbers_all_of_it() {
        let mut long = 0;
        for i in 1..2000 {
            let x = (f64::from(i) * 0.37).sin() * 10f64.powi(i % 60 - 30);
            let rounded: f64 = format!("{x:.11e}").parse().unwrap();
            for x in [x, rounded] {
                let number = Reading::Decimal.number(x);
                let difference = (number.value - DoubleDouble::from(x)).to_f64().abs();
                assert!(difference <= 0.5 * f64::EPSILON * x.abs(), "{x}");
                long += usize::from(number.radius > 1e-20 * x.abs());
            }
        }
        // Of the numbers with 12 digits none. Of the sines at most one in five has 15 digits by chance: where an ulp is
        // largest for its decade, 1.8e-15 in 8 to 10, 15-digit decimals are 1e-14 apart.
        assert!((1600..2000).contains(&long), "{long}");
    }
}
