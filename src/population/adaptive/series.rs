//! Power series of the linearised form about a state in each lane: as `scheme/projective/series`, constant input.

use pulp::Simd;

use super::Lane;
use crate::population::lanes::F;
use crate::scheme::projective::series::unrolled;
use crate::truth::taylor::recurrence::RECIPROCAL;

/// Coefficients of y and J, N of each.
pub(super) struct Series<S: Simd, const N: usize> {
    pub(super) y: [F<S>; N],
    pub(super) j: [F<S>; N],
}

/// y, y' and J at one time.
pub(super) struct Point<S: Simd> {
    pub(super) y: F<S>,
    pub(super) slope: F<S>,
    pub(super) j: F<S>,
}

impl<S: Simd, const N: usize> Series<S, N> {
    /// The series about (W, K) of the lanes. Sums run from the middle outwards, so that the newest coefficients come last.
    #[inline(always)]
    pub(super) fn about(at: &Lane<S>) -> Self {
        let (w, k) = (at.w, at.k);
        let zero = w.of(0.0);
        let (mut y, mut j, mut ks, mut ws) = ([zero; N], [zero; N], [zero; N], [zero; N]);
        (y[0], y[1], j[0], ks[0], ws[0]) = (w.of(1.0), -w, k, k, w);
        let (alpha, beta) = (-at.alpha, -at.beta);
        let twice_w = w + w;
        unrolled!(n < N - 1, {
            let r = w.of(RECIPROCAL[n]);
            if n + 2 < N {
                // Of Σ W_i W_{n−i} every pair comes twice, the middle one of an even n once. The newest, W_n, meets W_0 alone.
                let mut pairs = zero;
                for i in (1..(n + 1) / 2).rev() {
                    pairs = ws[i].fma(ws[n - i], pairs);
                }
                let mut older = (pairs + pairs) + ks[n];
                if n % 2 == 0 && n > 0 {
                    older = ws[n / 2].fma(ws[n / 2], older);
                }
                ws[n + 1] = (if n == 0 { w } else { twice_w }).fma(ws[n], older) * r;
            }
            let driven = alpha.fma(ks[n], if n == 0 { at.source } else { zero });
            j[n + 1] = driven * r;
            ks[n + 1] = beta.fma(ws[n], driven) * r;
            if n + 2 < N {
                let mut sum = if n % 2 == 0 && n > 0 { ks[n / 2] * y[n / 2] } else { zero };
                for i in (1..(n + 1) / 2).rev() {
                    sum = ks[i].fma(y[n - i], sum);
                    sum = ks[n - i].fma(y[i], sum);
                }
                // y_0 is one.
                sum = if n == 0 { k } else { ks[0].fma(y[n], sum + ks[n]) };
                y[n + 2] = sum * w.of(-RECIPROCAL[n] * RECIPROCAL[n + 1]);
            }
        });
        Series { y, j }
    }

    /// At `t` \[ms\] after the start.
    #[inline(always)]
    pub(super) fn at(&self, t: F<S>) -> Point<S> {
        let zero = t.of(0.0);
        let square = t * t;
        let (mut even, mut odd, mut j_even, mut j_odd) = (zero, zero, zero, zero);
        let (mut even_slope, mut odd_slope) = (zero, zero);
        for i in (0..N.div_ceil(2)).rev() {
            even_slope = even_slope.fma(square, even);
            odd_slope = odd_slope.fma(square, odd);
            even = even.fma(square, self.y[2 * i]);
            j_even = j_even.fma(square, self.j[2 * i]);
            if 2 * i + 1 < N {
                odd = odd.fma(square, self.y[2 * i + 1]);
                j_odd = j_odd.fma(square, self.j[2 * i + 1]);
            }
        }
        let slope = (t + t).fma(odd_slope.fma(t, even_slope), odd);
        Point { y: odd.fma(t, even), slope, j: j_odd.fma(t, j_even) }
    }
}
