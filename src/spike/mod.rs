//! Spikes: trains of them, and where inside a step they fall.

mod train;

pub use train::SpikeTrain;
