//! The kinds of experiments by name.

use serde::de::DeserializeOwned;
use toml::de::ValueDeserializer;

use super::kind::Experiment;
use super::{recognition, study};

/// Reads the table of a kind.
pub(super) type Read = fn(ValueDeserializer<'_>) -> std::result::Result<Box<dyn Experiment>, toml::de::Error>;

/// The kinds of experiments and how each is read.
pub(super) fn kinds() -> &'static [(&'static str, Read)] {
    &[("recognition", table::<recognition::Recognition>), ("study", table::<study::StudyExperiment>)]
}

/// For `kinds`: reads a table into the type of a kind.
fn table<E: Experiment + DeserializeOwned + 'static>(
    value: ValueDeserializer<'_>,
) -> std::result::Result<Box<dyn Experiment>, toml::de::Error> {
    Ok(Box::new(E::deserialize(value)?))
}
