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

#[cfg(test)]
mod tests {
    use super::milliseconds;
    use proptest::prelude::*;

    #[test]
    fn units_and_none() {
        for (text, ms) in [
            ("0.1ms", 0.1),
            ("0.1", 0.1),
            ("1s", 1000.0),
            ("0.5 s", 500.0),
            (" 3us", 0.003),
            ("7µs", 0.007),
            ("7μs", 0.007),
            ("1e-3s", 1.0),
            ("2e2", 200.0),
        ] {
            assert_eq!(milliseconds("--over", text).unwrap(), ms, "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_refused_with_the_way_out() {
        for bad in ["", "s", "ms", "0", "-1ms", "nan", "infs", "1 min", "1h", "1,5", "ten", "1e308s", "0x1"] {
            let message = milliseconds("--over", bad).unwrap_err().to_string();
            assert!(message.starts_with(&format!("--over is '{bad}'")) && message.contains("--over 1s."), "{message}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics_and_what_passes_is_a_time(text in "[-0-9.esmuµ ]{0,12}") {
            if let Ok(ms) = milliseconds("--over", &text) {
                prop_assert!(ms > 0.0 && ms.is_finite());
            }
        }
    }
}
