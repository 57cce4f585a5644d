//! What error against step and error against cost have in common: series of points on two logarithmic axes.

use crate::Result;
use crate::axis::Axis;
use crate::canvas::{Anchor, Canvas, Columns, Rect};
use crate::legend::Legend;
use crate::panel::{BELOW, Panel};
use crate::style::{BLACK, DOTTED, GUIDE, MARGIN, SMALL, Stroke, WIDTH, series};

/// Height of the plot, unless its legend needs more \[px\].
const HEIGHT: f64 = 400.0;

/// Points of one series; `hollow` marks those whose error leaves lost spikes out.
pub struct LogSeries {
    pub label: String,
    pub points: Vec<LogPoint>,
}

/// One of them.
#[derive(Clone, Copy)]
pub struct LogPoint {
    pub x: f64,
    pub y: f64,
    pub hollow: bool,
}

/// A figure of this kind.
pub struct LogLog<'a> {
    pub name: &'a str,
    pub title: &'a str,
    pub x: &'a str,
    pub y: &'a str,
    /// Columns of the figure's CSV with the values on both.
    pub columns: [&'a str; 2],
    /// Slopes to draw guides for.
    pub slopes: &'a [f64],
    pub series: Vec<LogSeries>,
}

impl LogSeries {
    /// The points that a logarithmic plot has a place for.
    pub fn shown(&self) -> impl Iterator<Item = &LogPoint> + Clone {
        self.points.iter().filter(|p| p.has_place())
    }
}

impl LogPoint {
    /// Whether a logarithmic plot has a place for it; an error of zero has, at the floor.
    pub fn has_place(&self) -> bool {
        self.x > 0.0 && self.x.is_finite() && self.y >= 0.0 && self.y.is_finite()
    }
}

impl LogLog<'_> {
    /// The drawing.
    pub fn draw(&self) -> Result<String> {
        let shown = || self.series.iter().flat_map(LogSeries::shown);
        let legend = self.legend();
        let (left, right) = legend.beside();
        let bottom = MARGIN + HEIGHT.max(legend.height());
        let panel = Panel {
            area: Rect { left, top: MARGIN, right, bottom },
            x: Axis::log(self.x, shown().map(|p| p.x)),
            y: Axis::log(self.y, shown().map(|p| p.y)),
        };
        let mut canvas = Canvas::new(WIDTH, bottom + BELOW);
        panel.axes(&mut canvas, "plot", &Columns::new(self.columns[0], self.columns[1]), true);
        if shown().next().is_none() {
            panel.nothing(&mut canvas, "no points");
        }
        for slope in self.guided() {
            guide_line(&mut canvas, &panel, *slope);
        }
        for (i, series_i) in self.series.iter().enumerate() {
            let (stroke, _) = series(i);
            // No line leads to a zero: its slope would mean nothing.
            let place = |p: &LogPoint| (p.x, if p.y > 0.0 { p.y } else { f64::NAN });
            let mut points: Vec<(f64, f64)> = series_i.shown().map(place).collect();
            points.sort_by(|p, q| p.0.total_cmp(&q.0));
            panel.line(&mut canvas, points, &stroke);
        }
        for (i, series_i) in self.series.iter().enumerate() {
            let (stroke, marker) = series(i);
            for p in series_i.shown() {
                panel.marker(&mut canvas, (p.x, p.y), marker, &stroke, p.hollow);
            }
        }
        legend.draw(&mut canvas, MARGIN);
        canvas.finish(self.name, self.title)
    }

    fn legend(&self) -> Legend {
        let mut legend = Legend::default();
        for (i, s) in self.series.iter().enumerate() {
            let (stroke, marker) = series(i);
            legend.entry(&s.label, Some(stroke), Some((marker, stroke, false)));
        }
        let shown = || self.series.iter().flat_map(LogSeries::shown);
        if shown().any(|p| p.hollow) {
            legend.heading("hollow: spikes missed or extra");
        }
        if shown().any(|p| p.y == 0.0) {
            legend.heading("arrow: error 0, below the axis");
        }
        if !self.guided().is_empty() {
            legend.entry("slopes, as numbered", Some(guide()), None);
        }
        legend
    }

    /// The slopes to draw guides for: none where there is no slope to compare with.
    fn guided(&self) -> &[f64] {
        let mut xs = self.series.iter().flat_map(LogSeries::shown).map(|p| p.x);
        let first = xs.next();
        if xs.any(|x| Some(x) != first) { self.slopes } else { &[] }
    }
}

/// A line of the given slope from the lower left corner, where data are rare, with its slope where it leaves the panel.
fn guide_line(canvas: &mut Canvas, panel: &Panel, slope: f64) {
    let Rect { left, top, right, bottom } = panel.area;
    // px up per px to the right.
    let steep = slope * (panel.area.height() / panel.y.length()) / (panel.area.width() / panel.x.length());
    let reach = (right - left).min((bottom - top) / steep);
    let end = (left + reach, bottom - steep * reach);
    canvas.path(&[(left, bottom), end], &guide());
    let label = if reach < right - left { (end.0 - 14.0, end.1 + 6.0) } else { (end.0 - 8.0, end.1 - 9.0) };
    canvas.text(label, &slope.to_string(), SMALL, Anchor::Middle, BLACK);
}

fn guide() -> Stroke {
    Stroke { color: GUIDE, width: 0.8, dash: DOTTED }
}
