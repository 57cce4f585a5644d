//! Fixed point: two's complement integers with a point in them.

use std::cmp::Ordering;

use crate::account::Counter;
use crate::rounding::{shift_64, shift_128};
use crate::{Account, Arithmetic, Calculator, Format, Order, Rounding, SplitMix64};

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

    #[inline(always)]
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

    #[inline(always)]
    fn subtract(&self, x: Fixed, y: Fixed) -> Fixed {
        if x.point == self.fraction && y.point == self.fraction && self.narrow {
            return self.narrow_result(x.raw - y.raw);
        }
        if y.point == ZERO { x } else { self.sum(x, y, -1) }
    }

    #[inline(always)]
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

    #[inline(always)]
    fn compare(&self, x: Fixed, y: Fixed) -> Option<Ordering> {
        let (from, to) = (self.fraction(x), self.fraction(y));
        let common = from.max(to);
        Some((i128::from(x.raw) << (common - from)).cmp(&(i128::from(y.raw) << (common - to))))
    }

    fn value(&self, x: Fixed) -> f64 {
        x.raw as f64 * 2f64.powi(-(self.fraction(x) as i32))
    }

    fn bits(&self, x: Fixed) -> i64 {
        x.raw
    }

    fn order(&self) -> Order {
        self.order
    }

    fn account(&self) -> Account {
        self.counter.account()
    }

    fn next_step(&self) {
        self.counter.next_step();
    }
}
