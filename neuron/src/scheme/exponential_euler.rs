//! Exponential Euler: each equation solved exactly with its own derivative frozen.
//!
//! **Names:** `exponential-euler`.
//!
//! ```text
//! v ← v + h φ(h J) v',   J = 2 k2 v + k1,   φ(z) = (e^z − 1)/z
//! u ← u + h φ(−h a leak) u'                               with the old v
//! ```
//!
//! Order 1, for the coupling of v and u is left out of the exponential; `rosenbrock-euler` takes it in and has order 2. It is what
//! BrainPy's `exp_auto` and `exp_euler` do, whose spikes are on the grid. At rest it is stable at any step that a network takes, and on the
//! upstroke it is far ahead: v grows like e^{hJ} and passes the peak early at large steps. Counted with 20 flops an exponential.
//! Source: D. A. Pope, *An exponential method of numerical integration of ordinary differential equations*, Communications of the ACM 6
//! (1963) 491–493; BrainPy (traces of 2.9.0).
//! **When not to use it:** for accuracy. It costs two exponentials for order 1, and the equation is not stiff.

use super::evolution::phi1;
use super::grid_rule::{Cell, GridRule, Past, Scalar, Stepped};
use super::rule::{Coefficients, Constant, Span};
use super::{Cost, Flow};
use crate::model::{Neuron, State, StepInput};

/// Exponential Euler; see the [module](self) for the formula.
#[derive(Clone, Copy, Debug, Default)]
pub struct ExponentialEuler;

impl ExponentialEuler {
    /// v' and u' 10, J 2, two arguments and quotients 4, two exponentials 40, updates 6.
    pub const COST: Cost = Cost::new(1, 62);
}

/// v at the end of a step from (v, u).
#[inline(always)]
pub(super) fn advance_v<N: Scalar>(c: &Coefficients<N>, [v, u]: [N; 2], span: &impl Span<N>) -> N {
    let dt = span.dt();
    let slope = dt.constant(2.0) * c.k2 * v + c.k1;
    v + dt * (dt * slope).map(phi1) * c.dv(v, u, span.input(0.0))
}

/// u at the end of a step under `v`.
#[inline(always)]
pub(super) fn advance_u<N: Scalar>(c: &Coefficients<N>, [v, u]: [N; 2], span: &impl Span<N>) -> N {
    let (dt, [a, _, _, leak]) = (span.dt(), c.recovery);
    u + dt * (dt * (a * leak)).map(|z| phi1(-z)) * c.du(v, u)
}

/// Both, from the old values.
#[inline(always)]
fn step<N: Scalar>(c: &Coefficients<N>, state: [N; 2], span: &impl Span<N>) -> [N; 2] {
    [advance_v(c, state, span), advance_u(c, state, span)]
}

impl Flow for ExponentialEuler {
    fn advance(&self, neuron: &Neuron, from: State, input: &StepInput<'_>) -> State {
        let span = Constant { dt: input.length(), input: input.at(0.0) };
        let [v, u] = step(&Coefficients::of(neuron), [from.v, from.u], &span);
        State { v, u }
    }

    fn cost(&self) -> Cost {
        Self::COST
    }
}

impl GridRule for ExponentialEuler {
    const COST: Cost = Self::COST;

    #[inline(always)]
    fn step<N: Scalar>(self, cell: &Cell<N>, _: Past, state: [N; 2], span: &mut impl Span<N>) -> Stepped<N> {
        let [v, u] = step(&cell.coefficients, state, span);
        cell.reset_if(v >= cell.peak, [v, u])
    }
}
