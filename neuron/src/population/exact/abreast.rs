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
//! Every lane takes its neuron to its own next event: an arrival, a change of the input, or the end of the window. No lane
//! depends on its neighbours. Where the series is not good enough for the tolerance, or W could come near its peak, the neuron is taken
//! there by itself ([`Advancing`](crate::scheme::projective::Advancing)), which is where all spikes are found.

mod arrival;
mod step;

use pulp::{Arch, Simd, WithSimd};

use super::Delivery;
use super::cell::Cell;
use super::columns::{Columns, MOST};
use crate::scheme::projective::Errors;

use arrival::{Met, arrive};
use step::step;

/// How many neurons go side by side on this processor.
pub(super) fn lanes() -> usize {
    struct Lanes;
    impl WithSimd for Lanes {
        type Output = usize;

        #[inline(always)]
        fn with_simd<S: Simd>(self, _: S) -> usize {
            S::F64_LANES.min(MOST)
        }
    }
    Arch::new().dispatch(Lanes)
}

/// Takes `cells` to `end` \[ms\], through all that arrives before it, on the best instructions of the processor; as many as there are
/// [`lanes`] stand in each of `columns`. `errors` are those of all spikes of the network so far.
pub(super) fn advance(cells: &mut [Cell<'_>], columns: &mut [Columns], end: f64, errors: &[Errors]) {
    Arch::new().dispatch(Window { cells, columns, end, errors });
}

struct Window<'w, 'a> {
    cells: &'w mut [Cell<'a>],
    columns: &'w mut [Columns],
    end: f64,
    errors: &'w [Errors],
}

impl WithSimd for Window<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Window { cells, columns, end, errors } = self;
        for (cells, columns) in cells.chunks_mut(S::F64_LANES.min(MOST)).zip(columns) {
            match cells[0].delivery() {
                Delivery::Exponential { .. } => together::<S, true>(simd, cells, columns, end, errors),
                _ => together::<S, false>(simd, cells, columns, end, errors),
            }
        }
    }
}

/// Takes as many neurons as there are lanes to `end`; they receive a `CURRENT` or charges.
#[inline(always)]
fn together<S: Simd, const CURRENT: bool>(
    simd: S,
    cells: &mut [Cell<'_>],
    columns: &mut Columns,
    end: f64,
    errors: &[Errors],
) {
    for (lane, cell) in cells.iter_mut().enumerate() {
        cell.sort(end);
        if columns.laid >> lane & 1 == 0 && !cell.lay(columns, lane) {
            cell.advance_alone(end, errors);
        }
    }
    let mut under_way = columns.laid;
    let mut known = columns.lost;
    while under_way != 0 {
        let mut arrivals = 0u64;
        each(under_way, |lane| arrivals |= u64::from(cells[lane].next(end, errors, columns, lane)) << lane);
        let reached = step::<S, CURRENT>(simd, columns);
        each(under_way & !reached, |lane| {
            if columns.goes_in_parts(lane) {
                cells[lane].part(columns, lane);
                arrivals &= !(1 << lane);
            } else if !cells[lane].by_itself(columns, lane) {
                under_way &= !(1 << lane);
            }
        });
        arrivals &= under_way;
        if arrivals != 0 {
            let Met { fired, beside } = arrive::<S, CURRENT>(simd, columns);
            each(arrivals, |lane| cells[lane].met(columns, lane, beside.map(|bits| bits >> lane & 1 == 1)));
            each(arrivals & fired, |lane| {
                if !cells[lane].fire(columns, lane, errors) {
                    under_way &= !(1 << lane);
                }
            });
        }
        each(columns.lost & !known & under_way, |lane| cells[lane].lose(columns, lane));
        known = columns.lost;
        each(under_way, |lane| {
            if cells[lane].ends(columns, lane) {
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
