//! A scheme of one's own, with a parameter: the theta method, (1 − θ) of the slope at the start of a step and θ of the slope at its end,
//! solved for v by Newton's iteration. This program is the whole command with the scheme in it:
//!
//! ```text
//! cargo run --example own_scheme -- --dt 0.02..0.5:log:6 --schemes theta-0.5+located,theta-1+located,rk4+located
//! cargo run --example own_scheme -- recommend --within 0.5ms --schemes theta-0.5+located,rk4+located
//! ```

use spikestep::scheme::{Cost, Flow};
use spikestep::{Neuron, Scheme, SchemeInfo, SchemeSet, State, StepInput};

/// The theta method: θ = 1/2 is the trapezoidal rule, of order 2; θ = 1 is backward Euler; any θ but 1/2 is of order 1.
#[derive(Clone, Copy, Debug)]
pub struct Theta(pub f64);

impl Flow for Theta {
    fn advance(&self, neuron: &Neuron, from: State, input: &StepInput<'_>) -> State {
        let (h, theta) = (input.length(), self.0);
        let start = neuron.field(from, input.at(0.0));
        let (v0, u0) = (from.v + (1.0 - theta) * h * start.v, from.u + (1.0 - theta) * h * start.u);
        let g = theta * h;
        // The equation of u is linear in u: it is solved for u, which leaves one equation for v.
        let u = |v: f64| (u0 + g * neuron.a * (neuron.b * v + neuron.b0)) / (1.0 + g * neuron.a * neuron.leak);
        let mut v = from.v + h * start.v;
        for _ in 0..4 {
            let excess = v - v0 - g * neuron.dv(State { v, u: u(v) }, input.at(1.0));
            let du = g * neuron.a * neuron.b / (1.0 + g * neuron.a * neuron.leak);
            v -= excess / (1.0 - g * (2.0 * neuron.k2 * v + neuron.k1 - du));
        }
        State { v, u: u(v) }
    }

    fn cost(&self) -> Cost {
        Cost::new(5, 110)
    }
}

/// The scheme of a theta, under a name that says it.
pub fn theta(theta: f64) -> Scheme {
    let order = if theta == 0.5 { 2 } else { 1 };
    let info =
        SchemeInfo::new("theta", order, "the theta method, by Newton's iteration", "Hairer & Wanner II (1996), IV.3");
    Scheme::flow(info.named(format!("theta-{theta}")), move |_| Theta(theta))
}

#[allow(dead_code, reason = "the test of its order takes the scheme from this file")]
fn main() -> std::process::ExitCode {
    spikestep::cli::main_with(&SchemeSet::standard().with(theta(0.5)).with(theta(1.0)))
}
