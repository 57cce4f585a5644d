//! Neurons side by side, one in each lane, from event to event.
//!
//! Where many spikes arrive, the way from one to the next is so short that a power series of W and K themselves does, with the Jacobian
//! from the integral of W. With A(s) = ∫_0^s W and t for the time since the last event,
//!
//! ```text
//! (n+1) W_{n+1} = Σ_{i≤n} W_i W_{n−i} + K_n        (n+1) K_{n+1} = E_n − α K_n − β W_n
//!
//! M = ( e^{2A(h)} − β h²/2 e^{2A(h)−2A(h/2)}       ∫ e^{2A(h)−2A(s)} e^{−αs} ds  )       the integrals by Simpson's rule
//!     ( −β ∫ e^{2A(s)} e^{−α(h−s)} ds              e^{−αh} (1 − β h²/2)          )
//! ```
//!
//! Every lane takes its neuron to its own next event: an arrival, a change of the input, or the end of the window. What a lane does not
//! depend on is its neighbours. Where the series is not good enough for the tolerance, or W could come near its peak, the neuron is taken
//! there by itself ([`Advancing`](crate::scheme::projective::Advancing)), which is where all spikes are found.

use pulp::{Arch, Simd, WithSimd};

use super::super::lanes::{F, Mask};
use super::Delivery;
use super::cell::Cell;
use super::columns::{Columns, MOST, Row};
use crate::model::arithmetic::UNIT_ROUNDOFF;
use crate::model::taylor_series::RECIPROCAL;
use crate::scheme::projective::{Errors, LINEAR, NEAR, NOTHING, PROBES, STEEP};

/// Terms of the series of W and of K.
pub(super) const TERMS: usize = 16;
/// Of these as many as the Jacobian needs, which is used to 1e-3.
const FEW: usize = 6;
/// (W² + |K|) h² at the most. The nearest singularity is then about five steps away, so that the terms left out are below those of the last
/// two that are larger.
pub(super) const TURN: f64 = 0.05;
/// α h at the most: the third power of it is left out of e^{−αh}, which only errors see.
const DECAY: f64 = 0.1;
/// h/τ at the most, of a current that decays: its last term is below rounding.
const FADING: f64 = 0.5;
/// The part of the way to the peak that W may come to.
const BELOW: f64 = 0.9;
/// Where the series is not good enough for the whole way to the next event, a lane goes in parts of this part of it at the least, as far as
/// that is from what would be enough by the errors and by the turn.
pub(super) const LEAST_PART: f64 = 0.15;
pub(super) const CAUTION: f64 = 0.9;

/// Takes `cells` to `end` \[ms\], through all that arrives before it, on the best instructions of the processor; `errors` are those of all
/// spikes of the network so far.
pub(super) fn advance(cells: &mut [Cell<'_>], end: f64, errors: &[Errors]) {
    Arch::new().dispatch(Window { cells, end, errors });
}

struct Window<'w, 'a> {
    cells: &'w mut [Cell<'a>],
    end: f64,
    errors: &'w [Errors],
}

impl WithSimd for Window<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Window { cells, end, errors } = self;
        for cells in cells.chunks_mut(S::F64_LANES.min(MOST)) {
            match cells[0].delivery() {
                Delivery::Exponential { .. } => together::<S, true>(simd, cells, end, errors),
                _ => together::<S, false>(simd, cells, end, errors),
            }
        }
    }
}

