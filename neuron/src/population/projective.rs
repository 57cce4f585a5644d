//! Fixed-step projective schemes over lanes: power series of the linearised form (derivation: `scheme/projective`).
//!
//! ```text
//! y'' = −K y,   J' = E − α K,   K = J + β ln y          y(0) = 1, y'(0) = −W, J(0) = K
//! W(h) = −y'(h)/y(h),   K(h) = J(h) + β ln y(h)
//! ```
//!
//! Order p takes y to degree p + 1 and J to degree p, which leaves a local error of h^(p+1) in W and K. A spike is the first zero of
//! P = y' + W_p y = (W_p − W) y, found on the same series; the rest of the step is a series of its own from the reset. A part of a
//! step is no longer than 2/√max(W², |K|): Sturm's theorem excludes a second zero of P within π/√K, and the series converge well.
//! For the usual neurons that cuts only steps of 1 ms and more, and those that spike anyway.
//!
//! **When not to use it:** at small steps, where located RK4 is a fraction of the price.

use pulp::Simd;

use super::kernel::{Kernel, SpikeLog};
use super::normal::{self, System};
use crate::lanes::{F, Mask, ln};
use crate::scheme::MAX_SPIKES_PER_STEP;
use crate::scheme::projective::series::unrolled;

/// The kernel of order N − 2; see the [module](self).
#[derive(Clone, Copy, Debug)]
pub(super) struct Projective<const N: usize>;

/// The square of the longest part of a step in units of 1/√max(W², |K|): (2)² is well below π².
const LONGEST_SQUARED: f64 = 4.0;

/// Spikes and parts allowed in one step; more is a runaway, or an input beyond all bounds.
const MOST_PARTS: usize = 10 * MAX_SPIKES_PER_STEP;

impl<const N: usize> Kernel<f64, { normal::PARAMETERS }> for Projective<N> {
    normal::in_normal_form!();

    #[inline(always)]
    fn step<S: Simd>(
        &self,
        p: &[F<S>; normal::PARAMETERS],
        [w, q]: [F<S>; 2],
        input: F<S>,
        dt: f64,
        log: &mut SpikeLog<'_, S, f64>,
    ) -> [F<S>; 2] {
        let system = System::new(p, input);
        let k = system.k(q);
        let h = w.of(dt);
        let long = fastest(w, k).ge(h.of(LONGEST_SQUARED / (dt * dt)));
        let series = Series::<S, N>::about(&system, w, k);
        let point = series.at(h);
        let (end_w, end_k) = point.state(&system);
        let above = end_w.ge(system.peak) | point.y.le(h.of(0.0));
        let unfinished = long | above;
        if !unfinished.any() {
            return [end_w, system.q(end_k)];
        }
        let (w, k) = in_parts::<S, N>(&system, [w, k], [end_w, end_k], unfinished, h, log);
        [w, system.q(k)]
    }
}

/// max(W², |K|).
#[inline(always)]
fn fastest<S: Simd>(w: F<S>, k: F<S>) -> F<S> {
    (w * w).max(k.abs())
}

/// The end of a step of `h` from (W, K) = `from` in the lanes `unfinished`, taken in parts that end at spikes or at the longest
/// length; the other lanes keep `to`.
#[inline(always)]
fn in_parts<S: Simd, const N: usize>(
    system: &System<S>,
    from: [F<S>; 2],
    to: [F<S>; 2],
    mut unfinished: Mask<S>,
    h: F<S>,
    log: &mut SpikeLog<'_, S, f64>,
) -> (F<S>, F<S>) {
    let zero = h.of(0.0);
    let [mut w, mut k] = [unfinished.select(from[0], to[0]), unfinished.select(from[1], to[1])];
    let resolution = h * h.of(f64::EPSILON);
    let longest = h.of(LONGEST_SQUARED);
    let mut rest = h;
    for _ in 0..MOST_PARTS {
        // A quotient by zero is infinite, and the rest is shorter.
        let part = rest.min((longest / fastest(w, k)).sqrt());
        let series = Series::<S, N>::about(system, w, k);
        let point = series.at(part);
        let (w_end, k_end) = point.state(system);
        let spike = unfinished & (w_end.ge(system.peak) | point.y.le(zero));
        let (mut length, mut w_next, mut k_next) = (part, w_end, k_end);
        if spike.any() {
            let (at, k_peak) = series.crossing(system, w, part, spike);
            length = spike.select(at, length);
            w_next = spike.select(system.reset, w_next);
            k_next = spike.select(k_peak - system.jump, k_next);
            log.inside(spike, (h - rest) + length);
        }
        w = unfinished.select(w_next, w);
        k = unfinished.select(k_next, k);
        rest = unfinished.select(rest - length, rest);
        // Once it is not a number, it stays so.
        let lost = (w + k).is_finite().not();
        unfinished = unfinished & resolution.lt(rest) & lost.not();
        if !unfinished.any() {
            return (w, k);
        }
    }
    (unfinished.select(h.of(f64::NAN), w), k)
}

