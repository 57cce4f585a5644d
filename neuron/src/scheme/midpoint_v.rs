//! The midpoint rule for v alone: what was proposed in place of the two half-steps.
//!
//! **Names:** `midpoint-v`.
//!
//! ```text
//! w  = v + h/2 (k2 v² + k1 v + k0 − u + I(t_n))
//! v  ← v + h (k2 w² + k1 w + k0 − u + I(t_n))        with the same u and I
//! u  ← u + h a (b v + b0 − leak u)                    with the new v
//! ```
//!
//! Of order 2 for v at a frozen u, and of order 1 as a whole: v sees an old u, and u an end of the step where it should see its
//! middle. [`Midpoint`](super::Midpoint) moves both variables and is of order 2.
//! Source: the correction proposed in BindsNET issue 533 (2021), where it is called improved Euler.
//! **When not to use it:** where the two stages of `rk2` can be had at the same price; and for strong inhibition, which it turns
//! into a spike sooner than the half-steps do.

use super::Cost;
use super::rule::{Coefficients, Number, Rule, Span};

/// The midpoint rule for v, then u by Euler from the new v; see the [module](self) for the formula.
#[derive(Clone, Copy, Debug, Default)]
pub struct MidpointV;

impl Rule for MidpointV {
    const COST: Cost = Cost::new(2, 22);
    const STAGES: usize = 2;

    #[inline(always)]
    fn step<N: Number>(self, c: &Coefficients<N>, [v, u]: [N; 2], span: &mut impl Span<N>) -> [N; 2] {
        let (dt, input) = (span.dt(), span.input(0.0));
        let [middle] = span.stage([v + span.fraction(1.0, 2.0) * c.dv(v, u, input)]);
        let [v] = span.stage([v + dt * c.dv(middle, u, input)]);
        [v, u + dt * c.du(v, u)]
    }
}
