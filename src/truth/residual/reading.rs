//! What the f64 numbers of a problem stand for.

use super::double_double::DoubleDouble;

/// Which problem a solution is held against.
///
/// No f64 is 0.02: a neuron typed as `a = 0.02` is solved with a number that differs by up to half an ulp, which moves late
/// spikes by as much as the rounding of a good solver.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reading {
    /// Every number is the shortest decimal that rounds to its f64: what a user typed.
    #[default]
    Decimal,
    /// Every number is its f64 exactly: what a program computed.
    Binary,
}

impl Reading {
    /// The number `x` stands for, to a relative error below 2⁻¹⁰⁰.
    pub(crate) fn number(self, x: f64) -> DoubleDouble {
        match self {
            Reading::Binary => DoubleDouble::from(x),
            Reading::Decimal => shortest_decimal(x).unwrap_or(DoubleDouble::from(x)),
        }
    }
}

/// The shortest decimal that rounds to `x`: Rust's own output. `None` outside 1e-200 to 1e200, where nothing is a parameter.
fn shortest_decimal(x: f64) -> Option<DoubleDouble> {
    if !(1e-200..1e200).contains(&x.abs()) {
        return None;
    }
    let text = format!("{:e}", x.abs());
    let (mantissa, exponent) = text.split_once('e')?;
    let digits: String = mantissa.chars().filter(|c| *c != '.').collect();
    let integer: u64 = digits.parse().ok()?; // at most 17 digits
    let shift = exponent.parse::<i32>().ok()? - (digits.len() as i32 - 1);
    // Both halves have at most 32 bits.
    let integer = DoubleDouble::sum((integer >> 32) as f64 * 4_294_967_296.0, (integer & 0xffff_ffff) as f64);
    // Powers of ten up to 10²² are f64; dividing by each keeps short binary fractions exact.
    let mut value = integer;
    let mut left = shift.unsigned_abs();
    while left > 0 {
        let power = 10f64.powi(left.min(22) as i32);
        value = if shift < 0 { value.over(power) } else { value.times(power) };
        left -= left.min(22);
    }
    Some(if x < 0.0 { -value } else { value })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenth_is_a_tenth_and_a_half_a_half() {
        let tenth = Reading::Decimal.number(0.1);
        assert!((tenth.times(10.0) - DoubleDouble::from(1.0)).to_f64().abs() < 1e-31);
        // The f64 nearest to 0.1 is 0.1 + 5.551115123125783e-18.
        assert!((DoubleDouble::from(0.1) - tenth).to_f64() - 5.551_115_123_125_783e-18 < 1e-31);
        for x in [-65.0, 0.5, -13.375, 140.0, 1e9, 0.0] {
            assert_eq!(Reading::Decimal.number(x), DoubleDouble::from(x), "{x}");
        }
        assert_eq!(Reading::Binary.number(0.1), DoubleDouble::from(0.1));
    }

    #[test]
    fn a_decimal_reading_is_within_half_an_ulp() {
        for i in 1..2000 {
            let x = (f64::from(i) * 0.37).sin() * 10f64.powi(i % 60 - 30);
            let difference = Reading::Decimal.number(x) - DoubleDouble::from(x);
            assert!(difference.to_f64().abs() <= 0.5 * f64::EPSILON * x.abs(), "{x}");
        }
    }
}
