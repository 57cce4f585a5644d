//! Lanes: several numbers in one register, of as many neurons or nodes, with the operators of a number.
//!
//! A thin layer over [`pulp`], so that a kernel reads like its formula and is written once for every instruction set and for both
//! precisions ([`Lane`]). `+ − × ÷` round as they do on one number, on every path. [`F::fma`] is one rounding where the processor
//! has a fused multiply-add and two where it has not: kernels that use it agree between paths to rounding only.

pub(crate) mod lane;

use std::ops::{Add, BitAnd, BitOr, Div, Mul, Neg, Sub};

use pulp::Simd;

use lane::{Lane, MOST_LANES};

/// One number for each lane.
#[derive(Clone, Copy, Debug)]
pub(crate) struct F<S: Simd, T: Lane = f64> {
    simd: S,
    x: T::Vector<S>,
}

/// One truth value for each lane.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mask<S: Simd, T: Lane = f64> {
    simd: S,
    m: T::Truth<S>,
}

/// A set of steps for each lane, as binary digits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Steps<S: Simd, T: Lane> {
    simd: S,
    words: T::Words<S>,
}

impl<S: Simd, T: Lane> Steps<S, T> {
    /// Step `k`, below [`DIGITS`](Lane::DIGITS), in every lane.
    #[inline(always)]
    pub(crate) fn only(simd: S, k: u64) -> Self {
        Steps { simd, words: T::digit(simd, k) }
    }

    /// The `i`-th vector of a column.
    #[inline(always)]
    pub(crate) fn load(simd: S, column: &[T::Word], i: usize) -> Self {
        Steps { simd, words: T::words::<S>(column)[i] }
    }

    /// The `i`-th vector of a column is replaced.
    #[inline(always)]
    pub(crate) fn store(self, column: &mut [T::Word], i: usize) {
        T::words_mut::<S>(column)[i] = self.words;
    }

    /// With the steps of `others` besides in the lanes of `mask`.
    #[inline(always)]
    pub(crate) fn mark(self, mask: Mask<S, T>, others: Self) -> Self {
        Steps { simd: self.simd, words: T::mark(self.simd, mask.m, others.words, self.words) }
    }

    /// The lanes with a step.
    #[inline(always)]
    pub(crate) fn any(self) -> Mask<S, T> {
        Mask { simd: self.simd, m: T::has_digits(self.simd, self.words) }
    }
}

impl<S: Simd, T: Lane> F<S, T> {
    /// A vector with `x` in every lane.
    #[inline(always)]
    pub(crate) fn splat(simd: S, x: f64) -> Self {
        F { simd, x: T::splat(simd, T::nearest(x)) }
    }

    /// The `i`-th vector of a column.
    #[inline(always)]
    pub(crate) fn load(simd: S, column: &[T], i: usize) -> Self {
        F { simd, x: T::vectors::<S>(column)[i] }
    }

    /// The `i`-th vector of a column is replaced.
    #[inline(always)]
    pub(crate) fn store(self, column: &mut [T], i: usize) {
        T::vectors_mut::<S>(column)[i] = self.x;
    }

    /// The lanes as an array, the first [`lanes`](Lane::lanes) of which count.
    #[inline(always)]
    pub(crate) fn to_array(self) -> [T; MOST_LANES] {
        T::array::<S>(self.x)
    }

    /// `x` in the lanes of this vector's kind.
    #[inline(always)]
    pub(crate) fn of(self, x: f64) -> Self {
        F::splat(self.simd, x)
    }

    /// self · y + z, fused where the processor can.
    #[inline(always)]
    pub(crate) fn fma(self, y: Self, z: Self) -> Self {
        F { simd: self.simd, x: T::fma(self.simd, self.x, y.x, z.x) }
    }

    /// The absolute value of each lane.
    #[inline(always)]
    pub(crate) fn abs(self) -> Self {
        F { simd: self.simd, x: <T as Lane>::abs(self.simd, self.x) }
    }

    /// The square root of each lane.
    #[inline(always)]
    pub(crate) fn sqrt(self) -> Self {
        F { simd: self.simd, x: <T as Lane>::sqrt(self.simd, self.x) }
    }

    /// The smaller of two numbers.
    #[inline(always)]
    pub(crate) fn min(self, y: Self) -> Self {
        F { simd: self.simd, x: <T as Lane>::min(self.simd, self.x, y.x) }
    }

