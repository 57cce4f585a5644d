//! Quantities in options, by the parser of all texts with units.

use crate::error::Result;
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
