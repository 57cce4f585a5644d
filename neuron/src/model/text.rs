//! Numbers in the text of an option.

use crate::error::{Error, Result};

/// A finite number; `what` names it in the message.
pub(super) fn number(what: &str, text: &str) -> Result<f64> {
    let text = text.trim();
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() => Ok(value),
        _ => Err(Error::invalid(
            what,
            if text.is_empty() { "missing".to_owned() } else { format!("'{text}'") },
            "a finite number",
            "Write it like 10, -65 or 0.02.",
        )),
    }
}
