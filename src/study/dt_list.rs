//! Lists of steps: `0.5`, `0.1,0.25,0.5`, `0.01..1:log:9`, `0.1..1:lin:10`.

use crate::error::{Error, Result};

/// Most values a list may have.
const MOST: usize = 10_000;

/// Reads a list of positive numbers for the option `name`; duplicates are dropped, the order is kept.
///
/// # Errors
/// Text that is none of the forms, values that are not positive and finite, more than 10,000 of them.
pub fn parse(name: &str, text: &str) -> Result<Vec<f64>> {
    let mut values: Vec<f64> = Vec::new();
    for item in text.split(',').map(str::trim) {
        if item.is_empty() {
            return Err(unreadable(name, text));
        }
        let these = match item.split_once("..") {
            Some((from, rest)) => range(name, item, from, rest)?,
            None => vec![number(name, item, item)?],
        };
        for value in these {
            if !values.contains(&value) {
                values.push(value);
            }
        }
        if values.len() > MOST {
            return Err(too_many(name, item));
        }
    }
    Ok(values)
}

fn range(name: &str, item: &str, from: &str, rest: &str) -> Result<Vec<f64>> {
    let parts: Vec<&str> = rest.split(':').collect();
    let &[to, spacing, count] = parts.as_slice() else {
        return Err(unreadable(name, item));
    };
    let (from, to) = (number(name, item, from)?, number(name, item, to)?);
    let count: usize = count.trim().parse().map_err(|_| unreadable(name, item))?;
    if count < 2 {
        return Err(unreadable(name, item));
    }
    if count > MOST {
        return Err(too_many(name, item));
    }
    let last = (count - 1) as f64;
    let value = |k: usize| -> Option<f64> {
        let share = k as f64 / last;
        // The ends exactly as typed.
        match (k, spacing.trim()) {
            (0, "log" | "lin") => Some(from),
            (k, "log" | "lin") if k == count - 1 => Some(to),
            (_, "log") => Some(from * (to / from).powf(share)),
            (_, "lin") => Some(from + (to - from) * share),
            _ => None,
        }
    };
    (0..count).map(|k| value(k).ok_or_else(|| unreadable(name, item))).collect()
}

fn number(name: &str, item: &str, text: &str) -> Result<f64> {
    let value: f64 = text.trim().parse().map_err(|_| unreadable(name, item))?;
    if value.is_finite() && value > 0.0 {
        Ok(value)
    } else {
        Err(Error::invalid(
            name,
            format!("'{item}'"),
            "positive, finite numbers",
            format!("Give {name} numbers above 0."),
        ))
    }
}

fn unreadable(name: &str, item: &str) -> Error {
    Error::invalid(
        name,
        format!("'{item}'"),
        "a number, a list 0.1,0.5, or a range FROM..TO:log:COUNT (or :lin:) of two or more values",
        format!("Write {name} 0.1,0.5,1 or {name} 0.01..1:log:9."),
    )
}

fn too_many(name: &str, item: &str) -> Error {
    Error::invalid(name, format!("'{item}'"), format!("at most {MOST} values"), "Ask for fewer.")
}

#[cfg(test)]
mod tests {
    use super::parse;
    use proptest::prelude::*;

    #[test]
    fn numbers_lists_and_ranges() {
        assert_eq!(parse("--dt", "0.5").unwrap(), [0.5]);
        assert_eq!(parse("--dt", "1, 0.5,1").unwrap(), [1.0, 0.5]);
        assert_eq!(parse("--dt", "0.25..1:lin:4").unwrap(), [0.25, 0.5, 0.75, 1.0]);
        let log = parse("--dt", "0.01..1:log:9").unwrap();
        assert_eq!((log.len(), log[0], log[8]), (9, 0.01, 1.0));
        // The middle of nine in the logarithm is the geometric mean; powf is good to an ulp or two.
        assert!((log[4] - 0.1).abs() < 1e-16);
    }

    #[test]
    fn bad_text_is_refused_with_the_way_out() {
        for bad in [
            "",
            "x",
            "0",
            "-1",
            "nan",
            "inf",
            "0.1..1",
            "0.1..1:log",
            "0.1..1:log:1",
            "0.1..1:cubic:4",
            "1..2:log:99999999",
        ] {
            let message = parse("--dt", bad).unwrap_err().to_string();
            assert!(message.starts_with("--dt is") && message.contains("allowed:"), "{bad}: {message}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "[-0-9.,:a-z ]{0,30}") {
            let _ = parse("--dt", &text);
        }
    }
}
