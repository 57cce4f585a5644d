//! The inverse operator: from the input to v, as a Volterra series about a stable equilibrium.
//!
//! # What is inverted
//!
//! The evolutionary form is one equation for v, whose left side is an operator of second order,
//!
//! ```text
//! κ₁ ∗ v + S₂(κ₂ ∗∗ (v ⊗ v)) = input,      κ₁ = δ' − k1 δ + a b e^{−μ t} θ,   κ₂ = −k2 δ ⊗ δ,   μ = a leak.
//! ```
//!
//! About an equilibrium (v\*, u\*) under a constant input, with v = v\* + x, u = u\* + w and the input raised by i(t), the
//! neuron below its peak is
//!
//! ```text
//! x' = α x − w + k2 x² + i(t),     w' = a b x − μ w,     α = 2 k2 v* + k1,
//! ```
//!
//! so that the operator keeps κ₂ and has κ₁ − 2 k2 v\* δ in place of κ₁. From rest, a quadratic operator has an inverse of
//! all orders,
//!
//! ```text
//! x(t) = Σ_n x_n(t),     x_n(t) = ∫…∫ h_n(t₁, …, t_n) i(t − t₁) … i(t − t_n) dt₁ … dt_n,
//! ```
//!
//! and its impulse characteristics h_n (the Volterra kernels from input to v; \[mV^{1−n}\]) are what
//! [`InverseOperator`] gives, up to [`MAX_KERNEL_ORDER`].
//!
//! # The kernels
//!
//! The growing-exponential method (put i = Σ e^{s_j t}, compare the coefficients of e^{(s₁+…+s_n)t}) gives their Laplace
//! transforms by recursion, for H₁ the reciprocal of the transform of the first-order characteristic:
//!
//! ```text
//! H₁(s) = 1/(s − α + a b/(s + μ)) = (s + μ)/((s − α)(s + μ) + a b)
//! H_n(s₁, …, s_n) = k2 H₁(s₁ + … + s_n) Σ_{i=1}^{n−1} sym[ H_i(s₁, …, s_i) H_{n−i}(s_{i+1}, …, s_n) ]
//! ```
//!
//! sym being the mean over the permutations of the arguments ([`transfer`](InverseOperator::transfer)). The poles of H₁
//! are the eigenvalues λ₁,₂ = m ± √D, m = (α − μ)/2, D = ((α + μ)/2)² − a b. In time
//!
//! ```text
//! h₁(t) = e^{m t} (cosh √D t + (m + μ) sinh(√D t)/√D) = Σ_j c_j e^{λ_j t},     c_j = (λ_j + μ)/(λ_j − λ_k)
//! h₂(t₁, t₂) = k2 ∫₀^T h₁(τ) h₁(t₁ − τ) h₁(t₂ − τ) dτ,     T = min(t₁, t₂)
//!            = k2 Σ_{ijk} c_i c_j c_k e^{λ_j t₁ + λ_k t₂} (e^{(λ_i − λ_j − λ_k) T} − 1)/(λ_i − λ_j − λ_k)
//! ```
//!
//! and h₃, h₄ are sums of exponentials too, whose coefficients follow step by step
//! ([`kernel`](InverseOperator::kernel)). With n, every kernel scales as k2^{n−1} at fixed α, μ and a b.
//!
//! # The response
//!
//! x_n needs no integral over n times: it is the last of a cascade of linear problems,
//!
//! ```text
//! x_n' = α x_n − w_n + k2 Σ_{i=1}^{n−1} x_i x_{n−i} (+ i for n = 1),     w_n' = a b x_n − μ w_n,
//! ```
//!
//! equal to the n-fold convolution with h_n and solved to rounding ([`response`](InverseOperator::response)).
//!
//! # Where it holds
//!
//! x_n is homogeneous: amplitude A times the input multiplies it by Aⁿ, and the series cut after order n misses
//! O(A^{n+1}). The series is a power series in A with a radius of convergence; for |i| ≤ A it is at least
//! 1/(4 k2 ‖h₁‖²) with ‖h₁‖ = ∫|h₁| dt, from the majorant X = ‖h₁‖ (A + k2 X²)
//! ([`guaranteed_amplitude`](InverseOperator::guaranteed_amplitude)). What holds for a given input is measured by
//! `experiments/src/inverse_operator.rs`. A spike is beyond every order: resets are no part of the inverse.
//!
//! # Sources
//!
//! W. J. Rugh, *Nonlinear System Theory: The Volterra/Wiener Approach*, Johns Hopkins (1981), ch. 2 (association of
//! kernels) and 3 (growing exponentials). D. A. George, *Continuous nonlinear systems*, MIT RLE Technical Report 355
//! (1959). M. Schetzen, *Theory of pth-order inverses of nonlinear systems*, IEEE Trans. Circuits Syst. 23 (1976)
//! 285–291. S. Boyd, L. O. Chua, C. A. Desoer, *Analytical foundations of Volterra series*, IMA J. Math. Control Inform. 1
//! (1984) 243–282, for convergence.
//!
//! ```
//! use spikestep::{operator::inverse::InverseOperator, model::CellType, Stimulus};
//! let inverse = InverseOperator::about(&CellType::find("RS")?.neuron, 0.0)?;
//! assert!((inverse.equilibrium().state.v + 70.0).abs() < 1e-12);
//! // A weak step: after 400 ms v has settled where H₁(0) = 1.25 mV per mV/ms says, and the second order corrects it.
//! let x = inverse.response(&Stimulus::constant(0.1), &[400.0], 2)?;
//! assert!((x[0][0] - 0.125).abs() < 1e-5 && (x[1][0] - 1.25 * 0.04 * 0.125f64.powi(2)).abs() < 1e-5);
//! # Ok::<(), spikestep::Error>(())
//! ```

