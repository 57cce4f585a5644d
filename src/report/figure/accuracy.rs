//! Accuracy of recognition against the time step, for each scheme, beside what the pixels alone give.

use super::Figure;
use crate::error::Result;
use crate::recognition::readout::Interval;
use chart::axis::Axis;
use chart::canvas::{Canvas, Columns, Rect};
use chart::legend::Legend;
use chart::panel::{BELOW, Panel};
use chart::style::{DASHED, DOTTED, Dash, GUIDE, MARGIN, Marker, SOLID, Stroke, WIDTH, series};
use chart::table::{Table, number};

/// What [`accuracy`] shows.
#[derive(Clone, Debug, Default)]
pub struct Accuracy {
    /// What screen readers read out.
    pub title: String,
    /// Panels in a row.
    pub per_row: usize,
    /// Row by row: a way of training or of reading each. All have the same y axis.
    pub panels: Vec<AccuracyPanel>,
    /// Accuracies without a network, such as of the nearest centroid of the pixels: name, and accuracy in 0..=1.
    pub references: Vec<(String, f64)>,
    /// Accuracy of guessing, in 0..=1.
    pub chance: Option<f64>,
}

/// One panel.
#[derive(Clone, Debug, Default)]
pub struct AccuracyPanel {
    /// What stands over it.
    pub heading: String,
    /// Its lines; a label stands for one look in all panels.
    pub series: Vec<AccuracySeries>,
}

/// A scheme at several steps.
#[derive(Clone, Debug, Default)]
pub struct AccuracySeries {
    /// Its name.
    pub label: String,
    /// In the order in which they are joined.
    pub points: Vec<AccuracyPoint>,
}

/// An accuracy at a step.
#[derive(Clone, Copy, Debug)]
pub struct AccuracyPoint {
    /// The step \[ms\].
    pub dt: f64,
    /// Accuracy in 0..=1 and its confidence interval over seeds; one that is not finite (of a single seed) is not drawn.
    pub accuracy: Interval,
}

const ABOVE: f64 = 22.0;
const HEIGHT: f64 = 220.0;
/// Room for the y labels of a panel that is not the first one of its row \[px\].
const BETWEEN: f64 = 42.0;
/// Half the width of an error bar's cap, and between the points of neighbouring series at one dt \[px\].
const CAP: f64 = 2.5;
const DODGE: f64 = 4.0;
/// The points of all series at one dt keep within so much \[px\].
const SPREAD: f64 = 24.0;
/// Looks of the references: grey, without markers.
const REFERENCES: [Dash; 4] = [SOLID, DASHED, &[8.0, 2.5, 1.5, 2.5], &[12.0, 3.0]];

/// Draws accuracy against dt \[ms\], logarithmic. Points of several series at one dt stand a little beside each other, so that no
/// error bar covers another; the CSV has their dt. The y axis is about what is shown; chance is on it where that does not flatten
/// the rest, and said in the legend in any case.
///
/// # Errors
/// [`Error::Figure`](crate::Error::Figure) when the drawing library refuses.
pub fn accuracy(data: &Accuracy) -> Result<Figure> {
    let name = "accuracy";
    let mut table = Table::new(name, &["panel", "series", "dt_ms", "accuracy", "low", "high"]);
    let mut labels: Vec<&str> = Vec::new();
    for line in data.panels.iter().flat_map(|panel| &panel.series) {
        if !labels.contains(&line.label.as_str()) {
            labels.push(&line.label);
        }
    }
    let points = || data.panels.iter().flat_map(|p| &p.series).flat_map(|s| s.points.iter().copied());
    let y = y_axis(data, points());
    let x: Vec<f64> = points().map(|p| p.dt).collect();
    let lines = horizontals(data);
    let legend = legend(&labels, &lines, &y);

    let (left, right) = legend.beside();
    let per_row = data.per_row.max(1);
    let rows = data.panels.len().div_ceil(per_row).max(1);
    let row = ABOVE + HEIGHT + BELOW;
    let width = (right - left + BETWEEN) / per_row as f64;
    let mut canvas = Canvas::new(WIDTH, MARGIN + (rows as f64 * row).max(ABOVE + legend.height() + MARGIN));
    for (i, shown) in data.panels.iter().enumerate() {
        let from = left + (i % per_row) as f64 * width;
        let top = MARGIN + (i / per_row) as f64 * row + ABOVE;
        let described = if i % per_row == 0 { "accuracy" } else { "" };
        let panel = Panel {
            area: Rect { left: from, top, right: from + width - BETWEEN, bottom: top + HEIGHT },
            x: Axis::log("time step dt [ms]", x.clone()),
            y: y.described(described),
        };
        let shows = Columns::new("dt_ms", "accuracy").of("panel", &[&shown.heading]);
        panel.axes(&mut canvas, &format!("panel{i}"), &shows, true);
        panel.heading(&mut canvas, &shown.heading);
        for (_, value, stroke) in &lines {
            if (0.0..=1.0).contains(&y.fraction(*value)) {
                let at = panel.area.bottom - y.fraction(*value) * panel.area.height();
                canvas.path(&[(panel.area.left, at), (panel.area.right, at)], stroke);
            }
        }
        if shown.series.iter().all(|line| line.points.is_empty()) {
            panel.nothing(&mut canvas, "no accuracy");
        }
        for line in &shown.series {
            let index = labels.iter().position(|label| *label == line.label).unwrap_or(0);
            let dodge = DODGE.min(SPREAD / labels.len() as f64);
            let aside = (index as f64 - 0.5 * (labels.len() as f64 - 1.0)) * dodge;
            draw_line(&mut canvas, &panel, line, series(index), aside);
            for AccuracyPoint { dt, accuracy } in &line.points {
                let values = [*dt, accuracy.estimate, accuracy.low, accuracy.high].map(shown_number);
                table.row([shown.heading.clone(), line.label.clone()].into_iter().chain(values));
            }
        }
    }
    for (label, value, _) in &lines {
        let fields = [label.clone(), String::new(), number(*value), String::new(), String::new()];
        table.row(std::iter::once("reference".to_owned()).chain(fields));
    }
    legend.draw(&mut canvas, MARGIN + ABOVE);
    Ok(Figure { name: name.to_owned(), svg: canvas.finish(name, &data.title)?, csv: table.finish()? })
}

