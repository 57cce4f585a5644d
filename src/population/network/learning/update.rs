//! The change of weights after a step.

use std::marker::PhantomData;

use pulp::{Arch, Simd, WithSimd};

use super::{Learning, LearningRule, Reduction};
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
type Event = (u32, u32);

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
    down: Vec<T>,
    before: Vec<T>,
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
        let Room { fired, traces, down, before } = &mut self.room;
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
            before.resize(post.len(), T::zero());
            let update = Update { weights, pre, post, source_trace, target_trace, nu, divisor, bounds, down, before };
            match rule {
                LearningRule::WeightDependentPostPre => update.by::<WeightDependent>(),
                LearningRule::PostPre | LearningRule::None => update.by::<Additive>(),
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

fn clip_all<T: Real>(weights: &mut Weights<T>, bounds: (T, T)) {
    weights.values_mut().iter_mut().for_each(|w| *w = clip(*w, bounds));
}

#[inline(always)]
fn clip<T: Real>(w: T, (least, most): (T, T)) -> T {
    let w = if w < least { least } else { w };
    if w > most {
        most
    } else {
        w
    }
}

/// A rule for one weight; `down` is nu\[0\] P, `up` is nu\[1\] Q.
trait Rule<T> {
    /// The source has fired.
    fn depress(w: T, down: T, bounds: (T, T)) -> T;
    /// The target has.
    fn potentiate(w: T, up: T, bounds: (T, T)) -> T;
    /// Both have.
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
struct Update<'a, T> {
    weights: &'a mut Weights<T>,
    pre: &'a [Event],
    post: &'a [Event],
    source_trace: &'a [T],
    target_trace: &'a [T],
    nu: [T; 2],
    /// The number of rows, where their mean counts.
    divisor: Option<T>,
    bounds: (T, T),
    /// nu\[0\] P of the source under way, for each target.
    down: &'a mut [T],
    /// Weights before the step onto the targets that have fired.
    before: &'a mut [T],
}

impl<T: Real> Update<'_, T> {
    fn by<R: Rule<T>>(self) {
        Arch::new().dispatch(By { update: self, rule: PhantomData::<R> });
    }

    /// nu\[0\] P from the events of one source, into `down`.
    #[inline(always)]
    fn fill_down(&mut self, events: &[Event]) {
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

    /// nu\[1\] Q of source `i` and the target of `events`.
    #[inline(always)]
    fn up(&self, i: usize, events: &[Event]) -> T {
        let n = self.weights.pre();
        let one = |(_, row): &Event| self.source_trace[*row as usize * n + i] * self.nu[1];
        let sum = events[1..].iter().fold(one(&events[0]), |sum, event| sum + one(event));
        self.divisor.map_or(sum, |rows| sum / rows)
    }

    /// The weights of source `i`, which fired if `fired`.
    #[inline(always)]
    fn row<R: Rule<T>>(&mut self, i: usize, fired: bool) {
        let (bounds, post) = (self.bounds, self.post);
        let groups = || post.chunk_by(|a, b| a.0 == b.0);
        if fired {
            let (targets, w) = self.weights.row_mut(i);
            for (before, events) in self.before.iter_mut().zip(groups()) {
                if let Some(k) = place(targets, events[0].0) {
                    *before = w[k];
                }
            }
            match targets {
                None => {
                    for (w, down) in w.iter_mut().zip(self.down.iter()) {
                        *w = clip(R::depress(*w, *down, bounds), bounds);
                    }
                }
                Some(targets) => {
                    for (w, j) in w.iter_mut().zip(targets) {
                        *w = clip(R::depress(*w, self.down[*j as usize], bounds), bounds);
                    }
                }
            }
        }
        for (g, events) in groups().enumerate() {
            let up = self.up(i, events);
            if up == T::zero() {
                continue;
            }
            let j = events[0].0;
            let (targets, w) = self.weights.row_mut(i);
            if let Some(k) = place(targets, j) {
                let next = if fired {
                    R::both(self.before[g], self.down[j as usize], up, bounds)
                } else {
                    R::potentiate(w[k], up, bounds)
                };
                w[k] = clip(next, bounds);
            }
        }
    }
}

/// Where the weight onto target `j` stands in a row.
#[inline(always)]
fn place(targets: Option<&[u32]>, j: u32) -> Option<usize> {
    match targets {
        None => Some(j as usize),
        Some(targets) => targets.binary_search(&j).ok(),
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
        let mut sources = update.pre.chunk_by(|a, b| a.0 == b.0).peekable();
        let mut filled: Option<u32> = None;
        let mut fill = |update: &mut Update<'_, T>, events: &[Event]| {
            // Sources that fired in one and the same row alone share their P.
            let alone = if let [(_, row)] = events { Some(*row) } else { None };
            if alone.is_none() || alone != filled {
                update.fill_down(events);
                filled = alone;
            }
        };
        if update.post.is_empty() {
            for events in sources {
                fill(&mut update, events);
                update.row::<R>(events[0].0 as usize, true);
            }
            return;
        }
        for i in 0..update.weights.pre() {
            let events = sources.next_if(|events| events[0].0 as usize == i);
            if let Some(events) = events {
                fill(&mut update, events);
            }
            update.row::<R>(i, events.is_some());
        }
    }
}
