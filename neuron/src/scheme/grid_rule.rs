//! A rule with its handling of spikes, on the grid, written once over the number it computes with.
//!
//! A [`Rule`] is a step of the smooth equations; a [`GridRule`] is what a simulator does in a step, threshold and reset included. It runs
//! in f64, and in any [`Arithmetic`](arithmetic::Arithmetic) by [`InArithmetic`](super::InArithmetic).

use std::fmt::Debug;

use super::rule::{Coefficients, Number, Rule, Span};
use super::{Cost, Step};
use crate::model::Neuron;

/// A number that can be compared with the threshold: one neuron's, not the lanes of many.
pub trait Scalar: Number + PartialOrd {
    /// A function that the four operations do not make, such as an exponential: computed in f64 and rounded once.
    #[must_use]
    fn map(self, function: impl Fn(f64) -> f64) -> Self;

    /// The larger of two; `self` where one is not a number.
    #[inline(always)]
    fn at_least(self, bound: Self) -> Self {
        if self < bound { bound } else { self }
    }
}

impl Scalar for f64 {
    #[inline(always)]
    fn map(self, function: impl Fn(f64) -> f64) -> f64 {
        function(self)
    }
}

impl Scalar for f32 {
    #[inline(always)]
    fn map(self, function: impl Fn(f64) -> f64) -> f32 {
        function(f64::from(self)) as f32
    }
}

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

impl Cell<f64> {
    /// `neuron` for steps of `dt` \[ms\] of `rule`.
    pub(super) fn of<G: GridRule>(rule: G, neuron: &Neuron, dt: f64, lower_bound: Option<f64>) -> Self {
        let Neuron { c, d, peak, .. } = *neuron;
        Cell { coefficients: rule.coefficients(neuron, dt), c, d, peak, lower_bound }
    }
}

impl<N: Copy> Cell<N> {
    /// The same in other numbers.
    #[inline(always)]
    pub(super) fn map<M>(&self, number: impl Fn(N) -> M) -> Cell<M> {
        // These rules step plain neurons, and say so.
        let Coefficients { recovery: [a, b, b0, leak], k2, k1, k0, extended: _ } = self.coefficients;
        Cell {
            coefficients: Coefficients {
                // Not by the arrays' own `map`, which is a dozen functions for each rule and number.
                recovery: [number(a), number(b), number(b0), number(leak)],
                k2: number(k2),
                k1: number(k1),
                k0: number(k0),
                extended: None,
            },
            c: number(self.c),
            d: number(self.d),
            peak: number(self.peak),
            lower_bound: self.lower_bound.map(number),
        }
    }
}

impl<N: Scalar> Cell<N> {
    /// A step that reaches (v, u) \[mV, mV/ms\] at its end and is reset there where it spikes.
    #[inline(always)]
    pub fn reset_if(&self, spike: bool, [v, u]: [N; 2]) -> Stepped<N> {
        Stepped::new(self.start(spike, [v, u]), v, spike)
    }

    /// (v, u) where a step begins from `state`: reset first where `spike` is set.
    #[inline(always)]
    pub fn start(&self, spike: bool, [v, u]: [N; 2]) -> [N; 2] {
        if spike { [self.c, u + self.d] } else { [v, u] }
    }
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
    /// At the end of the ms in which it lies; two in one ms count once.
    Millisecond,
}

impl Stamp {
    /// Appends the time \[ms\] of a spike in `step` to `spikes`.
    pub(super) fn record(self, step: &Step<'_>, spikes: &mut Vec<f64>) {
        let time = match self {
            Stamp::Start => step.start,
            Stamp::End => step.end,
            Stamp::Millisecond => {
                // n·dt may miss a whole ms by rounding.
                let whole = step.end.round();
                if (step.end - whole).abs() < 1e-6 * step.input.length() { whole } else { step.end.ceil() }
            }
        };
        if spikes.last() != Some(&time) {
            spikes.push(time);
        }
    }
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
    fn coefficients(self, neuron: &Neuron, _dt: f64) -> Coefficients<f64> {
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
    fn step<N: Scalar>(self, cell: &Cell<N>, past: Past, state: [N; 2], span: &mut impl Span<N>) -> Stepped<N> {
        let from = cell.start(R::RESETS_NEXT && past.spiked, state);
        let [mut v, u] = self.0.step(&cell.coefficients, from, span);
        if let Some(bound) = cell.lower_bound {
            v = v.at_least(bound);
        }
        let spike = v >= cell.peak;
        if R::RESETS_NEXT { Stepped::plain([v, u], spike) } else { cell.reset_if(spike, [v, u]) }
    }

    fn coefficients(self, neuron: &Neuron, dt: f64) -> Coefficients<f64> {
        self.0.coefficients(neuron, dt)
    }
}
