//! Spikes located inside the step, the remainder of the step taken from the reset.

use super::{Cost, Flow, MAX_SPIKES_PER_STEP, Runaway, Step, Stepper};
use crate::model::{Neuron, State};
use crate::spike::{Location, locate};

/// A flow with spikes located inside the step: where a step ends above the peak, the crossing is found ([`Location`]), the
/// reset is made there, and the rest of the step is taken from the reset, as often as spikes fall into it. The flow keeps
/// its order through spikes. Only ends of steps are looked at: a step in which v passes the peak and turns back has no spike.
#[derive(Clone, Debug)]
pub struct Located<F> {
    neuron: Neuron,
    flow: F,
    location: Location,
    advances: u64,
    extra_evaluations: u64,
}

impl<F: Flow> Located<F> {
    /// `flow` on `neuron`, spikes located by `location`.
    pub fn new(neuron: Neuron, flow: F, location: Location) -> Self {
        Located { neuron, flow, location, advances: 0, extra_evaluations: 0 }
    }
}

impl<F: Flow> Stepper for Located<F> {
    #[inline]
    fn step(&mut self, state: State, step: &Step<'_>, spikes: &mut Vec<f64>) -> Result<State, Runaway> {
        let dt = step.input.length();
        let mut from = state;
        let mut elapsed = 0.0;
        for _ in 0..MAX_SPIKES_PER_STEP {
            let part = if elapsed == 0.0 { step.input } else { step.input.part(elapsed / dt, dt - elapsed) };
            self.advances += 1;
            let to = self.flow.advance(&self.neuron, from, &part);
            if to.v < self.neuron.peak || to.v.is_nan() {
                self.flow.accept(from, to, part.length());
                return Ok(self.flow.end_step(to));
            }
            let crossing = locate(self.location, &self.neuron, from, to, &part, |length| {
                self.flow.advance(&self.neuron, from, &part.part(0.0, length))
            });
            self.advances += crossing.trials;
            self.extra_evaluations += crossing.evaluations;
            let at_peak = State { v: self.neuron.peak, u: crossing.u };
            self.flow.accept(from, at_peak, crossing.length);
            self.flow.jump(self.neuron.d);
            elapsed += crossing.length;
            spikes.push(step.start + elapsed);
            from = self.neuron.reset(at_peak);
            // What is left is below the resolution of the step: the spike is at its end.
            if dt - elapsed <= dt * f64::EPSILON {
                return Ok(self.flow.end_step(from));
            }
        }
        Err(Runaway)
    }

    fn cost(&self) -> Cost {
        self.flow.cost().times(self.advances)
            + Cost::new(1, Cost::FIELD).times(self.extra_evaluations)
            + self.flow.memory_cost()
    }
}
