//! How far two spike trains, or two solutions, are apart.
//!
//! | question | metric |
//! |---|---|
//! | which spikes moved, by how much, how many are lost | [`SpikeErrors`] |
//! | what it costs to turn one train into the other | [`victor_purpura`] |
//! | how far the trains are after a synapse has smoothed them | [`van_rossum`] |
//! | do they fire at the same rate at the same time | [`isi_distance`] |
//! | do they fire at the same times, with no time scale to choose | [`spike_distance`], [`spike_sync`] |
//! | what share of spikes is predicted, beyond chance | [`gamma`] |
//! | how often it fires, and how regularly | [`rate`], [`mean_interval`], [`coefficient_of_variation`] |
//! | how far v and u are between spikes | [`StateError`] |
//! | how fast an error falls with the step | [`ObservedOrder`] |
//! | is it still the same firing pattern | [`Agreement`], [`PatternClass`] |
//!
//! [`Distances`] has them all for two trains. A [`Metric`] is one such question asked of a run ([`Measured`]); a [`MetricSet`] holds them in the order of their columns, and
//! every table, file and figure follows from it. `standard.rs` has the entries.
//!
//! Times are in ms. `isi_distance`, `spike_distance`, `spike_sync` and `gamma` look at an interval \[0, duration\] and
//! refuse trains with spikes outside it. The first three follow PySpike 0.9 at the edges and for repeated times.

mod arithmetic;
mod distances;
mod gamma;
mod interspike;
mod isi_distance;
pub(crate) mod line;
mod matching;
mod measured;
mod metric;
mod order;
mod pattern;
mod rates;
mod samples;
mod set;
mod spike_distance;
mod spike_errors;
mod spike_sync;
mod standard;
mod state_error;
mod van_rossum;
mod victor_purpura;

pub use distances::Distances;
pub use gamma::gamma;
pub use isi_distance::isi_distance;
pub use measured::{DistanceParameters, Measured, Reference};
pub use metric::{About, Digits, Heading, Metric, MetricKind, Note};
pub use order::ObservedOrder;
pub use pattern::{Agreement, PatternClass};
pub use rates::{coefficient_of_variation, interval_counts, mean_interval, rate};
pub use samples::Samples;
pub use set::{MetricSet, MetricValues};
pub use spike_distance::spike_distance;
pub use spike_errors::{Drift, SpikeErrors};
pub use spike_sync::spike_sync;
pub use state_error::StateError;
pub use van_rossum::van_rossum;
pub use victor_purpura::victor_purpura;
