//! A neuron that receives jumps of v at given times: by the equations, and stepped with the jumps in one of four places.

use std::iter::Peekable;
use std::vec::IntoIter;

use spikestep::StepInput;
use spikestep::scheme::{Cost, Runaway, Step, Stepper, run};

use crate::shared::{Neuron, Problem, State, Stimulus, jumped, scheme, stepper};

/// Where in a step an arrival is applied: see the experiment's documentation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    After,
    Before,
    Current,
    Unscaled,
}

impl Order {
    pub(super) const ALL: [Order; 4] = [Order::After, Order::Before, Order::Current, Order::Unscaled];

    pub(super) fn name(self) -> &'static str {
        ["after", "before", "current", "unscaled"][self as usize]
    }
}

/// A neuron that receives jumps.
#[derive(Clone, Copy)]
pub(super) struct Receiver {
    pub(super) neuron: Neuron,
    /// Constant input \[mV/ms\].
    pub(super) input: f64,
    pub(super) initial: State,
    /// \[ms\].
    pub(super) duration: f64,
    /// The jump of v at an arrival \[mV\].
    pub(super) weight: f64,
}

impl Receiver {
    fn problem(&self) -> Problem {
        let Receiver { neuron, initial, duration, .. } = *self;
        Problem { neuron, stimulus: Stimulus::constant(self.input), initial, duration }
    }

    /// v += weight, and what the threshold makes of it: a spike at `t` \[ms\] or none.
    fn jumped(&self, state: State, t: f64, spikes: &mut Vec<f64>) -> State {
        let state = State { v: state.v + self.weight, ..state };
        if state.v < self.neuron.peak {
            return state;
        }
        spikes.push(t);
        self.neuron.reset(state)
    }

    /// Spikes of the equations.
    pub(super) fn truth(&self, arrivals: &[f64]) -> Vec<f64> {
        jumped(&self.problem(), arrivals.iter().map(|t| (*t, self.weight)))
    }

    /// Spikes of the scheme of a name at `dt`, the arrivals (points of the grid) applied in `order`.
    pub(super) fn stepped(&self, name: &str, dt: f64, order: Order, arrivals: &[f64]) -> Vec<f64> {
        let problem = self.problem();
        let added = if order == Order::Current { self.weight / dt } else { self.weight };
        let due: Vec<u64> = arrivals.iter().map(|t| (t / dt).round() as u64).collect();
        let mut kicked = Kicked {
            inner: stepper(&scheme(name), &problem, dt),
            receiver: *self,
            order,
            stimulus: Stimulus::constant(self.input + added),
            due: due.into_iter().peekable(),
            taken: 0,
        };
        let spikes = run(&mut kicked, &problem, dt, |_| {}).spikes;
        spikes.times().iter().copied().filter(|&t| t < self.duration).collect()
    }
}

/// A scheme with the jumps of a receiver around it.
struct Kicked {
    inner: Box<dyn Stepper>,
    receiver: Receiver,
    order: Order,
    /// The input of a step with an arrival in it, where that is an input.
    stimulus: Stimulus,
    /// Steps at whose end there is an arrival.
    due: Peekable<IntoIter<u64>>,
    taken: u64,
}

impl Stepper for Kicked {
    fn step(&mut self, mut state: State, step: &Step<'_>, spikes: &mut Vec<f64>) -> Result<State, Runaway> {
        self.taken += 1;
        let arrives = self.due.next_if(|&at| at <= self.taken).is_some();
        if arrives && self.order == Order::Before {
            state = self.receiver.jumped(state, step.end, spikes);
        }
        let spread = arrives && matches!(self.order, Order::Current | Order::Unscaled);
        let kick = StepInput::new(&self.stimulus, step.start, step.input.length());
        let next = self.inner.step(state, &if spread { Step { input: kick, ..*step } } else { *step }, spikes)?;
        let jumps = arrives && self.order == Order::After && next.is_finite();
        Ok(if jumps { self.receiver.jumped(next, step.end, spikes) } else { next })
    }

    fn cost(&self) -> Cost {
        self.inner.cost()
    }
}

#[cfg(test)]
mod tests {
    use super::super::arrivals;
    use super::*;

    fn receiver() -> Receiver {
        let neuron = Neuron::new(0.02, 0.2, -65.0, 8.0);
        Receiver { neuron, input: 4.0, initial: State::new(-65.0, -13.0), duration: 1000.0, weight: 8.0 }
    }

    #[test]
    fn before_is_after_with_each_arrival_a_step_earlier() {
        let arrivals = arrivals();
        let earlier: Vec<f64> = arrivals.iter().map(|t| t - 1.0).collect();
        let before = receiver().stepped("projective-8", 1.0, Order::Before, &arrivals);
        let moved = receiver().stepped("projective-8", 1.0, Order::After, &earlier);
        assert!(before.len() > 5);
        assert_eq!(before, moved);
        // And `after` is the model: projective-8 at 1 ms is within 4e-4 ms on this neuron over a second.
        let after = receiver().stepped("projective-8", 1.0, Order::After, &arrivals);
        let truth = receiver().truth(&arrivals);
        assert_eq!(after.len(), truth.len());
        assert!(after.iter().zip(&truth).all(|(a, t)| (a - t).abs() < 1e-3));
    }

    #[test]
    fn the_default_rule_of_nest_is_after() {
        // v + h f(v) + w, u + h a (b v − u) with the old v, then the threshold: written out here as in the simulator.
        let r = receiver();
        let (arrivals, dt) = (arrivals(), 0.5);
        let (mut v, mut u, mut spikes) = (r.initial.v, r.initial.u, Vec::new());
        for n in 0..2000u32 {
            let t = f64::from(n + 1) * dt;
            let kick = if arrivals.contains(&t) { r.weight } else { 0.0 };
            let (old_v, old_u) = (v, u);
            v += dt * (0.04 * old_v * old_v + 5.0 * old_v + 140.0 - old_u + 4.0) + kick;
            u += dt * 0.02 * (0.2 * old_v - old_u);
            if v >= 30.0 {
                (v, u) = (-65.0, u + 8.0);
                spikes.push(t);
            }
        }
        spikes.retain(|&t| t < 1000.0);
        let found = r.stepped("nest-consistent", dt, Order::After, &arrivals);
        assert!(found.len() > 5);
        assert_eq!(found, spikes);
    }
}