mod kernel;
mod linear;
mod response;
mod transfer;

use nalgebra::Complex;

use crate::error::{Error, Result, finite};
use crate::model::{Equilibrium, EquilibriumKind, PhasePlane, hopf_input, saddle_node_input};
use crate::{Neuron, Piece, Stimulus};

use linear::Linear;

pub use transfer::{MAX_KERNEL_ORDER, MAX_RESPONSE_ORDER};

/// The inverse of a neuron's evolution operator about a stable equilibrium; see the [module](self) for the formulas.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct InverseOperator {
    neuron: Neuron,
    input: f64,
    equilibrium: Equilibrium,
    linear: Linear,
}

impl InverseOperator {
    /// The inverse about the stable equilibrium of `neuron` under the constant `input` \[mV/ms\].
    ///
    /// # Errors
    /// What [`PhasePlane::new`] refuses, and an input under which the neuron has no stable equilibrium, with the inputs
    /// under which it has one.
    pub fn about(neuron: &Neuron, input: f64) -> Result<Self> {
        let equilibria = PhasePlane::new(*neuron, input)?.equilibria();
        match equilibria.iter().copied().find(is_stable) {
            Some(equilibrium) => {
                let linear = Linear::new(neuron, equilibrium.state);
                Ok(InverseOperator { neuron: *neuron, input, equilibrium, linear })
            }
            None => Err(unstable(neuron, input, &equilibria)),
        }
    }

    /// The neuron whose operator is inverted.
    pub fn neuron(&self) -> &Neuron {
        &self.neuron
    }

    /// The equilibrium (v\*, u\*) about which the operator is inverted, a stable node or a stable focus, with λ₁ and λ₂.
    pub fn equilibrium(&self) -> &Equilibrium {
        &self.equilibrium
    }

    /// ‖h₁‖ = ∫|h₁(t)| dt \[ms\], in closed form: no input of |i| ≤ A moves v by more than ‖h₁‖ A in first order.
    pub fn first_order_gain(&self) -> f64 {
        self.linear.absolute_integral()
    }

    /// An amplitude \[mV/ms\] up to which the series converges whatever the input's shape: 1/(4 k2 ‖h₁‖²).
    ///
    /// It is sufficient, not necessary: X = ‖h₁‖ (A + k2 X²) majorises Σ |x_n|, and has a solution up to there
    /// (Boyd, Chua & Desoer 1984).
    pub fn guaranteed_amplitude(&self) -> f64 {
        0.25 / (self.neuron.k2 * self.first_order_gain().powi(2))
    }

    /// The neuron's whole input \[mV/ms\] when `deviation` \[mV/ms\], times `amplitude`, is added to the constant one.
    pub fn whole_input(&self, deviation: &Stimulus, amplitude: f64) -> Result<Stimulus> {
        let raised = |p: &Piece| Piece { value: self.input + amplitude * p.value, slope: amplitude * p.slope, ..*p };
        let whole = Stimulus::piecewise_linear(deviation.pieces().iter().map(raised).collect())?;
        Ok(match deviation.sinusoid() {
            Some(mut sinusoid) => {
                sinusoid.amplitude *= finite("amplitude", amplitude)?;
                whole.with_sinusoid(sinusoid)
            }
            None => whole,
        })
    }

    /// H_n(s₁, …, s_n) \[mV (ms/mV)ⁿ\] at complex frequencies \[1/ms\], n = 1 to [`MAX_KERNEL_ORDER`]. The response to
    /// i = ε Σ_j e^{s_j t} contains n! H_n εⁿ e^{(s₁ + … + s_n) t}. At a pole it is not finite.
    ///
    /// # Errors
    /// No frequency, or more than [`MAX_KERNEL_ORDER`].
    pub fn transfer(&self, frequencies: &[Complex<f64>]) -> Result<Complex<f64>> {
        kernel_order(frequencies.len())?;
        Ok(transfer::transfer(&self.linear, self.neuron.k2, frequencies))
    }

