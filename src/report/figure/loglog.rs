//! What error against step and error against cost have in common: series of points on two logarithmic axes.

use super::axis::Axis;
use super::canvas::{Anchor, Canvas, Rect};
use super::legend::Legend;
use super::panel::{Panel, BELOW};
use super::style::{series, Stroke, BLACK, DOTTED, GUIDE, MARGIN, SMALL, WIDTH};
use crate::error::Result;

/// Height of the plot, unless its legend needs more \[px\].
const HEIGHT: f64 = 400.0;

/// Points of one series; `hollow` marks those whose error leaves lost spikes out.
pub(super) struct LogSeries {
    pub(super) label: String,
    pub(super) points: Vec<LogPoint>,
}

/// One of them.
#[derive(Clone, Copy)]
pub(super) struct LogPoint {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) hollow: bool,
}

/// A figure of this kind.
pub(super) struct LogLog<'a> {
    pub(super) name: &'a str,
    pub(super) title: &'a str,
    pub(super) x: &'a str,
    pub(super) y: &'a str,
    /// Slopes to draw guides for.
    pub(super) slopes: &'a [f64],
    pub(super) series: Vec<LogSeries>,
}

impl LogSeries {
    /// The points that a logarithmic plot has a place for.
    pub(super) fn shown(&self) -> impl Iterator<Item = &LogPoint> + Clone {
        self.points.iter().filter(|p| p.has_place())
    }
}

impl LogPoint {
    /// Whether a logarithmic plot has a place for it; an error of zero has, at the floor.
    pub(super) fn has_place(&self) -> bool {
        self.x > 0.0 && self.x.is_finite() && self.y >= 0.0 && self.y.is_finite()
    }
}

impl LogLog<'_> {
    /// The drawing.
    pub(super) fn draw(&self) -> Result<String> {
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
        panel.axes(&mut canvas, "plot", true);
        if shown().next().is_none() {
            panel.nothing(&mut canvas, "no points");
        } else {
            self.guides(&mut canvas, &panel);
        }
        for (i, series_i) in self.series.iter().enumerate() {
            let (stroke, _) = series(i);
            let mut points: Vec<(f64, f64)> = series_i.shown().map(|p| (p.x, p.y)).collect();
            points.sort_by(|p, q| p.0.total_cmp(&q.0));
            panel.line(&mut canvas, &points, &stroke);
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
        if !self.slopes.is_empty() {
            legend.entry("slopes, as numbered", Some(guide()), None);
        }
        legend
    }

    /// Lines of the given slopes through the point at 90 % of both axes, with their slope where they leave the panel.
    fn guides(&self, canvas: &mut Canvas, panel: &Panel) {
        let Rect { left, top, right, bottom } = panel.area;
        let (decade_x, decade_y) = (panel.area.width() / panel.x.length(), panel.area.height() / panel.y.length());
        let from = (right - 0.02 * (right - left), top + 0.10 * (bottom - top));
        for slope in self.slopes {
            // px down per px to the left.
            let steep = slope * decade_y / decade_x;
            let to_left = (left + 4.0, from.1 + steep * (from.0 - left - 4.0));
            let end = if to_left.1 <= bottom { to_left } else { (from.0 - (bottom - from.1) / steep, bottom) };
            canvas.path(&[from, end], &guide());
            let label = if to_left.1 <= bottom { (end.0 + 8.0, end.1 - 10.0) } else { (end.0 - 9.0, end.1 - 9.0) };
            canvas.text(label, &slope.to_string(), SMALL, Anchor::Middle, BLACK);
        }
    }
}

fn guide() -> Stroke {
    Stroke { color: GUIDE, width: 0.8, dash: DOTTED }
}
