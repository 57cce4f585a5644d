//! Fixed point: two's complement integers with a point in them.

use std::cmp::Ordering;

use crate::account::Counter;
use crate::rounding::{shift_64, shift_128};
use crate::{Arithmetic, Calculator, Format, Order, Rounding, SplitMix64};

/// A fixed-point number: its two's complement integer, and where the point is.
#[derive(Clone, Copy, Debug)]
pub struct Fixed {
    raw: i64,
    /// Bits after the point, or one of the marks of a constant that is in the working format.
    point: u8,
}

/// The mark of the constant 1.
const ONE: u8 = 254;
/// The mark of the constant 0.
const ZERO: u8 = 255;

/// Bits of a quotient beyond the last place, as the rounding needs them; a last one says whether anything is left.
const GUARD: u32 = 33;

/// Computes in fixed point; see [`Calculator`].
///
/// Sums and differences are exact but for the end of the range; products and quotients are rounded. Stochastic rounding draws once for
/// each of these, and adds the first bits of the draw to the bits that are dropped.
#[derive(Debug)]
pub struct FixedPoint {
    /// Bits after the point of the working format.
    fraction: u8,
    least: i64,
    most: i64,
    bits: u32,
    /// Whether all numbers have at most 32 bits, so that products fit into 64.
    narrow: bool,
    /// The format of constants: bits before and after the point.
    constants: Option<(u32, u8)>,
    rounding: Rounding,
    wraps: bool,
    order: Order,
    random: SplitMix64,
    counter: Counter,
}

impl FixedPoint {
    fn fraction(&self, x: Fixed) -> u32 {
        u32::from(if x.point >= ONE { self.fraction } else { x.point })
    }

    fn working(&self, raw: i64) -> Fixed {
        Fixed { raw, point: self.fraction }
    }

    /// A result of at most 64 bits, brought into the range.
    #[inline(always)]
    fn narrow_result(&self, raw: i64) -> Fixed {
        if raw > self.least && raw < self.most { self.working(raw) } else { self.at_the_end(raw.into()) }
    }

    #[inline(always)]
    fn result(&self, raw: i128) -> Fixed {
        if raw > self.least.into() && raw < self.most.into() { self.working(raw as i64) } else { self.at_the_end(raw) }
    }

    #[cold]
    fn at_the_end(&self, raw: i128) -> Fixed {
        let within = raw.clamp(self.least.into(), self.most.into());
        if !self.wraps {
            self.counter.overflow();
            return self.working(within as i64);
        }
        if within != raw {
            self.counter.wrap();
        }
        let unused = 64 - self.bits;
        self.working(((raw as i64) << unused) >> unused)
    }

    /// `exact`·2^−`fraction` in the working format.
    fn rounded(&self, exact: i128, fraction: u32) -> Fixed {
        let working = u32::from(self.fraction);
        self.result(if fraction >= working {
            shift_128(exact, fraction - working, self.rounding, &self.random)
        } else {
            exact.saturating_mul(1 << (working - fraction))
        })
    }

    /// x + y or x − y of numbers whose points may differ.
    fn sum(&self, x: Fixed, y: Fixed, sign: i128) -> Fixed {
        let (from, to) = (self.fraction(x), self.fraction(y));
        let common = from.max(to);
        let aligned = |number: Fixed, fraction: u32| i128::from(number.raw) << (common - fraction);
        let exact = aligned(x, from) + sign * aligned(y, to);
        if common == u32::from(self.fraction) { self.result(exact) } else { self.rounded(exact, common) }
    }

    /// The integer of `x` with `fraction` bits after the point, rounded as constants are.
    fn integer(&self, x: f64, fraction: u8) -> i128 {
        let (mantissa, exponent) = decoded(x);
        let places = exponent + i32::from(fraction);
        if places >= 0 {
            // Beyond 64 places it is out of any range.
            return i128::from(mantissa) << places.min(64);
        }
        // A mantissa of 53 bits is below half a unit wherever more than 54 of them are dropped.
        let drop = places.unsigned_abs().min(100);
        shift_128(mantissa.into(), drop, self.rounding.of_constants(), &self.random)
    }
}

/// The whole number and the power of two of a finite `x`; the largest there is for an infinite one, and 0 for what is no number.
#[inline]
pub(crate) fn decoded(x: f64) -> (i64, i32) {
    let x = if x.is_nan() { 0.0 } else { x.clamp(f64::MIN, f64::MAX) };
    let bits = x.to_bits();
    let exponent = ((bits >> 52) & 0x7ff) as i32;
    let mantissa = (bits & ((1 << 52) - 1)) as i64 | i64::from(exponent > 0) << 52;
    (if x < 0.0 { -mantissa } else { mantissa }, exponent.max(1) - 1075)
}

impl Calculator for FixedPoint {
    type Value = Fixed;

