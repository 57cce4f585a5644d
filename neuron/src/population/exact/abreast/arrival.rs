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
    let [mut error_w, mut error_k, mut error_e] = [0, 1, 2].map(|i| load(simd, &columns.errors[i]));
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
        nothing.select(zero, current).store(&mut columns.current.0, 0);
        k2.fma(more, k).store(&mut columns.k.0, 0);
    } else {
        let fires = arrives & (k2 * charge + w).ge(peak);
        (taken, fired) = (arrives & fires.not(), fires.bits());
        let more = taken.select(k2 * charge, zero);
        let up = w + more;
        source = zero;
        kick = [more * (w + up), -(beta * more)];
        up.store(&mut columns.w.0, 0);
    }
    let displaced = displaced.map(|x| taken.select(x, zero));
    for j in 0..PROBES {
        error_w[j] = error_w[j] - kick[0] * displaced[j];
        error_k[j] = error_k[j] - kick[1] * displaced[j];
        error_w[j].store(&mut columns.errors[0][j].0, 0);
        error_k[j].store(&mut columns.errors[1][j].0, 0);
        if CURRENT {
            error_e[j] = (source * rate).fma(displaced[j], error_e[j]);
            error_e[j].store(&mut columns.errors[2][j].0, 0);
        }
    }
    if !CURRENT {
        // Nearly at the peak before it, or after: whether and when there is a spike hangs on what is not known.
        let margin = (w - peak).abs().min((w + k2 * charge - peak).abs());
        columns.lost |= (taken & margin.le(w.of(NEAR) * largest(&error_w))).bits();
    }
    for (row, kick) in columns.kick.iter_mut().zip(kick) {
        (kick + row.load(simd)).store(&mut row.0, 0);
    }
    arrives.store(time, &mut columns.arrived[0].0, 0);
    arrives.store(size, &mut columns.arrived[1].0, 0);
    Met { fired, beside }
}
