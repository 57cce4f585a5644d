//! Double-double arithmetic: a number as the unevaluated sum of two f64, 106 bits or 31 digits.
//!
//! With u = 2⁻⁵³ the relative errors of one operation are at most 3u² (sum), 7u² (product), 4u² (by an f64) and 4u²
//! (quotient by an f64): below [`OPERATION`] all of them. They hold while nothing overflows and no product falls below 1e-290.
//!
//! Written here rather than taken from a crate because the convolutions of a Taylor series, where all the time goes, want
//! operands that are split once and summed in lanes ([`Splits`]), and because a plain build for x86-64 has no fused
//! multiply-add: `f64::mul_add` is then a call into the mathematical library for every product. Where the target has the
//! instruction it is used; both ways give the same bits, as both errors are exact.
//!
//! Sources: T. J. Dekker, *A floating-point technique for extending the available precision*, Numer. Math. 18 (1971)
//! 224–242; M. Joldes, J.-M. Muller, V. Popescu, *Tight and rigorous error bounds for basic building blocks of double-word
//! arithmetic*, ACM Trans. Math. Software 44 (2017) 15res (the bounds above, rounded up); T. Ogita, S. M. Rump, S. Oishi,
//! *Accurate sum and dot product*, SIAM J. Sci. Comput. 26 (2005) 1955–1988.

use std::ops::{Add, Mul, Neg, Sub};

use super::exact::{UNIT_ROUNDOFF, two_sum};

/// Above the relative error of any single operation, 2⁻¹⁰².
pub(crate) const OPERATION: f64 = 1.0 / (1u128 << 102) as f64;

/// high + low with |low| at most half an ulp of high.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct DoubleDouble {
    pub(crate) high: f64,
    pub(crate) low: f64,
}

/// a + b where |a| ≥ |b| or a = 0, and its error.
#[inline(always)]
fn fast_two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    (sum, b - (sum - a))
}

/// x as a sum of two numbers of 26 bits (Veltkamp).
#[inline(always)]
fn split(x: f64) -> (f64, f64) {
    let scaled = 134_217_729.0 * x; // 2²⁷ + 1
    let big = scaled - (scaled - x);
    (big, x - big)
}

/// a b and its error.
#[inline(always)]
pub(crate) fn two_product(a: f64, b: f64) -> (f64, f64) {
    let product = a * b;
    if cfg!(any(target_feature = "fma", target_arch = "aarch64")) {
        return (product, a.mul_add(b, -product));
    }
    let ((a_big, a_small), (b_big, b_small)) = (split(a), split(b));
    let error = ((a_big * b_big - product) + a_big * b_small + a_small * b_big) + a_small * b_small;
    (product, error)
}

impl DoubleDouble {
    pub(crate) const ZERO: Self = DoubleDouble { high: 0.0, low: 0.0 };

    /// Σ highs + rest. The errors of the sums are added to the rest in f64: off by less than (M + 2)² u² Σ |highs| and the
    /// rounding of the rest itself.
    #[inline(always)]
    pub(crate) fn sum_of<const M: usize>(highs: [f64; M], rest: f64) -> Self {
        let (mut sum, mut errors) = (highs[0], rest);
        for high in &highs[1..] {
            let (total, error) = two_sum(sum, *high);
            sum = total;
            errors += error;
        }
        let (high, low) = fast_two_sum(sum, errors);
        DoubleDouble { high, low }
    }

    /// This number times an f64.
    #[inline]
    pub(crate) fn times(self, y: f64) -> Self {
        let (product, error) = two_product(self.high, y);
        let (high, low) = fast_two_sum(product, error + self.low * y);
        DoubleDouble { high, low }
    }

    /// This number divided by an f64.
    #[inline]
    pub(crate) fn over(self, y: f64) -> Self {
        let first = self.high / y;
        let (product, error) = two_product(first, y);
        let rest = ((self.high - product) - error) + self.low;
        let (high, low) = fast_two_sum(first, rest / y);
        DoubleDouble { high, low }
    }

    /// This number plus an f64: as times, thousands of steps add up without losing anything.
    #[inline]
    pub(crate) fn plus(self, h: f64) -> Self {
        let (sum, error) = two_sum(self.high, h);
        let (high, low) = two_sum(sum, error + self.low);
        DoubleDouble { high, low }
    }

    /// `t` minus this number; the difference of the two high parts is exact when they are close (Sterbenz).
    #[inline]
    pub(crate) fn until(self, t: f64) -> f64 {
        let (difference, error) = two_sum(t, -self.high);
        difference + (error - self.low)
    }

    /// The number rounded to the nearest f64.
    #[inline]
    pub(crate) fn to_f64(self) -> f64 {
        self.high + self.low
    }
}

impl From<f64> for DoubleDouble {
    #[inline]
    fn from(x: f64) -> Self {
        DoubleDouble { high: x, low: 0.0 }
    }
}

