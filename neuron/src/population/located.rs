//! RK4 on (W, K) with spikes located inside the step: `rk4+located` over lanes.
//!
//! Runge-Kutta methods are affine-invariant, so that RK4 on (W, K) is RK4 on (v, u) with less rounding. Where W ends at or above
//! W_p, the length x of the step that ends at W_p is found, the reset made there, and the rest of the step taken from it, until
//! no lane is above the peak. With s = −1/W, s' = 1 + K s², s is nearly a straight line up to the peak:
//!
//! ```text
//! x = s_p − s_0 − K (s_p³ − s_0³)/3          to begin with, for W_0 > 0: s' = 1 + K s² inverted and integrated with K frozen
//! x ← x + (s_p − s(x))/(1 + K s_p²)          then, s(x) by RK4 over x, with the slope of the secant from the second on
//! ```
//!
//! inside a bracket that is halved where that fails (W ≤ 0, overflow). A lane that has converged, or has no spike, is not touched
//! again, so that it does not depend on its neighbours.
//!
//! Order 4 through spikes. **When not to use it:** with more than a step of about 0.3 ms, where `projective-6` is the better one.

use pulp::Simd;

use super::Real;
use super::kernel::{Kernel, SpikeLog};
use super::normal::{self, System};
use crate::lanes::{F, Mask};
use crate::scheme::MAX_SPIKES_PER_STEP;

/// The kernel; see the [module](self).
#[derive(Clone, Copy, Debug)]
pub(super) struct LocatedRk4;

impl<T: Real> Kernel<T, { normal::PARAMETERS }> for LocatedRk4 {
    normal::in_normal_form!();

    #[inline(always)]
    fn step<S: Simd>(
        &self,
        p: &[F<S, T>; normal::PARAMETERS],
        [w, q]: [F<S, T>; 2],
        input: F<S, T>,
        dt: f64,
        log: &mut SpikeLog<'_, S, T>,
    ) -> [F<S, T>; 2] {
        let system = System::new(p, input);
        let k = system.k(q);
        let (end_w, end_k) = rk4(&system, w, k, w.of(dt));
        let above = end_w.ge(system.peak);
        if !above.any() {
            return [end_w, system.q(end_k)];
        }
        let (w, k) = through_spikes(&system, Part { w, k, end_w, end_k }, above, dt, log);
        [w, system.q(k)]
    }
}

/// RK4 over `h` \[ms\].
#[inline(always)]
fn rk4<S: Simd, T: Real>(system: &System<S, T>, w: F<S, T>, k: F<S, T>, h: F<S, T>) -> (F<S, T>, F<S, T>) {
    let half = h * h.of(0.5);
    let (w1, k1) = system.field(w, k);
    let (w2, k2) = system.field(half.fma(w1, w), half.fma(k1, k));
    let (w3, k3) = system.field(half.fma(w2, w), half.fma(k2, k));
    let (w4, k4) = system.field(h.fma(w3, w), h.fma(k3, k));
    let (two, sixth) = (h.of(2.0), h * h.of(1.0 / 6.0));
    let end = |x, x1: F<S, T>, x2, x3: F<S, T>, x4| sixth.fma(two.fma(x2 + x3, x1 + x4), x);
    (end(w, w1, w2, w3, w4), end(k, k1, k2, k3, k4))
}

/// A part of a step: start and end.
#[derive(Clone, Copy)]
struct Part<S: Simd, T: Real> {
    w: F<S, T>,
    k: F<S, T>,
    end_w: F<S, T>,
    end_k: F<S, T>,
}

/// The state at the end of a step of which the lanes `above` end above the peak.
#[inline(always)]
fn through_spikes<S: Simd, T: Real>(
    system: &System<S, T>,
    part: Part<S, T>,
    mut above: Mask<S, T>,
    dt: f64,
    log: &mut SpikeLog<'_, S, T>,
) -> (F<S, T>, F<S, T>) {
    let Part { mut w, mut k, mut end_w, mut end_k } = part;
    let dt = w.of(dt);
    let resolution = dt * dt.of(T::epsilon().double());
    let mut elapsed = dt.of(0.0);
    for _ in 0..MAX_SPIKES_PER_STEP {
        let (length, k_peak) = locate(system, w, k, dt - elapsed, above);
        elapsed = above.select(elapsed + length, elapsed);
        log.inside(above, elapsed);
        w = above.select(system.reset, w);
        k = above.select(k_peak - system.jump, k);
        let rest = dt - elapsed;
        let (w_next, k_next) = rk4(system, w, k, rest);
        // What is left is below the resolution of the step: the spike is at its end.
        let over = above & rest.le(resolution);
        end_w = above.select(over.select(w, w_next), end_w);
        end_k = above.select(over.select(k, k_next), end_k);
        above = above & over.not() & end_w.ge(system.peak);
        if !above.any() {
            return (end_w, end_k);
        }
    }
    // Spikes that accelerate without end: diverged.
    (above.select(end_w.of(f64::NAN), end_w), end_k)
}

/// Length \[ms\] of the step that ends at the peak, and K there, in the lanes of `wanted`, where a step of `h` ends above it.
#[inline(always)]
fn locate<S: Simd, T: Real>(
    system: &System<S, T>,
    w: F<S, T>,
    k: F<S, T>,
    h: F<S, T>,
    wanted: Mask<S, T>,
) -> (F<S, T>, F<S, T>) {
    // The secant's error after a move is about the product of the last two: the rounding of the step is reached.
    let settled = h * h.of(T::SETTLED);
    // 60 halvings alone reach rounding; three to five trials are the rule.
    const MOST_TRIALS: usize = 60;
    let zero = h.of(0.0);
    let one = h.of(1.0);
    let half = h.of(0.5);
    let third = h.of(1.0 / 3.0);
    let s_peak = -one / system.peak;
    let s_start = -one / w;
    let cube = |s: F<S, T>| s * s * s;
    let first = s_peak - s_start - k * (cube(s_peak) - cube(s_start)) * third;
    let (mut low, mut high) = (zero, h);
    let mut x = (zero.lt(first) & first.lt(h)).select(first, half * h);
    // A start at or above the peak crosses at once.
    let at_once = w.ge(system.peak);
    let mut active = wanted & at_once.not();
    x = at_once.select(zero, x);
    let mut k_peak = k;
    // The last point of the secant, (length, s).
    let (mut x_before, mut s_before) = (zero, s_start);
    let mut secant_valid = zero.lt(zero);
    for _ in 0..MOST_TRIALS {
        if !active.any() {
            break;
        }
        let (w_x, k_x) = rk4(system, w, k, x);
        let s = -one / w_x;
        let below = w_x.lt(system.peak);
        let rising = zero.lt(w_x);
        low = (active & below).select(x, low);
        high = (active & below.not()).select(x, high);
        let slope = secant_valid.select((s - s_before) / (x - x_before), (k_x * s_peak).fma(s_peak, one));
        let next = x + (s_peak - s) / slope;
        let inside = rising & low.le(next) & next.le(high);
        let next = inside.select(next, half * (low + high));
        // K at the next point to first order: what the last move leaves is of its square.
        k_peak = active.select((next - x).fma(system.field(w_x, k_x).1, k_x), k_peak);
        let moved = (next - x).abs();
        // A halving that moves so little has closed the bracket.
        let converged = moved.le(settled);
        secant_valid = rising;
        (x_before, s_before) = (x, s);
        x = active.select(next, x);
        active = active & converged.not();
    }
    (x, k_peak)
}
