//! Lists of steps: `0.5`, `0.1,0.25,0.5`, `1/1024`, `100us`, `0.01..1:log:9`, `0.1..1:lin:10`.

use crate::error::{Error, Result};
use data::quantity::{Dimension, NUMBER, TIME, plain};

/// Most values a list may have.
pub(super) const MOST: usize = 10_000;

/// Reads a list of positive times \[ms\] for the option `name`; duplicates are dropped, the order is kept.
///
/// # Errors
/// Text that is none of the forms, values that are not positive and finite, more than 10,000 of them.
pub fn parse(name: &str, text: &str) -> Result<Vec<f64>> {
    list(name, text, &TIME)
}

/// Reads a list of tolerances, which are numbers without unit, as [`parse`] reads times.
///
/// # Errors
/// Those of [`parse`].
pub fn tolerances(name: &str, text: &str) -> Result<Vec<f64>> {
    list(name, text, &NUMBER)
}

fn list(name: &str, text: &str, dimension: &Dimension) -> Result<Vec<f64>> {
    let mut values: Vec<f64> = Vec::new();
    for item in text.split(',').map(str::trim) {
        if item.is_empty() {
            return Err(unreadable(name, text));
        }
        let these = match item.split_once("..") {
            Some((from, rest)) => range(name, item, [from, rest], dimension)?,
            None => vec![number(name, item, item, dimension)?],
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

fn range(name: &str, item: &str, [from, rest]: [&str; 2], dimension: &Dimension) -> Result<Vec<f64>> {
    let parts: Vec<&str> = rest.split(':').collect();
    let &[to, spacing, count] = parts.as_slice() else {
        return Err(unreadable(name, item));
    };
    let (from, to) = (number(name, item, from, dimension)?, number(name, item, to, dimension)?);
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

fn number(name: &str, item: &str, text: &str, dimension: &Dimension) -> Result<f64> {
    let typed: Option<f64> = plain(text).or_else(|| dimension.with_unit(text));
    // What is read as infinite or not a number is told so.
    let value = typed.or_else(|| text.trim().parse().ok());
    let value = value.ok_or_else(|| unreadable(name, item))?;
    if value.is_finite() && value > 0.0 {
        Ok(value)
    } else {
        Err(Error::invalid(
            name,
            format!("'{item}'"),
            "positive, finite numbers",
            format!("Give {name} numbers above 0, with a point: a comma separates values."),
        ))
    }
}

fn unreadable(name: &str, item: &str) -> Error {
    Error::invalid(
        name,
        format!("'{item}'"),
        "a number, a list 0.1,0.5, or a range FROM..TO:log:COUNT (or :lin:) of two or more values",
        format!("Write {} or {}.", example(name, "0.1,0.5,1"), example(name, "0.01..1:log:9")),
    )
}

/// How an option or a key of a file is given a list.
fn example(name: &str, list: &str) -> String {
    if name.starts_with("--") { format!("{name} {list}") } else { format!("{name} = \"{list}\"") }
}

fn too_many(name: &str, item: &str) -> Error {
    Error::invalid(name, format!("'{item}'"), format!("at most {MOST} values"), "Ask for fewer.")
}