impl Add for DoubleDouble {
    type Output = Self;
    #[inline]
    fn add(self, y: Self) -> Self {
        let (sum, error) = two_sum(self.high, y.high);
        let (low_sum, low_error) = two_sum(self.low, y.low);
        let (sum, error) = fast_two_sum(sum, error + low_sum);
        let (high, low) = fast_two_sum(sum, low_error + error);
        DoubleDouble { high, low }
    }
}

impl Neg for DoubleDouble {
    type Output = Self;
    #[inline]
    fn neg(self) -> Self {
        DoubleDouble { high: -self.high, low: -self.low }
    }
}

impl Sub for DoubleDouble {
    type Output = Self;
    #[inline]
    fn sub(self, y: Self) -> Self {
        self + -y
    }
}

impl Mul for DoubleDouble {
    type Output = Self;
    #[inline]
    fn mul(self, y: Self) -> Self {
        let (product, error) = two_product(self.high, y.high);
        let (high, low) = fast_two_sum(product, error + (self.high * y.low + self.low * y.high));
        DoubleDouble { high, low }
    }
}

/// Coefficients, forwards or backwards, with their high parts split for exact products, and a radius each.
#[derive(Clone, Debug)]
pub(crate) struct Splits<const N: usize> {
    high: [f64; N],
    low: [f64; N],
    big: [f64; N],
    small: [f64; N],
    size: [f64; N],
    radius: [f64; N],
}

/// Products summed side by side; a multiple of the width of a vector register, so that the compiler can use one.
const LANES: usize = 4;

/// A sum of products as [`Splits::dot`] returns it, with what bounds its error.
pub(crate) struct Dot {
    pub(crate) value: DoubleDouble,
    /// Σ |xᵢ yᵢ|, rounded up.
    pub(crate) size: f64,
    /// How far `value` can be from the sum of any numbers within the radii of xᵢ and yᵢ.
    pub(crate) radius: f64,
}

impl<const N: usize> Splits<N> {
    pub(crate) const ZERO: Self =
        Splits { high: [0.0; N], low: [0.0; N], big: [0.0; N], small: [0.0; N], size: [0.0; N], radius: [0.0; N] };

    #[inline]
    pub(crate) fn set(&mut self, i: usize, x: DoubleDouble, radius: f64) {
        (self.high[i], self.low[i]) = (x.high, x.low);
        (self.big[i], self.small[i]) = split(x.high);
        (self.size[i], self.radius[i]) = (x.high.abs(), radius);
    }

    /// Σ self\[from + i\] · other\[other_from + i\] for i < `count` ≤ 64.
    ///
    /// Products and the running sum keep their errors, which are added in f64. For m terms of absolute sum P there are in
    /// each lane at most m/4 + 1 of these errors, each below u(P + 3|xᵢyᵢ|), added with 4 roundings a term: the result is
    /// off by less than (m + 8)² u² P ≤ 5184 u² P, and by what the lows' product, u² P, leaves out: below 2¹³ u² P.
    #[inline]
    pub(crate) fn dot(&self, from: usize, other: &Self, other_from: usize, count: usize) -> Dot {
        let (mut sum, mut rest, mut size, mut spread) = ([0.0; LANES], [0.0; LANES], [0.0; LANES], [0.0; LANES]);
        let x = |field: &'_ [f64; N], at: usize| -> [f64; LANES] { std::array::from_fn(|l| field[at + l]) };
        let mut i = 0;
        while i + LANES <= count {
            let (p, q) = (from + i, other_from + i);
            let (xh, xl, xb, xs) = (x(&self.high, p), x(&self.low, p), x(&self.big, p), x(&self.small, p));
            let (yh, yl, yb, ys) = (x(&other.high, q), x(&other.low, q), x(&other.big, q), x(&other.small, q));
            let (xa, xr, ya, yr) = (x(&self.size, p), x(&self.radius, p), x(&other.size, q), x(&other.radius, q));
            for l in 0..LANES {
                let product = xh[l] * yh[l];
                let error = ((xb[l] * yb[l] - product) + xb[l] * ys[l] + xs[l] * yb[l]) + xs[l] * ys[l];
                let (total, lost) = two_sum(sum[l], product);
                sum[l] = total;
                rest[l] += (error + lost) + (xh[l] * yl[l] + xl[l] * yh[l]);
                size[l] += xa[l] * ya[l];
                spread[l] += xa[l] * yr[l] + xr[l] * (ya[l] + yr[l]);
            }
            i += LANES;
        }
        while i < count {
            let (p, q, l) = (from + i, other_from + i, i % LANES);
            let product = self.high[p] * other.high[q];
            let error =
                ((self.big[p] * other.big[q] - product) + self.big[p] * other.small[q] + self.small[p] * other.big[q])
                    + self.small[p] * other.small[q];
            let (total, lost) = two_sum(sum[l], product);
            sum[l] = total;
            rest[l] += (error + lost) + (self.high[p] * other.low[q] + self.low[p] * other.high[q]);
            size[l] += self.size[p] * other.size[q];
            spread[l] += self.size[p] * other.radius[q] + self.radius[p] * (other.size[q] + other.radius[q]);
            i += 1;
        }
        let value = DoubleDouble::sum_of(sum, (rest[0] + rest[1]) + (rest[2] + rest[3]));
        // The sizes leave out the low parts, and all sums here are rounded: far below the factor.
        let size = size.iter().sum::<f64>() * UP;
        const DOT: f64 = 8192.0 / (1u128 << 106) as f64;
        Dot { value, size, radius: (spread.iter().sum::<f64>() + DOT * size) * UP }
    }

