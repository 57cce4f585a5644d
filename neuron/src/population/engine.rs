//! The blocks of a population under one kernel, and the threads that share them.

use std::sync::{Arc, Mutex};

use super::Real;
use super::block::{Aligned, BLOCK, Block, Column, columns};
use super::clock::Clock;
use super::in_order::in_order;
use super::kernel::{Kernel, Scratch, Work};
use super::spike::Spike;
use super::team::hold;
use crate::{Neuron, State};

/// Blocks that a thread takes at a time, at least: about a microsecond's work for one step.
const CHUNK: usize = 2;

/// Times a thread comes for more in a call, where there are blocks enough.
const TURNS: usize = 16;

/// Neurons times steps below which threads cost more than they bring.
const SERIAL: u64 = 8192;

/// A population without the names of its kernel, under inputs in precision X.
pub(super) trait Engine<X>: Send + Sync {
    fn advance(&mut self, neurons: &[Neuron], input: &[X], clock: Clock, spikes: &mut Vec<Spike>);

    /// Raises v by `jumps` \[mV\] at the `end` \[ms\] of the step just made. What reaches the peak spikes then; its spikes are appended.
    fn jump(&mut self, neurons: &[Neuron], jumps: &[X], end: f64, spikes: &mut Vec<Spike>);

    fn state(&self, i: usize, neuron: &Neuron) -> State;

    /// Puts neuron `i` at `state`; it counts as not diverged again.
    fn set(&mut self, i: usize, neuron: &Neuron, state: State);

    fn diverged_at(&self, i: usize) -> Option<f64>;

    /// Whether the reset of a spike waits for the next step.
    fn resets_next(&self) -> bool;

    /// v ← c, u ← u + d of neuron `i`; nothing where it has left the finite numbers.
    fn reset(&mut self, i: usize, neuron: &Neuron);

    /// From now on v \[mV\] is raised to `lbound` at the end of a call.
    fn bound(&mut self, neurons: &[Neuron], lbound: f64);

    /// The same neurons once more: they share their parameters, not their states.
    fn another(&self) -> Box<dyn Engine<X>>;
}

/// The blocks of a population and their kernel.
#[derive(Clone)]
pub(super) struct Blocks<T: Real, K, const P: usize> {
    kernel: K,
    /// Of each block.
    parameters: Arc<Vec<Aligned<[Column<T>; P]>>>,
    blocks: Vec<Block<T>>,
    /// How many neurons there are.
    n: usize,
    /// What the kernel keeps of the lower bound of v for each neuron; empty where there is no bound.
    least: Arc<Vec<T>>,
    /// The step \[ms\] of the parameters, where they depend on it.
    dt: f64,
    /// Spikes of each chunk of blocks during a call, kept to use the memory again.
    found: Vec<Vec<Spike>>,
    /// Of the thread that calls.
    scratch: Scratch<T>,
}

impl<T: Real, K: Kernel<T, P>, const P: usize> Blocks<T, K, P> {
    /// The neurons at `states`, to be stepped by `dt` \[ms\]; by another step, too, whose parameters are then computed anew.
    pub(super) fn new(kernel: K, neurons: &[Neuron], states: &[State], dt: f64) -> Self {
        let kept: Vec<_> = neurons.iter().zip(states).map(|(n, state)| kernel.encode(n, *state)).collect();
        let blocks: Vec<_> = kept.chunks(BLOCK).map(Block::new).collect();
        let found = vec![Vec::new(); blocks.len().div_ceil(CHUNK)];
        let parameters = parameters(kernel, neurons, dt);
        Blocks {
            kernel,
            parameters,
            blocks,
            n: neurons.len(),
            least: Arc::default(),
            dt,
            found,
            scratch: Scratch::default(),
        }
    }
}

/// The parameters of `neurons` at steps of `dt` \[ms\], block by block.
fn parameters<T: Real, K: Kernel<T, P>, const P: usize>(
    kernel: K,
    neurons: &[Neuron],
    dt: f64,
) -> Arc<Vec<Aligned<[Column<T>; P]>>> {
    let all: Vec<_> = neurons.iter().map(|neuron| kernel.parameters(neuron, dt)).collect();
    Arc::new(all.chunks(BLOCK).map(|block| Aligned(columns(block))).collect())
}

