//! Forward Euler.
//!
//! **Names:** `euler`.
//!
//! ```text
//! v_{n+1} = v_n + h (k2 v_n² + k1 v_n + k0 − u_n + I(t_n))
//! u_{n+1} = u_n + h a (b v_n + b0 − leak u_n)
//! ```
//!
//! Order 1. At rest it is stable up to h ≈ 2/|λ|, with λ the fastest eigenvalue there. Counted at 13 flops a step, as in
//! Izhikevich (2004), table 1.
//! **When not to use it:** whenever a spike *time* matters: at 1 ms it is late by tens of milliseconds within a second.

use super::Cost;
use super::rule::{Coefficients, Number, Rule, Span};

/// Forward Euler; see the [module](self) for the formula.
#[derive(Clone, Copy, Debug, Default)]
pub struct Euler;

impl Rule for Euler {
    const COST: Cost = Cost::new(1, 13);

    #[inline(always)]
    fn step<N: Number>(self, c: &Coefficients<N>, [v, u]: [N; 2], span: &mut impl Span<N>) -> [N; 2] {
        let dt = span.dt();
        [v + dt * c.dv(v, u, span.input(0.0)), u + dt * c.du(v, u)]
    }
}
