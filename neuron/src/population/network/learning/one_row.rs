//! The step of a single row in which each neuron spiked at most once, which is most of them.
//!
//! nu\[1\] Q of a source is then one number for all targets that fired: its trace times the rate. Sources that fired and sources
//! that did not are two loops with nothing else in them, each over the weights of a source at a time, so that they are near.

use std::marker::PhantomData;

use pulp::{Arch, Simd, WithSimd};

use super::update::{Rule, Update};
use crate::instructions::dispatch_256;
use crate::population::real::Real;

/// Does the step of `update`.
pub(super) fn update<T: Real, R: Rule<T>>(mut update: Update<'_, T>) {
    update.columns.iter().for_each(|column| update.up[column.target as usize] = T::one());
    dispatch_256(Arch::new(), Fired::<T, R> { update: &mut update, rule: PhantomData });
    if !update.columns.is_empty() {
        dispatch_256(Arch::new(), Quiet::<T, R> { update: &mut update, rule: PhantomData });
    }
    update.columns.iter().for_each(|column| update.up[column.target as usize] = T::zero());
}

/// The change of the weights of the sources that fired.
struct Fired<'u, 'a, T, R> {
    update: &'u mut Update<'a, T>,
    rule: PhantomData<R>,
}

impl<T: Real, R: Rule<T>> WithSimd for Fired<'_, '_, T, R> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let update = self.update;
        let mut filled = None;
        for k in 0..update.pre.len() {
            let event = update.pre[k];
            let i = event.0 as usize;
            update.fill_down(&[event], &mut filled);
            if update.columns.is_empty() {
                update.depress::<R>(i);
            } else {
                update.both::<R>(i, update.source_trace[i] * update.nu[1]);
            }
        }
    }
}

/// The change of the weights of the sources that did not fire, where targets did.
struct Quiet<'u, 'a, T, R> {
    update: &'u mut Update<'a, T>,
    rule: PhantomData<R>,
}

impl<T: Real, R: Rule<T>> WithSimd for Quiet<'_, '_, T, R> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let update = self.update;
        let mut pre = update.pre.iter().map(|(source, _)| *source as usize).peekable();
        for i in 0..update.source_trace.len() {
            let x = update.source_trace[i] * update.nu[1];
            if pre.next_if_eq(&i).is_none() && x != T::zero() {
                update.potentiate::<R>(i, x);
            }
        }
    }
}
