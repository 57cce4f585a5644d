//! The upstroke in one step, over lanes: as `scheme/projective/upstroke`, constant input.

// Loops over the nodes index several arrays at once.
#![allow(clippy::needless_range_loop)]

use pulp::Simd;

use super::elementary::{exp, ln};
use super::Lane;
use crate::population::lanes::{Mask, F};
use crate::scheme::projective::gauss::Gauss;
use crate::scheme::projective::upstroke::{MOST_NEGATIVE, MOST_SWEEPS};

/// Where an upstroke ends in each lane.
pub(super) struct Peak<S: Simd> {
    /// From the start to the peak \[ms\].
    pub(super) time: F<S>,
    /// K at the peak \[1/ms²\].
    pub(super) k: F<S>,
    /// How far `time` \[ms\] and `k` \[1/ms²\] may be off.
    pub(super) time_error: F<S>,
    pub(super) k_error: F<S>,
    /// The lanes where all that means something.
    pub(super) valid: Mask<S>,
}

/// The upstroke by Q Gauss nodes; sweeps end in each lane where their errors fall below `time` \[ms\] and `k` \[1/ms²\]. Lanes do
/// not depend on each other.
#[inline(always)]
pub(super) fn upstroke<S: Simd, const Q: usize>(at: &Lane<S>, demand_time: F<S>, demand_k: F<S>) -> Peak<S> {
    let g = &Gauss::<Q>::RULE;
    let (w, k) = (at.w, at.k);
    let (zero, one) = (w.of(0.0), w.of(1.0));
    let applies = zero.lt(w) & w.lt(at.peak) & (w * w * w.of(MOST_NEGATIVE)).lt(k);
    let length = ln(w / at.peak);
    let start = -one / w;

    let (mut square, mut base) = ([zero; Q], [zero; Q]);
    let mut s = [zero; Q];
    let along = at.beta * length;
    for i in 0..Q {
        s[i] = start * exp(length * w.of(g.c[i]));
        base[i] = along.fma(w.of(g.c[i]), k);
        square[i] = s[i] * s[i];
    }
    let mut ks = base;
    let mut growth = [zero; Q];
    let gain = -start * (at.alpha.abs() - at.beta.abs() * start * w.of(0.5));
    let time_per_k = (start * start * start).abs() * w.of(1.0 / 3.0);
    let smallest = w.of(1e-14) * k.abs().max(w * w);
    let mut before = w.of(f64::INFINITY);
    let mut first = true;
    let mut k_error = zero;
    let mut active = applies;
    for _ in 0..MOST_SWEEPS {
        let mut rates = [zero; Q];
        for i in 0..Q {
            let inverse = one / ks[i].fma(square[i], one);
            rates[i] = (-at.alpha).fma(ks[i], at.source).fma(s[i] * inverse, at.beta.fma(inverse, -at.beta));
        }
        let mut m = [zero; Q];
        for j in 0..Q {
            for i in 0..Q {
                m[i] = w.of(g.a[j][i]).fma(rates[j], m[i]);
            }
        }
        let mut change = zero;
        for i in 0..Q {
            let next = m[i].fma(length, base[i]);
            change = change.max((next - ks[i]).abs());
            ks[i] = active.select(next, ks[i]);
            growth[i] = active.select(rates[i], growth[i]);
        }
        let contraction = if first { gain } else { gain.min(change / before) };
        let left = change * contraction;
        let met = left.le(demand_k) & (left * time_per_k).le(demand_time);
        // Rounding ends the decrease of the changes.
        let rounding = before.le(change) & change.le(smallest);
        k_error = (active & met).select(left, (active & rounding).select(change, k_error));
        before = active.select(change, before);
        active = active & met.not() & rounding.not();
        first = false;
        if !active.any() {
            break;
        }
    }
    let converged = applies & active.not();
    let (mut t, mut m, mut lowest) = (zero, zero, zero);
    let (mut older, mut newest) = (zero, zero);
    for i in 0..Q {
        let bend = ks[i] * square[i];
        lowest = lowest.min(bend);
        let rate = s[i] / (one + bend);
        t = rate.fma(w.of(g.b[i]), t);
        older = rate.fma(w.of(g.last[0][i]), older);
        newest = rate.fma(w.of(g.last[1][i]), newest);
        m = growth[i].fma(w.of(g.b[i]), m);
    }
    let time = length * t;
    // The error of the quadrature: derived where the scalar code has it.
    let p = w.of(-std::f64::consts::PI) / length;
    let rho = p + p.fma(p, one).sqrt();
    let square = rho * rho;
    let mut power = one;
    for _ in 0..Q {
        power = power * square;
    }
    let poles = start / power;
    let seen = (older * older / (square * w.of((2 * Q - 3) as f64)) + newest * newest * w.of(1.0 / (2 * Q - 1) as f64))
        / (t * square);
    let quadrature = length * w.of(64.0 / 15.0) * (poles + seen);
    let enough = demand_time.fma(w.of(30.0), time * w.of(8.0 * f64::EPSILON));
    let valid =
        converged & quadrature.le(enough) & zero.lt(time) & time.is_finite() & w.of(2.0 * MOST_NEGATIVE).le(lowest);
    let rate = at.source.abs() + at.alpha.abs() * k.abs() + at.beta.abs() * w;
    Peak {
        time,
        k: length.fma(m + at.beta, k),
        time_error: k_error.fma(time_per_k, quadrature),
        k_error: quadrature.fma(rate, k_error),
        valid,
    }
}
