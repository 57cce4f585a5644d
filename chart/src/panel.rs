//! One plot: a rectangle with two axes, and lines and markers inside it.

use crate::axis::{Axis, Label, Tick};
use crate::canvas::{Anchor, Canvas, Columns, Rect, text_width};
use crate::clip::clip;
use crate::decimate::decimate;
use crate::style::{BLACK, GRID, GUIDE, MARGIN, Marker, SMALL, Stroke, TEXT};

/// Length of a tick \[px\].
const TICK: f64 = 4.0;
/// Size of a raised exponent relative to its base.
const EXPONENT: f64 = 0.75;

/// Room for the labels and the description of the x axis below a panel \[px\].
pub const BELOW: f64 = 44.0;
/// Room for the labels and the description of the y axis left of a panel, from the figure's edge \[px\].
pub const LEFT: f64 = 68.0;

/// A plot.
pub struct Panel {
    pub area: Rect,
    pub x: Axis,
    pub y: Axis,
}

impl Panel {
    /// The place of a point \[px\], or none where an axis has no place for it.
    pub fn at(&self, x: f64, y: f64) -> Option<(f64, f64)> {
        let (fx, fy) = (self.x.fraction(x), self.y.fraction(y));
        (fx.is_finite() && fy.is_finite())
            .then(|| (self.area.left + fx * self.area.width(), self.area.bottom - fy * self.area.height()))
    }

    /// Opens the group of the panel, which shows these columns of the figure's CSV.
    pub fn open(&self, canvas: &mut Canvas, id: &str, shows: &Columns<'_>) {
        canvas.open_plot(id, self.area, [&self.x.scale(), &self.y.scale()], shows);
    }

    /// Draws grid, axes, ticks and descriptions, as a group named `id`. A panel that stands on another one of the same x
    /// axis leaves the labels to that one.
    pub fn axes(&self, canvas: &mut Canvas, id: &str, shows: &Columns<'_>, x_labels: bool) {
        self.axes_with(canvas, id, shows, x_labels, labels(self.area.height(), 34.0, 26.0));
    }

    /// The same with about `y_labels` labels up the y axis, where a low panel needs more than its height asks for.
    pub fn axes_with(&self, canvas: &mut Canvas, id: &str, shows: &Columns<'_>, x_labels: bool, y_labels: usize) {
        let Rect { left, top, right, bottom } = self.area;
        self.open(canvas, id, shows);
        let x_ticks = x_ticks(&self.x, self.area);
        let y_ticks = self.y.ticks(y_labels);
        let across: Vec<(f64, bool)> =
            x_ticks.iter().map(|t| (left + t.fraction * self.area.width(), t.label.is_some())).collect();
        let up: Vec<(f64, bool)> =
            y_ticks.iter().map(|t| (bottom - t.fraction * self.area.height(), t.label.is_some())).collect();
        let major = |at: &[(f64, bool)]| at.iter().filter(|t| t.1).map(|t| t.0).collect::<Vec<f64>>();
        let grid = Stroke::solid(GRID, 0.7);
        canvas.strokes(major(&across).into_iter().map(|x| ((x, top), (x, bottom))), &grid);
        canvas.strokes(major(&up).into_iter().map(|y| ((left, y), (right, y))), &grid);
        let black = Stroke::solid(BLACK, 0.8);
        canvas.strokes(up.iter().map(|(y, l)| ((left - tick_length(*l), *y), (left, *y))), &black);
        canvas.path(&[(left, top), (left, bottom), (right, bottom)], &black);
        canvas.close();

        if x_labels {
            draw_x_axis(canvas, self.area, &self.x);
        } else {
            canvas.strokes(across.iter().map(|(x, l)| ((*x, bottom), (*x, bottom + tick_length(*l)))), &black);
        }
        for (tick, (y, _)) in y_ticks.iter().zip(&up) {
            if let Some(label) = &tick.label {
                draw_label(canvas, (left - TICK - 4.0, *y), label, Anchor::End);
            }
        }
        let middle = (MARGIN + TEXT / 2.0, (top + bottom) / 2.0);
        canvas.text(middle, &self.y.description, TEXT, Anchor::Upwards, BLACK);
    }

    /// Says in the panel's upper left corner, above its frame, what it shows.
    pub fn heading(&self, canvas: &mut Canvas, text: &str) {
        canvas.text((self.area.left, self.area.top - 9.0), text, SMALL, Anchor::Start, BLACK);
    }

