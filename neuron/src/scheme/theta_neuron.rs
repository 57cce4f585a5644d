//! The theta transform: v as the tangent of half an angle, stepped by the classical Runge-Kutta method.
//!
//! **Names:** `theta-neuron`.
//!
//! ```text
//! v = σ tan(θ/2) − k1/(2 k2),   G = k0 + I − u − k1²/(4 k2),   σ² = |k1²/(4 k2) − k0|/k2  (at least 1 mV²)
//! θ' = 2/σ (k2 σ² sin²(θ/2) + G cos²(θ/2)),   u' = a (b min(v, peak) + b0 − leak u)
//! ```
//!
//! Order 4 on smooth stretches. θ' is bounded: the upstroke, where v explodes, is a slow passage of θ to π, which has been at infinity
//! where it is above. u takes no part of what v does above the peak. Counted with 40 flops a sine and cosine.
//! Source: G. B. Ermentrout, N. Kopell, *Parabolic bursting in an excitable system coupled with a slow oscillation*, SIAM J. Appl. Math. 46
//! (1986) 233–253, for the transform.
//! **When not to use it:** where `projective-4` is at hand, which linearises the same equation without a sine.

use std::f64::consts::PI;

use super::{Cost, Flow};
use crate::model::{Neuron, State, StepInput};

/// The rule; see the [module](self) for the formula.
#[derive(Clone, Copy, Debug, Default)]
pub struct ThetaNeuron;

/// The transform of a neuron: σ \[mV\], k1/(2 k2) \[mV\], and what of G is the neuron's \[mV/ms\].
#[derive(Clone, Copy)]
struct Transform<'a> {
    neuron: &'a Neuron,
    sigma: f64,
    shift: f64,
    constant: f64,
}

impl Transform<'_> {
    /// v \[mV\] at θ; ∞ from π on.
    fn v(&self, theta: f64) -> f64 {
        if theta < PI { self.sigma * (0.5 * theta).tan() - self.shift } else { f64::INFINITY }
    }

    /// (θ', u') at (θ, u) under `input` \[mV/ms\].
    fn slope(&self, [theta, u]: [f64; 2], input: f64) -> [f64; 2] {
        let (n, sigma) = (self.neuron, self.sigma);
        let (sine, cosine) = (0.5 * theta).sin_cos();
        let v = if theta < PI { (sigma * sine / cosine - self.shift).min(n.peak) } else { n.peak };
        let g = self.constant - u + input;
        let turning = 2.0 / sigma * (n.k2 * sigma * sigma * sine * sine + g * cosine * cosine);
        [turning, n.du(State { v, u })]
    }
}

impl Flow for ThetaNeuron {
    fn advance(&self, neuron: &Neuron, from: State, input: &StepInput<'_>) -> State {
        let shift = 0.5 * neuron.k1 / neuron.k2;
        let constant = neuron.k0 - 0.5 * neuron.k1 * shift;
        let to = Transform { neuron, sigma: (constant.abs() / neuron.k2).sqrt().max(1.0), shift, constant };
        let start = [2.0 * ((from.v + shift) / to.sigma).atan(), from.u];
        let h = input.length();
        let along = |[p, q]: [f64; 2], h: f64| [start[0] + h * p, start[1] + h * q];
        let first = to.slope(start, input.at(0.0));
        let second = to.slope(along(first, 0.5 * h), input.at(0.5));
        let third = to.slope(along(second, 0.5 * h), input.at(0.5));
        let fourth = to.slope(along(third, h), input.at(1.0));
        let sum = [0, 1].map(|i| first[i] + 2.0 * (second[i] + third[i]) + fourth[i]);
        let [theta, u] = along(sum, h / 6.0);
        State { v: to.v(theta), u }
    }

    fn cost(&self) -> Cost {
        // Four slopes of 56, 24 to combine them, arc tangent and tangent 46.
        Cost::new(4, 294)
    }
}
