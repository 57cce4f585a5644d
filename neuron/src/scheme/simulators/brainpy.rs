//! BrainPy (recorded with 2.9.0): what of its rules is nobody else's.
//!
//! **Names:** `brainpy-rk2`, `brainpy-state`.
//!
//! ```text
//! brainpy-rk2:    k1 = f(y),  k2 = f(y + 2/3 h k1);   y ← y + h (k1/4 + 3/4 k2);   if v ≥ 30:  v ← c,  u ← u + d
//! brainpy-state:  if v ≥ 30:  v ← c,  u ← u + d       at the start of the step
//!                 v ← v + h φ(h J) v',   J = 2·0.04 v + 5,   φ(z) = (e^z − 1)/z
//!                 u ← u + h φ(−h a) u'                with the new v;   spike ⇔ v ≥ 30
//! ```
//!
//! `brainpy.dyn.Izhikevich` with `method="rk2"` is Ralston's rule, of order 2, where Brian2's `rk2` is the midpoint rule. Its `exp_auto`
//! and `exp_euler` are [`exponential-euler`](crate::scheme::exponential_euler), its `euler`, `midpoint`, `heun2` and `rk4` are
//! `brian2-euler`, `rk2`, `heun` and `rk4`, in single precision by default, with the input held over the step. `brainpy.state.Izhikevich`
//! is of order 1. Its exponential follows the upstroke beyond every bound: v reaches 2775 mV in a step of 1 ms, u takes part of it, and
//! spikes are lost; rounding alone moves the next ones in single precision. (XLA reorders sums: neither is met to the last bit.)
//! Source: A. Ralston, *Runge-Kutta methods with minimum error bounds*, Mathematics of Computation 16 (1962) 431–437.
//! **When not to use them:** `brainpy-state` at steps of 0.5 ms and more.

use crate::scheme::exponential_euler::{advance_u, advance_v};
use crate::scheme::grid_rule::{Cell, GridRule, Past, Scalar, Stepped};
use crate::scheme::rule::{Coefficients, Number, Rule, Span};
use crate::scheme::{Cost, ExponentialEuler, Midpoint};

/// Ralston's rule.
#[derive(Clone, Copy, Debug, Default)]
pub struct BrainPyRk2;

/// Exponential Euler with u from the new v, reset at the next step.
#[derive(Clone, Copy, Debug, Default)]
pub struct BrainPyState;

impl Rule for BrainPyRk2 {
    // One weight more than the midpoint rule has, in both components.
    const COST: Cost = Cost::new(2, Midpoint::COST.flops + 4);
    const STAGES: usize = 2;

    #[inline(always)]
    fn step<N: Number>(self, c: &Coefficients<N>, [v, u]: [N; 2], span: &mut impl Span<N>) -> [N; 2] {
        let (dt, input) = (span.dt(), span.input(0.0));
        let (part, first, second) = (span.fraction(2.0, 3.0), dt.constant(0.25), dt.constant(0.75));
        let [y, z] = span.stage([v + part * c.dv(v, u, input), u + part * c.du(v, u)]);
        let dv = first * c.dv(v, u, input) + second * c.dv(y, z, input);
        [v + dt * dv, u + dt * (first * c.du(v, u) + second * c.du(y, z))]
    }
}

impl GridRule for BrainPyState {
    const COST: Cost = ExponentialEuler::COST;

    #[inline(always)]
    fn step<N: Scalar>(self, cell: &Cell<N>, _: Past, [v, u]: [N; 2], span: &mut impl Span<N>) -> Stepped<N> {
        let [v, u] = cell.start(v >= cell.peak, [v, u]);
        let v = advance_v(&cell.coefficients, [v, u], span);
        let u = advance_u(&cell.coefficients, [v, u], span);
        Stepped::plain([v, u], v >= cell.peak)
    }
}
