//! Times with their units: `0.1ms`, `1s`, `50us`, `2`.

use crate::error::{Error, Result};

/// Units and what they are in ms.
const UNITS: [(&str, f64); 5] = [("ms", 1.0), ("us", 1e-3), ("µs", 1e-3), ("μs", 1e-3), ("s", 1e3)];

/// Reads a time for the option `name`, in ms unless a unit says otherwise \[ms\].
///
/// # Errors
/// Text that is no positive, finite number with one of the units or none.
pub(super) fn milliseconds(name: &str, text: &str) -> Result<f64> {
    let text = text.trim();
    let unit = UNITS.iter().find_map(|(unit, factor)| Some((text.strip_suffix(unit)?, *factor)));
    let (number, factor) = unit.unwrap_or((text, 1.0));
    let value = number.trim().parse::<f64>().ok().map(|x| scaled(x, factor));
    value.filter(|ms| ms.is_finite() && *ms > 0.0).ok_or_else(|| {
        Error::invalid(
            name,
            format!("'{text}'"),
            "a positive, finite time in ms, or with its unit us, ms or s",
            format!("Write {name} 0.1ms or {name} 1s."),
        )
    })
}

/// A number in its unit as ms. A division by 1000 gives the nearest number to what was typed, a product with 0.001 need not.
fn scaled(x: f64, factor: f64) -> f64 {
    if factor < 1.0 { x / (1.0 / factor) } else { x * factor }
}
