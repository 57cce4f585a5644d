//! Nengo, `Izhikevich` (recorded with 4.1).
//!
//! **Names:** `nengo`.
//!
//! ```text
//! J ← max(J, −30)
//! v ← v + dt (0.04 v² + 5 v + 140 − u + J)
//! spike ⇔ v ≥ 30:   v ← c
//! u ← u + dt a (b v − u)          with the v after the reset
//! on a spike:  u ← u + d
//! ```
//!
//! Order 1. The input is clipped at −30 mV/ms: stronger inhibition does nothing more, but this is enough for a spike, for at
//! dt = 1 ms one step of −25 mV/ms makes a resting RS neuron fire within 50 ms (`experiments/src/nengo_1542.rs`).
//! **When not to use it:** with inhibition below −30, and as `euler`.

use crate::scheme::Cost;
use crate::scheme::grid_rule::{Cell, GridRule, Past, Scalar, Stepped};
use crate::scheme::rule::Span;

/// The rule; see the [module](self).
#[derive(Clone, Copy, Debug, Default)]
pub struct Nengo;

impl Nengo {
    /// Nengo's lower bound of the input \[mV/ms\].
    pub const LEAST_INPUT: f64 = -30.0;
}

impl GridRule for Nengo {
    const COST: Cost = Cost::new(1, 13);

    #[inline(always)]
    fn step<N: Scalar>(self, cell: &Cell<N>, _: Past, [v, u]: [N; 2], span: &mut impl Span<N>) -> Stepped<N> {
        let (c, dt) = (&cell.coefficients, span.dt());
        let input = span.input(0.0).at_least(dt.constant(Self::LEAST_INPUT));
        let reached = v + dt * c.dv_of_square(v, u, input);
        let spike = reached >= cell.peak;
        let v = if spike { cell.c } else { reached };
        let u = u + dt * c.du(v, u);
        Stepped::new([v, if spike { u + cell.d } else { u }], reached, spike)
    }
}
