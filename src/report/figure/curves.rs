//! Small multiples: lines of the same series in several panels, each with axes of its own, over a thick grey reference.

use chart::{Axis, Chart, Draw, Field, Figure, Look, Panel, Series, columns};

use crate::error::Result;

/// What [`curves`] shows.
#[derive(Clone, Debug, Default)]
pub struct Curves {
    /// Name of the figure, fit to be a file name.
    pub name: &'static str,
    /// What screen readers read out.
    pub title: String,
    /// Names of the CSV's columns of x and y, with units.
    pub columns: [&'static str; 2],
    /// Panels in a row.
    pub per_row: usize,
    /// Row by row.
    pub panels: Vec<CurvePanel>,
}

/// One panel.
#[derive(Clone, Debug, Default)]
pub struct CurvePanel {
    /// What stands over it.
    pub heading: String,
    /// Description of the x axis, with its unit.
    pub x: String,
    /// Description of the y axis, with its unit.
    pub y: String,
    /// Whether x is logarithmic.
    pub log_x: bool,
    /// Whether y is logarithmic; only positive values have a place then.
    pub log_y: bool,
    /// Its lines; a label stands for one look in all panels.
    pub series: Vec<CurveSeries>,
}

/// One line.
#[derive(Clone, Debug, Default)]
pub struct CurveSeries {
    /// Its name.
    pub label: String,
    /// Whether it is the reference, thick and grey behind the others.
    pub reference: bool,
    /// Whether its points are marked.
    pub marked: bool,
    /// The points, in the order in which they are joined.
    pub points: Vec<(f64, f64)>,
}

/// Draws the panels; the legend, once for all, stands to their right.
///
/// # Errors
/// [`Error::Figure`](crate::Error::Figure) when the drawing library refuses.
pub fn curves(data: &Curves) -> Result<Figure> {
    let line = |line: &CurveSeries| Series {
        look: if line.reference { Look::Reference } else { Look::Own },
        draw: if line.marked && !line.reference { Draw::Marked } else { Draw::Line },
        ..Series::line(&line.label, line.points.iter().copied())
    };
    let panel = |shown: &CurvePanel| {
        let (x, y) = (if shown.log_x { Axis::log(&shown.x) } else { Axis::linear(&shown.x) }, &shown.y);
        let mut series: Vec<&CurveSeries> = shown.series.iter().collect();
        series.sort_by_key(|line| !line.reference);
        Panel {
            heading: shown.heading.clone(),
            x,
            y: if shown.log_y { Axis::log(y) } else { Axis::linear(y) },
            layers: series.into_iter().map(line).map(Into::into).collect(),
            ..Panel::default()
        }
    };
    let fields =
        [("panel", Field::Panel), ("series", Field::Series), (data.columns[0], Field::X), (data.columns[1], Field::Y)];
    let chart = Chart {
        name: data.name.to_owned(),
        title: data.title.clone(),
        columns: columns(fields),
        per_row: data.per_row,
        panels: data.panels.iter().map(panel).collect(),
        ..Chart::default()
    };
    Ok(chart.draw()?)
}
