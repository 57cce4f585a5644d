//! Decimal numbers of up to 37 digits, exactly.

use std::ops::Neg;

use super::ball::Ball;
use super::double_double::{DoubleDouble, OPERATION};

/// digits · 10^exponent, without zeros at the end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Decimal {
    digits: i128,
    exponent: i32,
}

/// The digits that a number may have: an i128 holds one more.
const MOST_DIGITS: u32 = 37;

impl Decimal {
    /// `None` where it has too many digits.
    fn new(mut digits: i128, mut exponent: i32) -> Option<Self> {
        while digits != 0 && digits % 10 == 0 {
            (digits, exponent) = (digits / 10, exponent + 1);
        }
        let exponent = if digits == 0 { 0 } else { exponent };
        (digits.unsigned_abs() < 10u128.pow(MOST_DIGITS) && exponent.abs() < 1000)
            .then_some(Decimal { digits, exponent })
    }

    /// The number a text is, which f64 can read, or its first digits and what the rest can add, relative to it. `None` where its
    /// exponent is out of all bounds.
    pub(crate) fn parse(text: &str) -> Option<(Self, f64)> {
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all =
            whole.bytes().chain(fraction.bytes()).filter(u8::is_ascii_digit).map(|digit| i128::from(digit - b'0'));
        let significant: Vec<i128> = all.skip_while(|digit| *digit == 0).collect();
        let (kept, cut) = significant.split_at(significant.len().min(MOST_DIGITS as usize));
        let digits = kept.iter().fold(0, |number, digit| 10 * number + digit);
        let shift = i32::try_from(cut.len()).ok()?.checked_sub(i32::try_from(fraction.len()).ok()?)?;
        let number = Self::new(digits, exponent.parse::<i32>().ok()?.checked_add(shift)?)?;
        let rest = if cut.iter().all(|digit| *digit == 0) { 0.0 } else { 1e-36 };
        Some((if mantissa.starts_with('-') { -number } else { number }, rest))
    }

    /// The shortest decimal that rounds to `x`: Rust's own output. `None` where it has more than 15 digits, or lies outside 1e-200 to
    /// 1e200.
    pub(crate) fn read(x: f64) -> Option<Self> {
        let in_range = x == 0.0 || (1e-200..1e200).contains(&x.abs());
        let (decimal, _) = in_range.then(|| Self::parse(&format!("{x:e}"))).flatten()?;
        (decimal.digits.abs() < 1_000_000_000_000_000).then_some(decimal)
    }

    /// The sum of two, where it has few enough digits.
    pub(crate) fn plus(self, y: Self) -> Option<Self> {
        let exponent = self.exponent.min(y.exponent);
        let at = |x: Self| x.digits.checked_mul(10i128.checked_pow(x.exponent.abs_diff(exponent))?);
        Self::new(at(self)?.checked_add(at(y)?)?, exponent)
    }

    /// The product of two, where it has few enough digits.
    pub(crate) fn times(self, y: Self) -> Option<Self> {
        Self::new(self.digits.checked_mul(y.digits)?, self.exponent + y.exponent)
    }

    /// The quotient of two, where it is a decimal with few enough digits.
    pub(crate) fn over(self, y: Self) -> Option<Self> {
        let (mut left, mut powers) = (y.digits, [0, 0]);
        if left == 0 {
            return None;
        }
        for (prime, power) in [2, 5].into_iter().zip(&mut powers) {
            while left % prime == 0 {
                (left, *power) = (left / prime, *power + 1);
            }
        }
        // What is neither 2 nor 5 in the divisor must divide.
        let places = powers[0].max(powers[1]);
        let scaled = self.digits.checked_mul(10i128.checked_pow(places)?)?;
        (scaled % y.digits == 0).then(|| Self::new(scaled / y.digits, self.exponent - y.exponent - places as i32))?
    }

    /// The number to 31 digits; anything where it lies outside 1e-200 to 1e200, where powers of ten could overflow.
    pub(crate) fn ball(self) -> Ball {
        let high = self.digits as f64;
        // Exactly, below 2¹²⁷; what is left of it has 73 bits at most, and is rounded to a 2⁻¹⁰⁷th of the whole.
        let rest = self.digits - high as i128;
        let mut value = DoubleDouble { high, low: rest as f64 };
        let mut is_exact = value.low == 0.0;
        // Powers of ten up to 10²² are f64; dividing by each keeps short binary fractions exact.
        let mut left = self.exponent.unsigned_abs();
        while left > 0 {
            let power = (0..left.min(22)).fold(1.0, |power, _| power * 10.0);
            value = if self.exponent < 0 { value.over(power) } else { value.times(power) };
            // What is exact has no low part: a remainder, or the error of a product, would be in it.
            is_exact &= value.low == 0.0;
            left -= left.min(22);
        }
        let size = value.high.abs();
        if size != 0.0 && !(1e-200..1e200).contains(&size) {
            return Ball { value: DoubleDouble::ZERO, radius: f64::INFINITY };
        }
        Ball { value, radius: if is_exact { 0.0 } else { 16.0 * OPERATION * size } }
    }
}

impl Neg for Decimal {
    type Output = Self;
    fn neg(self) -> Self {
        Decimal { digits: -self.digits, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        Decimal::parse(text).unwrap().0
    }

    #[test]
    fn arithmetic_is_that_of_paper_and_pencil() {
        let [x, y] = ["-0.25", "1.2e2"].map(decimal);
        assert_eq!(x.plus(y), Some(decimal("119.75")));
        assert_eq!(x.times(y), Some(decimal("-30")));
        assert_eq!(y.over(x), Some(decimal("-480.000")));
        assert_eq!(x.over(y), None);
        assert_eq!(decimal("3.6").over(y), Some(decimal("0.03")));
        assert_eq!(decimal("0").over(y), Some(decimal("-0e7")));
        assert_eq!(y.over(decimal("0")), None);
        // Too long.
        assert_eq!(decimal("1e30").plus(decimal("1e-30")), None);
        assert_eq!(decimal("1234567890123456789").times(decimal("1234567890123456789.5")), None);
    }

    #[test]
    fn digits_beyond_37_are_told() {
        let long = format!("0.{}1", "3".repeat(37));
        assert_eq!(Decimal::parse(&long), Some((decimal(&long[..39]), 1e-36)));
        assert_eq!(Decimal::parse(&format!("{}0", &long[..39])), Some((decimal(&long[..39]), 0.0)));
        assert_eq!(Decimal::parse("1e99999"), None);
    }

    #[test]
    fn a_ball_has_31_digits_of_it() {
        // The f64 nearest to 10³⁷ is 461 237 341 797 878 857 728 less.
        let off = decimal(&"9".repeat(37)).ball() - Ball::exact(1e37);
        assert!((off.value.to_f64() - 461_237_341_797_878_857_727.0).abs() <= off.radius, "{off:?}");
        assert!(off.radius < 1e8, "{off:?}");
        assert_eq!(decimal("1e-300").ball().radius, f64::INFINITY);
        assert_eq!(decimal("-0.375").ball(), Ball::exact(-0.375));
    }
}
