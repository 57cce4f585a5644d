//! Forward Euler.
//!
//! ```text
//! v_{n+1} = v_n + h (k2 v_n² + k1 v_n + k0 − u_n + I(t_n))
//! u_{n+1} = u_n + h a (b v_n + b0 − leak u_n)
//! ```
//!
//! Order 1. At rest it is stable up to h ≈ 2/|λ|, with λ the fastest eigenvalue there. Counted at 13 flops a step, as in
//! Izhikevich (2004), table 1.
//! **When not to use it:** whenever a spike *time* matters: at 1 ms it is late by tens of milliseconds within a second.

use super::{Cost, Flow};
use crate::model::{Neuron, State, StepInput};

/// Forward Euler; see the [module](self) for the formula.
#[derive(Clone, Copy, Debug, Default)]
pub struct Euler;

impl Flow for Euler {
    #[inline]
    fn advance(&self, neuron: &Neuron, from: State, input: &StepInput<'_>) -> State {
        let h = input.length();
        let rate = neuron.field(from, input.at(0.0));
        State { v: from.v + h * rate.v, u: from.u + h * rate.u }
    }

    fn cost(&self) -> Cost {
        Cost::new(1, 13)
    }
}
