//! The closed form of v with u held fixed, against the true solution.

use crate::shared::*;

/// v(h) \[mV\] from `v` at u held fixed: W = k2 v + k1/2 obeys W' = W² + K, so that
/// W(h) = (W₀ C + K S)/(C − W₀ S), C = cos √K h, S = sin(√K h)/√K, hyperbolic for K < 0.
fn frozen(n: &Neuron, from: State, input: f64, h: f64) -> f64 {
    let (w, k) = (n.k2 * from.v + 0.5 * n.k1, n.k2 * (n.k0 + input - from.u) - 0.25 * n.k1 * n.k1);
    let q = k.abs().sqrt();
    let (c, s) = if k > 0.0 { ((q * h).cos(), (q * h).sin() / q) } else { ((q * h).cosh(), (q * h).sinh() / q) };
    ((w * c + k * s) / (c - w * s) - 0.5 * n.k1) / n.k2
}

/// Largest relative error of [`frozen`] against the true solution with a = 0, which holds u, over states and inputs that do not spike
/// within the step of 1 ms.
pub(super) fn frozen_error() -> f64 {
    let neuron = Neuron { a: 0.0, ..cell("RS").neuron };
    let mut worst: f64 = 0.0;
    for v in [-80.0, -65.0, -50.0, -40.0] {
        for u in [-13.0, -5.0, 3.0] {
            for input in [0.5, 10.0, 20.0] {
                let initial = State::new(v, u);
                let truth = truth(&Problem { neuron, stimulus: Stimulus::constant(input), initial, duration: 1.0 });
                if truth.spikes.is_empty() {
                    worst = worst.max((frozen(&neuron, initial, input, 1.0) / truth.state(1.0).v - 1.0).abs());
                }
            }
        }
    }
    worst
}
