//! The neurons of a shard without the name of their scheme.

use crate::population::clock::Clock;
use crate::population::engine::Engine;
use crate::population::real::Real;
use crate::population::spike::Spike;
use crate::population::stepper::Stepper;
use crate::{Neuron, State};

/// Some neurons in a row of a layer, and how they are stepped.
pub(super) trait Cells<T>: Send + Sync {
    /// One step under `input` \[mV/ms\], one for each; spikes are appended in the order of neurons, counted from the first here.
    fn step(&mut self, input: &[T], clock: Clock, spikes: &mut Vec<Spike>);

    /// Raises v by `jumps` \[mV\] at the `end` \[ms\] of the step just made. What reaches the peak spikes then; its spikes are appended.
    fn jump(&mut self, jumps: &[T], end: f64, spikes: &mut Vec<Spike>);

    /// v \[mV\] and u \[mV/ms\] of neuron `i`.
    fn get(&self, i: usize) -> (T, T);

    /// Puts neuron `i` there; it counts as not diverged again.
    fn set(&mut self, i: usize, v: T, u: T);

    /// The end \[ms\] of the step in which it left the finite numbers.
    fn diverged_at(&self, i: usize) -> Option<f64>;

    /// Whether a spike's reset waits for the next step.
    fn resets_next(&self) -> bool;

    /// v ← c, u ← u + d of neuron `i`; nothing where it has left the finite numbers.
    fn reset(&mut self, i: usize);
}

/// Neurons in the lanes of a population: the schemes that locate their spikes. The state is kept in double precision, whatever the
/// precision of the layer: single precision alone moves located spikes by up to 1e-2 ms in 300 ms ([`Population::single`]), which is
/// what these schemes leave of an error where they are worth their price.
///
/// [`Population::single`]: crate::population::Population::single
pub(super) struct Located {
    engine: Box<dyn Engine>,
    neurons: Vec<Neuron>,
    /// The lower bound of each in the numbers of the engine.
    least: Option<Vec<f64>>,
    lbound: f64,
    input: Vec<f64>,
}

impl Located {
    /// `neurons` from `rest`.
    pub(super) fn new(stepper: Stepper, neurons: &[Neuron], rest: &[State], lbound: Option<f64>) -> Self {
        let engine = stepper.engine::<f64>(neurons, rest);
        let least = lbound.map(|v| neurons.iter().map(|n| engine.encode(n, State { v, u: 0.0 })[0]).collect());
        let lbound = lbound.unwrap_or(f64::NEG_INFINITY);
        Located { engine, neurons: neurons.to_vec(), least, lbound, input: vec![0.0; neurons.len()] }
    }
}

impl<T: Real> Cells<T> for Located {
    fn step(&mut self, input: &[T], clock: Clock, spikes: &mut Vec<Spike>) {
        for (to, from) in self.input.iter_mut().zip(input) {
            *to = from.double();
        }
        self.engine.advance(&self.neurons, &self.input, clock, spikes);
        if let Some(least) = &self.least {
            self.engine.raise(least);
        }
    }

    fn jump(&mut self, jumps: &[T], end: f64, spikes: &mut Vec<Spike>) {
        for (i, (jump, neuron)) in jumps.iter().zip(&self.neurons).enumerate() {
            if *jump == T::zero() || self.engine.diverged_at(i).is_some() {
                continue;
            }
            let mut state = self.engine.state(i, neuron);
            state.v += jump.double();
            if state.v >= neuron.peak {
                spikes.push(Spike { neuron: i as u32, t: end });
                state = neuron.reset(state);
            }
            state.v = state.v.max(self.lbound);
            self.engine.set(i, neuron, state);
        }
    }

    fn get(&self, i: usize) -> (T, T) {
        let State { v, u } = self.engine.state(i, &self.neurons[i]);
        (T::of(v), T::of(u))
    }

    fn set(&mut self, i: usize, v: T, u: T) {
        self.engine.set(i, &self.neurons[i], State { v: v.double(), u: u.double() });
    }

    fn diverged_at(&self, i: usize) -> Option<f64> {
        self.engine.diverged_at(i)
    }

    fn resets_next(&self) -> bool {
        false
    }

    fn reset(&mut self, i: usize) {
        let neuron = &self.neurons[i];
        let State { u, .. } = self.engine.state(i, neuron);
        if self.engine.diverged_at(i).is_none() {
            self.engine.set(i, neuron, State { v: neuron.c, u: u + neuron.d });
        }
    }
}