    /// Says that there is nothing to show.
    pub fn nothing(&self, canvas: &mut Canvas, text: &str) {
        let Rect { left, top, right, bottom } = self.area;
        canvas.text(((left + right) / 2.0, (top + bottom) / 2.0), text, TEXT, Anchor::Middle, GUIDE);
    }

    /// Draws a line through points, cut to the panel and broken where a point has no place. Returns the indices of the
    /// points that it was drawn through: the others would not change the picture.
    pub fn line(
        &self,
        canvas: &mut Canvas,
        points: impl IntoIterator<Item = (f64, f64)>,
        stroke: &Stroke,
    ) -> Vec<usize> {
        let mut drawn = Vec::new();
        for run in decimate(points.into_iter().map(|(x, y)| self.at(x, y))) {
            for part in clip(&run.iter().map(|p| p.1).collect::<Vec<_>>(), self.area) {
                canvas.path(&part, stroke);
            }
            drawn.extend(run.iter().map(|p| p.0));
        }
        drawn
    }

    /// Draws a marker at a point inside the panel; a value of zero on a logarithmic y axis gets an arrow down from the floor.
    pub fn marker(&self, canvas: &mut Canvas, point: (f64, f64), marker: Marker, stroke: &Stroke, hollow: bool) {
        let inside = |f: f64| (0.0..=1.0).contains(&f);
        let Some(at) = self.at(point.0, point.1) else { return };
        if !inside(self.x.fraction(point.0)) || !inside(self.y.fraction(point.1)) {
            return;
        }
        canvas.marker(at, marker, stroke.color, hollow);
        if self.y.is_log() && point.1 == 0.0 {
            let arrow = |dy: f64| (at.0, at.1 + dy);
            let ink = Stroke::solid(stroke.color, 1.2);
            canvas.strokes([(arrow(4.0), arrow(11.0))], &ink);
            canvas.path(&[(at.0 - 2.5, at.1 + 8.0), arrow(11.0), (at.0 + 2.5, at.1 + 8.0)], &ink);
        }
    }
}

fn tick_length(labelled: bool) -> f64 {
    if labelled { TICK } else { 0.6 * TICK }
}

/// How many labels an axis of `length` px takes: one every `apart` px, but in a small panel five where they are no nearer than
/// `nearest`, since two round numbers are too few to read a value by.
fn labels(length: f64, apart: f64, nearest: f64) -> usize {
    ((length / apart) as usize).max(5.min((length / nearest) as usize))
}

fn x_ticks(x: &Axis, area: Rect) -> Vec<Tick> {
    x.ticks(labels(area.width(), 65.0, 44.0))
}

/// Draws ticks, their labels and the description of an x axis below `area`.
pub fn draw_x_axis(canvas: &mut Canvas, area: Rect, x: &Axis) {
    let ticks: Vec<(f64, Tick)> =
        x_ticks(x, area).into_iter().map(|t| (area.left + t.fraction * area.width(), t)).collect();
    let stroke =
        |(at, tick): &(f64, Tick)| ((*at, area.bottom), (*at, area.bottom + tick_length(tick.label.is_some())));
    canvas.strokes(ticks.iter().map(stroke), &Stroke::solid(BLACK, 0.8));
    for (at, tick) in &ticks {
        if let Some(label) = &tick.label {
            draw_label(canvas, (*at, area.bottom + TICK + 9.0), label, Anchor::Middle);
        }
    }
    let middle = ((area.left + area.right) / 2.0, area.bottom + BELOW - MARGIN);
    canvas.text(middle, &x.description, TEXT, Anchor::Middle, BLACK);
}

fn label_width(label: &Label) -> f64 {
    text_width(&label.base, SMALL) + text_width(&label.exponent, EXPONENT * SMALL)
}

/// Where a page shows the figure in another, wider font, the label grows away from the axis and its parts do not overlap.
fn draw_label(canvas: &mut Canvas, at: (f64, f64), label: &Label, anchor: Anchor) {
    if label.exponent.is_empty() {
        return canvas.text(at, &label.base, SMALL, anchor, BLACK);
    }
    let exponent = text_width(&label.exponent, EXPONENT * SMALL);
    let joint = match anchor {
        Anchor::End => at.0 - exponent,
        Anchor::Start => at.0 + label_width(label) - exponent,
        Anchor::Middle | Anchor::Upwards => at.0 + label_width(label) / 2.0 - exponent,
    };
    canvas.text((joint, at.1), &label.base, SMALL, Anchor::End, BLACK);
    canvas.text((joint, at.1 - 0.42 * SMALL), &label.exponent, EXPONENT * SMALL, Anchor::Start, BLACK);
}
