//! What an error bound sees of a solution, step by step.

use crate::model::forcing::Forcing;
use crate::model::normal_form::{NormalForm, NormalState};
use crate::model::taylor_series::SeriesTerms;
use crate::truth::solution::SpikeBound;

/// Follows a solution to bound its error.
pub(crate) trait Watch {
    /// The run starts at `start`, after the reset of a spike at time 0 if `spiked`.
    fn begin(&mut self, system: &NormalForm, start: &NormalState, spiked: bool) -> Option<SpikeBound>;
    /// A step without a spike, from `start` to `end`.
    fn step(
        &mut self,
        system: &NormalForm,
        forcing: &Forcing,
        start: &NormalState,
        terms: &SeriesTerms,
        end: &NormalState,
    );
    /// The input jumps by `jump` \[mV/ms\] between the pieces before and after `forcing` moved to `at`.
    fn input(&mut self, system: &NormalForm, jump: f64, before: &NormalState, after: &Forcing);
    /// A step that ends in a spike: `crossing` before the reset, `reset` after it.
    fn spike(&mut self, step: SpikeStep) -> Option<SpikeBound>;
    /// The run ends at `end`; up to when the number of spikes is certain \[ms\].
    fn finish(&mut self, system: &NormalForm, end: &NormalState, duration: f64) -> f64;
}

/// A step that ends in a spike, as a [`Watch`] sees it.
pub(crate) struct SpikeStep<'a> {
    pub(crate) system: &'a NormalForm,
    pub(crate) forcing: &'a Forcing<'a>,
    pub(crate) start: &'a NormalState,
    pub(crate) terms: &'a SeriesTerms,
    pub(crate) crossing: &'a NormalState,
    pub(crate) reset: &'a NormalState,
}
