//! Tables for people, and lines of figures.

use spikestep::Result;
use spikestep::report::figure::{CurvePanel, CurveSeries, Curves, curves};

use super::Outputs;

/// A table with the heads of a list such as "dt \[ms\],spikes", its columns of the given widths with a blank between them: to the right,
/// or to the left where the width is negative.
pub(crate) fn columns(heads: &str, widths: &[isize], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let row = |row: Vec<String>| {
        let cell = |(text, width): (&String, &isize)| {
            let size = width.unsigned_abs();
            if *width < 0 { format!("{text:<size$}") } else { format!("{text:>size$}") }
        };
        row.iter().zip(widths).map(cell).collect::<Vec<_>>().join(" ") + "\n"
    };
    let head = heads.split(',').map(str::to_owned).collect();
    std::iter::once(head).chain(rows).map(row).collect()
}

/// The names of a list such as "dt_ms,spikes", for the header of a CSV.
pub(crate) fn names(list: &str) -> Vec<&str> {
    list.split(',').collect()
}

/// A line of a figure.
pub(crate) fn line(label: impl Into<String>, points: impl IntoIterator<Item = (f64, f64)>) -> CurveSeries {
    CurveSeries { label: label.into(), points: points.into_iter().collect(), ..CurveSeries::default() }
}

/// Values against their number from 1.
pub(crate) fn numbered(values: &[f64]) -> impl Iterator<Item = (f64, f64)> {
    values.iter().enumerate().map(|(k, &value)| ((k + 1) as f64, value))
}

/// A panel of a figure, with axes (x, y) that are linear.
pub(crate) fn panel(
    heading: impl Into<String>,
    axes: (&str, &str),
    series: impl IntoIterator<Item = CurveSeries>,
) -> CurvePanel {
    let (x, y) = (axes.0.to_owned(), axes.1.to_owned());
    CurvePanel { heading: heading.into(), x, y, series: series.into_iter().collect(), ..CurvePanel::default() }
}

/// The same with a logarithmic x.
pub(crate) fn log_panel(
    heading: impl Into<String>,
    axes: (&str, &str),
    series: impl IntoIterator<Item = CurveSeries>,
) -> CurvePanel {
    CurvePanel { log_x: true, ..panel(heading, axes, series) }
}

/// Draws and writes panels, `per_row` in a row; `columns` are those of x and y in the CSV.
pub(crate) fn draw(
    outputs: &mut Outputs<'_>,
    name: &'static str,
    title: impl Into<String>,
    columns: [&'static str; 2],
    per_row: usize,
    panels: Vec<CurvePanel>,
) -> Result<()> {
    outputs.figure(&curves(&Curves { name, title: title.into(), columns, per_row, panels })?)
}
