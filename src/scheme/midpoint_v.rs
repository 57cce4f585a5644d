//! The midpoint rule for v alone: what was proposed in place of the two half-steps.
//!
//! ```text
//! w  = v + h/2 (k2 v² + k1 v + k0 − u + I(t_n))
//! v  ← v + h (k2 w² + k1 w + k0 − u + I(t_n))        with the same u and I
//! u  ← u + h a (b v + b0 − leak u)                    with the new v
//! ```
//!
//! Of order 2 for v at a frozen u, and of order 1 as a whole: v sees an old u, and u an end of the step where it should see its
//! middle. [`RungeKutta::MIDPOINT`](super::RungeKutta::MIDPOINT) moves both variables and is of order 2.
//! Source: the correction proposed in BindsNET issue 533 (2021), where it is called improved Euler.
//! **When not to use it:** where the two stages of `rk2` can be had at the same price; and for strong inhibition, which it turns
//! into a spike sooner than the half-steps do.

use super::{Cost, Flow};
use crate::model::{Neuron, State, StepInput};

/// The midpoint rule for v, then u by Euler from the new v; see the [module](self) for the formula.
#[derive(Clone, Copy, Debug, Default)]
pub struct MidpointV;

impl Flow for MidpointV {
    #[inline]
    fn advance(&self, neuron: &Neuron, from: State, input: &StepInput<'_>) -> State {
        let h = input.length();
        let i = input.at(0.0);
        let middle = from.v + 0.5 * h * neuron.dv(from, i);
        let v = from.v + h * neuron.dv(State { v: middle, u: from.u }, i);
        State { v, u: from.u + h * neuron.du(State { v, u: from.u }) }
    }

    fn cost(&self) -> Cost {
        Cost::new(2, 22)
    }
}
