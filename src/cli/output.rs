//! What the command prints.

use std::io::Write;

use crate::error::{Error, Result};

/// Writes to the standard output.
pub(super) fn print(out: &mut dyn Write, text: &str) -> Result<()> {
    out.write_all(text.as_bytes()).map_err(Error::write("the standard output"))
}

/// A value as JSON, to be read by eye too.
pub(super) fn json_text(value: &impl serde::Serialize) -> String {
    serde_json::to_string_pretty(value).expect("text keys and numbers serialise") + "\n"
}
