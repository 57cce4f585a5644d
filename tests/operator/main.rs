//! The evolution operator: its residual on true solutions, its weights, other kernels, and what linearity and causality promise.

#[path = "../common/mod.rs"]
mod common;
mod kernels;
mod marching;
mod residual;