    /// h_n(t₁, …, t_n) \[mV^{1−n}\] at times \[ms\] since each of n impulses, n = 1 to [`MAX_KERNEL_ORDER`].
    ///
    /// It is symmetric, and zero where a time is negative; at t = 0 it is the limit from the right, h₁(0) = 1 and h_n = 0 for n > 1.
    ///
    /// Accuracy: rounding of the sizes of the exponentials, about 1e-13 of the kernel's largest value. Double eigenvalues
    /// and resonances (λ₁ = 2, 3, 4 λ₂), where the sums of exponentials are singular term by term, lose nothing (see the
    /// source); close to an Andronov–Hopf point h₃ and h₄ lose as many digits as |m| is smaller than |Im λ|.
    ///
    /// # Errors
    /// No time, more than [`MAX_KERNEL_ORDER`], or one that is not a number.
    pub fn kernel(&self, times: &[f64]) -> Result<f64> {
        kernel_order(times.len())?;
        for &t in times {
            finite("time of a kernel", t)?;
        }
        Ok(kernel::kernel(&self.linear, self.neuron.k2, times))
    }

    /// x_1 to x_orders \[mV\], each at `times` \[ms\]: the parts of v − v\* of each order in the input `deviation` \[mV/ms\],
    /// which starts at t = 0 from the equilibrium. Row n − 1 is x_n.
    ///
    /// The truncation error is below 1e-18 of the size of the response per step, so that what remains is rounding.
    ///
    /// # Errors
    /// Times that are negative, not finite or decreasing; orders other than 1 to [`MAX_RESPONSE_ORDER`].
    pub fn response(&self, deviation: &Stimulus, times: &[f64], orders: usize) -> Result<Vec<Vec<f64>>> {
        if orders == 0 || orders > MAX_RESPONSE_ORDER {
            let allowed = format!("1 to {MAX_RESPONSE_ORDER}");
            return Err(Error::invalid("order of the response", orders, allowed, "Four orders show the series."));
        }
        if let Some(t) = times.iter().find(|t| !(t.is_finite() && **t >= 0.0)) {
            return Err(Error::invalid("time of the response", t, "0 ms or later", "The input starts at 0 ms."));
        }
        if let Some(pair) = times.windows(2).find(|pair| pair[1] < pair[0]) {
            let given = format!("{} ms after {} ms", pair[1], pair[0]);
            return Err(Error::invalid("time of the response", given, "times in order", "Sort the times."));
        }
        Ok(response::response(&self.linear, self.neuron.k2, deviation, times, orders))
    }
}

fn is_stable(equilibrium: &Equilibrium) -> bool {
    matches!(equilibrium.kind, EquilibriumKind::StableNode | EquilibriumKind::StableFocus)
}

fn kernel_order(order: usize) -> Result<()> {
    if (1..=MAX_KERNEL_ORDER).contains(&order) {
        return Ok(());
    }
    let allowed = format!("1 to {MAX_KERNEL_ORDER}");
    Err(Error::invalid("order of a kernel", order, allowed, "Give as many arguments as the kernel's order."))
}

/// Says what is wrong with `input`, and which inputs would do.
fn unstable(neuron: &Neuron, input: f64, equilibria: &[Equilibrium]) -> Error {
    let kinds: Vec<String> = equilibria.iter().map(|e| format!("v = {:.4} mV is a {}", e.state.v, e.kind)).collect();
    let found = if kinds.is_empty() { "no equilibrium".to_owned() } else { kinds.join(", ") };
    let (hopf, saddle_node) = (hopf_input(neuron), saddle_node_input(neuron));
    // The rest is stable while α < μ and α μ < a b. With μ > 0 the input rises with v up to where the first of the two fails:
    // the Andronov–Hopf point where there is one, otherwise the saddle-node. With μ < 0 α lies between the two, and the
    // input falls from the saddle-node to the Andronov–Hopf point. With μ = 0 the input does not matter.
    let rate = neuron.a * neuron.leak;
    let range = match (hopf, saddle_node) {
        (Some(low), Some(high)) if rate < 0.0 => Some(format!("between {low:.4} and {high:.4} mV/ms")),
        (hopf, saddle_node) if rate > 0.0 => hopf.or(saddle_node).map(|limit| format!("below {limit:.4} mV/ms")),
        _ => None,
    };
    let (allowed, mend) = match range {
        Some(range) => (
            format!("a constant input {range}, under which this neuron rests"),
            "Hold the neuron at such an input: the series is taken about a stable equilibrium.",
        ),
        None => (
            "a constant input under which the neuron rests; this neuron has none".to_owned(),
            "Choose another neuron: the series is taken about a stable equilibrium.",
        ),
    };
    Error::invalid("input of the inverse operator", format!("{input} mV/ms ({found})"), allowed, mend)
}
