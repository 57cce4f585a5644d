//! SpiNNaker (sPyNNaker), `IZK_curr_exp`, in its 32-bit fixed point s16.15 (`accum`).
//!
//! **Names:** `spinnaker`, `spinnaker-cut`.
//!
//! ```text
//! α = 140 + I − u + (5 + K v) v;   η = v + (h α)/2;   β = (h (b v − u) a)/2
//! v ← v + h (140 + I − u − β + (5 + K η) η);   u ← u + a h (b η − u − β)
//! v ≥ 30:  v ← c,  u ← u + d,  and the next step is 1.85 h long
//! ```
//!
//! The midpoint rule, multiplied out ("explicit solver reduction"). Every product is cut to multiples of 2⁻¹⁵ towards −∞; sums
//! wrap. K is 0.04, which is no such multiple: the compiler cut it to 1310·2⁻¹⁵ = 0.039978, and since sPyNNaker pull request 563
//! (2018) it is written as the nearest, 1311·2⁻¹⁵ = 0.0400085. Parameters and input are cut towards 0 by the host, dt is rounded (so
//! the quoted spikes are met best). 1.85 instead of 1 makes up for
//! the part of a step by which a spike on the grid, and so the reset, is late.
//! Source: M. Hopkins, S. Furber, *Accuracy and efficiency in fixed-point neural ODE solvers*, Neural Computation 27 (2015)
//! 2148–2182. Written from the description; no trace of the machine is at hand, but the 29 spikes quoted in the pull request are.
//! **When not to use it:** off that machine; and where a current, v or (0.04 v + 5) v leaves ±65536.

use crate::model::{Neuron, State};
use crate::scheme::{Cost, Runaway, Step, Stepper};

/// How k2, 0.04, becomes a multiple of 2⁻¹⁵.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Multiplier {
    /// Cut, as the compiler did before pull request 563.
    Cut,
    /// Rounded to the nearest, as since.
    Nearest,
}

/// A number of s16.15: 32768 times its value.
type Accum = i32;
const ONE: f64 = 32768.0;
/// 1.85, cut.
const AFTER_SPIKE: Accum = 60620;

/// The nearest multiple of 2⁻¹⁵; beyond ±65536 the last one there is.
fn nearest(x: f64) -> Accum {
    (x * ONE).round() as Accum
}

/// The next multiple of 2⁻¹⁵ towards 0; beyond ±65536 the last one there is.
fn cut(x: f64) -> Accum {
    (x * ONE) as Accum
}

/// A product, cut towards −∞; bits above the 32nd are lost.
fn product(x: Accum, y: Accum) -> Accum {
    ((i64::from(x) * i64::from(y)) >> 15) as Accum
}

fn sum(terms: &[Accum]) -> Accum {
    terms.iter().fold(0, |sum: Accum, &term| sum.wrapping_add(term))
}

/// The rule; see the [module](self).
#[derive(Clone, Copy, Debug)]
pub struct Spinnaker {
    neuron: Neuron,
    multiplier: Accum,
    dt: Accum,
    spiked: bool,
    steps: u64,
}

impl Spinnaker {
    /// The rule for `neuron` at step `dt` \[ms\].
    pub fn new(neuron: &Neuron, dt: f64, multiplier: Multiplier) -> Self {
        let multiplier = match multiplier {
            Multiplier::Cut => (neuron.k2 * ONE).floor() as Accum,
            Multiplier::Nearest => nearest(neuron.k2),
        };
        Spinnaker { neuron: *neuron, multiplier, dt: nearest(dt), spiked: false, steps: 0 }
    }
}

impl Stepper for Spinnaker {
    fn step(&mut self, state: State, step: &Step<'_>, spikes: &mut Vec<f64>) -> Result<State, Runaway> {
        self.steps += 1;
        let n = &self.neuron;
        let (v, u) = (cut(state.v), cut(state.u));
        let [a, b, b0, leak, k1] = [n.a, n.b, n.b0, n.leak, n.k1].map(cut);
        let h = if self.spiked { product(self.dt, AFTER_SPIKE) } else { self.dt };
        let constant = sum(&[cut(n.k0), cut(step.input.at(0.0)), u.wrapping_neg()]);
        let parabola = |v: Accum| product(product(self.multiplier, v).wrapping_add(k1), v);
        let recovery = |v: Accum, u: Accum| sum(&[product(b, v), b0, product(leak, u).wrapping_neg()]);
        let eta = v.wrapping_add(product(h, constant.wrapping_add(parabola(v))) >> 1);
        let beta = product(product(h, recovery(v, u)), a) >> 1;
        let mut v = v.wrapping_add(product(h, sum(&[constant, beta.wrapping_neg(), parabola(eta)])));
        let mut u = u.wrapping_add(product(product(a, h), recovery(eta, u.wrapping_add(beta))));
        self.spiked = v >= cut(n.peak);
        if self.spiked {
            spikes.push(step.end);
            v = cut(n.c);
            u = u.wrapping_add(cut(n.d));
        }
        Ok(State { v: f64::from(v) / ONE, u: f64::from(u) / ONE })
    }

    fn cost(&self) -> Cost {
        Cost::new(2, 26).times(self.steps)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_are_cut_towards_minus_infinity() {
        // 1.5·2.25 is exact; 2⁻¹⁵·0.5 is half a unit: 0, and −1 unit when negative.
        assert_eq!(product(nearest(1.5), nearest(2.25)), nearest(3.375));
        assert_eq!((product(1, nearest(0.5)), product(-1, nearest(0.5))), (0, -1));
        let k = |multiplier| Spinnaker::new(&Neuron::new(0.02, 0.2, -65.0, 8.0), 0.1, multiplier).multiplier;
        // The constant of the pull request, as it is written there.
        assert_eq!(f64::from(k(Multiplier::Nearest)) / ONE, 0.040008544921875);
        assert_eq!(k(Multiplier::Cut), 1310);
    }
}
