//! Some neurons of a layer in one row of its batch: what one thread steps at a time.

use pulp::{Arch, Simd, WithSimd};

use super::cells::Cells;
use crate::population::block::Clock;
use crate::population::{Real, Spike, Variable, Weights};

/// Spikes and what they are worth.
#[derive(Clone, Copy)]
pub(in crate::population) struct Source<'a, T> {
    pub(in crate::population) weights: &'a Weights<T>,
    pub(in crate::population) fired: &'a [Spike],
}

/// What a teacher makes a neuron do in a step.
#[derive(Clone, Copy, Debug)]
pub(in crate::population) struct Clamp {
    pub(super) row: usize,
    pub(super) neuron: u32,
    /// Whether it is to spike, or not to.
    pub(super) spikes: bool,
}

/// A trace's decay over a step, and what a spike does to it.
#[derive(Clone, Copy, Debug)]
pub(in crate::population) struct TraceStep<T> {
    pub(in crate::population) decay: T,
    pub(in crate::population) scale: T,
    pub(in crate::population) additive: bool,
}

impl<T: Real> TraceStep<T> {
    /// `traces` over `dt` \[ms\].
    pub(in crate::population) fn new(traces: super::Traces, dt: f64) -> Self {
        let decay = (-T::of(dt) / T::of(traces.tc)).exp();
        TraceStep { decay, scale: T::of(traces.scale), additive: traces.additive }
    }

    /// One step of the traces of neurons `first` and on.
    pub(in crate::population) fn apply(&self, trace: &mut [T], spikes: &[Spike], first: usize) {
        for x in trace.iter_mut() {
            *x *= self.decay;
        }
        for spike in spikes {
            let x = &mut trace[spike.neuron as usize - first];
            *x = if self.additive { *x + self.scale } else { self.scale };
        }
    }
}

/// See the [module](self).
pub(in crate::population) struct Shard<T> {
    pub(super) row: usize,
    pub(super) first: usize,
    pub(super) cells: Box<dyn Cells<T>>,
    /// Input of the step \[mV/ms\].
    x: Vec<T>,
    sum: Vec<T>,
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
        n: usize,
        cells: Box<dyn Cells<T>>,
        traces: bool,
        summed: bool,
    ) -> Self {
        let zeros = |wanted| vec![T::zero(); if wanted { n } else { 0 }];
        Shard {
            row,
            first,
            cells,
            x: zeros(true),
            sum: zeros(true),
            trace: zeros(traces),
            summed: zeros(summed),
            spikes: Vec::new(),
            clamped: Vec::new(),
        }
    }

    /// Number of neurons.
    pub(super) fn n(&self) -> usize {
        self.x.len()
    }

    /// `variable` of neuron `i` of the shard.
    pub(in crate::population) fn value(&self, variable: Variable, i: usize) -> T {
        let kept = |list: &[T]| list.get(i).copied().unwrap_or(T::zero());
        match variable {
            Variable::V => self.cells.get(i).0,
            Variable::U => self.cells.get(i).1,
            Variable::Spike => {
                let neuron = (self.first + i) as u32;
                let spiked = self.spikes.binary_search_by_key(&neuron, |spike| spike.neuron).is_ok();
                T::of(f64::from(u8::from(spiked)))
            }
            Variable::Trace => kept(&self.trace),
            Variable::Summed => kept(&self.summed),
        }
    }

    /// Its row in the batch.
    pub(in crate::population) fn row(&self) -> usize {
        self.row
    }

    /// Traces of its neurons.
    pub(in crate::population) fn trace(&self) -> &[T] {
        &self.trace
    }

    /// Before a step: the reset of what was made to spike in the last one, where the scheme resets then.
    pub(in crate::population) fn reset_clamped(&mut self) {
        for i in self.clamped.drain(..) {
            self.cells.reset(i);
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
            if self.cells.resets_next() {
                self.clamped.push(i);
            } else {
                self.cells.reset(i);
            }
        }
        self.spikes.retain(|spike| !mine(false).any(|clamp| clamp.neuron == spike.neuron));
    }

    /// Spikes of the step.
    pub(in crate::population) fn spikes(&self) -> &[Spike] {
        &self.spikes
    }

    /// Forgets spikes, traces and the summed input.
    pub(super) fn clear(&mut self) {
        self.spikes.clear();
        self.clamped.clear();
        self.trace.fill(T::zero());
        self.summed.fill(T::zero());
    }

    /// One step: `sources` one after the other, then the `external` input of the row, then the `lateral` one, as in BindsNET.
    pub(in crate::population) fn step<'a>(
        &mut self,
        external: &[T],
        sources: impl Iterator<Item = Source<'a, T>>,
        lateral: Option<Source<'a, T>>,
        traces: Option<TraceStep<T>>,
        clock: Clock,
    ) {
        let external = &external[self.first..self.first + self.n()];
        let mut sources = sources.filter(|source| !source.fired.is_empty()).peekable();
        if sources.peek().is_none() {
            self.x.copy_from_slice(external);
        } else {
            self.x.fill(T::zero());
            sources.for_each(|source| self.receive(source));
            for (x, external) in self.x.iter_mut().zip(external) {
                *x += *external;
            }
        }
        if let Some(source) = lateral.filter(|source| !source.fired.is_empty()) {
            self.receive(source);
        }
        self.spikes.clear();
        self.cells.step(&self.x, clock, &mut self.spikes);
        for spike in &mut self.spikes {
            spike.neuron += self.first as u32;
        }
        if let Some(traces) = traces {
            traces.apply(&mut self.trace, &self.spikes, self.first);
        }
        for (summed, x) in self.summed.iter_mut().zip(&self.x) {
            *summed += *x;
        }
    }

    fn receive(&mut self, source: Source<'_, T>) {
        Arch::new().dispatch(Receive { source, first: self.first, sum: &mut self.sum, x: &mut self.x });
    }
}

/// x + Σ over the spikes, on the instructions it is dispatched to.
struct Receive<'a, T> {
    source: Source<'a, T>,
    first: usize,
    sum: &'a mut [T],
    x: &'a mut [T],
}

impl<T: Real> WithSimd for Receive<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        self.sum.fill(T::zero());
        self.source.weights.add(self.source.fired, self.first, self.sum);
        for (x, sum) in self.x.iter_mut().zip(self.sum.iter()) {
            *x += *sum;
        }
    }
}
