//! The change of the weights of a connection after a step.

use std::marker::PhantomData;

use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;

use super::pending::{OneRow, Pending};
use super::settings::{Learning, LearningRule, Reduction};
use super::update::{Additive, Column, Event, Rule, Update, WeightDependent, clip};
use crate::instructions::dispatch_256;
use crate::population::real::Real;
use crate::population::spike::Spike;
use crate::population::weights::Weights;

/// A group of neurons at one end of a connection, as a rule sees it after a step.
pub(in crate::population) trait ConnectionEnd<T> {
    /// The number of rows of the batch.
    fn rows(&self) -> usize;
    /// The spikes of `row`, in the order of neurons.
    fn spikes(&self, row: usize) -> &[Spike];
    /// Appends the traces of all rows.
    fn traces(&self, to: &mut Vec<T>);
    /// What a step leaves of a trace.
    fn trace_decay(&self) -> T;
    /// The spikes of `row` that a connection of this delay delivers in the next step.
    fn due(&self, delay: usize, row: usize) -> &[Spike];
}

/// The learning of a connection in precision T, and what it needs to work.
#[derive(Clone, Debug)]
pub(in crate::population) struct Plasticity<T> {
    pub(in crate::population::network) learning: Learning,
    /// Whether weights have been changed from outside: they may lie outside the bounds.
    pub(in crate::population::network) loose: bool,
    /// Memory that each step uses again.
    buffers: Buffers<T>,
    /// What is put off.
    pending: Pending<T>,
}

#[derive(Clone, Debug, Default)]
struct Buffers<T> {
    /// Spikes of the source and of the target, by neurons, then by rows.
    fired: [Vec<Event>; 2],
    /// Traces of source and target, row by row.
    traces: [Vec<T>; 2],
    columns: Vec<Column>,
    down: Vec<T>,
    up: Vec<T>,
}

impl<T: Real> Plasticity<T> {
    pub(in crate::population::network) fn new(learning: Learning) -> Self {
        Plasticity { learning, loose: true, buffers: Buffers::default(), pending: Pending::default() }
    }

    /// After a step: changes `weights` by what `source` and `target` did in it. Those that are not delivered in the next step may be changed
    /// later, by [`settle`](Self::settle) at the latest.
    pub(in crate::population::network) fn update(
        &mut self,
        weights: &mut Weights<T>,
        source: &impl ConnectionEnd<T>,
        target: &impl ConnectionEnd<T>,
        delay: usize,
    ) {
        match self.learning.rule {
            LearningRule::None => {}
            LearningRule::PostPre => self.step::<Additive>(weights, source, target, delay),
            LearningRule::WeightDependentPostPre => self.step::<WeightDependent>(weights, source, target, delay),
        }
    }

    fn step<R: Rule<T>>(
        &mut self,
        weights: &mut Weights<T>,
        source: &impl ConnectionEnd<T>,
        target: &impl ConnectionEnd<T>,
        delay: usize,
    ) {
        let bounds = self.bounds();
        let Buffers { fired: [pre, post], traces: [source_trace, target_trace], columns, down, up } = &mut self.buffers;
        // A rate of zero does nothing to any weight.
        let nu = self.learning.nu;
        gather(source, nu[0] != 0.0, pre);
        gather(target, nu[1] != 0.0, post);
        group(post, columns);
        // Each source in one event, and each target.
        let once = pre.windows(2).all(|two| two[0].0 != two[1].0) && columns.len() == post.len();
        let one_row = once && source.rows() == 1;
        target_trace.clear();
        source_trace.clear();
        if !pre.is_empty() {
            target.traces(target_trace);
        }
        if !post.is_empty() || (one_row && nu[1] != 0.0) {
            source.traces(source_trace);
        }
        let divisor = match self.learning.reduction {
            Reduction::Mean if source.rows() > 1 => Some(T::of(source.rows() as f64)),
            Reduction::Mean | Reduction::Sum => None,
        };
        let nu = nu.map(T::of);
        down.resize(weights.post(), T::zero());
        up.resize(weights.post(), T::zero());
        if !one_row {
            self.pending.settle::<R>(weights.rows_mut(), bounds);
        }
        let sources = weights.pre();
        let update = Update {
            weights: weights.rows_mut(),
            sources,
            pre,
            post,
            columns,
            source_trace,
            target_trace,
            nu,
            divisor,
            bounds,
            down,
            up,
        };
        let rule = PhantomData;
        if one_row {
            let (decay, due) = (source.trace_decay(), source.due(delay, 0));
            OneRow::<T, R> { update, pending: &mut self.pending, decay, due, rule }.take();
        } else {
            By::<T, R> { update, rule }.take();
        }
        if self.loose {
            self.clip(weights);
        }
    }

