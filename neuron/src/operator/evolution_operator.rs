//! The neuron as one equation, an operator on v and its right side, as data.

use std::fmt;

use crate::error::Result;
use crate::model::{Neuron, Problem, State, Stimulus};

use super::impulse_response::{ImpulseResponse, SecondOrderResponse};
use super::kernel::Kernel;
use super::recovery::Recovery;
use super::short::short;

/// The evolution equation of a neuron:
///
/// ```text
/// κ₁ ∗ v + S₂(κ₂ ∗∗ (v ⊗ v)) = (k0 + g) θ − r₀ − Σ_k r(t − t_k) + v(0) δ + (c − peak) Σ_k δ(t − t_k)
/// ```
///
/// with r₀ what the initial state gives to u, and r what a reset gives to it. For the Izhikevich neuron
/// ([`EvolutionOperator::izhikevich`])
///
/// ```text
/// κ₁ = δ' − k1 δ + a b e^{−λt} θ,   κ₂ = −k2 δ ⊗ δ,   r = d e^{−λt} θ,   λ = a leak
/// r₀ = u(0) e^{−λt} θ + a b0 (1 − e^{−λt})/λ θ
/// ```
///
/// Source: Vuvunikian & Chen for the left side; the initial and reset terms follow from the equations.
///
/// ```
/// use spikestep::operator::EvolutionOperator;
/// use spikestep::Neuron;
/// let rs = Neuron::new(0.02, 0.2, -65.0, 8.0);
/// let equation = EvolutionOperator::izhikevich(&rs, rs.resting_start())?.to_string();
/// assert!(equation.contains("κ₁ = δ' - 5 δ + 0.004 e^(-0.02 t) θ"));
/// assert!(equation.contains("κ₂ = -0.04 δ ⊗ δ"));
/// # Ok::<(), spikestep::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct EvolutionOperator {
    /// The first-order impulse characteristic κ₁.
    pub first: ImpulseResponse,
    /// The second-order impulse characteristic κ₂.
    pub second: SecondOrderResponse,
    /// The constant k0 of the right-hand side \[mV/ms\].
    pub constant: f64,
    /// r₀ \[mV/ms\], a function of t.
    pub initial: Kernel,
    /// r \[mV/ms\], a function of the time since a spike.
    pub jump: Kernel,
    /// The initial potential v(0) \[mV\].
    pub v0: f64,
    /// The potential c after a reset \[mV\].
    pub reset: f64,
    /// The potential at which a spike is cut off \[mV\].
    pub peak: f64,
}

impl EvolutionOperator {
    /// The equation of a neuron from `initial`.
    ///
    /// # Errors
    /// Parameters that are not finite, or a neuron that has more than the quadratic form.
    pub fn izhikevich(neuron: &Neuron, initial: State) -> Result<Self> {
        neuron.require_plain("the evolution equation")?;
        let Recovery { kernel, initial: r0, jump, .. } = Recovery::izhikevich(neuron, initial.u)?;
        Ok(EvolutionOperator {
            first: ImpulseResponse { derivative: 1.0, delta: -neuron.k1, kernel },
            second: SecondOrderResponse::diagonal(-neuron.k2),
            constant: neuron.k0,
            initial: r0,
            jump,
            v0: initial.v,
            reset: neuron.c,
            peak: neuron.peak,
        })
    }

    /// The equation of a problem's neuron from its initial state.
    ///
    /// # Errors
    /// Parameters that are not finite.
    pub fn of(problem: &Problem) -> Result<Self> {
        Self::izhikevich(&problem.neuron, problem.initial)
    }

    /// The same equation with other memory: κ, r₀ and r of `recovery`.
    pub fn with_recovery(mut self, kernel: Kernel, initial: Kernel, jump: Kernel) -> Self {
        (self.first.kernel, self.initial, self.jump) = (kernel, initial, jump);
        self
    }
}

/// The equation and its parts in the paper's notation.
impl fmt::Display for EvolutionOperator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shifted = |kernel: &Kernel| kernel.to_string().replace(" t)", " (t-t_k))").replace(" θ", " θ(t-t_k)");
        writeln!(f, "κ₁ ∗ v + S₂(κ₂ ∗∗ (v ⊗ v)) = ({} + g) θ - r₀ - Σ_k r_k", short(self.constant))?;
        writeln!(f, "    + {} δ + ({}) Σ_k δ(t-t_k)", short(self.v0), short(self.reset - self.peak))?;
        writeln!(f, "κ₁ = {}", self.first)?;
        writeln!(f, "κ₂ = {}", self.second)?;
        writeln!(f, "r₀ = {}", self.initial)?;
        write!(f, "r_k = {}", shifted(&self.jump))
    }
}

/// ∫ of the input from `from` to `to` \[mV\], exact.
pub(super) fn input_integral(stimulus: &Stimulus, from: f64, to: f64) -> f64 {
    let pieces = stimulus.pieces();
    let first = pieces.partition_point(|p| p.start <= from).saturating_sub(1);
    let mut sum = 0.0;
    for (i, p) in pieces.iter().enumerate().skip(first) {
        if p.start >= to {
            break;
        }
        let end = pieces.get(i + 1).map_or(to, |next| next.start.min(to));
        let start = p.start.max(from);
        if end > start {
            sum += (end - start) * (p.value + p.slope * (0.5 * (start + end) - p.start));
        }
    }
    if let Some(s) = stimulus.sinusoid().filter(|s| s.start < to) {
        let (half, middle) = (0.5 * (to - from.max(s.start)), 0.5 * (to + from.max(s.start)) - s.start);
        // The mean of a sine over an interval is its value in the middle times sin(ω h/2)/(ω h/2).
        let x = s.omega * half;
        let sinc = if x.abs() < 1e-4 { 1.0 - x * x / 6.0 } else { x.sin() / x };
        sum += 2.0 * half * s.amplitude * (s.omega * middle + s.phase).sin() * sinc;
    }
    sum
}
