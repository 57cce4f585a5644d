//! Nengo, `Izhikevich` (recorded with 4.1).
//!
//! **Names:** `nengo`.
//!
//! ```text
//! J ← max(J, −30)
//! v ← v + dt (0.04 v² + 5 v + 140 − u + J)
//! spike ⇔ v ≥ 30:   v ← c
//! u ← u + dt a (b v − u)          with the v after the reset
//! on a spike:  u ← u + d
//! ```
//!
//! Order 1. The input is clipped at −30 mV/ms: stronger inhibition does nothing more, but this is enough for a spike, for at
//! dt = 1 ms one step of −25 mV/ms makes a resting RS neuron fire within 50 ms (`experiments/src/nengo_1542.rs`).
//! **When not to use it:** with inhibition below −30, and as `euler`.

use crate::model::{Neuron, State};
use crate::scheme::{Cost, Runaway, Step, Stepper};

/// The rule; see the [module](self).
#[derive(Clone, Copy, Debug)]
pub struct Nengo {
    neuron: Neuron,
    steps: u64,
}

impl Nengo {
    /// Nengo's lower bound of the input \[mV/ms\].
    pub const LEAST_INPUT: f64 = -30.0;

    /// The rule for `neuron`.
    pub fn new(neuron: Neuron) -> Self {
        Nengo { neuron, steps: 0 }
    }
}

impl Stepper for Nengo {
    fn step(&mut self, state: State, step: &Step<'_>, spikes: &mut Vec<f64>) -> Result<State, Runaway> {
        self.steps += 1;
        let n = &self.neuron;
        let State { mut v, mut u } = state;
        let dt = step.input.length();
        let j = step.input.at(0.0).max(Self::LEAST_INPUT);
        v += dt * (n.k2 * (v * v) + n.k1 * v + n.k0 - u + j);
        let spike = v >= n.peak;
        if spike {
            spikes.push(step.end);
            v = n.c;
        }
        u += dt * (n.a * (n.b * v + n.b0 - n.leak * u));
        if spike {
            u += n.d;
        }
        Ok(State { v, u })
    }

    fn cost(&self) -> Cost {
        Cost::new(1, 13).times(self.steps)
    }
}
