//! Spikes on the grid: what simulators do.

use super::{Cost, Flow, Runaway, Step, Stepper};
use crate::model::{Neuron, State};

/// A flow with spikes on the grid: a step that ends at or above the peak is a spike *at its end*, and the reset is made
/// there. A spike is late by up to dt, v starts from c late, and the overshoot changes u: an error of order 1 in dt
/// whatever the flow.
#[derive(Clone, Debug)]
pub struct OnGrid<F> {
    neuron: Neuron,
    flow: F,
    advances: u64,
}

impl<F: Flow> OnGrid<F> {
    /// `flow` on `neuron`, spikes on the grid.
    pub fn new(neuron: Neuron, flow: F) -> Self {
        OnGrid { neuron, flow, advances: 0 }
    }
}

impl<F: Flow> Stepper for OnGrid<F> {
    #[inline]
    fn step(&mut self, state: State, step: &Step<'_>, spikes: &mut Vec<f64>) -> Result<State, Runaway> {
        self.advances += 1;
        let mut next = self.flow.advance(&self.neuron, state, &step.input);
        self.flow.accept(state, next, step.input.length());
        if next.v >= self.neuron.peak {
            spikes.push(step.end);
            self.flow.jump(self.neuron.d);
            next = self.neuron.reset(next);
        }
        Ok(self.flow.end_step(next))
    }

    fn cost(&self) -> Cost {
        self.flow.cost().times(self.advances) + self.flow.memory_cost()
    }
}
