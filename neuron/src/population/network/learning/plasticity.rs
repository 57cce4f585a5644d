//! The change of the weights of a connection after a step.

use std::marker::PhantomData;

use pulp::{Arch, Simd, WithSimd};

use super::one_row;
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
}

/// The learning of a connection in precision T, and what it needs to work.
#[derive(Clone, Debug)]
pub(in crate::population) struct Plasticity<T> {
    pub(in crate::population::network) learning: Learning,
    /// Whether weights have been changed from outside: they may lie outside the bounds.
    pub(in crate::population::network) loose: bool,
    /// Memory that each step uses again.
    buffers: Buffers<T>,
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
        Plasticity { learning, loose: true, buffers: Buffers::default() }
    }

    /// After a step: changes `weights` by what `source` and `target` did in it.
    pub(in crate::population::network) fn update(
        &mut self,
        weights: &mut Weights<T>,
        source: &impl ConnectionEnd<T>,
        target: &impl ConnectionEnd<T>,
    ) {
        let Learning { rule, nu, .. } = self.learning;
        if rule == LearningRule::None {
            return;
        }
        let Buffers { fired, traces, columns, down, up } = &mut self.buffers;
        let [pre, post] = fired;
        let [source_trace, target_trace] = traces;
        // A rate of zero does nothing to any weight.
        gather(source, nu[0] != 0.0, pre);
        gather(target, nu[1] != 0.0, post);
        target_trace.clear();
        source_trace.clear();
        if !pre.is_empty() {
            target.traces(target_trace);
        }
        if !post.is_empty() {
            source.traces(source_trace);
        }
        let divisor = match self.learning.reduction {
            Reduction::Mean if source.rows() > 1 => Some(T::of(source.rows() as f64)),
            Reduction::Mean | Reduction::Sum => None,
        };
        let bounds = (T::of(self.learning.wmin), T::of(self.learning.wmax));
        let nu = nu.map(T::of);
        if !(pre.is_empty() && post.is_empty()) {
            down.resize(weights.post(), T::zero());
            up.resize(weights.post(), T::zero());
            group(post, columns);
            let update =
                Update { weights, pre, post, columns, source_trace, target_trace, nu, divisor, bounds, down, up };
            match rule {
                LearningRule::WeightDependentPostPre => apply::<T, WeightDependent>(update),
                LearningRule::PostPre | LearningRule::None => apply::<T, Additive>(update),
            }
        }
        if self.loose {
            self.loose = false;
            clip_all(weights, bounds);
        }
    }

    /// Puts all `weights` inside the bounds.
    pub(in crate::population::network) fn clip(&mut self, weights: &mut Weights<T>) {
        clip_all(weights, (T::of(self.learning.wmin), T::of(self.learning.wmax)));
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

/// Brings all weights inside their bounds.
fn clip_all<T: Real>(weights: &mut Weights<T>, bounds: (T, T)) {
    weights.values_mut().iter_mut().for_each(|w| *w = clip(*w, bounds));
}

/// Does the step of `update` by a rule.
fn apply<T: Real, R: Rule<T>>(update: Update<'_, T>) {
    // Each source in one event, and each target.
    let once = update.pre.windows(2).all(|two| two[0].0 != two[1].0) && update.columns.len() == update.post.len();
    if once && update.source_trace.len() <= update.weights.pre() {
        one_row::update::<T, R>(update);
    } else {
        dispatch_256(Arch::new(), By { update, rule: PhantomData::<R> });
    }
}

/// A step of any number of rows, source by source.
struct By<'a, T, R> {
    update: Update<'a, T>,
    rule: PhantomData<R>,
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
        for i in 0..update.weights.pre() {
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
