//! With how many digits the values of a recording are known.

use std::collections::BTreeMap;

/// The precision of a column of recorded values.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Precision {
    /// All digits of an f64.
    Double,
    /// All digits of an f32: every value is one, or the shortest decimal of one.
    Single,
    /// So many decimals of the unit in which the values stand.
    Decimals(u32),
    /// So many significant digits.
    Significant(u32),
}

/// Digits from which on a value is known as well as an f64 knows it.
const DOUBLE_DIGITS: u32 = 15;

/// The logarithm of a chance that is none: one in a million.
const UNLIKELY: f64 = -14.0;

impl Precision {
    /// The precision of `values` as they stand in a file.
    pub fn of(values: &[f64]) -> Precision {
        let single = |x: &f64| {
            let near = *x as f32;
            f64::from(near) == *x || near.to_string().parse() == Ok(*x)
        };
        // How many values have so many significant digits, and how many so many decimals.
        let (mut by_digits, mut by_decimals) = (BTreeMap::new(), BTreeMap::new());
        for x in values {
            let (significant, decimals) = shortest(*x);
            if significant >= DOUBLE_DIGITS && !single(x) {
                return Precision::Double;
            }
            *by_digits.entry(significant).or_insert(0) += 1;
            *by_decimals.entry(decimals).or_insert(0) += 1;
        }
        let most =
            |counts: &BTreeMap<u32, usize>| counts.last_key_value().map_or((0, 0), |(most, count)| (*most, *count));
        let ((significant, with_digits), (decimals, with_decimals)) = (most(&by_digits), most(&by_decimals));
        // Nine digits, as %.9g prints them, are more than the shortest ones of an f32, and name it all the same.
        let near_single = |x: &f64| (f64::from(*x as f32) - x).abs() <= 0.5 * unit_of_digit(*x, 9);
        // Below 16 every number of six decimals is the shortest one of some f32. How likely it is that values of single precision, whose spacing
        // is so fine, have no more decimals than these, as a logarithm.
        let chance = |x: &f64| (f64::from(f32::EPSILON) * x.abs() * 10f64.powi(decimals as i32)).min(1.0).ln();
        let by_chance = || values.iter().filter(|x| **x != 0.0).map(chance).sum::<f64>() > UNLIKELY;
        match significant {
            0..=7 => {
                // What %g prints has the more decimals the smaller a value is, and as many digits; what %f prints has as many decimals.
                if decimals == 0 || with_decimals >= with_digits {
                    Precision::Decimals(decimals)
                } else if values.iter().all(|x| f64::from(*x as f32) == *x) && significant == 7 {
                    Precision::Single
                } else {
                    Precision::Significant(significant)
                }
            }
            _ if (values.iter().all(single) && by_chance()) || (significant == 9 && values.iter().all(near_single)) => {
                Precision::Single
            }
            DOUBLE_DIGITS.. => Precision::Double,
            _ if with_decimals > with_digits => Precision::Decimals(decimals),
            _ => Precision::Significant(significant),
        }
    }

    /// How far `x` may be from the value that was recorded as it.
    pub fn half_unit(self, x: f64) -> f64 {
        match self {
            Precision::Double => 0.5 * f64::EPSILON * x.abs(),
            Precision::Single => 0.5 * f64::from(f32::EPSILON) * x.abs(),
            Precision::Decimals(decimals) => 0.5 * 10f64.powi(-(decimals as i32)),
            Precision::Significant(digits) => 0.5 * unit_of_digit(x, digits),
        }
    }

    /// Its name in outputs: "f64", "f32", "3 decimals", "8 digits".
    pub fn name(self) -> String {
        match self {
            Precision::Double => "f64".to_owned(),
            Precision::Single => "f32".to_owned(),
            Precision::Decimals(decimals) => format!("{decimals} decimals"),
            Precision::Significant(digits) => format!("{digits} digits"),
        }
    }

    /// Significant digits of a value about 65, such as a potential in mV.
    pub fn digits(self) -> u32 {
        match self {
            Precision::Double => 17,
            Precision::Single => 9,
            Precision::Decimals(decimals) => decimals + 2,
            Precision::Significant(digits) => digits,
        }
    }
}

/// One unit of the `digits`-th significant digit of `x`.
fn unit_of_digit(x: f64, digits: u32) -> f64 {
    if x == 0.0 { 0.0 } else { 10f64.powi(x.abs().log10().floor() as i32 - digits as i32 + 1) }
}

/// Significant digits and decimals of the shortest decimal that is `x`.
pub(super) fn shortest(x: f64) -> (u32, u32) {
    let text = format!("{:e}", x.abs());
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let significant = mantissa.bytes().filter(u8::is_ascii_digit).count() as i32;
    let exponent: i32 = exponent.parse().unwrap_or(0);
    (significant as u32, (significant - 1 - exponent).max(0) as u32)
}
