//! The evolution operator: the neuron as one equation for v, with u a convolution of v with an impulse response.
//!
//! ```text
//! u = (a b e^{−a t} θ) ∗ v  +  u(0) e^{−a t} θ  +  d Σ_k e^{−a (t − t_k)} θ(t − t_k)
//! ```
//!
//! The first term is the evolutionary form; the others carry the initial value and the resets. Here live the convolution
//! engines that evaluate it step by step; [`Evolution`](crate::scheme::Evolution) is the scheme built on them.

pub mod convolution;
mod evolution_operator;
mod impulse_response;
pub mod kernel;
mod march;
mod memory;
mod panel_convolution;
mod reconstruction;
mod recovery;
pub mod residual;
mod riccati;
mod signal;

pub use evolution_operator::EvolutionOperator;
pub use impulse_response::{ImpulseResponse, SecondOrderResponse};
pub use kernel::Kernel;
pub use march::{march, Marched};
pub use reconstruction::Reconstruction;
pub use recovery::{Recovery, RecoveryVariable};
pub use residual::Residual;
pub use signal::{Signal, Stretch};
