//! u as memory of v: the kernel, what feeds it, and what the start and the resets give.

use super::kernel::Kernel;
use crate::error::{Error, Result, finite};
use crate::model::Neuron;

/// How u follows from v, for any kernel:
///
/// ```text
/// u(t) = r₀(t) + Σ_k r(t − t_k) + (κ ∗ x)(t),      x = gain v + offset − leak u
/// ```
///
/// With leak = 0 this is the evolutionary form with any kernel; with leak > 0 it is a Volterra equation for u, the form in
/// which a fractional recovery has a pure power law as its kernel.
#[derive(Clone, Debug, PartialEq)]
pub struct Recovery {
    /// The kernel κ that is convolved with v.
    pub kernel: Kernel,
    /// The coefficient of v in x.
    pub gain: f64,
    /// The constant part of x.
    pub offset: f64,
    /// The coefficient of −u in x.
    pub leak: f64,
    /// The response r₀ to the initial value of u \[mV/ms\].
    pub initial: Kernel,
    /// The response r to a reset \[mV/ms\]; it must be finite at 0.
    pub jump: Kernel,
}

/// One of several recovery variables, u_i' = weight v − rate u_i, increased by `jump` at a spike.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RecoveryVariable {
    /// The decay rate λ_i of the variable \[1/ms\].
    pub rate: f64,
    /// The weight w_i of v \[1/ms²\].
    pub weight: f64,
    /// The initial value u_i(0) \[mV/ms\].
    pub initial: f64,
    /// The jump of u_i at a spike \[mV/ms\].
    pub jump: f64,
}

impl Recovery {
    /// The recovery of the Izhikevich neuron from u(0) = `u0` \[mV/ms\]: κ = a b e^{−λt}, λ = a leak.
    ///
    /// # Errors
    /// Parameters that are not finite.
    pub fn izhikevich(neuron: &Neuron, u0: f64) -> Result<Self> {
        let rate = neuron.a * neuron.leak;
        Ok(Recovery {
            kernel: Kernel::exponential(neuron.a * neuron.b, rate)?,
            gain: 1.0,
            offset: 0.0,
            leak: 0.0,
            initial: initial_response(neuron, u0)?,
            jump: Kernel::exponential(neuron.d, rate)?,
        })
    }

    /// Adaptation on several time scales: u = Σ u_i, a sum of exponentials as kernel.
    ///
    /// # Errors
    /// Numbers that are not finite.
    pub fn several(variables: &[RecoveryVariable]) -> Result<Self> {
        let of = |value: fn(&RecoveryVariable) -> f64| {
            Kernel::exponentials(variables.iter().map(|variable| (value(variable), variable.rate)))
        };
        Ok(Recovery {
            kernel: of(|v| v.weight)?,
            gain: 1.0,
            offset: 0.0,
            leak: 0.0,
            initial: of(|v| v.initial)?,
            jump: of(|v| v.jump)?,
        })
    }

    /// Fractional recovery, D^α u = a^α (b v + b0 − leak u) (Caputo's derivative of order `alpha`), as a Volterra equation:
    ///
    /// ```text
    /// u = u(0) + d Σ_k θ(t − t_k) + a^α t^{α−1}/Γ(α) ∗ (b v + b0 − leak u)
    /// ```
    ///
    /// A disturbance decays as the Mittag-Leffler function E_α(−(a t)^α), at late times like t^{−α}; α → 1 is the Izhikevich
    /// neuron.
    ///
    /// # Errors
    /// An exponent outside (0, 1), a ≤ 0, parameters that are not finite.
    pub fn fractional(neuron: &Neuron, alpha: f64, u0: f64) -> Result<Self> {
        if neuron.a <= 0.0 {
            return Err(Error::invalid(
                "neuron parameter a",
                neuron.a,
                "a positive rate for a fractional recovery",
                "Take a=0.02, say.",
            ));
        }
        finite("u(0)", u0)?;
        Ok(Recovery {
            kernel: Kernel::power_law(neuron.a.powf(alpha), alpha)?,
            gain: neuron.b,
            offset: neuron.b0,
            leak: neuron.leak,
            initial: Kernel::exponential(u0, 0.0)?,
            jump: Kernel::exponential(neuron.d, 0.0)?,
        })
    }

    /// Any kernel κ (from a file, say) convolved with v; the initial value `u0` and the jumps `d` \[mV/ms\] decay as κ does.
    ///
    /// # Errors
    /// A kernel that is zero or singular at t = 0; numbers that are not finite.
    pub fn of_kernel(kernel: Kernel, u0: f64, d: f64) -> Result<Self> {
        let shape = kernel.relaxation()?;
        let (initial, jump) = (shape.clone().scaled(finite("u(0)", u0)?), shape.scaled(finite("jump d", d)?));
        Ok(Recovery { kernel, gain: 1.0, offset: 0.0, leak: 0.0, initial, jump })
    }
}

/// r₀(t) = u(0) e^{−λt} + a b0 (1 − e^{−λt})/λ, its limit u(0) + a b0 t for λ = 0.
fn initial_response(neuron: &Neuron, u0: f64) -> Result<Kernel> {
    let rate = neuron.a * neuron.leak;
    if neuron.b0 == 0.0 {
        return Kernel::exponential(u0, rate);
    }
    if rate == 0.0 {
        return Ok(Kernel::exponential(u0, 0.0)?.plus(Kernel::ramp(neuron.a * neuron.b0)));
    }
    let level = neuron.b0 / neuron.leak;
    Kernel::exponentials([(u0 - level, rate), (level, 0.0)])
}
