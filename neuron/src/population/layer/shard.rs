//! Some neurons of a layer in one row of its batch: what one thread steps at a time.

use std::sync::Arc;

use pulp::{Arch, Simd, WithSimd};

use super::traces::TraceStep;
use crate::instructions::dispatch_256;
use crate::population::clock::Clock;
use crate::population::engine::Engine;
use crate::population::real::Real;
use crate::population::spike::Spike;
use crate::population::synapse::SynapseStep;
use crate::population::variable::Variable;
use crate::population::weights::Weights;
use crate::{Neuron, State};

/// Presynaptic spikes of one step, with the weights and the synapse by which they reach the neurons.
#[derive(Clone, Copy)]
pub(in crate::population) struct Presynaptic<'a, T> {
    pub(in crate::population) weights: &'a Weights<T>,
    pub(in crate::population) fired: &'a [Spike],
    pub(in crate::population) synapse: SynapseStep<T>,
}

impl<T: Real> Presynaptic<'_, T> {
    /// Whether there is anything to deliver in this step, as far as is known without the charge that is still to come.
    fn acts(&self) -> bool {
        !self.fired.is_empty() || self.synapse.lasts()
    }
}

/// What a teacher makes a neuron do in a step: spike, or not.
#[derive(Clone, Copy, Debug)]
pub(in crate::population) struct Clamp {
    pub(super) row: usize,
    pub(super) neuron: u32,
    /// Whether it is to spike, or not to.
    pub(super) spikes: bool,
}

/// Some neurons of a layer in one row of its batch.
pub(in crate::population) struct Shard<T> {
    pub(super) row: usize,
    pub(super) first: usize,
    engine: Box<dyn Engine<T>>,
    neurons: Arc<[Neuron]>,
    /// Input of the step \[mV/ms\].
    x: Vec<T>,
    sum: Vec<T>,
    /// What raises v at the end of the step \[mV\]; empty until something has.
    jumps: Vec<T>,
    /// The charge \[mV\] still to come: of the lateral weights, then of each connection; empty where there has been none.
    left: Vec<Vec<T>>,
    /// Empty where there are no traces.
    pub(super) trace: Vec<T>,
    /// Empty where the input is not summed.
    pub(super) summed: Vec<T>,
    /// Of the step, numbered as in the layer.
    pub(super) spikes: Vec<Spike>,
    /// Neurons of the shard that were made to spike below their peak in the last step, and are reset in the next.
    pub(super) clamped: Vec<usize>,
}

impl<T: Real> Shard<T> {
    pub(super) fn new(
        row: usize,
        first: usize,
        engine: Box<dyn Engine<T>>,
        neurons: Arc<[Neuron]>,
        traces: bool,
        summed: bool,
    ) -> Self {
        let zeros = |wanted| vec![T::zero(); if wanted { neurons.len() } else { 0 }];
        Shard {
            row,
            first,
            engine,
            x: zeros(true),
            sum: zeros(true),
            jumps: Vec::new(),
            left: Vec::new(),
            trace: zeros(traces),
            summed: zeros(summed),
            neurons,
            spikes: Vec::new(),
            clamped: Vec::new(),
        }
    }

    /// Number of neurons.
    pub(super) fn n(&self) -> usize {
        self.x.len()
    }

    fn state(&self, i: usize) -> State {
        self.engine.state(i, &self.neurons[i])
    }

    /// Puts neuron `i` of the shard at v \[mV\] and u \[mV/ms\]; it counts as not diverged again.
    pub(super) fn set(&mut self, i: usize, v: T, u: T) {
        self.engine.set(i, &self.neurons[i], State { v: v.double(), u: u.double() });
    }

    /// The end \[ms\] of the step in which neuron `i` of the shard left the finite numbers.
    pub(super) fn diverged_at(&self, i: usize) -> Option<f64> {
        self.engine.diverged_at(i)
    }

    /// `variable` of neuron `i` of the shard.
    pub(in crate::population) fn value(&self, variable: Variable, i: usize) -> T {
        let kept = |list: &[T]| list.get(i).copied().unwrap_or(T::zero());
        match variable {
            Variable::V => T::of(self.state(i).v),
            Variable::U => T::of(self.state(i).u),
            Variable::Spike => {
                let neuron = (self.first + i) as u32;
                let spiked = self.spikes.binary_search_by_key(&neuron, |spike| spike.neuron).is_ok();
                T::of(f64::from(u8::from(spiked)))
            }
            Variable::Trace => kept(&self.trace),
            Variable::Summed => kept(&self.summed),
            Variable::Input => kept(&self.x),
            Variable::Jump => kept(&self.jumps),
        }
    }

    /// Its row in the batch.
    pub(in crate::population) fn row(&self) -> usize {
        self.row
    }

    /// The traces of its neurons.
    pub(in crate::population) fn trace(&self) -> &[T] {
        &self.trace
    }

    /// Before a step: the reset of what was made to spike in the last one, where the scheme resets then.
    pub(in crate::population) fn reset_clamped(&mut self) {
        for i in self.clamped.drain(..) {
            self.engine.reset(i, &self.neurons[i]);
        }
    }

