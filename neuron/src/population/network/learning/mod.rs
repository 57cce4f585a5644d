//! Plastic connections: spike-timing-dependent rules as BindsNET defines them.

mod pending;
mod plasticity;
mod settings;
mod update;

pub use settings::{Learning, LearningRule, Reduction};

pub(in crate::population) use plasticity::{ConnectionEnd, Plasticity};
