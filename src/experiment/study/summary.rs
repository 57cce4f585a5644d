//! What a study prints: one line a scheme.

use std::fmt::Write;

use super::{columns, figures::median};
use crate::error::Result;
use crate::report::three_or_dash;
use crate::study::{rows, GridCell, Store};

#[derive(Default)]
struct Line {
    cells: usize,
    diverged: usize,
    lost: usize,
    errors: Vec<f64>,
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
            line.errors.extend(field(error).parse::<f64>().ok());
        }
        Ok(())
    })?;
    let mut text = format!(
        "\n{:26} {:>8} {:>9} {:>11}   largest spike-time error of the others [ms]\n{:57}  {:>9} {:>9}\n",
        "scheme", "cells", "diverged", "lost spikes", "", "median", "worst"
    );
    for (name, line) in lines {
        let worst = line.errors.iter().copied().reduce(f64::max);
        let middle = (!line.errors.is_empty()).then(|| median(line.errors));
        let _ = writeln!(
            text,
            "{name:26} {:>8} {:>9} {:>11}   {:>9} {:>9}",
            line.cells,
            line.diverged,
            line.lost,
            three_or_dash(middle),
            three_or_dash(worst)
        );
    }
    Ok(text)
}
