//! The evolutionary form: u by convolution of v with its impulse response, through spikes.
//!
//! **Names:** `evolution-1`, `evolution-2`, `evolution-1-direct`, `evolution-1-recursive`, `evolution-2-direct`, `evolution-2-recursive`.
//!
//! ```text
//! u(t) = ∫₀^t κ(t − s) v(s) ds + u(0) e^{−λt} + d Σ_k e^{−λ(t−t_k)} + a b0 (1 − e^{−λt})/λ,     κ(t) = a b e^{−λt}, λ = a·leak
//! ```
//!
//! On the grid the integral is a discrete convolution, u_{n+1} = Σ_{j≤n} e^{−λh(n−j)} q_j + …, of the panel integrals
//! q_j = a b ∫ e^{−λ(t_{j+1}−s)} v(s) ds over step j, cut at a reset, with the jumps d e^{−λ(t_{j+1}−t_k)} of the spikes in it.
//!
//! * order 1 (`evolution-1`), rectangle: q_j = h κ(h) v_j, v by Euler;
//! * order 2 (`evolution-2`), product integration: q_j exact for v linear on the panel, with weights
//!   a b h (φ1 − φ2) and a b h φ2 at −λh; v by the explicit trapezoidal rule with u predicted from the same convolution.
//!
//! The history is summed by an [`OnlineConvolution`]: FFT (the default here), direct or recursive, equal to rounding. For
//! this exponential kernel the recursive engine is the cheap one; the FFT engine is what another kernel would need.
//! **When not to use it:** for speed. With an exponential kernel it solves the same equation as `heun` at a higher price.

use super::rule::{Coefficients, Number, Rule, Sampled, Span};
use super::{Cost, Flow};
use crate::model::{Neuron, State, StepInput};
use crate::operator::convolution::OnlineConvolution;

/// Order of the quadrature, and of the step for v.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EvolutionOrder {
    /// Rectangle rule.
    First,
    /// Product integration with v linear on each panel.
    Second,
}

/// The evolutionary form as a scheme; see the [module](self) for the formulas.
pub struct Evolution {
    neuron: Neuron,
    order: EvolutionOrder,
    history: Box<dyn OnlineConvolution<f64>>,
    whole: Panel,
    /// q of the step under way, and whether it has parts.
    panel: f64,
    steps: u64,
    dt: f64,
    u0: f64,
}

/// Weights of one panel, or of a part of one.
#[derive(Clone, Copy, Debug)]
struct Panel {
    length: f64,
    /// e^{−λh}.
    decay: f64,
    /// Weight of v at the start and at the end, a and b included.
    start: f64,
    end: f64,
    /// What b0 adds to u: a b0 (1 − e^{−λh})/λ.
    offset: f64,
}

impl Panel {
    fn new(neuron: &Neuron, order: EvolutionOrder, length: f64) -> Self {
        let z = -neuron.a * neuron.leak * length;
        let decay = z.exp();
        let (phi1, phi2) = phi_functions(z);
        let ab = neuron.a * neuron.b;
        let (start, end) = match order {
            EvolutionOrder::First => (ab * length * decay, 0.0),
            EvolutionOrder::Second => (ab * length * (phi1 - phi2), ab * length * phi2),
        };
        Panel { length, decay, start, end, offset: neuron.a * neuron.b0 * length * phi1 }
    }

    /// The coefficients of a step: decay, weights and offset of the panel in the place of a, b, b0 and leak.
    fn coefficients(&self, neuron: &Neuron) -> Coefficients<f64> {
        Coefficients { recovery: [self.decay, self.start, self.end, self.offset], ..Coefficients::of(neuron) }
    }
}

/// φ1(z) = (e^z − 1)/z.
pub(super) fn phi1(z: f64) -> f64 {
    if z == 0.0 { 1.0 } else { z.exp_m1() / z }
}

/// φ1(z) = (e^z − 1)/z and φ2(z) = (e^z − 1 − z)/z², by series where the differences cancel.
fn phi_functions(z: f64) -> (f64, f64) {
    if z.abs() < 0.5 {
        // φ2 = Σ z^k/(k+2)!; 16 terms leave 0.5^16/18! < 1e-20.
        let phi2 = (0..16).rev().fold(0.0, |sum, k| (1.0 + sum * z) / f64::from(k + 2));
        (1.0 + z * phi2, phi2)
    } else {
        let phi1 = phi1(z);
        (phi1, (phi1 - 1.0) / z)
    }
}

impl Evolution {
    /// The scheme for `neuron` at step `dt` \[ms\] from u(0) = `u0` \[mV/ms\]. `history` must convolve with the kernel
    /// [`Evolution::kernel_ratio`]^n.
    pub fn new(
        neuron: Neuron,
        order: EvolutionOrder,
        dt: f64,
        u0: f64,
        history: Box<dyn OnlineConvolution<f64>>,
    ) -> Self {
        let whole = Panel::new(&neuron, order, dt);
        Evolution { neuron, order, history, whole, panel: 0.0, steps: 0, dt, u0 }
    }

