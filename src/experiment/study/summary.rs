//! What a study prints: one line a scheme.

use std::fmt::Write;

use super::{columns, figures::median};
use crate::error::Result;
use crate::report::{three, three_or_dash};
use crate::study::{GridCell, Store, rows};

#[derive(Default)]
struct Line {
    cells: usize,
    diverged: usize,
    lost: usize,
    errors: Vec<f64>,
    /// The largest of them, and in which cell.
    worst: Option<(f64, String)>,
}

/// Which cell a row is of: "CH, noise:10:3, seed 4, dt 1".
fn place_of(row: &csv::StringRecord) -> String {
    let named = [("neuron", ""), ("input", ""), ("seed", "seed "), ("dt_ms", "dt "), ("tolerance_ms", "tolerance ")];
    let field = |name| columns::place(name).and_then(|at| row.get(at)).unwrap_or_default();
    // Steps and tolerances may have all digits, seeds are whole.
    let short = |text: &str| match text.parse::<f64>() {
        Ok(x) if text.contains('.') && text.len() > 6 => three(x),
        _ => text.to_owned(),
    };
    let parts = named.iter().map(|&(name, before)| (before, field(name))).filter(|(_, field)| !field.is_empty());
    parts.map(|(before, field)| format!("{before}{}", short(field))).collect::<Vec<_>>().join(", ")
}

/// Cells of each scheme, how many lost spikes, and the largest spike-time error of those that lost none: median and worst.
pub(super) fn text(cells: &[GridCell], store: &Store) -> Result<String> {
    let place = |name| columns::place(name).unwrap_or_default();
    let (diverged, missed, extra) = (place("diverged_at_ms"), place("missed"), place("extra"));
    let error = place("max_spike_time_error_ms");
    let mut lines: Vec<(String, Line)> = Vec::new();
    rows(cells, store, |cell, row, _| {
        let field = |i: usize| row.get(i).unwrap_or_default();
        let name = cell.scheme.to_string();
        let at = lines.iter().rposition(|(known, _)| *known == name).unwrap_or_else(|| {
            lines.push((name, Line::default()));
            lines.len() - 1
        });
        let line = &mut lines[at].1;
        line.cells += 1;
        if !field(diverged).is_empty() {
            line.diverged += 1;
        } else if field(missed) != "0" || field(extra) != "0" {
            line.lost += 1;
        } else {
            let size = field(error).parse::<f64>().ok();
            line.errors.extend(size);
            if let Some(size) = size.filter(|size| line.worst.as_ref().is_none_or(|(worst, _)| size > worst)) {
                line.worst = Some((size, place_of(row)));
            }
        }
        Ok(())
    })?;
    let mut text = format!(
        "\n{:26} {:>8} {:>9} {:>11}   largest spike-time error of the others [ms]\n{:57}  {:>9} {:>9}\n",
        "scheme", "cells", "diverged", "lost spikes", "", "median", "worst   in the cell"
    );
    for (name, line) in lines {
        let middle = (!line.errors.is_empty()).then(|| median(line.errors));
        let _ = writeln!(
            text,
            "{name:26} {:>8} {:>9} {:>11}   {:>9} {:>9}{}",
            line.cells,
            line.diverged,
            line.lost,
            three_or_dash(middle),
            three_or_dash(line.worst.as_ref().map(|(worst, _)| *worst)),
            line.worst.map_or_else(String::new, |(_, place)| format!("   {place}"))
        );
    }
    Ok(text)
}