    /// After a step: makes neurons spike, then takes spikes away.
    pub(in crate::population) fn clamp(&mut self, clamps: &[Clamp], clock: Clock) {
        let t = clock.start(clock.first + 1);
        let (row, neurons) = (self.row, self.first as u32..(self.first + self.n()) as u32);
        let mine = |spikes: bool| {
            let neurons = neurons.clone();
            clamps.iter().filter(move |c| c.spikes == spikes && c.row == row && neurons.contains(&c.neuron))
        };
        for clamp in mine(true).filter(|clamp| !mine(false).any(|other| other.neuron == clamp.neuron)) {
            let neuron = clamp.neuron;
            let Err(place) = self.spikes.binary_search_by_key(&neuron, |spike| spike.neuron) else { continue };
            self.spikes.insert(place, Spike { neuron, t });
            let i = neuron as usize - self.first;
            if self.engine.resets_next() {
                self.clamped.push(i);
            } else {
                self.engine.reset(i, &self.neurons[i]);
            }
        }
        self.spikes.retain(|spike| !mine(false).any(|clamp| clamp.neuron == spike.neuron));
    }

    /// The spikes of the last step.
    pub(in crate::population) fn spikes(&self) -> &[Spike] {
        &self.spikes
    }

    /// Drops what the connection at `place` still has to deliver.
    pub(super) fn forget_current(&mut self, place: usize) {
        if let Some(left) = self.left.get_mut(place + 1) {
            left.fill(T::zero());
        }
    }

    /// Forgets spikes, traces, inputs and what is still to come.
    pub(super) fn clear(&mut self) {
        self.spikes.clear();
        self.clamped.clear();
        self.x.fill(T::zero());
        self.jumps.fill(T::zero());
        self.left.iter_mut().for_each(|left| left.fill(T::zero()));
        self.trace.fill(T::zero());
        self.summed.fill(T::zero());
    }

    /// One step: `sources` one after the other, then the `external` input of the row, then the `lateral` one, as in BindsNET.
    pub(in crate::population) fn step<'a>(
        &mut self,
        external: &[T],
        sources: impl Iterator<Item = Presynaptic<'a, T>>,
        lateral: Option<Presynaptic<'a, T>>,
        traces: Option<TraceStep<T>>,
        clock: Clock,
    ) {
        let external = &external[self.first..self.first + self.n()];
        self.jumps.fill(T::zero());
        let mut sources = sources.enumerate().filter(|(_, source)| source.acts()).peekable();
        if sources.peek().is_none() {
            self.x.copy_from_slice(external);
        } else {
            self.x.fill(T::zero());
            sources.for_each(|(place, source)| self.receive(place + 1, source));
            for (x, external) in self.x.iter_mut().zip(external) {
                *x += *external;
            }
        }
        if let Some(source) = lateral.filter(Presynaptic::acts) {
            self.receive(0, source);
        }
        self.spikes.clear();
        self.engine.advance(&self.neurons, &self.x, clock, &mut self.spikes);
        if self.jumps.iter().any(|jump| *jump != T::zero()) {
            let found = self.spikes.len();
            self.engine.jump(&self.neurons, &self.jumps, clock.start(clock.first + 1), &mut self.spikes);
            if self.spikes.len() > found {
                // By neuron; of one neuron, the jump's is the last.
                self.spikes.sort_by_key(|spike| spike.neuron);
            }
        }
        for spike in &mut self.spikes {
            spike.neuron += self.first as u32;
        }
        if let Some(traces) = traces {
            traces.apply(&mut self.trace, &self.spikes, self.first);
        }
        for (summed, x) in self.summed.iter_mut().zip(&self.x) {
            *summed += *x;
        }
        let dt = T::of(clock.dt);
        for (summed, jump) in self.summed.iter_mut().zip(&self.jumps) {
            *summed += *jump / dt;
        }
    }

    /// `left` is numbered by `place`.
    fn receive(&mut self, place: usize, source: Presynaptic<'_, T>) {
        let n = self.n();
        let left = match source.synapse {
            SynapseStep::Plain | SynapseStep::Spread { .. } => &mut [][..],
            SynapseStep::Jump { .. } => {
                self.jumps.resize(n, T::zero());
                &mut []
            }
            SynapseStep::Decay { .. } => {
                if self.left.len() <= place {
                    self.left.resize(place + 1, Vec::new());
                }
                self.left[place].resize(n, T::zero());
                &mut self.left[place]
            }
        };
        let (first, sum, x, jumps) = (self.first, &mut self.sum[..], &mut self.x[..], &mut self.jumps[..]);
        dispatch_256(Arch::new(), Receive { source, first, sum, x, jumps, left });
    }
}

/// The sum over the spikes, delivered by the synapse, on the instructions it is dispatched to.
struct Receive<'a, T> {
    source: Presynaptic<'a, T>,
    first: usize,
    sum: &'a mut [T],
    x: &'a mut [T],
    jumps: &'a mut [T],
    left: &'a mut [T],
}

impl<T: Real> WithSimd for Receive<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        self.sum.fill(T::zero());
        self.source.weights.add(simd, self.source.fired, self.first, self.sum);
        self.source.synapse.deliver(self.sum, self.x, self.jumps, self.left);
    }
}
