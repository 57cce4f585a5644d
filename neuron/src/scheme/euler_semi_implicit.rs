//! Euler with u from the new v (symplectic Euler, a Lie-Trotter splitting with explicit parts).
//!
//! **Names:** `euler-semi-implicit`.
//!
//! ```text
//! v_{n+1} = v_n + h (k2 v_n² + k1 v_n + k0 − u_n + I(t_n))
//! u_{n+1} = u_n + h a (b v_{n+1} + b0 − leak u_n)
//! ```
//!
//! Order 1; the same 13 flops as Euler. What many hand-written loops do by accident, updating u after v in place.
//! **When not to use it:** as Euler; the new v in u shifts errors, it does not lower their order.

use super::Cost;
use super::rule::{Coefficients, Number, Rule, Span};

/// Euler with u from the new v; see the [module](self) for the formula.
#[derive(Clone, Copy, Debug, Default)]
pub struct EulerSemiImplicit;

impl Rule for EulerSemiImplicit {
    const COST: Cost = Cost::new(1, 13);

    #[inline(always)]
    fn step<N: Number>(self, c: &Coefficients<N>, [v, u]: [N; 2], span: &mut impl Span<N>) -> [N; 2] {
        let dt = span.dt();
        let v = v + dt * c.dv(v, u, span.input(0.0));
        [v, u + dt * c.du(v, u)]
    }
}