    /// The larger of two numbers.
    #[inline(always)]
    pub(crate) fn max(self, y: Self) -> Self {
        F { simd: self.simd, x: <T as Lane>::max(self.simd, self.x, y.x) }
    }

    /// The lanes in which self < y; false where one is not a number, as the other comparisons.
    #[inline(always)]
    pub(crate) fn lt(self, y: Self) -> Mask<S, T> {
        Mask { simd: self.simd, m: <T as Lane>::lt(self.simd, self.x, y.x) }
    }

    /// The lanes in which self ≤ y.
    #[inline(always)]
    pub(crate) fn le(self, y: Self) -> Mask<S, T> {
        Mask { simd: self.simd, m: <T as Lane>::le(self.simd, self.x, y.x) }
    }

    /// The lanes in which self ≥ y.
    #[inline(always)]
    pub(crate) fn ge(self, y: Self) -> Mask<S, T> {
        Mask { simd: self.simd, m: <T as Lane>::ge(self.simd, self.x, y.x) }
    }

    /// The lanes with a finite number: 0 · x is 0 there, and not a number elsewhere.
    #[inline(always)]
    pub(crate) fn is_finite(self) -> Mask<S, T> {
        (self * self.of(0.0)).ge(self.of(0.0))
    }
}

impl<S: Simd, T: Lane> Mask<S, T> {
    /// Whether any lane is true.
    #[inline(always)]
    pub(crate) fn any(self) -> bool {
        T::any::<S>(self.m)
    }

    /// A binary digit for each lane, the first lane in the lowest.
    #[inline(always)]
    pub(crate) fn bits(self) -> u64 {
        T::bits::<S>(self.m)
    }

    /// The lanes that are false.
    #[inline(always)]
    pub(crate) fn not(self) -> Self {
        Mask { simd: self.simd, m: T::not(self.simd, self.m) }
    }

    /// `yes` where true, `no` where false.
    #[inline(always)]
    pub(crate) fn select(self, yes: F<S, T>, no: F<S, T>) -> F<S, T> {
        F { simd: self.simd, x: T::select(self.simd, self.m, yes.x, no.x) }
    }

    /// Calls `f` with the number of each true lane, in order.
    #[inline(always)]
    pub(crate) fn for_each(self, mut f: impl FnMut(usize)) {
        let mut bits = self.bits();
        while bits != 0 {
            f(bits.trailing_zeros() as usize);
            bits &= bits - 1;
        }
    }
}

macro_rules! operator {
    ($name:ident, $method:ident) => {
        impl<S: Simd, T: Lane> $name for F<S, T> {
            type Output = F<S, T>;
            #[inline(always)]
            fn $method(self, y: F<S, T>) -> F<S, T> {
                F { simd: self.simd, x: <T as Lane>::$method(self.simd, self.x, y.x) }
            }
        }
    };
}
operator!(Add, add);
operator!(Sub, sub);
operator!(Mul, mul);
operator!(Div, div);

impl<S: Simd, T: Lane> Neg for F<S, T> {
    type Output = F<S, T>;
    #[inline(always)]
    fn neg(self) -> F<S, T> {
        // Exact, and folded into a fused operation where there is one.
        self * self.of(-1.0)
    }
}

impl<S: Simd, T: Lane> BitAnd for Mask<S, T> {
    type Output = Mask<S, T>;
    #[inline(always)]
    fn bitand(self, other: Mask<S, T>) -> Mask<S, T> {
        Mask { simd: self.simd, m: T::and(self.simd, self.m, other.m) }
    }
}

impl<S: Simd, T: Lane> BitOr for Mask<S, T> {
    type Output = Mask<S, T>;
    #[inline(always)]
    fn bitor(self, other: Mask<S, T>) -> Mask<S, T> {
        Mask { simd: self.simd, m: T::or(self.simd, self.m, other.m) }
    }
}

