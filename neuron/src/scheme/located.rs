//! Spikes located inside the step, the remainder of the step taken from the reset.

use super::{Cost, Flow, MAX_SPIKES_PER_STEP, Runaway, Step, Stepper};
use crate::model::{Neuron, State, StepInput};
use crate::spike::{Crossing, Location, locate, locate_level};

/// A flow with spikes located inside the step: where a step ends above the peak, the crossing is found ([`Location`]), the
/// reset is made there, and the rest of the step is taken from the reset, as often as spikes fall into it. The flow keeps
/// its order through spikes. Only ends of steps are looked at: a step in which v passes the peak and turns back has no spike.
///
/// A refractory period begins and ends inside steps too, u going on by its own exponential. Where the field changes its form at a
/// potential ([`Extension`](crate::model::Extension)), a step that ends beyond it is cut there, so that each part has a smooth field.
#[derive(Clone, Debug)]
pub struct Located<F> {
    neuron: Neuron,
    flow: F,
    location: Location,
    advances: u64,
    extra_evaluations: u64,
    /// When the last refractory period ends \[ms\].
    held_until: f64,
}

/// What ends a part of a step.
enum Cut {
    /// A spike.
    Spike(Crossing),
    /// The potential at which the field changes its form \[mV\].
    Switch(Crossing, f64),
}

impl<F: Flow> Located<F> {
    /// `flow` on `neuron`, spikes located by `location`.
    pub fn new(neuron: Neuron, flow: F, location: Location) -> Self {
        Located { neuron, flow, location, advances: 0, extra_evaluations: 0, held_until: f64::NEG_INFINITY }
    }

    /// The state at the end of `part`, and what cuts it before, if anything does.
    #[inline]
    fn part(&mut self, from: State, part: &StepInput<'_>) -> (State, Option<Cut>) {
        if self.neuron.has_plain_field() {
            let to = self.flow.advance(&self.neuron, from, part);
            if !self.neuron.is_spike(to) {
                return (to, None);
            }
            let neuron = self.neuron;
            return (to, Some(Cut::Spike(self.spike(&neuron, from, to, part))));
        }
        let side = self.neuron.side_at(from, part.at(0.0));
        let ([low, high], neuron) = (self.neuron.between_switches(side), self.neuron.on_side_of(side));
        let to = self.flow.advance(&neuron, from, part);
        // A part that begins at a potential and ends beyond it again has been there and back: it is left whole.
        let falls = Some(low).filter(|&low| to.v < low && from.v > low);
        let switch = falls.or(Some(high).filter(|&high| to.v > high && from.v < high));
        let switch = switch.map(|level| {
            let crossing = locate_level(
                |state| state.v,
                level,
                from,
                to,
                part.length(),
                |length| self.flow.advance(&neuron, from, &part.part(0.0, length)),
            );
            self.advances += crossing.trials;
            (crossing, level)
        });
        let spike = self.neuron.is_spike(to).then(|| self.spike(&neuron, from, to, part));
        let cut = match (spike, switch) {
            (Some(spike), Some((crossing, _))) if spike.length <= crossing.length => Some(Cut::Spike(spike)),
            (_, Some((crossing, level))) => Some(Cut::Switch(crossing, level)),
            (spike, None) => spike.map(Cut::Spike),
        };
        (to, cut)
    }

    /// The spike in the part from `from` to `to`.
    fn spike(&mut self, neuron: &Neuron, from: State, to: State, part: &StepInput<'_>) -> Crossing {
        let crossing = locate(self.location, neuron, from, to, part, |length| {
            self.flow.advance(neuron, from, &part.part(0.0, length))
        });
        self.advances += crossing.trials;
        self.extra_evaluations += crossing.evaluations;
        crossing
    }
}

impl<F: Flow> Stepper for Located<F> {
    #[inline]
    fn step(&mut self, state: State, step: &Step<'_>, spikes: &mut Vec<f64>) -> Result<State, Runaway> {
        let dt = step.input.length();
        let mut from = state;
        let mut elapsed = 0.0;
        for _ in 0..MAX_SPIKES_PER_STEP {
            let left = (self.held_until - (step.start + elapsed)).min(dt - elapsed);
            if left > 0.0 {
                let to = self.neuron.held(from, left);
                self.flow.accept(from, to, left);
                (from, elapsed) = (to, elapsed + left);
                if dt - elapsed <= dt * f64::EPSILON {
                    return Ok(self.flow.end_step(from));
                }
            }
            let part = if elapsed == 0.0 { step.input } else { step.input.part(elapsed / dt, dt - elapsed) };
            self.advances += 1;
            let (to, cut) = self.part(from, &part);
            match cut {
                None => {
                    self.flow.accept(from, to, part.length());
                    return Ok(self.flow.end_step(to));
                }
                Some(Cut::Switch(crossing, level)) => {
                    let at_level = State { v: level, u: crossing.u };
                    self.flow.accept(from, at_level, crossing.length);
                    (from, elapsed) = (at_level, elapsed + crossing.length);
                }
                Some(Cut::Spike(crossing)) => {
                    let at_peak = State { v: self.neuron.peak_at(crossing.u), u: crossing.u };
                    self.flow.accept(from, at_peak, crossing.length);
                    self.flow.jump(self.neuron.d);
                    elapsed += crossing.length;
                    spikes.push(step.start + elapsed);
                    self.held_until = step.start + elapsed + self.neuron.extension.refractory;
                    from = self.neuron.reset(at_peak);
                }
            }
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
