//! NEST, `izhikevich` (recorded with 3.10), in its two forms.
//!
//! ```text
//! consistent:  v' = v + h (0.04 v v + 5 v + 140 − u + I),   u ← u + h a (b v − u)  with the old v,   v ← v'
//! published:   v  ← v + h/2 (0.04 v v + 5 v + 140 − u + I)  twice,   u ← u + h a (b v − u)  with the new v
//! then         if v ≥ V_th:  v ← c,  u ← u + d              in the same step
//! ```
//!
//! `consistent` (`consistent_integration` true, NEST's default) is forward Euler; `published` is the half-step of 2003.
//! **When not to use it:** as `euler` and `half-step`.

use crate::model::{Neuron, State};
use crate::scheme::{Cost, Runaway, Scheme, Step};

/// NEST's `consistent_integration`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NestForm {
    /// True, the default: forward Euler.
    Consistent,
    /// False: the numerics of the 2003 paper.
    Published,
}

/// The rule; see the [module](self).
#[derive(Clone, Copy, Debug)]
pub struct Nest {
    neuron: Neuron,
    form: NestForm,
    steps: u64,
}

impl Nest {
    /// The rule for `neuron`, whose peak is NEST's `V_th`.
    pub fn new(neuron: Neuron, form: NestForm) -> Self {
        Nest { neuron, form, steps: 0 }
    }
}

impl Scheme for Nest {
    fn step(&mut self, state: State, step: &Step<'_>, spikes: &mut Vec<f64>) -> Result<State, Runaway> {
        self.steps += 1;
        let n = &self.neuron;
        let State { mut v, mut u } = state;
        let (h, i) = (step.input.length(), step.input.at(0.0));
        let du = |v: f64, u: f64| h * n.a * (n.b * v + n.b0 - n.leak * u);
        match self.form {
            NestForm::Consistent => {
                let v_new = v + h * (n.k2 * v * v + n.k1 * v + n.k0 - u + i);
                u += du(v, u);
                v = v_new;
            }
            NestForm::Published => {
                v += h / 2.0 * (n.k2 * v * v + n.k1 * v + n.k0 - u + i);
                v += h / 2.0 * (n.k2 * v * v + n.k1 * v + n.k0 - u + i);
                u += du(v, u);
            }
        }
        if v >= n.peak {
            spikes.push(step.end);
            v = n.c;
            u += n.d;
        }
        Ok(State { v, u })
    }

    fn cost(&self) -> Cost {
        let step = match self.form {
            NestForm::Consistent => Cost::new(1, 13),
            NestForm::Published => Cost::new(2, 22),
        };
        step.times(self.steps)
    }
}
