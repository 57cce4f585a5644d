//! The two implicit rules of order 2: midpoint and trapezoid.
//!
//! **Names:** `implicit-midpoint`, `implicit-trapezoid`.
//!
//! ```text
//! midpoint:   Y = y + h/2 f(Y, I(t + h/2)),   y ← 2 Y − y
//! trapezoid:  y ← Y = y + h/2 f(y, I(t)) + h/2 f(Y, I(t + h))
//! ```
//!
//! Order 2, stable at rest at every step. u is linear in the stage and is eliminated; what is left is a parabola in V, whose lower root is
//! where Newton's iteration from y ends: it is taken as it stands. It is the solution that goes over into y as h → 0, and there is none
//! where h/2 (2 k2 V + k1) would exceed 1, which is on the upstroke (7.4/ms at 30 mV) at steps above 0.27 ms. Such a step is made of two
//! halves, and these again; a simulator's implicit rule stops there or steps backwards (`neuron-implicit`).
//! Source: E. Hairer, G. Wanner, *Solving Ordinary Differential Equations II* (1996), IV.3, IV.5.
//! **When not to use them:** to be safe with large steps. They are stable at rest, and no more accurate than `rk2` on the upstroke, where
//! the explicit rules are stable, too.

use super::{Cost, Flow};
use crate::model::{Neuron, State, StepInput};

/// The implicit midpoint rule; see the [module](self).
#[derive(Clone, Copy, Debug, Default)]
pub struct ImplicitMidpoint;

/// The implicit trapezoidal rule; see the [module](self).
#[derive(Clone, Copy, Debug, Default)]
pub struct ImplicitTrapezoid;

/// The solution of (V, U) = `right` + `half` f(V, U, `input`) that goes over into `right` as `half` → 0; `None` where there is none.
fn stage(n: &Neuron, right: State, half: f64, input: f64) -> Option<State> {
    let relaxed = 1.0 + half * n.a * n.leak;
    // U = at0 + slope V.
    let (at0, slope) = ((right.u + half * n.a * n.b0) / relaxed, half * n.a * n.b / relaxed);
    let (a, b, c) = (half * n.k2, half * (n.k1 - slope) - 1.0, right.v + half * (n.k0 - at0 + input));
    let root = (b * b - 4.0 * a * c).sqrt();
    let v = if b < 0.0 { 2.0 * c / (root - b) } else { -(b + root) / (2.0 * a) };
    (!root.is_nan()).then_some(State { v, u: at0 + slope * v })
}

/// `step` over the input, or over its halves where it has no solution; ∞ where v passes every bound.
fn in_parts(
    n: &Neuron,
    from: State,
    input: &StepInput<'_>,
    halvings: u32,
    step: fn(&Neuron, State, &StepInput<'_>) -> Option<State>,
) -> State {
    if let Some(state) = step(n, from, input) {
        return state;
    }
    if halvings == 0 {
        return State { v: f64::INFINITY, u: from.u };
    }
    let half = 0.5 * input.length();
    let middle = in_parts(n, from, &input.part(0.0, half), halvings - 1, step);
    if middle.v >= n.peak { middle } else { in_parts(n, middle, &input.part(0.5, half), halvings - 1, step) }
}

/// Halves of a step, as often as they are halved: 1/64 of 16 ms is below 0.27 ms.
const MOST_HALVINGS: u32 = 6;

impl Flow for ImplicitMidpoint {
    fn advance(&self, neuron: &Neuron, from: State, input: &StepInput<'_>) -> State {
        in_parts(neuron, from, input, MOST_HALVINGS, |n, y, input| {
            let middle = stage(n, y, 0.5 * input.length(), input.at(0.5))?;
            Some(State { v: 2.0 * middle.v - y.v, u: 2.0 * middle.u - y.u })
        })
    }

    fn cost(&self) -> Cost {
        // Elimination 12, parabola 12, root 20, values 8, extrapolation 4.
        Cost::new(1, 56)
    }
}

impl Flow for ImplicitTrapezoid {
    fn advance(&self, neuron: &Neuron, from: State, input: &StepInput<'_>) -> State {
        in_parts(neuron, from, input, MOST_HALVINGS, |n, y, input| {
            let half = 0.5 * input.length();
            let slope = n.field(y, input.at(0.0));
            stage(n, State { v: y.v + half * slope.v, u: y.u + half * slope.u }, half, input.at(1.0))
        })
    }

    fn cost(&self) -> Cost {
        Cost::new(2, 66)
    }
}
