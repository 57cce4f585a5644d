//! The evolution operator: the neuron as one equation for v, with u a convolution of v with an impulse response.
//!
//! ```text
//! u = (a b e^{−a t} θ) ∗ v  +  u(0) e^{−a t} θ  +  d Σ_k e^{−a (t − t_k)} θ(t − t_k)
//! ```
//!
//! The first term is the evolutionary form; the others carry the initial value and the resets. Here live the convolution
//! engines that evaluate it step by step; [`Evolution`](crate::scheme::Evolution) is the scheme built on them.

pub mod convolution;
pub mod inverse;
