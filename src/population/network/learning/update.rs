//! The change of weights after a step.

use std::marker::PhantomData;
use std::ops::Range;

use pulp::{Arch, Simd, WithSimd};

use super::{Learning, LearningRule, Reduction, one_row};
use crate::instructions::dispatch_256;
use crate::population::{Real, Spike, Weights};

/// What a rule sees of a group of neurons after a step.
pub(in crate::population) trait Ends<T> {
    /// Number of rows.
    fn rows(&self) -> usize;
    /// Spikes of `row`, in the order of neurons.
    fn spikes(&self, row: usize) -> &[Spike];
    /// Appends the traces of all rows.
    fn traces(&self, to: &mut Vec<T>);
}

/// A neuron and the row it fired in.
pub(super) type Event = (u32, u32);

/// The learning of a connection in precision T, and what it needs to work.
#[derive(Clone, Debug)]
pub(in crate::population) struct Plasticity<T> {
    pub(in crate::population::network) learning: Learning,
    /// Whether weights have been changed from outside: they may lie outside the bounds.
    pub(in crate::population::network) loose: bool,
    /// Kept to use the memory again.
    room: Room<T>,
}

#[derive(Clone, Debug, Default)]
struct Room<T> {
    /// Spikes of the source and of the target, by neurons, then by rows.
    fired: [Vec<Event>; 2],
    /// Traces of source and target, row by row.
    traces: [Vec<T>; 2],
    columns: Vec<Column>,
    down: Vec<T>,
    up: Vec<T>,
    /// The targets that fired.
    targets: Vec<u32>,
}

/// A target that has fired: its number, and where its events are.
#[derive(Clone, Debug)]
pub(super) struct Column {
    pub(super) target: u32,
    events: Range<usize>,
}

impl<T: Real> Plasticity<T> {
    pub(in crate::population::network) fn new(learning: Learning) -> Self {
        Plasticity { learning, loose: true, room: Room::default() }
    }

