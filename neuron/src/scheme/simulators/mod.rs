//! The exact update rules of simulators: same operations in the same order, no fused multiply-add, so that their own
//! traces are met bit for bit where their arithmetic is plain IEEE. Each file says what one step is and which version of the
//! simulator was recorded (`tests/reference/simulators/`).
//!
//! Two have no trace and say so: [`nest_rkf45`], which NEST could have and has not, and [`spinnaker`].
//!
//! These rules bring their own spike handling, on the grid; a located variant would no longer be the simulator's rule.

pub mod annarchy;
pub mod bindsnet;
pub mod brainpy;
pub mod brian2;
pub mod carlsim;
pub mod genn;
pub mod nengo;
pub mod nest;
pub mod nest_rkf45;
pub mod neuron;
pub mod norse;
pub mod spinnaker;

pub use annarchy::EulerAbovePeak;
pub use bindsnet::IzhikevichNodes;
pub use brainpy::{BrainPyRk2, BrainPyState};
pub use brian2::{Brian2Rk2, Brian2Rk4, Brian2Rk4Array};
pub use carlsim::{Carlsim, CarlsimRk4};
pub use genn::Genn;
pub use nengo::Nengo;
pub use nest::{NestConsistent, NestPublished};
pub use nest_rkf45::NestRkf45;
pub use neuron::{InSection, Mechanism, Neuron2007a};
pub use norse::Norse;
pub use spinnaker::{Multiplier, Spinnaker};
