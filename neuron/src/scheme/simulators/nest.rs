//! NEST, `izhikevich` (recorded with 3.10), in its two forms.
//!
//! **Names:** `nest-consistent`, `nest-published`.
//!
//! ```text
//! consistent:  v' = v + h (0.04 v v + 5 v + 140 − u + I),   u ← u + h a (b v − u)  with the old v,   v ← v'
//! published:   v  ← v + h/2 (0.04 v v + 5 v + 140 − u + I)  twice,   u ← u + h a (b v − u)  with the new v
//! then         if v ≥ V_th:  v ← c,  u ← u + d              in the same step
//! ```
//!
//! `consistent` (`consistent_integration` true, NEST's default) is forward Euler; `published` is the half-step of 2003.
//! **When not to use it:** as `euler` and `half-step`.

use crate::scheme::half_step::half_steps;
use crate::scheme::rule::{Coefficients, Number, Rule, Span};
use crate::scheme::{Cost, HalfStep};

/// `consistent_integration` true, NEST's default: forward Euler with h·a formed first.
#[derive(Clone, Copy, Debug, Default)]
pub struct NestConsistent;

/// `consistent_integration` false: the half-step of the 2003 paper with h·a formed first.
#[derive(Clone, Copy, Debug, Default)]
pub struct NestPublished;

impl Rule for NestConsistent {
    const COST: Cost = Cost::new(1, 13);

    #[inline(always)]
    fn step<N: Number>(self, c: &Coefficients<N>, [v, u]: [N; 2], span: &mut impl Span<N>) -> [N; 2] {
        let dt = span.dt();
        [v + dt * c.dv(v, u, span.input(0.0)), u + c.du_over(dt, v, u)]
    }
}

impl Rule for NestPublished {
    const COST: Cost = HalfStep::COST;
    const STAGES: usize = HalfStep::STAGES;

    #[inline(always)]
    fn step<N: Number>(self, c: &Coefficients<N>, [v, u]: [N; 2], span: &mut impl Span<N>) -> [N; 2] {
        let v = half_steps(c, [v, u], span);
        [v, u + c.du_over(span.dt(), v, u)]
    }
}
