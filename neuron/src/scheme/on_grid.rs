//! Spikes on the grid: what simulators do.

use super::{Cost, Flow, Runaway, Step, Stepper};
use crate::model::{Neuron, State};

/// A flow with spikes on the grid: a step that ends at or above the peak is a spike *at its end*, and the reset is made
/// there. A spike is late by up to dt, v starts from c late, and the overshoot changes u: an error of order 1 in dt
/// whatever the flow.
///
/// During a refractory period v is held for whole steps, until the time of the spike plus the period is over: for ⌈period/dt⌉ steps.
/// In these u is stepped by the flow with v' = 0.
#[derive(Clone, Debug)]
pub struct OnGrid<F> {
    neuron: Neuron,
    flow: F,
    advances: u64,
    /// Whether a refractory period is counted as Brian2 does it.
    as_brian2: bool,
    /// When the last refractory period ends \[ms\].
    held_until: f64,
}

/// What a step may miss of the end of a refractory period and still count as at its end, as a part of the step: rounding of times.
const AT_END: f64 = 1e-9;

impl<F: Flow> OnGrid<F> {
    /// `flow` on `neuron`, spikes on the grid.
    pub fn new(neuron: Neuron, flow: F) -> Self {
        OnGrid { neuron, flow, advances: 0, as_brian2: false, held_until: f64::NEG_INFINITY }
    }

    /// The same with a refractory period counted as Brian2 does it: from the start of the step that spikes, where it puts the spike, for
    /// ⌊period/dt⌋ steps, of which the first is that one.
    #[must_use]
    pub fn counted_as_brian2(self) -> Self {
        OnGrid { as_brian2: true, ..self }
    }

    /// When the refractory period of a spike in `step` ends \[ms\].
    fn end_of_refractory_period(&self, step: &Step<'_>) -> f64 {
        let (period, dt) = (self.neuron.extension.refractory, step.input.length());
        if self.as_brian2 { step.start + dt * (period / dt + 1e-3).floor() } else { step.end + period }
    }
}

impl<F: Flow> Stepper for OnGrid<F> {
    #[inline]
    fn step(&mut self, state: State, step: &Step<'_>, spikes: &mut Vec<f64>) -> Result<State, Runaway> {
        self.advances += 1;
        if step.start < self.held_until - AT_END * step.input.length() {
            let next = self.flow.advance(&self.neuron.clamped(), state, &step.input);
            self.flow.accept(state, next, step.input.length());
            return Ok(self.flow.end_step(next));
        }
        let mut next = self.flow.advance(&self.neuron, state, &step.input);
        self.flow.accept(state, next, step.input.length());
        if self.neuron.is_spike(next) {
            spikes.push(step.end);
            self.held_until = self.end_of_refractory_period(step);
            self.flow.jump(self.neuron.d);
            next = self.neuron.reset(next);
        }
        Ok(self.flow.end_step(next))
    }

    fn cost(&self) -> Cost {
        self.flow.cost().times(self.advances) + self.flow.memory_cost()
    }
}
