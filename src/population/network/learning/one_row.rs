//! The step of a single row in which each neuron spiked at most once, which is most of them.
//!
//! nu\[1\] Q of a source is then one number for all targets that fired: its trace times the rate. Sources that fired and sources
//! that did not are two loops with nothing else in them, each over the weights of a source at a time, so that they are near.

use std::marker::PhantomData;

use pulp::{Arch, Simd, WithSimd};

use super::update::{Event, Rule, Update, clip, single};
use crate::instructions::dispatch_256;
use crate::population::real::Real;
use crate::population::weights::Weights;

/// Does the step of `update`; `targets` is memory to use again.
pub(super) fn update<T: Real, R: Rule<T>>(mut update: Update<'_, T>, targets: &mut Vec<u32>) {
    targets.clear();
    targets.extend(update.columns.iter().map(|column| column.target));
    let targets = &targets[..];
    for target in targets {
        update.up[*target as usize] = T::one();
    }
    dispatch_256(Arch::new(), Fired { update: &mut update, targets, rule: PhantomData::<R> });
    if !targets.is_empty() {
        let Update { weights, pre, source_trace, nu, bounds, up, .. } = &mut update;
        let (marks, rate, bounds) = (&**up, nu[1], *bounds);
        dispatch_256(
            Arch::new(),
            Quiet { weights, pre, source_trace, targets, marks, rate, bounds, rule: PhantomData::<R> },
        );
    }
    for target in targets {
        update.up[*target as usize] = T::zero();
    }
}

/// The change of the weights of the sources that fired.
struct Fired<'u, 'a, T, R> {
    update: &'u mut Update<'a, T>,
    targets: &'u [u32],
    rule: PhantomData<R>,
}

impl<T: Real, R: Rule<T>> WithSimd for Fired<'_, '_, T, R> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Fired { update, targets, .. } = self;
        let mut filled = None;
        for k in 0..update.pre.len() {
            let event = update.pre[k];
            let i = event.0 as usize;
            update.fill_down(&[event], &mut filled);
            if targets.is_empty() {
                update.depress::<R>(i);
                continue;
            }
            let (x, bounds) = (update.source_trace[i] * update.nu[1], update.bounds);
            let (down, marks) = (&*update.down, &*update.up);
            match update.weights.row_mut(i) {
                (None, w) => {
                    for ((w, down), mark) in w.iter_mut().zip(down).zip(marks) {
                        *w = clip(R::both(*w, *down, x * *mark, bounds), bounds);
                    }
                }
                (Some(to), w) => {
                    for (w, j) in w.iter_mut().zip(to) {
                        let j = *j as usize;
                        *w = clip(R::both(*w, down[j], x * marks[j], bounds), bounds);
                    }
                }
            }
        }
    }
}

/// The change of the weights of the sources that did not fire, where targets did.
struct Quiet<'u, T, R> {
    weights: &'u mut Weights<T>,
    pre: &'u [Event],
    source_trace: &'u [T],
    targets: &'u [u32],
    /// 1 for each target that fired, 0 for the others.
    marks: &'u [T],
    rate: T,
    bounds: (T, T),
    rule: PhantomData<R>,
}

impl<T: Real, R: Rule<T>> WithSimd for Quiet<'_, T, R> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Quiet { weights, pre, source_trace, targets, marks, rate, bounds, .. } = self;
        let mut pre = pre.iter().map(|(source, _)| *source as usize).peekable();
        for (i, x) in source_trace.iter().enumerate() {
            let x = *x * rate;
            if pre.next_if_eq(&i).is_some() || x == T::zero() {
                continue;
            }
            match weights.row_mut(i) {
                (None, w) if targets.len() * single::<T>() > w.len() => {
                    for (w, mark) in w.iter_mut().zip(marks) {
                        *w = clip(R::potentiate(*w, x * *mark, bounds), bounds);
                    }
                }
                (None, w) => {
                    for j in targets {
                        let w = &mut w[*j as usize];
                        *w = clip(R::potentiate(*w, x, bounds), bounds);
                    }
                }
                (Some(to), w) if targets.len() * single::<T>() > w.len() => {
                    for (w, j) in w.iter_mut().zip(to) {
                        *w = clip(R::potentiate(*w, x * marks[*j as usize], bounds), bounds);
                    }
                }
                (Some(to), w) => {
                    for j in targets {
                        if let Ok(k) = to.binary_search(j) {
                            w[k] = clip(R::potentiate(w[k], x, bounds), bounds);
                        }
                    }
                }
            }
        }
    }
}