    /// Does what was put off: the weights are then those of the steps so far.
    pub(in crate::population::network) fn settle(&mut self, weights: &mut Weights<T>) {
        let bounds = self.bounds();
        match self.learning.rule {
            LearningRule::WeightDependentPostPre => self.pending.settle::<WeightDependent>(weights.rows_mut(), bounds),
            LearningRule::PostPre | LearningRule::None => self.pending.settle::<Additive>(weights.rows_mut(), bounds),
        }
    }

    fn bounds(&self) -> (T, T) {
        (T::of(self.learning.wmin), T::of(self.learning.wmax))
    }

    /// Puts all `weights` inside the bounds.
    pub(in crate::population::network) fn clip(&mut self, weights: &mut Weights<T>) {
        self.settle(weights);
        let bounds = self.bounds();
        dispatch_256(Arch::new(), || weights.values_mut().iter_mut().for_each(|w| *w = clip(*w, bounds)));
        self.loose = false;
    }
}

/// The spikes of all rows, by neurons, then by rows: the order of every sum over them.
fn gather<T>(ends: &impl ConnectionEnd<T>, wanted: bool, fired: &mut Vec<Event>) {
    fired.clear();
    let rows = if wanted { ends.rows() } else { 0 };
    for row in 0..rows {
        fired.extend(ends.spikes(row).iter().map(|spike| (spike.neuron, row as u32)));
    }
    if rows > 1 {
        fired.sort_unstable();
    }
}

/// The targets among the events `post`.
fn group(post: &[Event], columns: &mut Vec<Column>) {
    columns.clear();
    for events in post.chunk_by(|a, b| a.0 == b.0) {
        let start = columns.last().map_or(0, |column| column.events.end);
        columns.push(Column { target: events[0].0, events: start..start + events.len() });
    }
}

/// A step of any number of rows, source by source.
struct By<'a, T, R> {
    update: Update<'a, T>,
    rule: PhantomData<R>,
}

/// Changes of weights for which a thread is not woken.
const SERIAL: usize = 1 << 15;

impl<T: Real, R: Rule<T>> By<'_, T, R> {
    /// Takes the step, on all threads where it is long: no source sees the weights of another.
    fn take(self) {
        let Update { weights, pre, columns, .. } = &self.update;
        let changes = pre.len() * weights.post() + columns.len() * weights.rows().len();
        let parts = (changes / SERIAL).min(rayon::current_num_threads());
        if parts < 2 {
            return dispatch_256(Arch::new(), self);
        }
        let update = self.update;
        update.weights.split(parts).into_par_iter().with_max_len(1).for_each(|weights| {
            let place = |source: usize| update.pre.partition_point(|(i, _)| (*i as usize) < source);
            let pre = &update.pre[place(weights.rows().start)..place(weights.rows().end)];
            let (mut down, mut up) = (update.down.to_vec(), update.up.to_vec());
            let update = Update { weights, pre, down: &mut down, up: &mut up, ..update };
            dispatch_256(Arch::new(), By::<T, R> { update, rule: PhantomData });
        });
    }
}

impl<T: Real, R: Rule<T>> WithSimd for By<'_, T, R> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let mut update = self.update;
        let mut sources = update.pre.chunk_by(|a, b| a.0 == b.0);
        let mut filled = None;
        if update.columns.is_empty() {
            for events in sources {
                update.fill_down(events, &mut filled);
                update.depress::<R>(events[0].0 as usize);
            }
            return;
        }
        let mut next = sources.next();
        for i in update.weights.rows() {
            let any = update.fill_up(i);
            match next {
                Some(events) if events[0].0 as usize == i => {
                    update.fill_down(events, &mut filled);
                    update.both::<R>(i, T::one());
                    next = sources.next();
                }
                _ if any => update.potentiate::<R>(i, T::one()),
                _ => {}
            }
        }
        update.columns.iter().for_each(|column| update.up[column.target as usize] = T::zero());
    }
}
