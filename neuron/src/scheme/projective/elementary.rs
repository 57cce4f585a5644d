//! Exponential and logarithm as straight-line code: no call inside the step, and the compiler can do several at once.

use super::series::fma;

/// e^x for −700 < x < 700, to 2 ulp: x = k ln 2 + r, Taylor polynomial of degree 13 in |r| ≤ 0.35 (0.35¹⁴/14! = 5e-18).
///
/// Source of the reduction: W. J. Cody, W. Waite, *Software Manual for the Elementary Functions* (1980).
#[inline(always)]
pub(crate) fn exp<const FUSED: bool>(x: f64) -> f64 {
    // Adding 1.5 · 2⁵² rounds to an integer, which is then in the low bits.
    const ROUND: f64 = 1.5 * (1u64 << 52) as f64;
    // ln 2 in two parts; the first has 20 zero bits at its end, so that its multiples are exact.
    const HIGH: f64 = 0.693_147_180_369_123_8;
    const LOW: f64 = 1.908_214_929_270_587_7e-10;
    let shifted = fma::<FUSED>(x, std::f64::consts::LOG2_E, ROUND);
    let k = shifted - ROUND;
    let r = fma::<FUSED>(-k, LOW, fma::<FUSED>(-k, HIGH, x));
    const C: [f64; 14] = inverse_factorials();
    let mut sum = C[13];
    let mut n = 13;
    while n > 0 {
        n -= 1;
        sum = fma::<FUSED>(sum, r, C[n]);
    }
    sum * f64::from_bits((shifted.to_bits() << 52).wrapping_add(1023 << 52))
}

const fn inverse_factorials() -> [f64; 14] {
    let mut c = [1.0; 14];
    let mut n = 1;
    while n < 14 {
        c[n] = c[n - 1] / n as f64;
        n += 1;
    }
    c
}

/// ln x for a normal positive x, to 2 ulp (or 1e-16 around x = 1): x = 2^k m with √½ ≤ m < √2, and ln m = 2 artanh z,
/// z = (m − 1)/(m + 1), |z| < 0.172, whose series ends at z²¹/21 (the next is below 1e-18). What is not positive gives a number
/// without meaning.
#[inline(always)]
pub(crate) fn ln<const FUSED: bool>(x: f64) -> f64 {
    const HIGH: f64 = 0.693_147_180_369_123_8;
    const LOW: f64 = 1.908_214_929_270_587_7e-10;
    // Subtracting the bits of √½ makes the exponent that of the power of two below √2 m.
    const BASE: u64 = 0x3fe6_a09e_667f_3bcd;
    let bits = x.to_bits().wrapping_sub(BASE);
    let k = ((bits as i64) >> 52) as f64;
    let m = f64::from_bits((bits & ((1 << 52) - 1)).wrapping_add(BASE));
    let z = (m - 1.0) / (m + 1.0);
    let square = z * z;
    // Even and odd terms of Σ z^(2n)/(2n+1) apart.
    let fourth = square * square;
    let even = [1.0 / 5.0, 1.0 / 9.0, 1.0 / 13.0, 1.0 / 17.0, 1.0 / 21.0];
    let odd = [1.0 / 3.0, 1.0 / 7.0, 1.0 / 11.0, 1.0 / 15.0, 1.0 / 19.0];
    let (mut a, mut b) = (0.0, 0.0);
    for i in (0..5).rev() {
        a = fma::<FUSED>(a, fourth, even[i]);
        b = fma::<FUSED>(b, fourth, odd[i]);
    }
    let tail = square * fma::<FUSED>(a, square, b);
    let twice = 2.0 * z;
    fma::<FUSED>(k, HIGH, fma::<FUSED>(k, LOW, twice * tail) + twice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_agree_with_those_of_the_standard_library() {
        for i in -30_000..30_000 {
            let x = 0.001 * f64::from(i);
            let e = x.exp();
            assert!((exp::<true>(x) / e - 1.0).abs() < 2.5 * f64::EPSILON, "exp {x}");
            assert!((exp::<false>(x) / e - 1.0).abs() < 2.5 * f64::EPSILON, "exp {x}");
            let l = e.ln();
            assert!((ln::<true>(e) - l).abs() <= f64::EPSILON * (1.0f64).max(l.abs()), "ln {e}");
            assert!((ln::<false>(e) - l).abs() <= f64::EPSILON * (1.0f64).max(l.abs()), "ln {e}");
        }
    }
}