    /// After a step: changes `weights` by what `source` and `target` did in it.
    pub(in crate::population::network) fn update(
        &mut self,
        weights: &mut Weights<T>,
        source: &impl Ends<T>,
        target: &impl Ends<T>,
    ) {
        let Learning { rule, nu, .. } = self.learning;
        if rule == LearningRule::None {
            return;
        }
        let Room { fired, traces, columns, down, up, targets } = &mut self.room;
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
                LearningRule::WeightDependentPostPre => update.by::<WeightDependent>(targets),
                LearningRule::PostPre | LearningRule::None => update.by::<Additive>(targets),
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
fn gather<T>(ends: &impl Ends<T>, wanted: bool, fired: &mut Vec<Event>) {
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

fn clip_all<T: Real>(weights: &mut Weights<T>, bounds: (T, T)) {
    weights.values_mut().iter_mut().for_each(|w| *w = clip(*w, bounds));
}

#[inline(always)]
pub(super) fn clip<T: Real>(w: T, (least, most): (T, T)) -> T {
    let w = if w < least { least } else { w };
    if w > most { most } else { w }
}

/// A rule for one weight; `down` is nu\[0\] P, `up` is nu\[1\] Q.
pub(super) trait Rule<T> {
    /// The source has fired.
    fn depress(w: T, down: T, bounds: (T, T)) -> T;
    /// The target has.
    fn potentiate(w: T, up: T, bounds: (T, T)) -> T;
    /// Both have; with an `up` of zero, as the source alone.
    fn both(w: T, down: T, up: T, bounds: (T, T)) -> T;
}

struct Additive;

impl<T: Real> Rule<T> for Additive {
    #[inline(always)]
    fn depress(w: T, down: T, _: (T, T)) -> T {
        w - down
    }
    #[inline(always)]
    fn potentiate(w: T, up: T, _: (T, T)) -> T {
        w + up
    }
    #[inline(always)]
    fn both(w: T, down: T, up: T, _: (T, T)) -> T {
        w - down + up
    }
}

struct WeightDependent;

impl<T: Real> Rule<T> for WeightDependent {
    #[inline(always)]
    fn depress(w: T, down: T, (least, _): (T, T)) -> T {
        w - down * (w - least)
    }
    #[inline(always)]
    fn potentiate(w: T, up: T, (_, most): (T, T)) -> T {
        w + up * (most - w)
    }
    #[inline(always)]
    fn both(w: T, down: T, up: T, (least, most): (T, T)) -> T {
        // Both terms from the weight before the step.
        w + (up * (most - w) - down * (w - least))
    }
}

/// One step of a rule over the weights it changes.
pub(super) struct Update<'a, T> {
    pub(super) weights: &'a mut Weights<T>,
    pub(super) pre: &'a [Event],
    pub(super) post: &'a [Event],
    pub(super) columns: &'a [Column],
    pub(super) source_trace: &'a [T],
    pub(super) target_trace: &'a [T],
    pub(super) nu: [T; 2],
    /// The number of rows, where their mean counts.
    divisor: Option<T>,
    pub(super) bounds: (T, T),
    /// nu\[0\] P of the source under way, for each target.
    pub(super) down: &'a mut [T],
    /// nu\[1\] Q of the source under way, for each target; in [`one_row`] 1 for each target that fired. Zero before and after
    /// the step.
    pub(super) up: &'a mut [T],
}

/// So many weights a vector pass changes in the time of one by itself.
pub(super) const fn single<T>() -> usize {
    32 / std::mem::size_of::<T>()
}

impl<T: Real> Update<'_, T> {
    fn by<R: Rule<T>>(self, room: &mut Vec<u32>) {
        // Each source in one event, and each target.
        let once = self.pre.windows(2).all(|two| two[0].0 != two[1].0) && self.columns.len() == self.post.len();
        if once && self.source_trace.len() <= self.weights.pre() {
            one_row::update::<T, R>(self, room);
        } else {
            dispatch_256(Arch::new(), By { update: self, rule: PhantomData::<R> });
        }
    }

    /// nu\[0\] P from the events of one source, into `down`, which holds that of a source that fired in the row `filled` alone.
    #[inline(always)]
    pub(super) fn fill_down(&mut self, events: &[Event], filled: &mut Option<u32>) {
        let alone = if let [(_, row)] = events { Some(*row) } else { None };
        if alone.is_some() && alone == *filled {
            return;
        }
        *filled = alone;
        let n = self.down.len();
        for (k, (_, row)) in events.iter().enumerate() {
            let trace = &self.target_trace[*row as usize * n..][..n];
            for (down, x) in self.down.iter_mut().zip(trace) {
                let one = *x * self.nu[0];
                *down = if k == 0 { one } else { *down + one };
            }
        }
        if let Some(rows) = self.divisor {
            self.down.iter_mut().for_each(|down| *down /= rows);
        }
    }

    /// nu\[1\] Q of source `i`, into `up`; whether any of it is not zero.
    #[inline(always)]
    fn fill_up(&mut self, i: usize) -> bool {
        let n = self.weights.pre();
        let mut any = false;
        for column in self.columns {
            let mut sum = T::zero();
            for (_, row) in &self.post[column.events.clone()] {
                sum += self.source_trace[*row as usize * n + i] * self.nu[1];
            }
            let up = self.divisor.map_or(sum, |rows| sum / rows);
            self.up[column.target as usize] = up;
            any |= up != T::zero();
        }
        any
    }

    /// The weights of source `i`, which fired, by `down`.
    #[inline(always)]
    pub(super) fn depress<R: Rule<T>>(&mut self, i: usize) {
        let (bounds, down) = (self.bounds, &*self.down);
        match self.weights.row_mut(i) {
            (None, w) => {
                for (w, down) in w.iter_mut().zip(down) {
                    *w = clip(R::depress(*w, *down, bounds), bounds);
                }
            }
            (Some(targets), w) => {
                for (w, j) in w.iter_mut().zip(targets) {
                    *w = clip(R::depress(*w, down[*j as usize], bounds), bounds);
                }
            }
        }
    }

    /// The weights of source `i`, which fired, by `down` and `up`.
    #[inline(always)]
    fn both<R: Rule<T>>(&mut self, i: usize) {
        let (bounds, down, up) = (self.bounds, &*self.down, &*self.up);
        match self.weights.row_mut(i) {
            (None, w) => {
                for ((w, down), up) in w.iter_mut().zip(down).zip(up) {
                    *w = clip(R::both(*w, *down, *up, bounds), bounds);
                }
            }
            (Some(targets), w) => {
                for (w, j) in w.iter_mut().zip(targets) {
                    *w = clip(R::both(*w, down[*j as usize], up[*j as usize], bounds), bounds);
                }
            }
        }
    }

    /// The weights of source `i`, which did not fire, by `up`.
    #[inline(always)]
    fn potentiate<R: Rule<T>>(&mut self, i: usize) {
        let (bounds, up, columns) = (self.bounds, &*self.up, self.columns);
        match self.weights.row_mut(i) {
            (None, w) if columns.len() * single::<T>() > w.len() => {
                for (w, up) in w.iter_mut().zip(up) {
                    *w = clip(R::potentiate(*w, *up, bounds), bounds);
                }
            }
            (None, w) => {
                for column in columns {
                    let j = column.target as usize;
                    w[j] = clip(R::potentiate(w[j], up[j], bounds), bounds);
                }
            }
            (Some(targets), w) if columns.len() * single::<T>() > w.len() => {
                for (w, j) in w.iter_mut().zip(targets) {
                    *w = clip(R::potentiate(*w, up[*j as usize], bounds), bounds);
                }
            }
            (Some(targets), w) => {
                for column in columns {
                    if let Ok(k) = targets.binary_search(&column.target) {
                        w[k] = clip(R::potentiate(w[k], up[column.target as usize], bounds), bounds);
                    }
                }
            }
        }
    }
}

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
                    update.both::<R>(i);
                    next = sources.next();
                }
                _ if any => update.potentiate::<R>(i),
                _ => {}
            }
        }
        update.columns.iter().for_each(|column| update.up[column.target as usize] = T::zero());
    }
}
