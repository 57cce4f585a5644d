//! GeNN, `Izhikevich` (recorded with 5.4.0).
//!
//! **Names:** `genn`.
//!
//! ```text
//! if v ≥ 30:  v ← c,  u ← u + d                       at the start of the step
//! v ← v + 0.5 (0.04 v² + 5 v + 140 − u + I) h         twice
//! u ← u + a (b v − u) h                               with the new v
//! v ← min(v, 30);   spike ⇔ v ≥ 29.99
//! ```
//!
//! Order 1: the half-step of 2003 with the peak clipped and visible until the next step. The spike is counted 0.01 mV below the reset: a v
//! that ends a step between 29.99 and 30 is counted, is not reset, and is counted again in the next step. GeNN runs in single precision by
//! default.
//! **When not to use it:** as `half-step`. The clip comes after u has had its part of the overshoot.

use crate::scheme::grid_rule::{Cell, GridRule, Past, Scalar, Stepped};
use crate::scheme::rule::Span;
use crate::scheme::{Cost, HalfStep, Rule};

/// The rule; see the [module](self).
#[derive(Clone, Copy, Debug, Default)]
pub struct Genn;

impl Genn {
    /// How far below the peak a spike is counted \[mV\].
    pub const MARGIN: f64 = 0.01;
}

impl GridRule for Genn {
    const COST: Cost = HalfStep::COST;

    #[inline(always)]
    fn step<N: Scalar>(self, cell: &Cell<N>, _: Past, [v, u]: [N; 2], span: &mut impl Span<N>) -> Stepped<N> {
        let (c, dt, input) = (&cell.coefficients, span.dt(), span.input(0.0));
        let half = dt.constant(0.5);
        let [v, u] = cell.start(v >= cell.peak, [v, u]);
        let v = v + half * c.dv(v, u, input) * dt;
        let v = v + half * c.dv(v, u, input) * dt;
        let u = u + c.du(v, u) * dt;
        let v = if v > cell.peak { cell.peak } else { v };
        Stepped::plain([v, u], v >= cell.peak - dt.constant(Self::MARGIN))
    }
}
