//! The closed form of v with u held fixed, against the true solution.

use crate::model::{CellType, Problem, State, Stimulus};
use crate::truth::taylor;

/// v(h) \[mV\] from `v` at u held fixed: W = k2 v + k1/2 obeys W' = W² + K, so that
/// W(h) = (W₀ C + K S)/(C − W₀ S), C = cos √K h, S = sin(√K h)/√K, hyperbolic for K < 0 (see `operator::riccati`).
fn frozen(cell: &CellType, from: State, input: f64, h: f64) -> f64 {
    let n = &cell.neuron;
    let (w, k) = (n.k2 * from.v + 0.5 * n.k1, n.k2 * (n.k0 + input - from.u) - 0.25 * n.k1 * n.k1);
    let q = k.abs().sqrt();
    let (c, s) = if k > 0.0 { ((q * h).cos(), (q * h).sin() / q) } else { ((q * h).cosh(), (q * h).sinh() / q) };
    ((w * c + k * s) / (c - w * s) - 0.5 * n.k1) / n.k2
}

/// Largest relative error of [`frozen`] against the true solution with a = 0, which holds u, over states and inputs that do not spike
/// within the step of 1 ms.
pub(super) fn frozen_error() -> f64 {
    let Ok(cell) = CellType::find("RS") else { return f64::NAN };
    let mut worst: f64 = 0.0;
    for v in [-80.0, -65.0, -50.0, -40.0] {
        for u in [-13.0, -5.0, 3.0] {
            for input in [0.5, 10.0, 20.0] {
                let mut neuron = cell.neuron;
                neuron.a = 0.0;
                let (initial, stimulus) = (State::new(v, u), Stimulus::constant(input));
                let truth = taylor::solve(&Problem { neuron, stimulus, initial, duration: 1.0 }, taylor::TOLERANCE);
                if truth.spikes.is_empty() {
                    let end = truth.state(1.0).v;
                    worst = worst.max((frozen(cell, initial, input, 1.0) / end - 1.0).abs());
                }
            }
        }
    }
    worst
}
