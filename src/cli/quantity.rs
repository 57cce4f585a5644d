//! Quantities in options, by the parser of all texts with units.

use crate::error::{Error, Result};
use data::quantity::{RATE, TIME, VOLTAGE};

/// Reads a time for the option `name`, in ms unless a unit says otherwise \[ms\].
///
/// # Errors
/// Text that is no positive, finite number with one of the units or none.
pub(super) fn milliseconds(name: &str, text: &str) -> Result<f64> {
    TIME.positive(name, text)
}

/// A time \[ms\], for clap.
pub(super) fn time(text: &str) -> Result<f64> {
    TIME.unchecked("it", text)
}

/// A voltage \[mV\], for clap.
pub(super) fn voltage(text: &str) -> Result<f64> {
    VOLTAGE.unchecked("it", text)
}

/// A rate \[1/ms\], for clap.
pub(super) fn rate(text: &str) -> Result<f64> {
    RATE.unchecked("it", text)
}

/// A percentage above 0 and below 100, for clap.
pub(super) fn percent(text: &str) -> Result<f64> {
    let number = text.strip_suffix('%').unwrap_or(text).trim().parse::<f64>().ok();
    number.filter(|percent| *percent > 0.0 && *percent < 100.0).ok_or_else(|| {
        Error::invalid(
            "it",
            format!("'{}'", text.escape_debug()),
            "a number of per cent above 0 and below 100",
            "Write for example 2.",
        )
    })
}