    fn new(kind: &Arithmetic) -> Option<Self> {
        let Format::Fixed { fraction, .. } = kind.format else {
            return None;
        };
        let constants = match kind.constants {
            Some(Format::Fixed { integer, fraction }) => Some((integer, fraction as u8)),
            _ => None,
        };
        let bits = kind.format.bits();
        let (least, most) = (i64::MIN >> (64 - bits), i64::MAX >> (64 - bits));
        Some(FixedPoint {
            fraction: fraction as u8,
            least,
            most,
            bits,
            narrow: bits <= 32 && kind.constants.is_none_or(|format| format.bits() <= 32),
            constants,
            rounding: kind.rounding,
            wraps: kind.wraps,
            order: kind.order,
            random: SplitMix64::new(kind.seed),
            counter: Counter::default(),
        })
    }

    fn number(&self, x: f64) -> Fixed {
        let integer = self.integer(x, self.fraction);
        self.working(integer.clamp(self.least.into(), self.most.into()) as i64)
    }

    fn constant(&self, x: f64) -> Fixed {
        if x == 1.0 || x == 0.0 {
            return Fixed { point: if x == 1.0 { ONE } else { ZERO }, ..self.number(x) };
        }
        match self.constants {
            Some((integer, point)) if x.abs() < 2f64.powi(integer as i32) => {
                // Rounding can reach 2^I, which is one place beyond the last number.
                let most = (1i128 << (integer + u32::from(point))) - 1;
                Fixed { raw: self.integer(x, point).min(most) as i64, point }
            }
            _ => self.number(x),
        }
    }

    fn add(&self, x: Fixed, y: Fixed) -> Fixed {
        if x.point == self.fraction && y.point == self.fraction && self.narrow {
            return self.narrow_result(x.raw + y.raw);
        }
        match (x.point, y.point) {
            (ZERO, _) => y,
            (_, ZERO) => x,
            _ => self.sum(x, y, 1),
        }
    }

    fn subtract(&self, x: Fixed, y: Fixed) -> Fixed {
        if x.point == self.fraction && y.point == self.fraction && self.narrow {
            return self.narrow_result(x.raw - y.raw);
        }
        if y.point == ZERO { x } else { self.sum(x, y, -1) }
    }

    fn multiply(&self, x: Fixed, y: Fixed) -> Fixed {
        match (x.point, y.point) {
            (ONE, _) => return y,
            (_, ONE) => return x,
            _ => {}
        }
        let fraction = self.fraction(x) + self.fraction(y);
        if self.narrow && fraction >= self.fraction.into() {
            let drop = fraction - u32::from(self.fraction);
            return self.narrow_result(shift_64(x.raw * y.raw, drop, self.rounding, &self.random));
        }
        self.rounded(i128::from(x.raw) * i128::from(y.raw), fraction)
    }

    fn divide(&self, x: Fixed, y: Fixed) -> Fixed {
        if y.point == ONE {
            return x;
        }
        let (numerator, divisor) = (i128::from(x.raw), i128::from(y.raw));
        if divisor == 0 {
            return self.result(if numerator < 0 { i128::MIN } else { i128::MAX });
        }
        let (numerator, mut divisor) = if divisor < 0 { (-numerator, -divisor) } else { (numerator, divisor) };
        let mut places = i64::from(self.fraction) + i64::from(self.fraction(y)) - i64::from(self.fraction(x));
        if places < 0 {
            divisor <<= -places;
            places = 0;
        }
        // Long division, some bits at a time.
        let (mut quotient, mut rest) = (numerator.div_euclid(divisor), numerator.rem_euclid(divisor));
        let mut left = places as u32 + GUARD;
        while left > 0 {
            // A divisor of at most 64 bits, moved by at most 63.
            let bits = left.min(if divisor < 1 << 64 { 60 } else { 1 });
            if quotient.unsigned_abs() >= 1 << 66 {
                return self.result(if quotient < 0 { i128::MIN } else { i128::MAX });
            }
            rest <<= bits;
            quotient = (quotient << bits) + rest / divisor;
            rest %= divisor;
            left -= bits;
        }
        let exact = quotient << 1 | i128::from(rest != 0);
        self.result(shift_128(exact, GUARD + 1, self.rounding, &self.random))
    }

    fn compare(&self, x: Fixed, y: Fixed) -> Option<Ordering> {
        let (from, to) = (self.fraction(x), self.fraction(y));
        let common = from.max(to);
        Some((i128::from(x.raw) << (common - from)).cmp(&(i128::from(y.raw) << (common - to))))
    }

    fn value(&self, x: Fixed) -> f64 {
        // 2^−fraction: at most 63 bits stand after the point.
        x.raw as f64 * f64::from_bits((1023 - u64::from(self.fraction(x))) << 52)
    }

    fn order(&self) -> Order {
        self.order
    }

