//! The figures of a study, from its results.

use super::super::figure::{Chart, StudyLine, StudyLines, StudyPoint, study_lines};
use crate::interop::{Columns, Values};
use crate::report::grouped::{entry, median};
use crate::study::{FigureTable, figure_value};

/// The cells that fall on one point of a line.
#[derive(Default)]
struct Group {
    x: Vec<f64>,
    y: Vec<f64>,
    lost: usize,
}

/// The points of a line, each under the bits of its step and tolerance.
type Points = Vec<([u64; 2], Group)>;

/// Draws a figure of a study from the results.
pub(super) fn draw(asked: &FigureTable, results: &Columns) -> Chart {
    let numbers = |name: &str| results.get(name).and_then(Values::numbers).unwrap_or_default();
    let (x, y, [dt, tolerance]) =
        (numbers(asked.x.get_ref()), numbers(asked.y.get_ref()), ["dt_ms", "tolerance_ms"].map(numbers));
    let lost = ["missed", "extra", "diverged_at_ms"].map(numbers);
    let series = results.get(asked.series());
    let only = asked.only.iter().map(|(axis, value)| (results.get(axis.get_ref()), figure_value(value.get_ref())));
    let only: Vec<(Option<&Values>, String)> = only.collect();
    let field = |column: Option<&Values>, row| column.map(|values| values.field(row)).unwrap_or_default();
    let mut lines: Vec<(String, Points)> = Vec::new();
    for row in 0..results.len() {
        let shown = only.iter().all(|(column, value)| field(*column, row) == *value);
        if !shown || x[row].is_nan() || y[row].is_nan() {
            continue;
        }
        let points = entry(&mut lines, field(series, row));
        let group = entry(points, [dt[row], tolerance[row]].map(f64::to_bits));
        group.x.push(x[row]);
        group.y.push(y[row].abs());
        // A count of 0 and an empty field are none lost.
        group.lost += usize::from(lost.iter().any(|lost| lost[row] > 0.0));
    }
    let lines = lines.into_iter().map(|(label, groups)| {
        let points = groups.into_iter().map(|(_, group)| StudyPoint {
            cells: group.x.len(),
            lost: group.lost,
            x: median(group.x),
            y: median(group.y),
        });
        StudyLine { label, points: points.collect() }
    });
    study_lines(&StudyLines {
        name: asked.name.get_ref().clone(),
        x: asked.x.get_ref().clone(),
        y: asked.y.get_ref().clone(),
        series: asked.series().to_owned(),
        slopes: asked.slopes.clone(),
        lines: lines.collect(),
    })
}
