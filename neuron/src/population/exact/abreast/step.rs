//! A step of all lanes to their next events.

use pulp::Simd;

use super::super::columns::{Columns, Row, TERMS, TURN, largest, load};
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
    unrolled!(n < TERMS - 1, {
        let step = h * h.of(RECIPROCAL[n]);
        let mut twice = zero;
        for i in 0..n.div_ceil(2) {
            twice = ws[i].fma(ws[n - i], twice);
        }
        let mut sum = (twice + twice) + ks[n];
        if n % 2 == 0 {
            sum = ws[n / 2].fma(ws[n / 2], sum);
        }
        let mut pull = -alpha.fma(ks[n], beta * ws[n]);
        if n == 0 {
            pull = pull + drive;
        }
        if CURRENT {
            pull = (by_current * current).fma(term, pull);
            term = -(rate * step) * term;
            left = left + term;
        }
        ws[n + 1] = sum * step;
        ks[n + 1] = pull * step;
    });
    let turn = h * h * (w * w + k.abs());
    let (mut more_w, mut more_k) = (ws[TERMS - 1], ks[TERMS - 1]);
    for n in (1..TERMS - 1).rev() {
        (more_w, more_k) = (more_w + ws[n], more_k + ks[n]);
    }
    let (end_w, end_k) = (w + more_w, k + more_k);
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
        cut.store(&mut columns.cut.0, 0);
        turn.store(&mut columns.turn.0, 0);
        let high = (w + rise + rise).le(peak.min(h.of(STEEP)) * h.of(BELOW)).not();
        columns.high = high.bits();
    }

    let taken = reached & moves;

    // 2A at the middle and at the end.
    let (mut half, mut whole) = (zero, zero);
    for n in (0..FEW).rev() {
        let part = ws[n] * h.of(2.0 * RECIPROCAL[n]);
        whole = whole + part;
        half = part.fma(h.of(0.5f64.powi(n as i32 + 1)), half);
    }
    let (half, whole) = (half * h, whole * h);
    let one = h.of(1.0);
    let [forth, rest, all] = [half, whole - half, whole].map(|x| growth(x) + one);
    let decay = -(alpha * h);
    let [decay, slow] = [decay, decay * h.of(0.5)].map(|x| (x * h.of(0.5) + one).fma(x, one));
    let (sixth, bend) = (h * h.of(1.0 / 6.0), beta * h * h * h.of(0.5));
    let four = slow * h.of(4.0);
    let m = [
        all - bend * rest,
        sixth * (all + four.fma(rest, decay)),
        -(beta * sixth) * (decay + four.fma(forth, all)),
        decay - bend,
    ];

    // The errors, with their signs.
    let [mut error_w, mut error_k, mut error_e] = [0, 1, 2].map(|i| load(simd, &columns.errors[i]));
    let before = largest(&error_w);
    let half_h = h * h.of(0.5);
    for j in 0..PROBES {
        let (x, mut y) = (error_w[j], error_k[j]);
        if CURRENT {
            y = half_h.fma(error_e[j], y);
            error_e[j] = error_e[j] * left;
        }
        error_w[j] = m[0].fma(x, m[1] * y);
        error_k[j] = m[2].fma(x, m[3] * y);
        if CURRENT {
            error_k[j] = half_h.fma(error_e[j], error_k[j]);
        }
    }
    let nonlinear = (h + h).fma(before.max(largest(&error_w)), columns.nonlinear.load(simd));

    // What is told of all steps at once.
    let [a, b, c, d] = load(simd, &columns.m);
    let product = [m[0].fma(a, m[1] * c), m[0].fma(b, m[1] * d), m[2].fma(a, m[3] * c), m[2].fma(b, m[3] * d)];
    let rounding = h.of(4.0 * UNIT_ROUNDOFF);
    let [local_w, local_k] = load(simd, &columns.local);
    let sizes = m.map(F::abs);
    let local = [
        cut_w + rounding * (w.abs().max(end_w.abs()) + k.abs() * h) + sizes[0].fma(local_w, sizes[1] * local_k),
        cut_k + rounding * k.abs().max(end_k.abs()) + sizes[2].fma(local_w, sizes[3] * local_k),
    ];
    let [kick_w, kick_k] = load(simd, &columns.kick);
    let mut kick = [m[0].fma(kick_w, m[1] * kick_k), m[2].fma(kick_w, m[3] * kick_k)];
    if CURRENT {
        let change = by_current * current * (left - one);
        kick = [half_h.fma(change, kick[0]), kick[1] + change];
        taken.store(current * left, &mut columns.current.0, 0);
    }
    let put = |row: &mut Row, new: F<S>| taken.store(new, &mut row.0, 0);
    put(&mut columns.time, target);
    put(&mut columns.w, end_w);
    put(&mut columns.k, end_k);
    put(&mut columns.nonlinear, nonlinear);
    let [passed, steps] = load(simd, &[columns.passed, columns.steps]);
    put(&mut columns.passed, h + passed);
    put(&mut columns.steps, one + steps);
    columns.m.iter_mut().zip(product).for_each(|(row, new)| put(row, new));
    columns.local.iter_mut().zip(local).for_each(|(row, new)| put(row, new));
    columns.kick.iter_mut().zip(kick).for_each(|(row, new)| put(row, new));
    for j in 0..PROBES {
        put(&mut columns.errors[0][j], error_w[j]);
        put(&mut columns.errors[1][j], error_k[j]);
        if CURRENT {
            put(&mut columns.errors[2][j], error_e[j]);
        }
    }
    columns.lost |= (taken & nonlinear.le(h.of(LINEAR)).not()).bits();
    reached.bits()
}
