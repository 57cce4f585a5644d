//! A rule with its handling of spikes on one neuron, in the processor's own numbers.

use num_traits::Float;

use super::grid_rule::{Cell, GridRule, Past, Scalar};
use super::rule::{Number, Span};
use super::{Cost, Runaway, Setup, Step, Stepper};
use crate::model::{State, StepInput};

/// One neuron under a [`GridRule`] in `N`, which is `f64` or `f32`.
#[derive(Clone, Copy, Debug)]
pub struct Gridded<G, N> {
    rule: G,
    cell: Cell<N>,
    dt: N,
    past: Past,
}

/// `x` in the processor's numbers.
#[inline(always)]
fn native<N: Float + Number>(x: f64) -> N {
    N::zero().constant(x)
}

impl<G: GridRule, N: Float + Scalar> Gridded<G, N> {
    /// `rule` on the problem of `setup`.
    pub fn new(rule: G, setup: &Setup) -> Self {
        let cell = Cell::of(rule, &setup.neuron, setup.dt, setup.lower_bound).map(native);
        Gridded { rule, cell, dt: native(setup.dt), past: Past::default() }
    }
}

/// A step under the input of a problem.
struct Native<'a, N> {
    dt: N,
    input: &'a StepInput<'a>,
}

impl<N: Float + Number> Span<N> for Native<'_, N> {
    #[inline(always)]
    fn dt(&self) -> N {
        self.dt
    }

    #[inline(always)]
    fn input(&self, theta: f64) -> N {
        native(self.input.at(theta))
    }
}

impl<G: GridRule, N: Float + Scalar + Send> Stepper for Gridded<G, N> {
    #[inline]
    fn step(&mut self, state: State, step: &Step<'_>, spikes: &mut Vec<f64>) -> Result<State, Runaway> {
        let mut span = Native { dt: self.dt, input: &step.input };
        let stepped = self.rule.step(&self.cell, self.past, [native(state.v), native(state.u)], &mut span);
        self.past = Past { steps: self.past.steps + 1, spiked: stepped.spike.is_some() };
        if let Some(stamp) = stepped.spike {
            stamp.record(step, spikes);
        }
        let [v, u] = stepped.state;
        let exact = |x: N| x.to_f64().unwrap_or(f64::NAN);
        Ok(State { v: exact(v), u: exact(u) })
    }

    fn cost(&self) -> Cost {
        G::COST.times(self.past.steps)
    }
}
