//! Tables for people.

use std::fmt::Display;

use spikestep::report::plain;

/// A table with the heads of a list such as "dt \[ms\],spikes": numbers to six digits, a dash where a field is empty.
pub(crate) fn table(heads: &str, rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let shown = |field: String| match field.parse::<f64>() {
        Ok(x) => six(x),
        Err(_) if field.is_empty() => "-".to_owned(),
        Err(_) => field,
    };
    let heads: Vec<&str> = heads.split(',').collect();
    plain(&heads, rows.into_iter().map(|row| row.into_iter().map(shown).collect()))
}

/// A table of a row each of `rows` and a column each of `columns`, under `corner`.
pub(crate) fn pivot<R: Display, C: Display>(
    corner: &str,
    rows: impl IntoIterator<Item = R>,
    columns: &[C],
    entry: impl Fn(&R, &C) -> String,
) -> String {
    let heads = columns.iter().fold(corner.to_owned(), |heads, column| format!("{heads},{column}"));
    let row = |row: R| std::iter::once(row.to_string()).chain(columns.iter().map(|c| entry(&row, c))).collect();
    table(&heads, rows.into_iter().map(row))
}

fn six(x: f64) -> String {
    let rounded = format!("{x:.5e}").parse().unwrap_or(x);
    let plain = rounded == 0.0 || !rounded.is_finite() || (1e-4..1e7).contains(&rounded.abs());
    if plain { rounded.to_string() } else { format!("{rounded:e}") }
}