/// Takes as many neurons as there are lanes to `end`; they receive a `CURRENT` or charges.
#[inline(always)]
fn together<S: Simd, const CURRENT: bool>(simd: S, cells: &mut [Cell<'_>], end: f64, errors: &[Errors]) {
    let mut columns = Columns::new();
    let mut under_way = 0u64;
    for (lane, cell) in cells.iter_mut().enumerate() {
        cell.sort(end);
        if cell.lay(&mut columns, lane) {
            under_way |= 1 << lane;
        } else {
            cell.advance_alone(end, errors);
        }
    }
    let mut known = columns.lost;
    while under_way != 0 {
        let mut arrivals = 0u64;
        each(under_way, |lane| arrivals |= u64::from(cells[lane].next(end, errors, &mut columns, lane)) << lane);
        let reached = step::<S, CURRENT>(simd, &mut columns);
        each(under_way & !reached, |lane| {
            if columns.goes_in_parts(lane) {
                cells[lane].part(&mut columns, lane);
                arrivals &= !(1 << lane);
            } else if !cells[lane].by_itself(&mut columns, lane) {
                under_way &= !(1 << lane);
            }
        });
        arrivals &= under_way;
        if arrivals != 0 {
            let Met { fired, beside } = arrive::<S, CURRENT>(simd, &mut columns);
            each(arrivals, |lane| cells[lane].met(&columns, lane, beside.map(|bits| bits >> lane & 1 == 1)));
            each(arrivals & fired, |lane| {
                if !cells[lane].fire(&mut columns, lane, errors) {
                    under_way &= !(1 << lane);
                }
            });
        }
        each(columns.lost & !known & under_way, |lane| cells[lane].lose(&columns, lane));
        known = columns.lost;
        each(under_way, |lane| {
            if cells[lane].ends(&mut columns, lane) {
                cells[lane].take(&columns, lane);
                under_way &= !(1 << lane);
            }
        });
    }
    cells.iter_mut().for_each(Cell::forget);
}

/// Calls `f` with the number of every binary digit that is 1.
#[inline(always)]
fn each(mut bits: u64, mut f: impl FnMut(usize)) {
    while bits != 0 {
        f(bits.trailing_zeros() as usize);
        bits &= bits - 1;
    }
}

/// The lanes in which an arrival made a spike, and those in which it comes beside another and beside a spike.
struct Met {
    fired: u64,
    beside: [u64; 2],
}

/// e^x − 1 for |x| < 0.5, to 1e-6 of it.
#[inline(always)]
fn growth<S: Simd>(x: F<S>) -> F<S> {
    let mut sum = x.of(1.0 / 720.0);
    for c in [1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5, 1.0] {
        sum = sum.fma(x, x.of(c));
    }
    sum * x
}

/// The largest |error|, infinite where one is not a number.
#[inline(always)]
fn largest<S: Simd>(errors: &[F<S>; PROBES]) -> F<S> {
    let [a, b, c, d] = errors.map(F::abs);
    let (most, sum) = (a.max(b).max(c.max(d)), (a + b) + (c + d));
    sum.is_finite().select(most, most.of(f64::INFINITY))
}

#[inline(always)]
fn load<S: Simd, const N: usize>(simd: S, rows: &[Row; N]) -> [F<S>; N] {
    std::array::from_fn(|i| rows[i].load(simd))
}

/// Takes the lanes to their events, where the series is good enough; which those are.
#[inline(always)]
fn step<S: Simd, const CURRENT: bool>(simd: S, columns: &mut Columns) -> u64 {
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
    for n in 0..TERMS - 1 {
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
    }
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

    if reached.not().any() {
        cut.store(&mut columns.cut.0, 0);
        turn.store(&mut columns.turn.0, 0);
        let high = (w + rise + rise).le(peak.min(h.of(STEEP)) * h.of(BELOW)).not();
        columns.high = high.bits();
    }

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
        reached.select(current * left, current).store(&mut columns.current.0, 0);
    }
    let put = |row: &mut Row, new: F<S>| reached.select(new, row.load(simd)).store(&mut row.0, 0);
    put(&mut columns.time, target);
    put(&mut columns.w, end_w);
    put(&mut columns.k, end_k);
    put(&mut columns.nonlinear, nonlinear);
    let [passed, steps] = load(simd, &[columns.passed, columns.steps]);
    put(&mut columns.passed, h + passed);
    put(&mut columns.steps, one + steps);
    for i in 0..4 {
        put(&mut columns.m[i], product[i]);
    }
    for i in 0..2 {
        put(&mut columns.local[i], local[i]);
        put(&mut columns.kick[i], kick[i]);
    }
    for j in 0..PROBES {
        put(&mut columns.errors[0][j], error_w[j]);
        put(&mut columns.errors[1][j], error_k[j]);
        if CURRENT {
            put(&mut columns.errors[2][j], error_e[j]);
        }
    }
    columns.lost |= (reached & nonlinear.le(h.of(LINEAR)).not()).bits();
    reached.bits()
}

/// Lets arrive what the lanes have come to, where it makes no spike.
#[inline(always)]
fn arrive<S: Simd, const CURRENT: bool>(simd: S, columns: &mut Columns) -> Met {
    let [alpha, beta, peak, by_current, rate] = load(simd, &columns.system);
    let [time, w, k, k2, charge] = load(simd, &[columns.time, columns.w, columns.k, columns.k2, columns.charge]);
    let arrives: Mask<S> = columns.arrives.load(simd).ge(w.of(0.5));
    let displaced = load(simd, &columns.displaced);
    let [mut error_w, mut error_k, mut error_e] = [0, 1, 2].map(|i| load(simd, &columns.errors[i]));
    let size = largest(&displaced);
    let beside = [columns.arrived, columns.spiked].map(|[before, within]| {
        let [before, within]: [F<S>; 2] = [before.load(simd), within.load(simd)];
        (arrives & (time - before).le(within + size)).bits()
    });
    let put = |yes: Mask<S>, row: &mut Row, new: F<S>| yes.select(new, row.load(simd)).store(&mut row.0, 0);
    let (kick, source, taken, fired);
    if CURRENT {
        let more = charge * rate;
        (taken, fired) = (arrives, 0);
        source = by_current * more;
        kick = [k2 * more, source - alpha * k2 * more];
        let current = more + columns.current.load(simd);
        let nothing = current.abs().lt(w.of(NOTHING));
        put(taken, &mut columns.current, nothing.select(w.of(0.0), current));
        put(taken, &mut columns.k, k2.fma(more, k));
    } else {
        let more = k2 * charge;
        let up = w + more;
        let fires = arrives & up.ge(peak);
        (taken, fired) = (arrives & fires.not(), fires.bits());
        source = w.of(0.0);
        kick = [more * (w + up), -(beta * more)];
        put(taken, &mut columns.w, up);
    }
    for j in 0..PROBES {
        error_w[j] = error_w[j] - kick[0] * displaced[j];
        error_k[j] = error_k[j] - kick[1] * displaced[j];
        put(taken, &mut columns.errors[0][j], error_w[j]);
        put(taken, &mut columns.errors[1][j], error_k[j]);
        if CURRENT {
            error_e[j] = (source * rate).fma(displaced[j], error_e[j]);
            put(taken, &mut columns.errors[2][j], error_e[j]);
        }
    }
    if !CURRENT {
        // Nearly at the peak before it, or after: whether and when there is a spike hangs on what is not known.
        let margin = (w - peak).abs().min((w + k2 * charge - peak).abs());
        columns.lost |= (taken & margin.le(w.of(NEAR) * largest(&error_w))).bits();
    }
    for i in 0..2 {
        let sum = kick[i] + columns.kick[i].load(simd);
        put(taken, &mut columns.kick[i], sum);
    }
    put(arrives, &mut columns.arrived[0], time);
    put(arrives, &mut columns.arrived[1], size);
    Met { fired, beside }
}
