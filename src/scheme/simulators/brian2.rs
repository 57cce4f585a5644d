//! Brian2 (recorded with 2.9): its state updaters `euler`, `rk2` (midpoint) and `rk4` on (v, u), then the threshold and the
//! reset at the end of the step.
//!
//! ```text
//! euler:  y ← y + dt f(y)
//! rk2:    k = dt f(y);                         y ← y + dt f(y + k/2)
//! rk4:    k1 = dt f(y), k2 = dt f(y + k1/2), k3 = dt f(y + k2/2), k4 = dt f(y + k3);   y ← y + (k1 + 2 k2 + 2 k3 + k4)/6
//! then    if v ≥ 30:  v ← c,  u ← u + d
//! ```
//!
//! Brian2's input is constant over a step: all stages use I(t_n), where [`RungeKutta`](crate::scheme::RungeKutta) samples it
//! at the stage. For an input that varies its rk2 and rk4 are of order 1.
//! **When not to use them:** with the grid's spikes the order over a train is 1; see `rk4+located`.

use crate::model::{Neuron, State};
use crate::scheme::{Cost, Runaway, Scheme, Step};

/// Brian2's state updater.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Brian2Method {
    /// `euler`.
    Euler,
    /// `rk2`, the midpoint rule.
    Rk2,
    /// `rk4`.
    Rk4,
}

/// The rule; see the [module](self).
#[derive(Clone, Copy, Debug)]
pub struct Brian2 {
    neuron: Neuron,
    method: Brian2Method,
    steps: u64,
}

impl Brian2 {
    /// The rule for `neuron`.
    pub fn new(neuron: Neuron, method: Brian2Method) -> Self {
        Brian2 { neuron, method, steps: 0 }
    }
}

impl Scheme for Brian2 {
    fn step(&mut self, state: State, step: &Step<'_>, spikes: &mut Vec<f64>) -> Result<State, Runaway> {
        self.steps += 1;
        let (dt, i) = (step.input.length(), step.input.at(0.0));
        let increment = |y: State| {
            let rate = self.neuron.field(y, i);
            State { v: dt * rate.v, u: dt * rate.u }
        };
        let plus = |y: State, factor: f64, k: State| State { v: y.v + factor * k.v, u: y.u + factor * k.u };
        let y = match self.method {
            Brian2Method::Euler => plus(state, 1.0, increment(state)),
            Brian2Method::Rk2 => plus(state, 1.0, increment(plus(state, 0.5, increment(state)))),
            Brian2Method::Rk4 => {
                let k1 = increment(state);
                let k2 = increment(plus(state, 0.5, k1));
                let k3 = increment(plus(state, 0.5, k2));
                let k4 = increment(plus(state, 1.0, k3));
                let sum = |f: fn(State) -> f64| (f(k1) + 2.0 * f(k2) + 2.0 * f(k3) + f(k4)) / 6.0;
                State { v: state.v + sum(|k| k.v), u: state.u + sum(|k| k.u) }
            }
        };
        if y.v >= self.neuron.peak {
            spikes.push(step.end);
            return Ok(self.neuron.reset(y));
        }
        Ok(y)
    }

    fn cost(&self) -> Cost {
        let step = match self.method {
            Brian2Method::Euler => Cost::new(1, 13),
            Brian2Method::Rk2 => Cost::new(2, 28),
            Brian2Method::Rk4 => Cost::new(4, 68),
        };
        step.times(self.steps)
    }
}
