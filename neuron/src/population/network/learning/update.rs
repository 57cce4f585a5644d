//! The change of the weights of one source by a rule.

use std::ops::Range;

use crate::population::real::Real;
use crate::population::rows_mut::RowsMut;

/// A neuron and the row it fired in.
pub(super) type Event = (u32, u32);

/// A target that has fired: its number, and where its events are.
#[derive(Clone, Debug)]
pub(super) struct Column {
    pub(super) target: u32,
    pub(super) events: Range<usize>,
}

/// The weight inside its bounds.
#[inline(always)]
pub(super) fn clip<T: Real>(w: T, (least, most): (T, T)) -> T {
    let w = if w < least { least } else { w };
    if w > most { most } else { w }
}

/// A rule for one weight; `down` is nu\[0\] P, `up` is nu\[1\] Q.
pub(super) trait Rule<T> {
    /// The weight after a spike of the source alone.
    fn depress(w: T, down: T, bounds: (T, T)) -> T;
    /// The weight after a spike of the target alone.
    fn potentiate(w: T, up: T, bounds: (T, T)) -> T;
    /// The weight after spikes of both; with an `up` of zero, as the source alone.
    fn both(w: T, down: T, up: T, bounds: (T, T)) -> T;
}

/// The rule `PostPre`.
pub(super) struct Additive;

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

/// The rule `WeightDependentPostPre`.
pub(super) struct WeightDependent;

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
    pub(super) weights: RowsMut<'a, T>,
    /// The number of all sources.
    pub(super) sources: usize,
    /// Spikes of sources of these weights.
    pub(super) pre: &'a [Event],
    pub(super) post: &'a [Event],
    pub(super) columns: &'a [Column],
    pub(super) source_trace: &'a [T],
    pub(super) target_trace: &'a [T],
    pub(super) nu: [T; 2],
    /// The number of rows, where their mean counts.
    pub(super) divisor: Option<T>,
    pub(super) bounds: (T, T),
    /// nu\[0\] P of the source under way, for each target.
    pub(super) down: &'a mut [T],
    /// nu\[1\] Q of the source under way, for each target; for a single row 1 for each target that fired. Zero before and after
    /// the step.
    pub(super) up: &'a mut [T],
}

/// The number of weights that a pass over vectors changes in the time that one weight by itself takes.
pub(super) const fn single<T>() -> usize {
    32 / std::mem::size_of::<T>()
}

impl<T: Real> Update<'_, T> {
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
    pub(super) fn fill_up(&mut self, i: usize) -> bool {
        let n = self.sources;
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
        let bounds = self.bounds;
        self.weights.change_row(i, [self.down], |w, [down]| clip(R::depress(w, down, bounds), bounds));
    }

    /// The weights of source `i`, which fired, by `down` and `x` times `up`.
    #[inline(always)]
    pub(super) fn both<R: Rule<T>>(&mut self, i: usize, x: T) {
        let bounds = self.bounds;
        self.weights
            .change_row(i, [self.down, self.up], |w, [down, up]| clip(R::both(w, down, x * up, bounds), bounds));
    }

    /// The weights of source `i`, which did not fire, by `x` times `up`.
    #[inline(always)]
    pub(super) fn potentiate<R: Rule<T>>(&mut self, i: usize, x: T) {
        let (bounds, up) = (self.bounds, &*self.up);
        if self.columns.len() * single::<T>() > self.weights.row_mut(i).1.len() {
            self.weights.change_row(i, [up], |w, [up]| clip(R::potentiate(w, x * up, bounds), bounds));
        } else {
            let targets = self.columns.iter().map(|column| column.target);
            self.weights.change_some(i, targets, |w, j| clip(R::potentiate(w, x * up[j], bounds), bounds));
        }
    }
}
