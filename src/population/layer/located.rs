//! The neurons of a shard under a scheme that locates its spikes.

use super::cells::Cells;
use crate::population::clock::Clock;
use crate::population::engine::Engine;
use crate::population::real::Real;
use crate::population::spike::Spike;
use crate::{Neuron, State};

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
    /// The `neurons` of an engine.
    pub(super) fn new(engine: Box<dyn Engine>, neurons: &[Neuron], lbound: Option<f64>) -> Self {
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
