//! Arrivals in all lanes that have come to theirs.

use pulp::Simd;

use super::super::columns::{Columns, largest, load};
use crate::lanes::{F, Mask};
use crate::scheme::projective::{NEAR, NOTHING, PROBES};

/// The lanes in which an arrival made a spike, and those in which it comes beside another and beside a spike.
pub(super) struct Met {
    pub(super) fired: u64,
    pub(super) beside: [u64; 2],
}

/// Lets arrive what the lanes have come to, where it makes no spike.
#[inline(always)]
pub(super) fn arrive<S: Simd, const CURRENT: bool>(simd: S, columns: &mut Columns) -> Met {
    let [alpha, beta, peak, by_current, rate] = load(simd, &columns.system);
    let [time, w, k, k2, charge] = load(simd, &[columns.time, columns.w, columns.k, columns.k2, columns.charge]);
    let arrives: Mask<S> = columns.arrives.load(simd).ge(w.of(0.5));
    let displaced = load(simd, &columns.displaced);
    let mut error_w = load(simd, &columns.errors[0]);
    let mut error_k = load(simd, &columns.errors[1]);
    let mut error_e = load(simd, &columns.errors[2]);
    let size = largest(&displaced);
    let beside = [columns.arrived, columns.spiked].map(|[before, within]| {
        let [before, within]: [F<S>; 2] = [before.load(simd), within.load(simd)];
        (arrives & (time - before).le(within + size)).bits()
    });
    // A lane that takes none is given one of no charge, at its time, which leaves it as it is.
    let zero = w.of(0.0);
    let (kick, source, taken, fired);
    if CURRENT {
        (taken, fired) = (arrives, 0);
        let more = taken.select(charge * rate, zero);
        source = by_current * more;
        kick = [k2 * more, source - alpha * k2 * more];
        let current = more + columns.current.load(simd);
        let nothing = taken & current.abs().lt(w.of(NOTHING));
        columns.current.store(nothing.select(zero, current));
        columns.k.store(k2.fma(more, k));
    } else {
        let fires = arrives & (k2 * charge + w).ge(peak);
        (taken, fired) = (arrives & fires.not(), fires.bits());
        let more = taken.select(k2 * charge, zero);
        let up = w + more;
        source = zero;
        kick = [more * (w + up), -(beta * more)];
        columns.w.store(up);
    }
    for j in 0..PROBES {
        let displaced = taken.select(displaced[j], zero);
        error_w[j] = error_w[j] - kick[0] * displaced;
        error_k[j] = error_k[j] - kick[1] * displaced;
        columns.errors[0][j].store(error_w[j]);
        columns.errors[1][j].store(error_k[j]);
        if CURRENT {
            error_e[j] = (source * rate).fma(displaced, error_e[j]);
            columns.errors[2][j].store(error_e[j]);
        }
    }
    if !CURRENT {
        // Nearly at the peak before it, or after: whether and when there is a spike hangs on what is not known.
        let margin = (w - peak).abs().min((w + k2 * charge - peak).abs());
        columns.lost |= (taken & margin.le(w.of(NEAR) * largest(&error_w))).bits();
    }
    for (row, kick) in columns.kick.iter_mut().zip(kick) {
        row.store(kick + row.load(simd));
    }
    for (row, new) in columns.arrived.iter_mut().zip([time, size]) {
        // A sum, of which one part is 0: of a choice the compiler would make a store under a mask, which takes many cycles.
        row.store(arrives.select(new, zero) + arrives.select(zero, row.load(simd)));
    }
    Met { fired, beside }
}
