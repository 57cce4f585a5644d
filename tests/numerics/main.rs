//! One neuron: the model, its schemes and metrics, the operator, and the truth with its bounds and proofs.

#[path = "../common/mod.rs"]
mod common;

mod arithmetic;
mod convolution;
mod enclosure;
mod family;
mod fixed_step;
mod inverse_operator;
mod metrics;
mod model;
mod operator;
mod outside;
mod own_scheme;
mod projective;
mod published;
mod residual_bound;
mod schemes;
mod simulators;
mod spikes;
mod tableaux;
mod truth;
mod typed;