fn shown_number(x: f64) -> String {
    if x.is_finite() { number(x) } else { String::new() }
}

/// About the points, their intervals and the references; down to chance where the rest keeps half of the axis.
fn y_axis(data: &Accuracy, points: impl Iterator<Item = AccuracyPoint>) -> Axis {
    let ends = points.flat_map(|p| [p.accuracy.estimate, p.accuracy.low, p.accuracy.high]);
    let shown = ends.chain(data.references.iter().map(|r| r.1)).filter(|x| x.is_finite()).map(|x| x.clamp(0.0, 1.0));
    let (low, high) = shown.fold((f64::INFINITY, f64::NEG_INFINITY), |(lo, hi), x| (lo.min(x), hi.max(x)));
    let low = match data.chance {
        Some(chance) if low - chance <= high - low => low.min(chance),
        _ => low,
    };
    Axis::around("accuracy", [low, high], 0.05)
}

/// The horizontal lines: label, accuracy, look.
fn horizontals(data: &Accuracy) -> Vec<(String, f64, Stroke)> {
    let line = |width: f64, dash: Dash| Stroke { color: GUIDE, width, dash };
    let references = data.references.iter().enumerate();
    let mut all: Vec<(String, f64, Stroke)> =
        references.map(|(i, (label, at))| (label.clone(), *at, line(1.1, REFERENCES[i % REFERENCES.len()]))).collect();
    all.extend(data.chance.map(|chance| ("chance".to_owned(), chance, line(1.4, DOTTED))));
    all
}

fn legend(labels: &[&str], lines: &[(String, f64, Stroke)], y: &Axis) -> Legend {
    let mut legend = Legend::default();
    for (i, label) in labels.iter().enumerate() {
        let (stroke, marker) = series(i);
        legend.entry(label, Some(stroke), Some((marker, stroke, false)));
    }
    if !lines.is_empty() {
        legend.heading("without a network:");
    }
    for (label, value, stroke) in lines {
        let off = if (0.0..=1.0).contains(&y.fraction(*value)) { "" } else { ", off the axis" };
        legend.entry(&format!("{label} ({value:.3}{off})"), Some(*stroke), None);
    }
    legend
}

/// A series, moved by `aside` px: line, error bars with caps, markers.
fn draw_line(
    canvas: &mut Canvas,
    panel: &Panel,
    line: &AccuracySeries,
    (stroke, marker): (Stroke, Marker),
    aside: f64,
) {
    let Rect { top, bottom, .. } = panel.area;
    let at = |dt: f64, y: f64| panel.at(dt, y).map(|(x, y)| (x + aside, y.clamp(top, bottom)));
    let places: Vec<Option<(f64, f64)>> = line.points.iter().map(|p| at(p.dt, p.accuracy.estimate)).collect();
    for run in places.split(Option::is_none) {
        let run: Vec<(f64, f64)> = run.iter().copied().flatten().collect();
        canvas.path(&run, &stroke);
    }
    let bar = Stroke::solid(stroke.color, 1.0);
    for point in &line.points {
        let Interval { low, high, .. } = point.accuracy;
        if let (true, Some((x, low)), Some((_, high))) =
            (low.is_finite() && high.is_finite(), at(point.dt, low), at(point.dt, high))
        {
            canvas.strokes([((x, low), (x, high))], &bar);
            canvas.strokes([low, high].map(|y| ((x - CAP, y), (x + CAP, y))), &bar);
        }
    }
    for place in places.into_iter().flatten() {
        canvas.marker(place, marker, stroke.color, false);
    }
}