impl<T: Real, X: Real, K: Kernel<T, P>, const P: usize> Engine<X> for Blocks<T, K, P> {
    fn advance(&mut self, neurons: &[Neuron], input: &[X], clock: Clock, spikes: &mut Vec<Spike>) {
        let kernel = self.kernel;
        if K::DEPENDS_ON_DT && clock.dt != self.dt {
            self.dt = clock.dt;
            self.parameters = parameters(kernel, neurons, clock.dt);
        }
        let parameters = &**self.parameters;
        let n = self.n;
        // Of some neurons, the block with the number `b`.
        let write = |input: &[X], b: usize, to: &mut [T]| {
            to.iter_mut().zip(&input[b * BLOCK..]).for_each(|(to, from)| *to = T::of(from.double()));
        };
        let serial = n as u64 * clock.steps <= SERIAL;
        let threads = if serial { 1 } else { rayon::current_num_threads() };
        if threads == 1 {
            Work {
                kernel,
                parameters,
                blocks: &mut self.blocks,
                first: 0,
                n,
                input: &|b, to| write(input, b, to),
                clock,
                scratch: &mut self.scratch,
                spikes,
            }
            .run();
        } else {
            let size = (self.blocks.len() / (TURNS * threads)).max(CHUNK);
            let chunks: Vec<_> = self.blocks.chunks_mut(size).zip(&mut self.found).map(Mutex::new).collect();
            let work = |i: usize, blocks: &mut [_], scratch: &mut _, spikes: &mut _| {
                let (first, parameters) = (i * size * BLOCK, &parameters[i * size..]);
                let n = (n - first).min(blocks.len() * BLOCK);
                let input = &|b, to: &mut [T]| write(&input[first..], b, to);
                Work { kernel, parameters, blocks, first, n, input, clock, scratch, spikes }.run();
            };
            let apart = |given: &mut dyn FnMut() -> Option<usize>| {
                let mut scratch = Scratch::default();
                while let Some(i) = given() {
                    let (blocks, found) = &mut *hold(&chunks[i]);
                    work(i, blocks, &mut scratch, found);
                }
            };
            in_order(chunks.len(), threads, &apart, &mut |i, done| {
                let (blocks, found) = &mut *hold(&chunks[i]);
                match done {
                    true => spikes.append(found),
                    false => work(i, blocks, &mut self.scratch, spikes),
                }
            });
        }
        for (block, least) in self.blocks.iter_mut().zip(self.least.chunks(BLOCK)) {
            block.raise(0, least);
        }
    }

    fn jump(&mut self, neurons: &[Neuron], jumps: &[X], end: f64, spikes: &mut Vec<Spike>) {
        for (i, (jump, neuron)) in jumps.iter().zip(neurons).enumerate() {
            let (block, lane) = (&mut self.blocks[i / BLOCK], i % BLOCK);
            if *jump == X::zero() || block.diverged_at(lane).is_some() {
                continue;
            }
            let State { v, u } = self.kernel.decode(neuron, block.x(lane));
            let (mut v, mut u, peak) = (T::of(v), T::of(u), T::of(neuron.peak));
            // A v at the peak is there to be seen until the reset, which takes the jump away.
            if v >= peak {
                continue;
            }
            v += T::of(jump.double());
            if v >= peak {
                spikes.push(Spike { neuron: i as u32, t: end });
                if !K::RESETS_NEXT {
                    (v, u) = (T::of(neuron.c), u + T::of(neuron.d));
                }
            }
            block.set(lane, self.kernel.encode(neuron, State { v: v.double(), u: u.double() }));
            if let Some(least) = self.least.get(i) {
                block.raise(lane, std::slice::from_ref(least));
            }
            if !v.is_finite() {
                block.mark(end);
            }
        }
    }

    fn state(&self, i: usize, neuron: &Neuron) -> State {
        self.kernel.decode(neuron, self.blocks[i / BLOCK].x(i % BLOCK))
    }

    fn set(&mut self, i: usize, neuron: &Neuron, state: State) {
        let x = self.kernel.encode(neuron, state);
        // With the last neuron, the lanes that repeat it: none of them may stay at no finite state.
        let lanes = if i + 1 == self.n { i..self.blocks.len() * BLOCK } else { i..i + 1 };
        lanes.for_each(|i| self.blocks[i / BLOCK].set(i % BLOCK, x));
    }

    fn diverged_at(&self, i: usize) -> Option<f64> {
        self.blocks[i / BLOCK].diverged_at(i % BLOCK)
    }

    fn resets_next(&self) -> bool {
        K::RESETS_NEXT
    }

    fn reset(&mut self, i: usize, neuron: &Neuron) {
        let block = &mut self.blocks[i / BLOCK];
        if block.diverged_at(i % BLOCK).is_none() {
            let u = T::of(self.kernel.decode(neuron, block.x(i % BLOCK)).u) + T::of(neuron.d);
            block.set(i % BLOCK, self.kernel.encode(neuron, State { v: neuron.c, u: u.double() }));
        }
    }

    fn bound(&mut self, neurons: &[Neuron], lbound: f64) {
        let least = |n: &Neuron| T::of(self.kernel.encode(n, State { v: lbound, u: 0.0 })[0]);
        self.least = Arc::new(neurons.iter().map(least).collect());
    }

    fn another(&self) -> Box<dyn Engine<X>> {
        Box::new(self.clone())
    }
}

#[cfg(test)]
mod tests;
