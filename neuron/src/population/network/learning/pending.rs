//! The step of a single row in which each neuron spiked at most once, which is most of them.
//!
//! A target that fires changes a weight of every source, a column of the matrix, no two of which are near each other in memory. Such
//! changes are therefore put off until the weights of a source are wanted, because it fires or because its spikes are delivered, and are then
//! done while these are near. Each weight meets its changes in the order of steps, so that its bits are those of changes made at once. The
//! trace of a source in a step that was put off is found again by its decays; a trace that did anything else wants the changes before it done.

use std::marker::PhantomData;

use pulp::{Arch, Simd, WithSimd};

use super::update::{Rule, Update, clip, single};
use crate::instructions::dispatch_256;
use crate::population::real::Real;
use crate::population::rows_mut::RowsMut;
use crate::population::spike::Spike;

/// Numbers that are kept of the steps put off, before all is done: they stay in the second-level cache.
const MOST: usize = 1 << 15;

/// The changes put off.
#[derive(Clone, Debug)]
pub(super) struct Pending<T> {
    steps: Vec<Step>,
    /// The targets that fired in the steps, one step after the other.
    targets: Vec<u32>,
    /// 1 for each target that fired, else 0, of steps in which many did.
    ones: Vec<T>,
    /// Of each source, the first step put off and its trace in that step; empty where nothing is put off.
    sources: Vec<(usize, T)>,
    /// The traces of the sources in the last step.
    last: Vec<T>,
    decay: T,
    /// The rate nu\[1\].
    rate: T,
}

/// A step that is put off.
#[derive(Clone, Copy, Debug)]
struct Step {
    /// Where its targets end; those of the step before are before them.
    end: u32,
    /// Where its row of `ones` begins, or [`NONE`].
    ones: u32,
}

/// No row of `ones`.
const NONE: u32 = u32::MAX;

impl<T: Real> Default for Pending<T> {
    fn default() -> Self {
        let (steps, targets, ones, sources, last) = Default::default();
        Pending { steps, targets, ones, sources, last, decay: T::one(), rate: T::zero() }
    }
}

impl<T: Real> Pending<T> {
    /// Does all that is put off.
    pub(super) fn settle<R: Rule<T>>(&mut self, weights: RowsMut<'_, T>, bounds: (T, T)) {
        if !self.targets.is_empty() {
            dispatch_256(Arch::new(), Settle::<T, R> { pending: self, weights, bounds, rule: PhantomData });
        }
        self.steps.clear();
        self.targets.clear();
        self.ones.clear();
        self.sources.clear();
    }

    /// Puts the changes by `targets` off, those of which are 1 in `ones`.
    fn put_off(&mut self, targets: impl ExactSizeIterator<Item = u32>, ones: &[T]) {
        let many = targets.len() * single::<T>() > ones.len();
        self.targets.extend(targets);
        let row = if many { self.ones.len() as u32 } else { NONE };
        self.steps.push(Step { end: self.targets.len() as u32, ones: row });
        if many {
            self.ones.extend_from_slice(ones);
        }
    }

    /// Does what is put off of source `i` before the step `until`.
    #[inline(always)]
    fn catch_up<R: Rule<T>>(&mut self, weights: &mut RowsMut<'_, T>, i: usize, until: usize, bounds: (T, T)) {
        let (from, mut trace) = self.sources[i];
        if from >= until {
            return;
        }
        let mut start = if from == 0 { 0 } else { self.steps[from - 1].end as usize };
        for step in &self.steps[from..until] {
            let x = trace * self.rate;
            trace *= self.decay;
            let targets = &self.targets[start..step.end as usize];
            start = step.end as usize;
            if targets.is_empty() || x == T::zero() {
                continue;
            }
            if step.ones == NONE {
                weights.change_some(i, targets.iter().copied(), |w, _| clip(R::potentiate(w, x, bounds), bounds));
            } else {
                let up = &self.ones[step.ones as usize..][..weights.post()];
                weights.change_row(i, [up], |w, [up]| clip(R::potentiate(w, x * up, bounds), bounds));
            }
        }
        self.sources[i] = (until, trace);
    }
}

