//! Strang splitting: v exactly at a fixed u, u exactly at a fixed v.
//!
//! **Names:** `strang`.
//!
//! ```text
//! u over h/2 at the v of the start:   u ← u + h/2 φ(−a leak h/2) u',   φ(z) = (e^z − 1)/z
//! v over h at this u and I(t + h/2):  w' = k2 w² + G,   w = v + k1/(2 k2),   G = k0 + I − u − k1²/(4 k2)
//!                                     w ← (w C + G S)/(C − k2 w S),   C = cos ωh,  S = sin(ωh)/ω,  ω² = k2 G  (cosh, sinh for G < 0)
//! u over h/2 at the v of the end, or at the peak where v has passed it
//! ```
//!
//! Order 2, stable at rest at every step. The upstroke is exact but for the motion of u, through the pole of the tangent: where the
//! denominator has passed 0, v has been at infinity inside the step, and is past the peak. So `strang+located` keeps spikes at steps where
//! Runge-Kutta methods lose them. Counted with 20 flops a sine, cosine or exponential; φ of the run is known beforehand.
//! Source: G. Strang, SIAM J. Numer. Anal. 5 (1968) 506–517; for v at a fixed u M. Hopkins, S. Furber, Neural Computation 27 (2015)
//! 2148–2182 and S. Schiff, S. Shnider, SIAM J. Numer. Anal. 36 (1999) 1392–1413.
//! **When not to use it:** for errors of µs: order 2 remains, and `projective-4` is as safe and of order 4.

use super::evolution::phi1;
use super::{Cost, Flow};
use crate::model::{Neuron, State, StepInput};

/// Strang splitting; see the [module](self) for the formula.
#[derive(Clone, Copy, Debug, Default)]
pub struct Strang;

/// v \[mV\] after `h` ms at a fixed `u` \[mV/ms\] under a constant `input` \[mV/ms\]; ∞ where it is there before.
fn fixed_u(n: &Neuron, State { v, u }: State, h: f64, input: f64) -> f64 {
    let shift = 0.5 * n.k1 / n.k2;
    let (w, g) = (v + shift, n.k0 + input - u - 0.5 * n.k1 * shift);
    let square = n.k2 * g;
    let omega = square.abs().sqrt();
    // Where G < 0 both are divided by the hyperbolic cosine, which overflows.
    let (c, s) = if omega == 0.0 {
        (1.0, h)
    } else if square < 0.0 {
        (1.0, (omega * h).tanh() / omega)
    } else {
        ((omega * h).cos(), (omega * h).sin() / omega)
    };
    let denominator = c - n.k2 * w * s;
    let turned = square > 0.0 && omega * h >= std::f64::consts::PI;
    if turned || denominator <= 0.0 { f64::INFINITY } else { (w * c + g * s) / denominator - shift }
}

/// u \[mV/ms\] after `h` ms at a fixed `v` \[mV\].
fn fixed_v(n: &Neuron, v: f64, u: f64, h: f64) -> f64 {
    u + h * phi1(-n.a * n.leak * h) * n.du(State { v, u })
}

impl Flow for Strang {
    fn advance(&self, neuron: &Neuron, from: State, input: &StepInput<'_>) -> State {
        let h = input.length();
        let u = fixed_v(neuron, from.v, from.u, 0.5 * h);
        let v = fixed_u(neuron, State { v: from.v, u }, h, input.at(0.5));
        State { v, u: fixed_v(neuron, v.min(neuron.peak), u, 0.5 * h) }
    }

    fn cost(&self) -> Cost {
        // u twice 10, w and G 5, root 20, sine and cosine 40, quotient 11.
        Cost::new(1, 86)
    }
}
