//! Spikes: trains of them, and where inside a step they fall.

mod location;
mod read;
mod train;

pub use location::{Crossing, Location, locate};
pub use read::{parse_spike_train, read_spike_train};
pub use train::SpikeTrain;
