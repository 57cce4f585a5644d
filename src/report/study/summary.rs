//! What a study prints: one line a scheme.

use std::fmt::Write;

use crate::interop::{Columns, Values};
use crate::report::grouped::{entry, median};
use crate::report::{three, three_or_dash};

#[derive(Default)]
struct Line {
    cells: usize,
    diverged: usize,
    lost: usize,
    /// Cells in which neither the truth nor the run has a spike: they say nothing about spike times.
    silent: usize,
    errors: Vec<f64>,
    /// The largest of them, and in which cell.
    worst: Option<(f64, String)>,
}

/// Which cell a row is of: "CH, noise:10:3, seed 4, dt 1".
fn place_of(results: &Columns, row: usize) -> String {
    let named = [("neuron", ""), ("input", ""), ("seed", "seed "), ("dt_ms", "dt "), ("tolerance_ms", "tolerance ")];
    let field = |name| results.get(name).map(|values| values.field(row)).unwrap_or_default();
    // Steps and tolerances may have all digits, seeds are whole.
    let short = |text: String| match text.parse::<f64>() {
        Ok(x) if text.contains('.') && text.len() > 6 => three(x),
        _ => text,
    };
    let parts = named.iter().map(|&(name, before)| (before, field(name))).filter(|(_, field)| !field.is_empty());
    parts.map(|(before, field)| format!("{before}{}", short(field))).collect::<Vec<_>>().join(", ")
}

/// Cells of each scheme, how many lost spikes or have none at all, and the largest spike-time error of the others: median and worst.
pub(super) fn text(results: &Columns) -> String {
    let numbers = |name| results.get(name).and_then(Values::numbers).unwrap_or_default();
    let [diverged, missed, extra, error, truth, spikes] =
        ["diverged_at_ms", "missed", "extra", "max_spike_time_error_ms", "truth_spikes", "spike_count"].map(numbers);
    let schemes = results.get("scheme");
    let mut lines: Vec<(String, Line)> = Vec::new();
    for row in 0..results.len() {
        let name = schemes.map(|schemes| schemes.field(row)).unwrap_or_default();
        let line = entry(&mut lines, name);
        line.cells += 1;
        if !diverged[row].is_nan() {
            line.diverged += 1;
        } else if missed[row] > 0.0 || extra[row] > 0.0 {
            line.lost += 1;
        } else if truth[row] == 0.0 && spikes[row] == 0.0 {
            line.silent += 1;
        } else if !error[row].is_nan() {
            line.errors.push(error[row]);
            if line.worst.as_ref().is_none_or(|(worst, _)| error[row] > *worst) {
                line.worst = Some((error[row], place_of(results, row)));
            }
        }
    }
    let mut text = format!(
        "\n{:26} {:>6} {:>8} {:>13} {:>6}   largest error of the others [ms]\n{:64} {:>9} {:>9}\n",
        "scheme", "cells", "diverged", "lost or added", "silent", "", "median", "worst   in the cell"
    );
    for (name, line) in lines {
        let middle = (!line.errors.is_empty()).then(|| median(line.errors));
        let _ = writeln!(
            text,
            "{name:26} {:>6} {:>8} {:>13} {:>6}  {:>9} {:>9}{}",
            line.cells,
            line.diverged,
            line.lost,
            line.silent,
            three_or_dash(middle),
            three_or_dash(line.worst.as_ref().map(|(worst, _)| *worst)),
            line.worst.map_or_else(String::new, |(_, place)| format!("   {place}"))
        );
    }
    text
}
