//! The evolution operator: its residual on true solutions, its weights, other kernels, and what linearity and causality promise.

mod kernels;
mod marching;
mod residual;
