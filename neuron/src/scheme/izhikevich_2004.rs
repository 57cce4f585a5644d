//! The program of 2004 (figure1.m), step for step.
//!
//! **Names:** `izhikevich-2004`.
//!
//! ```text
//! v ← v + τ (0.04 v² + 5 v + 140 − u + I(t_n))
//! u ← u + τ a (b v − u)                                   with the new v
//! if v > peak:  a spike;  v ← c,  u ← u + d               in the same step
//! ```
//!
//! Order 1: [`EulerSemiImplicit`](super::EulerSemiImplicit) with another rounding and a peak that must be passed, not met. The program
//! draws 30 mV where a spike was, whatever v had reached, and draws the state after a step at the step's start; here a spike has the
//! time of the end of its step, as with every other scheme. τ is 0.1 to 0.5 ms, panel by panel, and the program leaves out the very
//! edges of its pulses: see [`FiringPattern::published`](crate::model::FiringPattern::published).
//!
//! Source: the program published with E. M. Izhikevich, *Which model to use for cortical spiking neurons?*, IEEE Trans. Neural Networks
//! 15 (2004) 1063–1070, fig. 1.
//! **When not to use it:** to learn what the model does: some panels show the step (`experiments/src/patterns.rs`).

use super::{Cost, Runaway, Step, Stepper};
use crate::model::{Neuron, State};

/// The rule; see the [module](self).
#[derive(Clone, Copy, Debug)]
pub struct Izhikevich2004 {
    neuron: Neuron,
    steps: u64,
}

impl Izhikevich2004 {
    /// The rule for `neuron`.
    pub fn new(neuron: Neuron) -> Self {
        Izhikevich2004 { neuron, steps: 0 }
    }
}

impl Stepper for Izhikevich2004 {
    fn step(&mut self, state: State, step: &Step<'_>, spikes: &mut Vec<f64>) -> Result<State, Runaway> {
        self.steps += 1;
        let n = &self.neuron;
        let State { mut v, mut u } = state;
        let (tau, i) = (step.input.length(), step.input.at(0.0));
        v += tau * (n.k2 * (v * v) + n.k1 * v + n.k0 - u + i);
        u += tau * n.a * (n.b * v + n.b0 - n.leak * u);
        if v > n.peak {
            spikes.push(step.end);
            v = n.c;
            u += n.d;
        }
        Ok(State { v, u })
    }

    fn cost(&self) -> Cost {
        Cost::new(1, 13).times(self.steps)
    }
}
