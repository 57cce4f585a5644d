//! Spikes: trains of them, and where inside a step they fall.

mod location;
mod train;

pub use location::{locate, Crossing, Location};
pub use train::SpikeTrain;
