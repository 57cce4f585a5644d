//! A step of all lanes to their next events.

use pulp::Simd;

use super::super::columns::{Columns, TERMS, TURN, largest, load};
use crate::lanes::F;
use crate::model::arithmetic::UNIT_ROUNDOFF;
use crate::model::taylor_series::RECIPROCAL;
use crate::scheme::projective::series::unrolled;
use crate::scheme::projective::{LINEAR, PROBES, STEEP};

/// Of these as many as the Jacobian needs, which is right to 2e-3 at the longest step.
const FEW: usize = 6;
/// α h at the most: the third power of it is left out of e^{−αh}, which only errors see.
const DECAY: f64 = 0.1;
/// h/τ at the most, of a current that decays: its last term is below rounding.
const FADING: f64 = 0.5;
/// The part of the way to the peak that W may come to.
const BELOW: f64 = 0.9;

/// e^x − 1 for |x| < 0.5, to 1e-6 of it.
#[inline(always)]
fn growth<S: Simd>(x: F<S>) -> F<S> {
    let mut sum = x.of(1.0 / 720.0);
    for c in [1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5, 1.0] {
        sum = sum.fma(x, x.of(c));
    }
    sum * x
}

/// Takes the lanes to their events, where the series is good enough; which those are.
#[inline(always)]
pub(super) fn step<S: Simd, const CURRENT: bool>(simd: S, columns: &mut Columns) -> u64 {
    let [alpha, beta, peak, by_current, rate] = load(simd, &columns.system);
    let [time, target, w, k] = load(simd, &[columns.time, columns.target, columns.w, columns.k]);
    let zero = w.of(0.0);
    let h = target - time;
    let mut ws = [zero; TERMS];
    let mut ks = [zero; TERMS];
    (ws[0], ks[0]) = (w, k);
    let current: F<S> = columns.current.load(simd);
    // What is left of the current, and its series.
    let (mut term, mut left) = (zero.of(1.0), zero.of(1.0));
    let drive: F<S> = columns.drive.load(simd);
    let (double, minus_alpha, minus_beta) = (w + w, -alpha, -beta);
    unrolled!(n < TERMS - 1, {
        let step = h * h.of(RECIPROCAL[n]);
        // From the middle outwards: the newest terms come last, so that all the rest can be summed before they are known.
        let mut older = zero;
        for i in (1..n.div_ceil(2)).rev() {
            older = ws[i].fma(ws[n - i], older);
        }
        older = older + older;
        if n > 0 && n % 2 == 0 {
            older = ws[n / 2].fma(ws[n / 2], older);
        }
        let newest = if n == 0 { w } else { double };
        let mut pull = minus_alpha.fma(ks[n], minus_beta * ws[n]);
        if n == 0 {
            pull = pull + drive;
        }
        if CURRENT {
            pull = (by_current * current).fma(term, pull);
            term = -(rate * step) * term;
            left = left + term;
        }
        ws[n + 1] = newest.fma(ws[n], ks[n] + older) * step;
        ks[n + 1] = pull * step;
    });
    let turn = h * h * (w * w + k.abs());
    let (mut more_w, mut more_k) = (ws[TERMS - 1], ks[TERMS - 1]);
    for n in (1..TERMS - 1).rev() {
        (more_w, more_k) = (more_w + ws[n], more_k + ks[n]);
    }
    let cut_w = ws[TERMS - 1].abs().max(ws[TERMS - 2].abs());
    let cut_k = ks[TERMS - 1].abs().max(ks[TERMS - 2].abs());
    let [tau, by_w, by_k] = load(simd, &columns.allowance);
    let cut = cut_w.fma(by_w, cut_k * by_k);
    // The terms after the third are below its size together, twice over.
    let rise = ws[1].abs() + ws[2].abs() + ws[3].abs();
    let mut reached = turn.le(h.of(TURN))
        & (alpha * h).le(h.of(DECAY))
        & cut.le(tau)
        & (w + rise + rise).le(peak.min(h.of(STEEP)) * h.of(BELOW));
    if CURRENT {
        reached = reached & (rate * h).le(h.of(FADING));
    }

    // A lane that is where it goes to is done.
    let moves = zero.lt(h);
    reached = reached | moves.not();
    if reached.not().any() {
        columns.cut.store(cut);
        columns.turn.store(turn);
        let high = (w + rise + rise).le(peak.min(h.of(STEEP)) * h.of(BELOW)).not();
        columns.high = high.bits();
    }

    // A lane that does not go there goes nowhere: what is below leaves it as it is.
    let taken = reached & moves;
    let h = taken.select(h, zero);
    let (end_w, end_k) = (w + taken.select(more_w, zero), k + taken.select(more_k, zero));
    let (cut_w, cut_k) = (taken.select(cut_w, zero), taken.select(cut_k, zero));

    // 2A at the middle and at the end.
    let (mut half, mut whole) = (zero, zero);
    for n in (0..FEW).rev() {
        let part = ws[n] * h.of(2.0 * RECIPROCAL[n]);
        whole = whole + part;
        half = part.fma(h.of(0.5f64.powi(n as i32 + 1)), half);
    }
    let (half, whole) = (taken.select(half, zero) * h, taken.select(whole, zero) * h);
    let one = h.of(1.0);
    let (forth, rest, all) = (growth(half) + one, growth(whole - half) + one, growth(whole) + one);
    let by = -(alpha * h);
    let half_by = by * h.of(0.5);
    let (decay, slow) = ((half_by + one).fma(by, one), (half_by * h.of(0.5) + one).fma(half_by, one));
    let (sixth, bend) = (h * h.of(1.0 / 6.0), beta * h * h * h.of(0.5));
    let four = slow * h.of(4.0);
    let m = [
        all - bend * rest,
        sixth * (all + four.fma(rest, decay)),
        -(beta * sixth) * (decay + four.fma(forth, all)),
        decay - bend,
    ];

    // The errors, with their signs.
    let mut error_w = load(simd, &columns.errors[0]);
    let mut error_k = load(simd, &columns.errors[1]);
    let mut error_e = load(simd, &columns.errors[2]);
    let before = largest(&error_w);
    let half_h = h * h.of(0.5);
    let left = if CURRENT { taken.select(left, one) } else { one };
    for j in 0..PROBES {
        let (x, mut y) = (error_w[j], error_k[j]);
        if CURRENT {
            y = half_h.fma(error_e[j], y);
            error_e[j] = error_e[j] * left;
            columns.errors[2][j].store(error_e[j]);
        }
        error_w[j] = m[0].fma(x, m[1] * y);
        error_k[j] = m[2].fma(x, m[3] * y);
        if CURRENT {
            error_k[j] = half_h.fma(error_e[j], error_k[j]);
        }
        columns.errors[0][j].store(error_w[j]);
        columns.errors[1][j].store(error_k[j]);
    }
    let nonlinear = (h + h).fma(before.max(largest(&error_w)), columns.nonlinear.load(simd));
    columns.nonlinear.store(nonlinear);
    columns.lost |= (taken & nonlinear.le(h.of(LINEAR)).not()).bits();

    // What is told of all steps at once.
    let [a, b, c, d] = load(simd, &columns.m);
    columns.m[0].store(m[0].fma(a, m[1] * c));
    columns.m[1].store(m[0].fma(b, m[1] * d));
    columns.m[2].store(m[2].fma(a, m[3] * c));
    columns.m[3].store(m[2].fma(b, m[3] * d));
    let rounding = taken.select(h.of(4.0 * UNIT_ROUNDOFF), zero);
    let [local_w, local_k] = load(simd, &columns.local);
    let rounded_w = cut_w + rounding * (w.abs().max(end_w.abs()) + k.abs() * h);
    let rounded_k = cut_k + rounding * k.abs().max(end_k.abs());
    columns.local[0].store(rounded_w + m[0].abs().fma(local_w, m[1].abs() * local_k));
    columns.local[1].store(rounded_k + m[2].abs().fma(local_w, m[3].abs() * local_k));
    let [kick_w, kick_k] = load(simd, &columns.kick);
    let (mut kicks_w, mut kicks_k) = (m[0].fma(kick_w, m[1] * kick_k), m[2].fma(kick_w, m[3] * kick_k));
    if CURRENT {
        let change = by_current * current * (left - one);
        kicks_w = half_h.fma(change, kicks_w);
        kicks_k = kicks_k + change;
        columns.current.store(current * left);
    }
    columns.kick[0].store(kicks_w);
    columns.kick[1].store(kicks_k);
    columns.time.store(taken.select(target, time));
    columns.w.store(end_w);
    columns.k.store(end_k);
    let [passed, steps] = load(simd, &[columns.passed, columns.steps]);
    columns.passed.store(h + passed);
    columns.steps.store(taken.select(one, zero) + steps);
    reached.bits()
}