struct Settle<'a, T, R> {
    pending: &'a mut Pending<T>,
    weights: RowsMut<'a, T>,
    bounds: (T, T),
    rule: PhantomData<R>,
}

impl<T: Real, R: Rule<T>> WithSimd for Settle<'_, T, R> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, _: S) {
        for i in 0..self.pending.sources.len() {
            self.pending.catch_up::<R>(&mut self.weights, i, self.pending.steps.len(), self.bounds);
        }
    }
}

/// A step of a single row.
pub(super) struct OneRow<'u, 'a, T, R> {
    pub(super) update: Update<'a, T>,
    pub(super) pending: &'u mut Pending<T>,
    /// What a step leaves of the trace of a source.
    pub(super) decay: T,
    /// The spikes that are delivered in the next step.
    pub(super) due: &'u [Spike],
    pub(super) rule: PhantomData<R>,
}

impl<T: Real, R: Rule<T>> OneRow<'_, '_, T, R> {
    /// Takes the step.
    pub(super) fn take(self) {
        dispatch_256(Arch::new(), self);
    }

    /// The changes by the sources that fired, and by the targets to these.
    #[inline(always)]
    fn fired(&mut self, now: usize) {
        let OneRow { update, pending, decay, .. } = self;
        let mut filled = None;
        for k in 0..update.pre.len() {
            let event = update.pre[k];
            let i = event.0 as usize;
            let trace = update.source_trace.get(i).copied().unwrap_or(T::zero());
            if !pending.sources.is_empty() {
                pending.catch_up::<R>(&mut update.weights, i, now, update.bounds);
                pending.sources[i] = (now + 1, trace * *decay);
            }
            update.fill_down(&[event], &mut filled);
            if update.columns.is_empty() {
                update.depress::<R>(i);
            } else {
                update.both::<R>(i, trace * update.nu[1]);
            }
        }
    }

    /// The changes before this step to the sources whose traces did not just decay.
    #[inline(always)]
    fn surprised(&mut self, now: usize) {
        let OneRow { update, pending, decay, .. } = self;
        let mut last = std::mem::take(&mut pending.last);
        for (i, (trace, last)) in update.source_trace.iter().zip(&mut last).enumerate() {
            let expected = *last * *decay;
            *last = *trace;
            if *trace != expected && pending.sources[i].0 <= now {
                pending.catch_up::<R>(&mut update.weights, i, now, update.bounds);
                pending.sources[i].1 = *trace;
            }
        }
        pending.last = last;
    }
}

impl<T: Real, R: Rule<T>> WithSimd for OneRow<'_, '_, T, R> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, _: S) {
        let now = self.pending.steps.len();
        let rate = self.update.nu[1];
        let learns = rate != T::zero();
        let Update { columns, up, source_trace, .. } = &mut self.update;
        columns.iter().for_each(|column| up[column.target as usize] = T::one());
        if learns {
            let pending = &mut *self.pending;
            if pending.sources.is_empty() {
                pending.sources.extend(source_trace.iter().map(|trace| (0, *trace)));
                pending.last.clear();
                pending.last.extend_from_slice(source_trace);
            }
            (pending.decay, pending.rate) = (self.decay, rate);
            pending.put_off(columns.iter().map(|column| column.target), up);
        }
        self.fired(now);
        if learns {
            // The first step has no trace before it.
            if now > 0 {
                self.surprised(now);
            }
            for spike in self.due {
                self.pending.catch_up::<R>(
                    &mut self.update.weights,
                    spike.neuron as usize,
                    now + 1,
                    self.update.bounds,
                );
            }
        }
        let Update { columns, up, weights, bounds, .. } = self.update;
        columns.iter().for_each(|column| up[column.target as usize] = T::zero());
        if self.pending.targets.len() + self.pending.ones.len() + self.pending.steps.len() > MOST {
            self.pending.settle::<R>(weights, bounds);
        }
    }
}