/// ln x for positive finite x (subnormal numbers included), to 2 ulp, and to 1e-16 around x = 1; elsewhere a number without
/// meaning.
///
/// x = 2^k m with √½ ≤ m < √2, and ln m = 2 artanh z, z = (m − 1)/(m + 1), |z| < 0.172, whose series ends at z²¹/21 (the next
/// term is below 1e-18). k is found by halving and doubling: over a step of a neuron x = y(h) stays within a few powers of two of
/// one, most often between √½ and √2, so that this is cheaper than taking the bits apart. ln 2 is used in two parts, the first
/// with zero bits at its end, so that k times it is exact.
///
/// Source: W. J. Cody, W. Waite, *Software Manual for the Elementary Functions* (1980), as in `scheme/projective/elementary`.
#[inline(always)]
pub(crate) fn ln<S: Simd>(x: F<S>) -> F<S> {
    const HIGH: f64 = 0.693_147_180_369_123_8;
    const LOW: f64 = 1.908_214_929_270_587_7e-10;
    let zero = x.of(0.0);
    let (mut m, mut k) = (x, zero);
    let sqrt_2 = x.of(std::f64::consts::SQRT_2);
    let sqrt_half = x.of(std::f64::consts::FRAC_1_SQRT_2);
    // First by 2¹⁶, at most 68 times (2^−1074 to 2^1024), then by 2, at most 16 times. The bounds end it for 0 and infinity.
    for (power, factor, most) in [(16.0, 65_536.0, 68), (1.0, 2.0, 16)] {
        let (large, small) = (sqrt_2 * x.of(0.5 * factor), sqrt_half / x.of(0.5 * factor));
        for _ in 0..most {
            let (above, below) = (m.ge(large), m.lt(small));
            if !(above | below).any() {
                break;
            }
            m = above.select(m * x.of(1.0 / factor), below.select(m * x.of(factor), m));
            k = above.select(k + x.of(power), below.select(k - x.of(power), k));
        }
    }
    let one = x.of(1.0);
    let z = (m - one) / (m + one);
    let square = z * z;
    let fourth = square * square;
    // Even and odd terms of Σ z^(2n)/(2n+1), n ≥ 1, apart.
    let even = [1.0 / 5.0, 1.0 / 9.0, 1.0 / 13.0, 1.0 / 17.0, 1.0 / 21.0];
    let odd = [1.0 / 3.0, 1.0 / 7.0, 1.0 / 11.0, 1.0 / 15.0, 1.0 / 19.0];
    let (mut a, mut b) = (zero, zero);
    for i in (0..5).rev() {
        a = a.fma(fourth, x.of(even[i]));
        b = b.fma(fourth, x.of(odd[i]));
    }
    let tail = square * a.fma(square, b);
    let twice = z + z;
    k.fma(x.of(HIGH), k.fma(x.of(LOW), twice * tail) + twice)
}

#[cfg(test)]
mod tests {
    use super::*;
    use pulp::{Arch, Scalar, WithSimd};

    /// ln of a column by lanes of whatever kind it is given.
    struct LnOf<'a>(&'a mut [f64]);

    impl WithSimd for LnOf<'_> {
        type Output = ();
        #[inline(always)]
        fn with_simd<S: Simd>(self, simd: S) {
            for i in 0..self.0.len() / S::F64_LANES {
                ln(F::load(simd, self.0, i)).store(self.0, i);
            }
        }
    }

    #[test]
    fn the_logarithm_is_that_of_the_standard_library_to_two_ulp() {
        let near_one = (-4000..4000).map(|i| 1.0 + 2.5e-4 * f64::from(i));
        let wide = (-2800..2800).map(|i| (0.25 * f64::from(i)).exp() * (1.0 + 1e-4 * f64::from(i % 7)));
        let ends = [f64::MIN_POSITIVE, 5e-324, 1e-310, f64::MAX, 1.0, 0.5, 2.0, f64::EPSILON];
        let mut x: Vec<f64> = near_one.chain(wide).chain(ends).filter(|x| *x > 0.0 && x.is_finite()).collect();
        while !x.len().is_multiple_of(MOST_LANES) {
            x.push(1.0);
        }
        let (mut scalar, mut best) = (x.clone(), x.clone());
        LnOf(&mut scalar).with_simd(Scalar::new());
        Arch::new().dispatch(LnOf(&mut best));
        for ((x, scalar), best) in x.iter().zip(scalar).zip(best) {
            let truth = x.ln();
            let room = (2.0 * f64::EPSILON * truth.abs()).max(if (x - 1.0).abs() < 0.5 { 1e-16 } else { 0.0 });
            assert!((scalar - truth).abs() <= room, "scalar ln {x}: {scalar} {truth}");
            assert!((best - truth).abs() <= room, "ln {x}: {best} {truth}");
        }
    }
}
