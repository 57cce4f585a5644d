//! In place of the reader of NeuroML in a build without the feature `files`.

use std::path::Path;

use super::NeuronSpec;
use crate::error::{Error, Result};

/// Refuses the name of a NeuroML file.
pub(super) fn named(text: &str, _folder: &Path) -> Option<Result<NeuronSpec>> {
    let path = text.split('#').next()?;
    let refusal = || {
        let mend = "Build with the feature files, or give the parameters.";
        Err(Error::invalid(
            "the neuron",
            text,
            "anything but a NeuroML file in a build without the feature files",
            mend,
        ))
    };
    [".nml", ".xml"].iter().any(|ending| path.to_ascii_lowercase().ends_with(ending)).then(refusal)
}
