//! The blocks of a population under one kernel, and the threads that share them.

use std::sync::Mutex;

use super::block::Block;
use super::clock::Clock;
use super::columns::BLOCK;
use super::kernel::{Kernel, Work};
use super::lane::Lane;
use super::spike::{Spike, join};
use super::team::hold;
use crate::{Neuron, State};

/// Blocks that a thread takes at a time, at least: about a microsecond's work for one step.
const CHUNK: usize = 2;

/// Times a thread comes for more in a call, where there are blocks enough.
const TURNS: usize = 16;

/// Neurons times steps below which threads cost more than they bring.
const SERIAL: u64 = 8192;

/// A population without the names of its kernel.
pub(super) trait Engine: Send + Sync {
    fn advance(&mut self, neurons: &[Neuron], input: &[f64], clock: Clock, spikes: &mut Vec<Spike>);
    fn state(&self, i: usize, neuron: &Neuron) -> State;
    fn diverged_at(&self, i: usize) -> Option<f64>;
    /// The two numbers that stand for a state; the first grows with v and depends on it alone.
    fn encode(&self, neuron: &Neuron, state: State) -> [f64; 2];
    /// Puts neuron `i` at `state`; it counts as not diverged again.
    fn set(&mut self, i: usize, neuron: &Neuron, state: State);
    /// Raises v where its number is below the one in `least`.
    fn raise(&mut self, least: &[f64]);
}

/// The blocks of a population and their kernel.
pub(super) struct Blocks<T, K, const P: usize> {
    kernel: K,
    blocks: Vec<Block<T, P>>,
    /// The step \[ms\] of the parameters, where they depend on it.
    dt: f64,
    /// Spikes of each chunk of blocks during a call, kept to use the memory again.
    found: Vec<Vec<Spike>>,
}

impl<T: Lane, K: Kernel<T, P>, const P: usize> Blocks<T, K, P> {
    pub(super) fn new(kernel: K, neurons: &[Neuron], states: &[State]) -> Self {
        let blocks: Vec<_> = neurons
            .chunks(BLOCK)
            .zip(states.chunks(BLOCK))
            .map(|(neurons, states)| {
                let parameters: Vec<_> = neurons.iter().map(|neuron| kernel.parameters(neuron, 0.0)).collect();
                let kept: Vec<_> = neurons.iter().zip(states).map(|(n, state)| kernel.encode(n, *state)).collect();
                Block::new(&parameters, &kept)
            })
            .collect();
        let found = vec![Vec::new(); blocks.len().div_ceil(CHUNK)];
        Blocks { kernel, blocks, dt: 0.0, found }
    }
}

impl<T: Lane, K: Kernel<T, P>, const P: usize> Engine for Blocks<T, K, P> {
    fn advance(&mut self, neurons: &[Neuron], input: &[f64], clock: Clock, spikes: &mut Vec<Spike>) {
        let kernel = self.kernel;
        if K::DEPENDS_ON_DT && clock.dt != self.dt {
            self.dt = clock.dt;
            for (block, neurons) in self.blocks.iter_mut().zip(neurons.chunks(BLOCK)) {
                let parameters: Vec<_> = neurons.iter().map(|neuron| kernel.parameters(neuron, clock.dt)).collect();
                block.set_parameters(&parameters);
            }
        }
        let threads = rayon::current_num_threads();
        if threads == 1 || input.len() as u64 * clock.steps <= SERIAL {
            Work { kernel, blocks: &mut self.blocks, first: 0, input, clock, spikes }.run();
            return;
        }
        let size = (self.blocks.len() / (TURNS * threads)).max(CHUNK);
        let chunks = self.blocks.chunks_mut(size).zip(input.chunks(size * BLOCK)).zip(&mut self.found).enumerate();
        let chunks = Mutex::new(chunks);
        let (first, last) = (|| hold(&chunks).next(), || hold(&chunks).next_back());
        let work = |i, blocks, input, spikes: &mut _| {
            Work { kernel, blocks, first: i * size * BLOCK, input, clock, spikes }.run();
        };
        // This thread takes chunks from the front and has their spikes in place; the others take them from the back.
        rayon::in_place_scope(|scope| {
            for _ in 1..threads {
                scope.spawn(|_| {
                    while let Some((i, ((blocks, input), found))) = last() {
                        work(i, blocks, input, found);
                    }
                });
            }
            while let Some((i, ((blocks, input), _))) = first() {
                work(i, blocks, input, spikes);
            }
        });
        join(&mut self.found, spikes);
    }

    fn state(&self, i: usize, neuron: &Neuron) -> State {
        self.kernel.decode(neuron, self.blocks[i / BLOCK].x(i % BLOCK))
    }

    fn diverged_at(&self, i: usize) -> Option<f64> {
        self.blocks[i / BLOCK].diverged_at(i % BLOCK)
    }

    fn encode(&self, neuron: &Neuron, state: State) -> [f64; 2] {
        self.kernel.encode(neuron, state)
    }

    fn set(&mut self, i: usize, neuron: &Neuron, state: State) {
        self.blocks[i / BLOCK].set(i % BLOCK, self.kernel.encode(neuron, state));
    }

    fn raise(&mut self, least: &[f64]) {
        for (block, least) in self.blocks.iter_mut().zip(least.chunks(BLOCK)) {
            block.raise(least);
        }
    }
}

#[cfg(test)]
mod tests;
