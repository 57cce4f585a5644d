//! Floating point of few bits, each operation rounded from its exact result.

use std::cmp::Ordering;

use crate::account::Counter;
use crate::fixed_point::decoded;
use crate::rounding::shift_64;
use crate::{Arithmetic, Calculator, Format, Order, Rounding, SplitMix64};

/// A float of the format, held in an f64.
#[derive(Clone, Copy, Debug)]
pub struct Float {
    x: f64,
    mark: Mark,
}

/// Constants with which nothing is computed.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Mark {
    None,
    One,
    Zero,
}

/// How an operation is made.
#[derive(Clone, Copy, Debug)]
enum Way {
    /// By the processor, in f64.
    Double,
    /// By the processor, in f32.
    Single,
    /// In f64, and then rounded.
    Rounded(Shape),
}

/// What numbers a format has.
#[derive(Clone, Copy, Debug)]
struct Shape {
    /// Significant bits.
    precision: i32,
    /// The exponent of the smallest number above 0.
    lowest: i32,
    largest: f64,
}

/// Computes in a floating-point format; see [`Calculator`].
///
/// An operation is made in f64 and its last bit set to odd where it is not exact (S. Boldo, G. Melquiond, IEEE Trans. Computers 57 (2008)
/// 462), which keeps everything that a rounding to at most 51 bits asks. f64 itself, and f32 rounded to nearest even, are the processor's.
#[derive(Debug)]
pub struct Floating {
    way: Way,
    rounding: Rounding,
    order: Order,
    random: SplitMix64,
    counter: Counter,
}

impl Floating {
    #[inline(always)]
    fn result(&self, x: f64) -> Float {
        if x.is_infinite() {
            self.counter.overflow();
        }
        Float { x, mark: Mark::None }
    }

    /// The result of an operation that gave `x` to nearest, with the error `rest` = exact − x.
    #[inline(always)]
    fn rounded(&self, x: f64, rest: f64, shape: Shape) -> Float {
        self.result(shape.round(to_odd(x, rest), self.rounding, &self.random))
    }
}

/// `x`, moved by one place towards the exact value where that has an odd last bit.
fn to_odd(x: f64, rest: f64) -> f64 {
    if rest == 0.0 || !x.is_finite() || !rest.is_finite() || x.to_bits() & 1 == 1 {
        return x;
    }
    if rest > 0.0 { x.next_up() } else { x.next_down() }
}

/// The rounding error of the sum `sum` of x and y (Knuth).
fn sum_error(x: f64, y: f64, sum: f64) -> f64 {
    let part = sum - x;
    (x - (sum - part)) + (y - part)
}

impl Shape {
    fn of(format: Format) -> Option<Self> {
        let (precision, lowest) = match format {
            Format::F32 => (24, -149),
            Format::F16 => (11, -24),
            Format::Bf16 => (8, -133),
            Format::F64 | Format::Fixed { .. } => return None,
        };
        Some(Shape { precision, lowest, largest: format.largest() })
    }

    /// `x` in the format.
    #[inline]
    fn round(self, x: f64, rounding: Rounding, random: &SplitMix64) -> f64 {
        if x == 0.0 || !x.is_finite() {
            return x;
        }
        let (mut mantissa, exponent) = decoded(x);
        let wanted = (53 - self.precision).max(self.lowest - exponent);
        // A mantissa of 53 bits is below half a unit where 55 are dropped; beyond, its sign alone counts.
        let drop = wanted.min(60);
        if wanted > drop {
            mantissa = mantissa.signum();
        }
        // The exponent is that of a number of the format, which an f64 has.
        let unit = f64::from_bits(((exponent + wanted + 1023) as u64) << 52);
        let rounded = shift_64(mantissa, drop as u32, rounding, random) as f64 * unit;
        if rounded.abs() <= self.largest {
            return rounded.copysign(x);
        }
        // What is cut stays finite.
        match (rounding, x > 0.0) {
            (Rounding::ToZero, _) | (Rounding::Floor, true) => self.largest.copysign(x),
            _ => f64::INFINITY.copysign(x),
        }
    }
}

impl Calculator for Floating {
    type Value = Float;

    fn new(kind: &Arithmetic) -> Option<Self> {
        let way = match (kind.format, kind.rounding) {
            (Format::F64, _) => Way::Double,
            (Format::F32, Rounding::NearestEven) => Way::Single,
            (format, _) => Way::Rounded(Shape::of(format)?),
        };
        Some(Floating {
            way,
            rounding: kind.rounding,
            order: kind.order,
            random: SplitMix64::new(kind.seed),
            counter: Counter::default(),
        })
    }

    fn number(&self, x: f64) -> Float {
        let x = match self.way {
            Way::Double => x,
            Way::Single => f64::from(x as f32),
            Way::Rounded(shape) => shape.round(x, self.rounding.of_constants(), &self.random),
        };
        Float { x, mark: Mark::None }
    }

    fn constant(&self, x: f64) -> Float {
        let mark = match x {
            1.0 => Mark::One,
            0.0 => Mark::Zero,
            _ => Mark::None,
        };
        Float { mark, ..self.number(x) }
    }