    fn counter(&self) -> &Counter {
        &self.counter
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Account;
    use proptest::prelude::*;

    fn fixed(text: &str) -> FixedPoint {
        FixedPoint::new(&text.parse().expect("an arithmetic")).expect("a fixed-point format")
    }

    const ROUNDINGS: [&str; 6] = ["rne", "ties_away", "half_up", "floor", "to_zero", "stochastic"];

    proptest! {
        #[test]
        fn many_bits_follow_f64(x in -0.7..0.7f64, y in -0.7..0.7f64) {
            // 62 bits after the point: each operation is within 2^−62 (two of them after the roundings of x and y), and an f64 below 2
            // within 2^−53; a quotient by y adds their parts of it.
            for rounding in ROUNDINGS {
                let by = fixed(&format!("s1.62:{rounding}"));
                let (a, b) = (by.number(x), by.number(y));
                prop_assert!((by.value(by.add(a, b)) - (x + y)).abs() <= 2f64.powi(-52));
                prop_assert!((by.value(by.subtract(a, b)) - (x - y)).abs() <= 2f64.powi(-52));
                prop_assert!((by.value(by.multiply(a, b)) - x * y).abs() <= 2f64.powi(-52));
                if (x / y).abs() < 1.9 {
                    prop_assert!((by.value(by.divide(a, b)) - x / y).abs() <= 2f64.powi(-52) + 2f64.powi(-59) / y.abs());
                }
            }
        }

        #[test]
        fn narrow_and_wide_words_compute_alike(x in -2000.0..2000.0f64, y in -60.0..60.0f64) {
            // s16.15 by 64-bit products, and by those of 128 bits, as a wide format of constants makes it.
            for rounding in ROUNDINGS {
                let (narrow, wide) = (fixed(&format!("s16.15:{rounding}")), fixed(&format!("s16.15/s0.62:{rounding}")));
                let of = |by: &FixedPoint| {
                    let (a, b) = (by.number(x), by.number(y));
                    [by.add(a, b), by.subtract(a, b), by.multiply(a, b), by.divide(a, b)].map(|result| result.raw)
                };
                prop_assert_eq!(of(&narrow), of(&wide), "{}", rounding);
            }
        }

        #[test]
        fn saturation_is_monotone(x in -400.0..400.0f64, more in 0.0..100.0f64, y in 0.0..400.0f64) {
            for rounding in &ROUNDINGS[..5] {
                let (by, largest) = (fixed(&format!("s8.7:{rounding}")), Format::Fixed { integer: 8, fraction: 7 }.largest());
                let (small, large, y) = (by.number(x), by.number(x + more), by.number(y));
                let ordered = |a, b| by.compare(a, b) != Some(Ordering::Greater);
                prop_assert!(ordered(small, large));
                prop_assert!(ordered(by.add(small, y), by.add(large, y)));
                prop_assert!(ordered(by.multiply(small, y), by.multiply(large, y)));
                prop_assert!(by.value(by.add(large, y)) <= largest);
            }
        }

        #[test]
        fn a_product_of_constants_is_rounded_once(x in -100.0..100.0f64, k in -0.999..0.999f64) {
            // The exact product has at most 46 significant bits here, and is an f64; floor keeps it within a place from below.
            let by = fixed("s8.15/s0.23:floor");
            let (a, k) = (by.number(x), by.constant(k));
            let exact = by.value(a) * by.value(k);
            let below = exact - by.value(by.multiply(a, k));
            prop_assert!((0.0..2f64.powi(-15)).contains(&below), "{}", below);
        }
    }

    #[test]
    fn the_ends_of_the_range_are_counted() {
        let by = fixed("s3.4");
        let (seven, half) = (by.number(7.0), by.constant(0.5));
        assert_eq!(by.value(by.add(seven, seven)), 7.9375);
        assert_eq!(by.value(by.subtract(by.subtract(by.number(-7.0), seven), half)), -8.0);
        by.next_step();
        assert_eq!(by.value(by.divide(seven, by.number(0.0))), 7.9375);
        // The second difference is at the end, too.
        assert_eq!(by.account(), Account { overflows: 4, wraps: 0, first_step: Some(0) });
        let by = fixed("s3.4:wrap");
        assert_eq!(by.value(by.add(by.number(7.0), by.number(7.0))), -2.0);
        assert_eq!(by.account(), Account { overflows: 0, wraps: 1, first_step: Some(0) });
    }

    #[test]
    fn what_is_not_computed_is_not_rounded() {
        let by = fixed("s8.7:stochastic");
        let (one, zero, x) = (by.constant(1.0), by.constant(0.0), by.number(3.1));
        assert_eq!([by.multiply(one, x), by.multiply(x, one), by.add(x, zero)].map(|y| y.raw), [x.raw; 3]);
        // None of them has drawn.
        assert_eq!(by.random.draw(), SplitMix64::new(1).draw());
    }
}
