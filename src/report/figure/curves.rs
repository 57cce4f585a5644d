//! Small multiples: lines of the same series in several panels, each with axes of its own, over a thick grey reference.

use super::Figure;
use crate::error::Result;
use chart::axis::Axis;
use chart::canvas::{Canvas, Columns, Rect};
use chart::legend::Legend;
use chart::panel::{BELOW, LEFT, Panel};
use chart::style::{MARGIN, Stroke, TRUTH, WIDTH, series};
use chart::table::{Table, number};

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

const ABOVE: f64 = 20.0;
const HEIGHT: f64 = 150.0;

/// Draws the panels; the legend, once for all, stands to their right.
///
/// # Errors
/// [`Error::Figure`](crate::Error::Figure) when the drawing library refuses.
pub fn curves(data: &Curves) -> Result<Figure> {
    let mut table = Table::new(data.name, &["panel", "series", data.columns[0], data.columns[1]]);
    let mut labels: Vec<&CurveSeries> = Vec::new();
    for line in data.panels.iter().flat_map(|panel| &panel.series) {
        if !labels.iter().any(|known| known.label == line.label) {
            labels.push(line);
        }
    }
    // The reference takes no look from the others.
    let numbered: Vec<&str> = labels.iter().filter(|l| !l.reference).map(|l| l.label.as_str()).collect();
    let look = |line: &CurveSeries| {
        let index = numbered.iter().position(|&label| label == line.label).unwrap_or(0);
        let (stroke, marker) = series(index);
        (if line.reference { Stroke::solid(TRUTH, 4.0) } else { stroke }, marker)
    };
    let mut legend = Legend::default();
    for line in &labels {
        let (stroke, marker) = look(line);
        legend.entry(&line.label, Some(stroke), (line.marked && !line.reference).then_some((marker, stroke, false)));
    }
    let (_, right) = legend.beside();
    let per_row = data.per_row.max(1);
    let rows = data.panels.len().div_ceil(per_row).max(1);
    let row = ABOVE + HEIGHT + BELOW;
    let mut canvas = Canvas::new(WIDTH, (MARGIN + rows as f64 * row).max(legend.height() + 2.0 * MARGIN));
    let width = right / per_row as f64;
    for (i, shown) in data.panels.iter().enumerate() {
        let left = (i % per_row) as f64 * width;
        let top = MARGIN + (i / per_row) as f64 * row + ABOVE;
        let points = || shown.series.iter().flat_map(|line| line.points.iter().copied());
        let (xs, ys): (Vec<f64>, Vec<f64>) = points().unzip();
        let panel = Panel {
            area: Rect { left: left + LEFT - 8.0, top, right: left + width - 6.0, bottom: top + HEIGHT },
            x: if shown.log_x { Axis::log(&shown.x, xs) } else { Axis::around(&shown.x, xs, 0.02) },
            y: if shown.log_y { Axis::log("", ys) } else { Axis::around("", ys, 0.05) },
        };
        let shows = Columns::new(data.columns[0], data.columns[1]).of("panel", &[&shown.heading]);
        panel.axes(&mut canvas, &format!("panel{i}"), &shows, true);
        // The description stands beside its own panel, not at the sheet's edge.
        let beside = (left + MARGIN, (panel.area.top + panel.area.bottom) / 2.0);
        canvas.text(beside, &shown.y, chart::style::SMALL, chart::canvas::Anchor::Upwards, chart::style::BLACK);
        panel.heading(&mut canvas, &shown.heading);
        if points().next().is_none() {
            panel.nothing(&mut canvas, "no points");
        }
        let behind = shown.series.iter().filter(|line| line.reference);
        for line in behind.chain(shown.series.iter().filter(|line| !line.reference)) {
            let (stroke, marker) = look(line);
            panel.line(&mut canvas, line.points.iter().copied(), &stroke);
            for &(x, y) in &line.points {
                if line.marked && !line.reference {
                    panel.marker(&mut canvas, (x, y), marker, &stroke, false);
                }
                table.row([shown.heading.clone(), line.label.clone(), number(x), number(y)]);
            }
        }
    }
    legend.draw(&mut canvas, MARGIN + ABOVE);
    Ok(Figure { name: data.name.to_owned(), svg: canvas.finish(data.name, &data.title)?, csv: table.finish()? })
}