    fn add(&self, Float { x, mark }: Float, other: Float) -> Float {
        let y = other.x;
        match (mark, other.mark) {
            (Mark::Zero, _) => return other,
            (_, Mark::Zero) => return Float { x, mark },
            _ => {}
        }
        match self.way {
            Way::Double => self.result(x + y),
            Way::Single => self.result(f64::from(x as f32 + y as f32)),
            Way::Rounded(shape) => self.rounded(x + y, sum_error(x, y, x + y), shape),
        }
    }

    fn subtract(&self, x: Float, Float { x: y, mark }: Float) -> Float {
        if mark == Mark::Zero { x } else { self.add(x, Float { x: -y, mark: Mark::None }) }
    }

    fn multiply(&self, Float { x, mark }: Float, other: Float) -> Float {
        let y = other.x;
        match (mark, other.mark) {
            (Mark::One, _) => return other,
            (_, Mark::One) => return Float { x, mark },
            _ => {}
        }
        match self.way {
            Way::Double => self.result(x * y),
            Way::Single => self.result(f64::from(x as f32 * y as f32)),
            // Two factors of 24 bits: exact.
            Way::Rounded(shape) => self.rounded(x * y, 0.0, shape),
        }
    }

    fn divide(&self, Float { x, .. }: Float, Float { x: y, .. }: Float) -> Float {
        match self.way {
            Way::Double => self.result(x / y),
            Way::Single => self.result(f64::from(x as f32 / y as f32)),
            Way::Rounded(shape) => {
                let quotient = x / y;
                self.rounded(quotient, (-quotient).mul_add(y, x) * y.signum(), shape)
            }
        }
    }

    fn compare(&self, x: Float, y: Float) -> Option<Ordering> {
        x.x.partial_cmp(&y.x)
    }

    fn value(&self, x: Float) -> f64 {
        x.x
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
    use proptest::prelude::*;

    fn floating(text: &str) -> Floating {
        Floating::new(&text.parse().expect("an arithmetic")).expect("a float")
    }

    /// The four operations of a calculator on x and y, rounded before.
    fn operations(by: &Floating, x: f64, y: f64) -> [f64; 4] {
        let [x, y] = [x, y].map(|x| by.number(x));
        [by.add(x, y), by.subtract(x, y), by.multiply(x, y), by.divide(x, y)].map(|result| by.value(result))
    }

    proptest! {
        #[test]
        fn sixteen_bits_to_nearest_even_are_those_of_the_crate_half(x in any::<f32>(), y in any::<f32>()) {
            use half::{bf16, f16};
            // Its operators round an f32 result, which is wide enough for a second rounding to do no harm.
            let equal = |ours: f64, theirs: f64| ours == theirs || ours.is_nan() && theirs.is_nan();
            let (a, b) = (f16::from_f32(x % 300.0), f16::from_f32(y % 300.0));
            let theirs = [a + b, a - b, a * b, a / b].map(f64::from);
            let ours = operations(&floating("f16"), a.into(), b.into());
            prop_assert!(ours.iter().zip(theirs).all(|(&o, t)| equal(o, t)), "{a} {b}: {ours:?} {theirs:?}");
            let (a, b) = (bf16::from_f32(x), bf16::from_f32(y));
            let theirs = [a + b, a - b, a * b, a / b].map(f64::from);
            let ours = operations(&floating("bf16"), a.into(), b.into());
            prop_assert!(ours.iter().zip(theirs).all(|(&o, t)| equal(o, t)), "{a} {b}: {ours:?} {theirs:?}");
            let by = floating("f16");
            prop_assert_eq!(by.value(by.number(x.into())), f64::from(f16::from_f32(x)));
        }

        #[test]
        fn rounding_by_hand_is_what_the_processor_does(x in any::<f32>(), y in any::<f32>()) {
            prop_assume!(x.is_finite() && y.is_finite());
            let shape = Shape::of(Format::F32).expect("a shape");
            let by = Floating { way: Way::Rounded(shape), ..floating("f32") };
            let theirs = [x + y, x - y, x * y, x / y].map(f64::from);
            let ours = operations(&by, x.into(), y.into());
            prop_assert!(
                ours.iter().zip(theirs).all(|(&o, t)| o.to_bits() == t.to_bits() || o.is_nan() && t.is_nan()),
                "{x} {y}: {ours:?} {theirs:?}"
            );
        }

        #[test]
        fn directed_roundings_keep_to_their_sides(x in -1e3..1e3f64, y in -1e3..1e3f64) {
            // Numbers of all three formats.
            let [x, y] = [x, y].map(|x| f64::from(half::bf16::from_f64(x % 256.0)));
            for format in ["f32", "f16", "bf16"] {
                let by = |rounding: &str| operations(&floating(&format!("{format}:{rounding}")), x, y);
                let (floor, cut, nearest, away) = (by("floor"), by("to_zero"), by("rne"), by("ties_away"));
                for i in 0..4 {
                    if nearest[i].is_nan() {
                        continue;
                    }
                    prop_assert!(floor[i] <= nearest[i] && floor[i] <= cut[i], "{format} {x} {y} {i}");
                    prop_assert!(cut[i].abs() <= nearest[i].abs() && nearest[i].abs() <= away[i].abs(), "{format} {x} {y} {i}");
                    prop_assert!(cut[i] == floor[i] || cut[i] <= 0.0, "{format} {x} {y} {i}");
                }
            }
        }
    }
}
