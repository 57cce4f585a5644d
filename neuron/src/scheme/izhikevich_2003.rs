//! The program of 2003 (net.m), step for step.
//!
//! **Names:** `izhikevich-2003`.
//!
//! ```text
//! if v ≥ peak:  a spike at t_n;  v ← c,  u ← u + d        at the start of the step
//! v ← v + 0.5 h (0.04 v² + 5 v + 140 − u + I)             twice, with the u and I of the start
//! u ← u + h a (b v − u)                                   with the new v
//! ```
//!
//! Order 1. Published with h = 1 ms, where 0.5 h is its "step 0.5 ms". The trajectory is that of [`HalfStep`](super::HalfStep) to
//! rounding; what differs is when a spike is seen. A v above the peak stands until the next step begins, and only then is it a spike,
//! is it reset, and do its weights act. A v above the peak at the end of a run is therefore no spike yet. (The program counts its
//! steps from 1: what it prints as t is t_n/h + 1.)
//!
//! Source: the program in E. M. Izhikevich, *Simple model of spiking neurons*, IEEE Trans. Neural Networks 14 (2003) 1569–1572.
//! **When not to use it:** for anything but his network's figure. See [`HalfStep`](super::HalfStep) for what its step does.

use super::rule::{Coefficients, Rule, Sampled};
use super::simulators::IzhikevichNodes;
use super::{Cost, Runaway, Step, Stepper};
use crate::model::{Neuron, State};

/// The rule; see the [module](self).
#[derive(Clone, Copy, Debug)]
pub struct Izhikevich2003 {
    neuron: Neuron,
    steps: u64,
}

impl Izhikevich2003 {
    /// The rule for `neuron`.
    pub fn new(neuron: Neuron) -> Self {
        Izhikevich2003 { neuron, steps: 0 }
    }
}

impl Stepper for Izhikevich2003 {
    fn step(&mut self, state: State, step: &Step<'_>, spikes: &mut Vec<f64>) -> Result<State, Runaway> {
        self.steps += 1;
        let n = &self.neuron;
        let State { mut v, mut u } = state;
        if v >= n.peak {
            spikes.push(step.start);
            v = n.c;
            u += n.d;
        }
        // BindsNET does these operations in this order, too.
        let [v, u] = IzhikevichNodes.step(&Coefficients::of(n), [v, u], &mut Sampled(&step.input));
        Ok(State { v, u })
    }

    fn cost(&self) -> Cost {
        IzhikevichNodes::COST.times(self.steps)
    }
}
