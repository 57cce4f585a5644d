//! e^x and ln x over lanes: the straight-line code of `scheme/projective/elementary`, operation by operation.

use pulp::Simd;

use crate::population::lanes::F;

const HIGH: f64 = 0.693_147_180_369_123_8;
const LOW: f64 = 1.908_214_929_270_587_7e-10;

/// e^x for −700 < x < 700, to 2 ulp.
#[inline(always)]
pub(super) fn exp<S: Simd>(x: F<S>) -> F<S> {
    // Adding 1.5 · 2⁵² rounds to an integer, which is then in the low bits.
    const ROUND: f64 = 1.5 * (1u64 << 52) as f64;
    let shifted = x.fma(x.of(std::f64::consts::LOG2_E), x.of(ROUND));
    let k = shifted - x.of(ROUND);
    let r = k.fma(x.of(-LOW), k.fma(x.of(-HIGH), x));
    // Even and odd powers apart: half the latency.
    const C: [f64; 14] = inverse_factorials();
    let square = r * r;
    let (mut even, mut odd) = (x.of(C[12]), x.of(C[13]));
    for n in (0..6).rev() {
        even = even.fma(square, x.of(C[2 * n]));
        odd = odd.fma(square, x.of(C[2 * n + 1]));
    }
    odd.fma(r, even) * shifted.map_bits(|bits| (bits << 52).wrapping_add(1023 << 52))
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

/// ln x for a normal positive x, to 2 ulp (or 1e-16 around x = 1); elsewhere a number without meaning.
#[inline(always)]
pub(super) fn ln<S: Simd>(x: F<S>) -> F<S> {
    // Subtracting the bits of √½ makes the exponent that of the power of two below √2 m.
    const BASE: u64 = 0x3fe6_a09e_667f_3bcd;
    // The exponent, biased by 1024 to be positive, in the low bits of 2⁵².
    const INTEGER: f64 = (1u64 << 52) as f64;
    let k = x.map_bits(|bits| (bits.wrapping_sub(BASE).wrapping_add(1024 << 52) >> 52) | (1075 << 52))
        - x.of(INTEGER + 1024.0);
    let m = x.map_bits(|bits| (bits.wrapping_sub(BASE) & ((1 << 52) - 1)).wrapping_add(BASE));
    let one = x.of(1.0);
    let z = (m - one) / (m + one);
    let square = z * z;
    let fourth = square * square;
    let even = [1.0 / 5.0, 1.0 / 9.0, 1.0 / 13.0, 1.0 / 17.0, 1.0 / 21.0];
    let odd = [1.0 / 3.0, 1.0 / 7.0, 1.0 / 11.0, 1.0 / 15.0, 1.0 / 19.0];
    let (mut a, mut b) = (x.of(0.0), x.of(0.0));
    for i in (0..5).rev() {
        a = a.fma(fourth, x.of(even[i]));
        b = b.fma(fourth, x.of(odd[i]));
    }
    let tail = square * a.fma(square, b);
    let twice = z + z;
    k.fma(x.of(HIGH), k.fma(x.of(LOW), twice.fma(tail, twice)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use pulp::{Arch, WithSimd};

    struct Both<'a>(&'a mut [f64], &'a mut [f64]);

    impl WithSimd for Both<'_> {
        type Output = ();
        #[inline(always)]
        fn with_simd<S: Simd>(self, simd: S) {
            for i in 0..self.0.len() / S::F64_LANES {
                let e = exp(F::load(simd, self.0, i));
                e.store(self.0, i);
                ln(e).store(self.1, i);
            }
        }
    }

    #[test]
    fn they_agree_with_those_of_the_standard_library() {
        let x: Vec<f64> = (-30_000..30_000).map(|i| 0.001 * f64::from(i)).collect();
        let (mut e, mut l) = (x.clone(), x.clone());
        Arch::new().dispatch(Both(&mut e, &mut l));
        for i in 0..x.len() {
            assert!((e[i] / x[i].exp() - 1.0).abs() < 2.5 * f64::EPSILON, "exp {}", x[i]);
            let truth = e[i].ln();
            assert!((l[i] - truth).abs() <= f64::EPSILON * truth.abs().max(1.0), "ln {}", e[i]);
        }
    }
}
