//! Spikes: trains of them, and where inside a step they fall.

mod location;
#[cfg(feature = "files")]
mod read;
mod train;

pub use location::{Crossing, Location, MAX_SPIKES_PER_STEP, locate, locate_level};
#[cfg(feature = "files")]
pub use read::{NamedTrain, Recording, parse_spike_train, read_spike_train, read_spike_trains};
#[cfg(feature = "files")]
pub(crate) use read::{is_potential, read_spike_source};
pub use train::SpikeTrain;
