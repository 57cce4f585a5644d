//! Norse, `izhikevich_feed_forward_step` (recorded with 1.1.0, torch 2.15).
//!
//! **Names:** `norse`.
//!
//! ```text
//! h = tau_inv · dt:  0.25 ms with Norse's defaults (tau_inv = 250, dt = 0.001), 1 ms at tau_inv = 1000
//! v1 = v + h (0.04 v² + 5 v + 140 − u + I)
//! u1 = u + h a (b v − u)                              with the old v
//! z = (v1 > 30):   v ← (1 − z) v1 + z c,   u ← (1 − z) u1 + z (u1 + d)
//! ```
//!
//! Order 1: forward Euler with a peak that must be passed. The step here is h, the time by which the model advances: a step of Norse with
//! its defaults is 0.25 ms, so that a run that is read as 1 ms a step is four times as long as the model's. The reset is a product: a v
//! that has overflowed becomes 0·∞, which is not a number, and stays so.
//! **When not to use it:** as `euler`.

use crate::scheme::grid_rule::{Cell, GridRule, Past, Scalar, Stepped};
use crate::scheme::rule::Span;
use crate::scheme::{Cost, Euler, Rule};

/// The rule; see the [module](self).
#[derive(Clone, Copy, Debug, Default)]
pub struct Norse;

impl GridRule for Norse {
    const COST: Cost = Euler::COST;

    #[inline(always)]
    fn step<N: Scalar>(self, cell: &Cell<N>, _: Past, [v, u]: [N; 2], span: &mut impl Span<N>) -> Stepped<N> {
        let (c, dt) = (&cell.coefficients, span.dt());
        let reached = v + dt * c.dv_of_square(v, u, span.input(0.0));
        let u = u + c.du_over(dt, v, u);
        let spike = reached > cell.peak;
        let [z, rest] = if spike { [1.0, 0.0] } else { [0.0, 1.0] }.map(|x| dt.constant(x));
        let state = [rest * reached + z * cell.c, rest * u + z * (u + cell.d)];
        Stepped::new(state, reached, spike)
    }
}
