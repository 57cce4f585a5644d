//! The split half-step, as Izhikevich published it.
//!
//! ```text
//! v  ← v + h/2 (k2 v² + k1 v + k0 − u + I(t_n))      twice, with the same u and I
//! u  ← u + h a (b v + b0 − leak u)                    with the new v
//! ```
//!
//! Order 1: v is better resolved ("for numerical stability", says the paper), u is still Euler and v sees an old u.
//! Source: the program in E. M. Izhikevich, IEEE Trans. Neural Networks 14 (2003) 1569–1572, where h = 1 ms and a spike is
//! reset at the start of the next step; resetting at the end of the step, as here, gives the same trajectory and spikes.
//! **When not to use it:** for spike times, and for strong inhibition: one step of a large negative input throws v so low
//! that the square in the second half makes it a spike.

use super::{Cost, Flow};
use crate::model::{Neuron, State, StepInput};

/// Izhikevich's split half-step; see the [module](self) for the formula.
#[derive(Clone, Copy, Debug, Default)]
pub struct HalfStep;

impl Flow for HalfStep {
    #[inline]
    fn advance(&self, neuron: &Neuron, from: State, input: &StepInput<'_>) -> State {
        let h = input.length();
        let i = input.at(0.0);
        let v = from.v + 0.5 * h * neuron.dv(from, i);
        let v = v + 0.5 * h * neuron.dv(State { v, u: from.u }, i);
        State { v, u: from.u + h * neuron.du(State { v, u: from.u }) }
    }

    fn cost(&self) -> Cost {
        Cost::new(2, 22)
    }
}
