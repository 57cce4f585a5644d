//! In place of the reader of recorded inputs in a build without the feature `files`.

use std::path::Path;

use super::{Interpolation, Stimulus};
use crate::error::{Error, Result};

impl Stimulus {
    /// Refuses a recorded input.
    ///
    /// # Errors
    /// That, always.
    pub fn from_csv(path: impl AsRef<Path>, _: Interpolation) -> Result<Self> {
        let allowed = "anything but a file in a build without the feature files";
        let mend = "Build with the feature files, or give the pieces.";
        Err(Error::invalid("the input", path.as_ref().display(), allowed, mend))
    }
}
