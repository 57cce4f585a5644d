//! The two-step Adams-Bashforth method.
//!
//! **Names:** `adams-bashforth-2`.
//!
//! ```text
//! y ← y + h (3/2 f(y_n, I(t_n)) − 1/2 f(y_{n−1}, I(t_{n−1})))
//! ```
//!
//! Order 2 for one evaluation a step. It remembers a slope, which a reset makes worthless: the first step, and the first after a spike, is
//! one of the midpoint rule. Spikes are on the grid, which leaves order 1 over a train. Stable at rest up to h = 1/|λ|, half of Euler's
//! (the column `stable dt` looks at one step, which is the midpoint rule's).
//! Source: Hairer, Nørsett & Wanner, *Solving ODEs I* (1993), III.1.
//! **When not to use it:** for a neuron that fires fast: each spike takes its memory. Where the input jumps it extrapolates over the jump.

use super::{Cost, Midpoint, Rule, Runaway, Step, Stepper};
use crate::model::{Neuron, State};

/// The method at work; see the [module](self) for the formula.
#[derive(Clone, Copy, Debug)]
pub struct AdamsBashforth2 {
    neuron: Neuron,
    /// The slope at the start of the step before.
    before: Option<State>,
    cost: Cost,
}

impl AdamsBashforth2 {
    // f 10, two terms for each component.
    const COST: Cost = Cost::new(1, 18);

    /// The method for `neuron`.
    pub fn new(neuron: Neuron) -> Self {
        AdamsBashforth2 { neuron, before: None, cost: Cost::default() }
    }
}

impl Stepper for AdamsBashforth2 {
    fn step(&mut self, state: State, step: &Step<'_>, spikes: &mut Vec<f64>) -> Result<State, Runaway> {
        let (n, dt) = (&self.neuron, step.input.length());
        let slope = n.field(state, step.input.at(0.0));
        let along = |slope: State, h: f64| State { v: state.v + h * slope.v, u: state.u + h * slope.u };
        let (mean, cost) = match self.before {
            Some(before) => {
                (State { v: 1.5 * slope.v - 0.5 * before.v, u: 1.5 * slope.u - 0.5 * before.u }, Self::COST)
            }
            None => (n.field(along(slope, 0.5 * dt), step.input.at(0.5)), Midpoint::COST),
        };
        self.cost = self.cost + cost;
        let next = along(mean, dt);
        let spike = next.v >= n.peak;
        self.before = (!spike).then_some(slope);
        if spike {
            spikes.push(step.end);
        }
        Ok(if spike { n.reset(next) } else { next })
    }

    fn cost(&self) -> Cost {
        self.cost
    }
}