/// Coefficients of y and J about the start of a part: as `scheme/projective/series`.
struct Series<S: Simd, const N: usize> {
    y: [F<S>; N],
    j: [F<S>; N],
}

/// y, y' and J at one time.
struct Point<S: Simd> {
    y: F<S>,
    slope: F<S>,
    j: F<S>,
}

impl<S: Simd> Point<S> {
    /// (W, K).
    #[inline(always)]
    fn state(&self, system: &System<S>) -> (F<S>, F<S>) {
        (-self.slope / self.y, system.beta.fma(ln(self.y), self.j))
    }
}

impl<S: Simd, const N: usize> Series<S, N> {
    /// The series about (W, K): y to degree N − 1 and J to degree N − 2.
    #[inline(always)]
    fn about(system: &System<S>, w: F<S>, k: F<S>) -> Self {
        let zero = w.of(0.0);
        let (mut y, mut j, mut ks, mut ws) = ([zero; N], [zero; N], [zero; N], [zero; N]);
        (y[0], y[1], j[0], ks[0], ws[0]) = (w.of(1.0), -w, k, k, w);
        unrolled!(n < N - 2, {
            const R: f64 = 1.0 / (n + 1) as f64;
            let r = w.of(R);
            // W² by its pairs: each comes twice, the middle one of an even n once. The last is not needed.
            if n + 3 < N {
                let mut pairs = zero;
                for i in 0..n.div_ceil(2) {
                    pairs = ws[i].fma(ws[n - i], pairs);
                }
                let mut square = pairs + pairs;
                if n.is_multiple_of(2) {
                    square = ws[n / 2].fma(ws[n / 2], square);
                }
                ws[n + 1] = (square + ks[n]) * r;
            }
            let driven = (-system.alpha).fma(ks[n], if n == 0 { system.source } else { zero });
            j[n + 1] = driven * r;
            ks[n + 1] = (-system.beta).fma(ws[n], driven) * r;
            // y_0 is one.
            let mut sum = ks[n];
            #[allow(clippy::reversed_empty_ranges)] // Empty for n = 0.
            for i in 0..n {
                sum = ks[i].fma(y[n - i], sum);
            }
            y[n + 2] = sum * w.of(-R / (n + 2) as f64);
        });
        Series { y, j }
    }

    /// At `t` \[ms\] after the start.
    #[inline(always)]
    fn at(&self, t: F<S>) -> Point<S> {
        let (mut y, mut slope, mut j) = (self.y[N - 1], t.of(0.0), self.j[N - 2]);
        for i in (0..N - 1).rev() {
            slope = slope.fma(t, y);
            y = y.fma(t, self.y[i]);
            if i < N - 2 {
                j = j.fma(t, self.j[i]);
            }
        }
        Point { y, slope, j }
    }

    /// Time \[ms\] of the first zero of P = y' + W_p y in (0, `h`] and K there, in the lanes of `wanted`, where P or y is not
    /// positive at `h`.
    ///
    /// P'' = −K P to leading order, so that a Newton step −P/P' with its correction −K x³/3 is of third order; it is replaced by a
    /// halving where it would leave the bracket.
    #[inline(always)]
    fn crossing(&self, system: &System<S>, w: F<S>, h: F<S>, wanted: Mask<S>) -> (F<S>, F<S>) {
        let zero = h.of(0.0);
        let half = h.of(0.5);
        // Where −1/W would reach −1/W_p at its slope of about one.
        let one = h.of(1.0);
        let guess = one / w - one / system.peak;
        let mut t = (zero.lt(w) & zero.lt(guess) & guess.lt(h)).select(guess, half * h);
        let at_once = w.ge(system.peak);
        t = at_once.select(zero, t);
        let mut active = wanted & at_once.not();
        let (mut left, mut right) = (zero, h);
        // As many halvings reach rounding; two or three Newton steps are the rule.
        for _ in 0..60 {
            if !active.any() {
                break;
            }
            let point = self.at(t);
            let p = system.peak.fma(point.y, point.slope);
            let before = zero.lt(p) & zero.lt(point.y);
            left = (active & before).select(t, left);
            right = (active & before.not()).select(t, right);
            let k = zero.lt(point.y).select(system.beta.fma(ln(point.y), point.j), point.j);
            let newton = -p / (system.peak * point.slope - k * point.y);
            let next = t + (newton - k * newton * newton * newton * h.of(1.0 / 3.0));
            let inside = left.le(next) & next.le(right);
            let next = inside.select(next, half * (left + right));
            // Third order: after a move below 1e-6 of h what is left is below 1e-16 of it. A bracket is closed much later.
            let moved = (next - t).abs();
            let converged = (inside & moved.le(h * h.of(1e-6))) | moved.le(h * h.of(f64::EPSILON));
            t = active.select(next, t);
            active = active & converged.not();
        }
        let point = self.at(t);
        (t, system.beta.fma(ln(point.y), point.j))
    }
}