    /// e^{−λ dt}: the ratio of the discrete kernel.
    pub fn kernel_ratio(neuron: &Neuron, dt: f64) -> f64 {
        (-neuron.a * neuron.leak * dt).exp()
    }

    fn panel_of(&self, length: f64) -> Panel {
        if length == self.whole.length { self.whole } else { Panel::new(&self.neuron, self.order, length) }
    }
}

/// The step by which the convolution of an exponential kernel is a recursion, of order `ORDER` (1 or 2): `evolution-N-recursive`.
///
/// The convolution, the memory of u(0) and that of the resets decay alike, so that u itself is the one number it keeps.
#[derive(Clone, Copy, Debug, Default)]
pub struct RecursiveEvolution<const ORDER: u8>;

impl Rule for RecursiveEvolution<1> {
    // v': 7, v: 2, the panel's part of u: 4.
    const COST: Cost = Cost::new(1, 13);
    const DEPENDS_ON_DT: bool = true;

    fn coefficients(self, neuron: &Neuron, dt: f64) -> Coefficients<f64> {
        Panel::new(neuron, EvolutionOrder::First, dt).coefficients(neuron)
    }

    #[inline(always)]
    fn step<N: Number>(self, c: &Coefficients<N>, [v, u]: [N; 2], span: &mut impl Span<N>) -> [N; 2] {
        let [decay, start, _, offset] = c.recovery;
        [v + span.dt() * c.dv(v, u, span.input(0.0)), decay * u + offset + start * v]
    }
}

impl Rule for RecursiveEvolution<2> {
    // v' twice: 14, predictor 2, corrector 3, u predicted and corrected: 8.
    const COST: Cost = Cost::new(2, 27);
    const DEPENDS_ON_DT: bool = true;
    const STAGES: usize = 2;

    fn coefficients(self, neuron: &Neuron, dt: f64) -> Coefficients<f64> {
        Panel::new(neuron, EvolutionOrder::Second, dt).coefficients(neuron)
    }

    #[inline(always)]
    fn step<N: Number>(self, c: &Coefficients<N>, [v, u]: [N; 2], span: &mut impl Span<N>) -> [N; 2] {
        let [decay, start, end, offset] = c.recovery;
        let known = decay * u + offset + start * v;
        let dt = span.dt();
        let [slope] = span.stage([c.dv(v, u, span.input(0.0))]);
        let euler = v + dt * slope;
        let slopes = slope + c.dv(euler, known + end * euler, span.input(1.0));
        let [v] = span.stage([v + dt.constant(0.5) * dt * slopes]);
        [v, known + end * v]
    }
}

impl Flow for Evolution {
    #[inline]
    fn advance(&self, neuron: &Neuron, from: State, input: &StepInput<'_>) -> State {
        let panel = self.panel_of(input.length());
        let (c, from, at) = (panel.coefficients(neuron), [from.v, from.u], &mut Sampled(input));
        let [v, u] = match self.order {
            EvolutionOrder::First => RecursiveEvolution::<1>.step(&c, from, at),
            EvolutionOrder::Second => RecursiveEvolution::<2>.step(&c, from, at),
        };
        State { v, u }
    }

    fn cost(&self) -> Cost {
        match self.order {
            EvolutionOrder::First => RecursiveEvolution::<1>::COST,
            EvolutionOrder::Second => RecursiveEvolution::<2>::COST,
        }
    }

    fn accept(&mut self, from: State, to: State, length: f64) {
        let part = self.panel_of(length);
        self.panel = part.decay * self.panel + part.start * from.v + part.end * to.v;
    }

    fn jump(&mut self, d: f64) {
        self.panel += d;
    }

    fn end_step(&mut self, state: State) -> State {
        let convolution = self.history.push(self.panel);
        self.panel = 0.0;
        self.steps += 1;
        let since_start = Panel::new(&self.neuron, self.order, self.steps as f64 * self.dt);
        State { v: state.v, u: convolution + self.u0 * since_start.decay + since_start.offset }
    }

    fn memory_cost(&self) -> Cost {
        // A step ends with one exponential and six operations for the initial value and the offset.
        Cost::new(0, self.history.flops() + 26 * self.steps)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phi_functions_join_smoothly_and_match_their_definitions() {
        for z in [-0.5f64, -0.499_999, 0.5, 0.499_999] {
            let (phi1, phi2) = phi_functions(z);
            // The quotient loses log2(1/z²) = 2 bits to cancellation.
            assert!((phi1 - z.exp_m1() / z).abs() < 4.0 * f64::EPSILON);
            assert!((phi2 - (z.exp_m1() - z) / (z * z)).abs() < 8.0 * f64::EPSILON, "{z}");
        }
        assert_eq!(phi_functions(0.0), (1.0, 0.5));
    }
}
