//! A quantity of a study against another, both logarithmic, one line for each value of a third.

use super::Figure;
use crate::error::Result;
use chart::loglog::{LogLog, LogPoint, LogSeries};
use chart::table::{Table, number};

/// What [`study_lines`] shows.
#[derive(Clone, Debug, Default)]
pub struct StudyLines {
    /// Name of the figure's files.
    pub name: String,
    /// What stands on the horizontal axis, with its unit.
    pub x: String,
    /// What stands on the vertical axis, with its unit.
    pub y: String,
    /// What a line is: the name of its column.
    pub series: String,
    /// Slopes to draw guides for.
    pub slopes: Vec<f64>,
    /// The lines.
    pub lines: Vec<StudyLine>,
}

/// A line.
#[derive(Clone, Debug, Default)]
pub struct StudyLine {
    /// Its name.
    pub label: String,
    /// Its points, in any order.
    pub points: Vec<StudyPoint>,
}

/// The cells that fall on one point.
#[derive(Clone, Copy, Debug)]
pub struct StudyPoint {
    /// Where.
    pub x: f64,
    /// Median over the cells.
    pub y: f64,
    /// How many they are.
    pub cells: usize,
    /// How many of them lost or added spikes, or diverged: where there are such the point is hollow.
    pub lost: usize,
}

/// Draws the lines; points that a logarithmic axis has no place for are left out.
///
/// # Errors
/// [`Error::Figure`](crate::Error::Figure) when the drawing library refuses.
pub fn study_lines(data: &StudyLines) -> Result<Figure> {
    let mut table = Table::new(&data.name, &[&data.series, &data.x, &data.y, "cells", "cells_with_lost_spikes"]);
    let mut series = Vec::new();
    for line in &data.lines {
        let points = line.points.iter().map(|p| LogPoint { x: p.x, y: p.y, hollow: p.lost > 0 }).collect();
        for p in &line.points {
            table.row([line.label.clone(), number(p.x), number(p.y), p.cells.to_string(), p.lost.to_string()]);
        }
        series.push(LogSeries { label: line.label.clone(), points });
    }
    let several = data.lines.iter().flat_map(|line| &line.points).any(|p| p.cells > 1);
    let of = if several { "median of " } else { "" };
    let (x, y) = (spelled(&data.x), format!("{of}{}", spelled(&data.y)));
    let title = format!("{y} against {x}");
    let drawing = LogLog {
        name: &data.name,
        title: &title,
        x: &x,
        y: &y,
        columns: [&data.x, &data.y],
        slopes: &data.slopes,
        series,
    };
    Ok(Figure { name: data.name.clone(), svg: drawing.draw()?, csv: table.finish()? })
}

/// A column's name as an axis says it: "max_spike_time_error_ms" is "max spike time error [ms]".
fn spelled(column: &str) -> String {
    let unit = |rest: &str, unit: &str| format!("{} [{unit}]", rest.replace('_', " "));
    match column {
        "flops_per_ms" => "flops per simulated ms".to_owned(),
        "rhs_evaluations_per_ms" => "evaluations of the right-hand side per simulated ms".to_owned(),
        "max_spike_time_error_ms" => "largest spike-time error [ms]".to_owned(),
        "rms_spike_time_error_ms" => "RMS spike-time error [ms]".to_owned(),
        "victor_purpura" => "Victor-Purpura distance".to_owned(),
        "van_rossum" => "van Rossum distance".to_owned(),
        "drift_ms_per_spike" => "drift [ms per spike]".to_owned(),
        "dt_ms" => "time step dt [ms]".to_owned(),
        _ => match column.strip_suffix("_ms") {
            Some(rest) => unit(rest, "ms"),
            None => match column.strip_suffix("_mV") {
                Some(rest) => unit(rest, "mV"),
                None => column.replace('_', " "),
            },
        },
    }
}
