//! A rule with its handling of spikes, on the grid, written once over the number it computes with.
//!
//! A [`Rule`] is a step of the smooth equations; a [`GridRule`] is what a simulator does in a step, threshold and reset included. It runs
//! in f64, and in any [`Arithmetic`](arithmetic::Arithmetic) by [`InArithmetic`](super::InArithmetic).

use std::fmt::Debug;

use super::Cost;
use super::rule::{Coefficients, Number, Rule, Span};

/// A number that can be compared with the threshold: one neuron's, not the lanes of many.
pub trait Scalar: Number + PartialOrd {
    /// The larger of two; `self` where one is not a number.
    #[inline(always)]
    fn at_least(self, bound: Self) -> Self {
        if self < bound { bound } else { self }
    }
}

impl<N: Number + PartialOrd> Scalar for N {}

/// A neuron as numbers of a format.
#[derive(Clone, Copy, Debug)]
pub struct Cell<N> {
    /// The coefficients of the vector field, or what the rule has put in their place.
    pub coefficients: Coefficients<N>,
    /// Reset value of v \[mV\].
    pub c: N,
    /// Jump of u at a spike \[mV/ms\].
    pub d: N,
    /// The threshold \[mV\].
    pub peak: N,
    /// The lower bound of v \[mV\], where one is set.
    pub lower_bound: Option<N>,
}

/// What has happened before a step.
#[derive(Clone, Copy, Debug, Default)]
pub struct Past {
    /// Steps taken.
    pub steps: u64,
    /// Whether the step before found a spike.
    pub spiked: bool,
}

/// Where in a step a spike is stamped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stamp {
    /// At its start.
    Start,
    /// At its end.
    End,
}

/// What a step gives.
#[derive(Clone, Copy, Debug)]
pub struct Stepped<N> {
    /// (v, u) \[mV, mV/ms\] as the rule leaves them.
    pub state: [N; 2],
    /// v \[mV\] as it was before a reset.
    pub reached: N,
    /// The spike, if there was one.
    pub spike: Option<Stamp>,
}

impl<N: Copy> Stepped<N> {
    /// A step without a reset in it: v is what it was.
    #[inline(always)]
    pub fn plain(state: [N; 2], spike: bool) -> Self {
        Stepped { state, reached: state[0], spike: spike.then_some(Stamp::End) }
    }

    /// A step that reached `reached` \[mV\] and ends at `state`; a spike has the time of its end.
    #[inline(always)]
    pub fn new(state: [N; 2], reached: N, spike: bool) -> Self {
        Stepped { state, reached, spike: spike.then_some(Stamp::End) }
    }
}

/// A fixed-step rule with its threshold and reset; see the [module](self).
pub trait GridRule: Copy + Debug + Send + Sync + 'static {
    /// The cost of one step.
    const COST: Cost;

    /// One step of `cell` over `span` from (v, u) \[mV, mV/ms\].
    fn step<N: Scalar>(self, cell: &Cell<N>, past: Past, state: [N; 2], span: &mut impl Span<N>) -> Stepped<N>;

    /// The coefficients of a step of `dt` \[ms\] of `neuron`.
    fn coefficients(self, neuron: &crate::model::Neuron, _dt: f64) -> Coefficients<f64> {
        Coefficients::of(neuron)
    }
}

/// A smooth rule on the grid: a step that ends at or above the peak is a spike at its end, and the reset is made there, or at the start of
/// the next step where the rule [resets next](Rule::RESETS_NEXT). A lower bound is kept after the step.
#[derive(Clone, Copy, Debug)]
pub struct OnSteps<R>(pub R);

impl<R: Rule> GridRule for OnSteps<R> {
    const COST: Cost = R::COST;

    #[inline(always)]
    fn step<N: Scalar>(self, cell: &Cell<N>, past: Past, [v, u]: [N; 2], span: &mut impl Span<N>) -> Stepped<N> {
        let from = if R::RESETS_NEXT && past.spiked { [cell.c, u + cell.d] } else { [v, u] };
        let [mut v, u] = self.0.step(&cell.coefficients, from, span);
        if let Some(bound) = cell.lower_bound {
            v = v.at_least(bound);
        }
        let spike = v >= cell.peak;
        let state = if spike && !R::RESETS_NEXT { [cell.c, u + cell.d] } else { [v, u] };
        Stepped::new(state, v, spike)
    }

    fn coefficients(self, neuron: &crate::model::Neuron, dt: f64) -> Coefficients<f64> {
        self.0.coefficients(neuron, dt)
    }
}
