//! The evolution operator: the neuron as one equation for v, with u a convolution of v with an impulse response.
//!
//! # From the model to the equation
//!
//! The second equation of the neuron, solved for u from u(0) through resets at t_k (θ: Heaviside's function, λ = a leak):
//!
//! ```text
//! u = (a b e^{−λt} θ) ∗ v  +  u(0) e^{−λt} θ  +  d Σ_k e^{−λ(t − t_k)} θ(t − t_k)  +  a b0 (1 − e^{−λt})/λ θ
//! ```
//!
//! The first term is the evolutionary form; the others carry the initial value, the resets and b0 of the general form. Put into the
//! first equation, with v' in the sense of distributions, this is one equation, nonlinear, of second order in v:
//!
//! ```text
//! κ₁ ∗ v + S₂(κ₂ ∗∗ (v ⊗ v)) = (k0 + g) θ − r₀ − Σ_k r(t − t_k) + v(0) δ + (c − peak) Σ_k δ(t − t_k)
//! κ₁ = δ' − k1 δ + a b e^{−λt} θ          κ₂ = −k2 δ ⊗ δ          (S₂ y)(t) = y(t, t)
//! ```
//!
//! # From the equation to the code
//!
//! | in the equation | in the code |
//! |---|---|
//! | κ₁, with its δ' and δ; κ₂; S₂ | [`ImpulseResponse`], [`SecondOrderResponse`] |
//! | the part of κ₁ that is a function, r₀, r | [`Kernel`]: exponentials, power laws, samples |
//! | the equation with both sides | [`EvolutionOperator`]; its `Display` prints it |
//! | v, in stretches between the t_k | [`Signal`] |
//! | κ ∗ v by product integration, order 1, 2 or 4 | [`Kernel::convolve`], [`Reconstruction`] |
//! | left side minus right side | [`EvolutionOperator::residual`], [`residual`] |
//! | u with any kernel; the equation solved step by step | [`Recovery`], [`march`] |
//! | sums on the grid, by three engines | [`convolution`]; [`Evolution`](crate::scheme::Evolution) is the scheme built on them |
//!
//! On a true solution the residual vanishes at the order of the quadrature: that is what proves the signs and the reset terms
//! (`experiments/src/operator_residual.rs`). A quadrature across the jump of v at a reset would lose its order: every one here is cut
//! there.
//!
//! ```
//! use spikestep::operator::{EvolutionOperator, Reconstruction, Signal};
//! use spikestep::{truth::taylor, Neuron, Problem, Stimulus};
//! let neuron = Neuron::new(0.02, 0.2, -65.0, 8.0);
//! let initial = neuron.resting_start();
//! let problem = Problem { neuron, stimulus: Stimulus::constant(10.0), initial, duration: 100.0 };
//! let truth = taylor::solve(&problem, taylor::TOLERANCE);
//! let equation = EvolutionOperator::of(&problem)?;
//! let v = Signal::of_truth(&truth, 0.01)?;
//! let residual = equation.residual(&v, &problem.stimulus, Reconstruction::Cubic)?;
//! assert!(residual.mean_absolute() < 1e-4); // mV/ms, of terms of several hundred
//! # Ok::<(), spikestep::Error>(())
//! ```
//!
//! With an exponential kernel the equation is an ODE, and an ODE solver or the recursive engine is the cheap way to solve it. The form
//! earns its keep with other kernels: adaptation on several time scales, fractional recovery, a measured kernel from a file.

mod evolution_operator;
mod impulse_response;
pub mod inverse;
pub mod kernel;
mod march;
mod memory;
mod panel_convolution;
mod reconstruction;
mod recovery;
pub mod residual;
mod riccati;
mod short;
mod signal;

pub use ::convolution;
pub use evolution_operator::EvolutionOperator;
pub use impulse_response::{ImpulseResponse, SecondOrderResponse};
pub use kernel::Kernel;
pub use march::{Marched, march};
pub use reconstruction::Reconstruction;
pub use recovery::{Recovery, RecoveryVariable};
pub use residual::{Residual, grid_residual};
pub use signal::{Signal, Stretch};