    /// The same to f64, for where that is enough: each term takes part in fewer than count/4 + 8 roundings, and the lows are
    /// left out.
    #[inline]
    pub(crate) fn rounded_dot(&self, from: usize, other: &Self, other_from: usize, count: usize) -> Dot {
        let (mut sum, mut size, mut spread) = ([0.0; LANES], [0.0; LANES], [0.0; LANES]);
        let x = |field: &'_ [f64; N], at: usize| -> [f64; LANES] { std::array::from_fn(|l| field[at + l]) };
        let mut i = 0;
        while i + LANES <= count {
            let (p, q) = (from + i, other_from + i);
            let (xh, xa, xr) = (x(&self.high, p), x(&self.size, p), x(&self.radius, p));
            let (yh, ya, yr) = (x(&other.high, q), x(&other.size, q), x(&other.radius, q));
            for l in 0..LANES {
                sum[l] += xh[l] * yh[l];
                size[l] += xa[l] * ya[l];
                spread[l] += xa[l] * yr[l] + xr[l] * (ya[l] + yr[l]);
            }
            i += LANES;
        }
        while i < count {
            let (p, q) = (from + i, other_from + i);
            sum[0] += self.high[p] * other.high[q];
            size[0] += self.size[p] * other.size[q];
            spread[0] += self.size[p] * other.radius[q] + self.radius[p] * (other.size[q] + other.radius[q]);
            i += 1;
        }
        let size = size.iter().sum::<f64>() * UP;
        let rounding = (count / LANES + 12) as f64 * UNIT_ROUNDOFF * size;
        let value = DoubleDouble::from(sum.iter().sum::<f64>());
        Dot { value, size, radius: (spread.iter().sum::<f64>() + rounding) * UP }
    }
}

/// Above (1 + u)ⁿ for sums and products of less than 8000 roundings: makes a computed bound an upper bound.
pub(crate) const UP: f64 = 1.0 + 1.0 / (1u64 << 40) as f64;

#[cfg(test)]
mod tests {
    use super::*;

    fn dd(x: f64) -> DoubleDouble {
        DoubleDouble::from(x)
    }

    #[test]
    fn thirty_digits_of_a_third_and_of_the_square_root_of_two() {
        let third = dd(1.0).over(3.0);
        let left = third.times(3.0) - dd(1.0);
        assert!(left.to_f64().abs() <= 4.0 * OPERATION, "{left:?}");
        // √2 = 1.4142135623730951 − 9.667293313452913e-17, by its digits.
        let root = DoubleDouble { high: std::f64::consts::SQRT_2, low: -9.667_293_313_452_913e-17 };
        assert!((root * root - dd(2.0)).to_f64().abs() <= 8.0 * OPERATION);
    }

    #[test]
    fn a_million_tenths_add_up_to_the_last_digit() {
        let end = (0..1_000_000).fold(DoubleDouble::ZERO, |t, _| t.plus(0.1));
        // Exactly, 1e6 times the f64 nearest to 0.1 is 1e5 + 5.55e-12; the plain sum is off by 1.3e-6.
        assert!((end.until(1e5) + 5.551_115_123_125_783e-12).abs() < 1e-20);
    }

    /// In integers: numbers of up to 50 bits times each other, summed with cancellation, against i128.
    #[test]
    fn a_dot_product_is_as_exact_as_it_says() {
        let mut seed = 1u64;
        let mut number = || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 14) as i64 - (1 << 49)
        };
        let (mut x, mut y) = (Splits::<40>::ZERO, Splits::<40>::ZERO);
        let mut exact = 0i128;
        for i in 0..39 {
            let (a, b) = (number(), number());
            x.set(i, dd(a as f64), 0.0);
            y.set(i + 1, dd(b as f64), 0.0);
            exact += i128::from(a) * i128::from(b);
        }
        let dot = x.dot(0, &y, 1, 39);
        let value = dot.value.high as i128 + dot.value.low as i128;
        assert!(dot.size > 1e29);
        assert!(((value - exact) as f64).abs() <= dot.radius, "{value} {exact}");
    }
}
