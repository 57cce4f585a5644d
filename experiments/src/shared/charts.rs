//! Charts that several experiments have.

use spikestep::Result;
use spikestep::report::chart::{Axis, Chart, Draw, Field, Layer, Panel, Point, Series, columns};

use super::Outputs;

/// A line of a figure.
pub(crate) fn line(label: impl Into<String>, points: impl IntoIterator<Item = (f64, f64)>) -> Series {
    Series::line(label, points)
}

/// The same with a marker at every point.
pub(crate) fn marked<P: Into<Point>>(label: impl Into<String>, points: impl IntoIterator<Item = P>) -> Series {
    Series { draw: Draw::Marked, ..Series::line(label, points) }
}

/// Values against their number from 1.
pub(crate) fn numbered(values: &[f64]) -> impl Iterator<Item = (f64, f64)> {
    values.iter().enumerate().map(|(k, &value)| ((k + 1) as f64, value))
}

/// A panel of a figure, with axes (x, y) that are linear.
pub(crate) fn panel(heading: impl Into<String>, axes: (&str, &str), series: impl IntoIterator<Item = Series>) -> Panel {
    Panel {
        heading: heading.into(),
        x: Axis::linear(axes.0).with_room(0.02),
        y: Axis::linear(axes.1),
        layers: series.into_iter().map(Into::into).collect(),
        ..Panel::default()
    }
}

/// The same with a logarithmic x.
pub(crate) fn log_panel(
    heading: impl Into<String>,
    axes: (&str, &str),
    series: impl IntoIterator<Item = Series>,
) -> Panel {
    Panel { x: Axis::log(axes.0), ..panel(heading, axes, series) }
}

/// Draws and writes a chart of panels, `per_row` in a row; `names` are those of the columns of x and y in the CSV.
pub(crate) fn draw(
    outputs: &mut Outputs<'_>,
    name: &str,
    title: impl Into<String>,
    names: [&str; 2],
    per_row: usize,
    panels: Vec<Panel>,
) -> Result<()> {
    let fields = [("panel", Field::Panel), ("series", Field::Series), (names[0], Field::X), (names[1], Field::Y)];
    let (name, title, columns) = (name.into(), title.into(), columns(fields));
    outputs.figure(&Chart { name, title, columns, per_row, panels, ..Chart::default() })
}

/// A chart of one panel with two logarithmic axes, and guides of these slopes; `names` are those of the columns of x and y in the CSV.
pub(crate) fn log_log(
    name: &str,
    title: &str,
    axes: (&str, &str),
    slopes: &[f64],
    names: [&str; 2],
    series: impl IntoIterator<Item = Series>,
) -> Chart {
    let slopes = (!slopes.is_empty()).then(|| Layer::Slopes(slopes.to_vec()));
    let layers = series.into_iter().map(Into::into).chain(slopes).collect();
    let panel = Panel { x: Axis::log(axes.0), y: Axis::log(axes.1), layers, ..Panel::default() };
    let columns = columns([("series", Field::Series), (names[0], Field::X), (names[1], Field::Y)]);
    Chart { name: name.into(), title: title.into(), columns, panels: vec![panel], ..Chart::default() }
}
