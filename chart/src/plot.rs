//! One plot: a rectangle with two axes, and how lines, markers and words stand inside and around it.

use crate::axis::{Axis, Fitted, Label};
use crate::canvas::{Anchor, Canvas, Rect, Shown, fit_text, text_width};
use crate::chart::{Panel, Point};
use crate::clip::clip;
use crate::decimate::decimate;
use crate::style::{BLACK, GRID, GUIDE, Marker, SMALL, Stroke, TEXT};

/// Length of a tick, and from it to its label \[px\].
const TICK: f64 = 4.0;
const TO_LABEL: f64 = 4.0;
/// Size of a raised exponent relative to its base.
const EXPONENT: f64 = 0.75;
/// Longer names along a y axis are shortened \[px\].
const NAME: f64 = 170.0;
/// Room for the labels of an x axis below a plot, and for its description \[px\].
const X_LABELS: f64 = 26.0;
const X_DESCRIPTION: f64 = 18.0;

/// A plot: its panel, where it is, and its axes with their ranges.
pub(crate) struct Plot<'a> {
    pub(crate) panel: &'a Panel,
    pub(crate) area: Rect,
    pub(crate) x: Fitted,
    pub(crate) y: Fitted,
    /// Whether the x axis is labelled here, and whether the y axis says what it is.
    pub(crate) labelled: bool,
    pub(crate) described: bool,
}

/// Room below a plot for its x axis \[px\].
pub(crate) fn below(x: &Axis, labelled: bool) -> f64 {
    match (labelled, x.description.is_empty()) {
        (false, _) => 10.0,
        (true, true) => X_LABELS,
        (true, false) => X_LABELS + X_DESCRIPTION,
    }
}

/// Room left of a plot of so many px height for the labels of its y axis and its description.
pub(crate) fn left_of(y: &Axis, fitted: &Fitted, height: f64, described: bool) -> f64 {
    let names = y.named().iter().map(|(name, _)| text_width(&fit_text(name, SMALL, NAME), SMALL));
    let ticks = fitted.ticks(y_labels(height)).into_iter().filter_map(|tick| tick.label).map(|l| label_width(&l));
    let widest = names.chain(ticks).fold(0.0, f64::max);
    let description = if described && !y.description.is_empty() { TEXT + 8.0 } else { 0.0 };
    description + widest + TICK + TO_LABEL
}

/// How many labels an axis of `length` px takes: one every `apart` px, but in a small plot five where they are no nearer than
/// `nearest`, since two round numbers are too few to read a value by.
fn labels(length: f64, apart: f64, nearest: f64) -> usize {
    ((length / apart) as usize).max(5.min((length / nearest) as usize))
}

fn y_labels(height: f64) -> usize {
    labels(height, 34.0, 26.0).max(3)
}

impl Plot<'_> {
    /// The place of a point \[px\], or none where an axis has no place for it.
    pub(crate) fn at(&self, x: f64, y: f64) -> Option<(f64, f64)> {
        let (fx, fy) = (self.x.fraction(x), self.y.fraction(y));
        (fx.is_finite() && fy.is_finite())
            .then(|| (self.area.left + fx * self.area.width(), self.area.bottom - fy * self.area.height()))
    }

    /// Whether a place is inside.
    pub(crate) fn holds(&self, at: (f64, f64)) -> bool {
        let Rect { left, top, right, bottom } = self.area;
        let near = 1e-6;
        (left - near..=right + near).contains(&at.0) && (top - near..=bottom + near).contains(&at.1)
    }

    /// Opens the group of the plot, which shows these columns of the figure's CSV.
    pub(crate) fn open(&self, canvas: &mut Canvas, id: &str, shows: &Shown<'_>) {
        let (x, y) = (&self.panel.x, &self.panel.y);
        // Names along both axes may be short; the CSV has the whole texts.
        let field = |k: usize, at: usize| {
            let here = |p: &&Point| [p.x, p.y][k] == at as f64;
            let point = self.panel.series().flat_map(|series| &series.points).find(here);
            point.filter(|_| x.has_single_names() && y.has_single_names()).and_then(|p| p.texts.get(1 - k))
        };
        let scale = |k: usize, axis: &Axis, fitted: &Fitted| {
            let name = |(i, (name, _)): (usize, &(String, usize))| field(k, i).unwrap_or(name).clone();
            let names: Vec<String> = axis.named().iter().enumerate().map(name).collect();
            let word = ["columns", "rows"][k];
            if axis.has_single_names() { format!("{word} {}", serde_json::json!(names)) } else { fitted.scale() }
        };
        let scales = [scale(0, x, &self.x), scale(1, y, &self.y)];
        canvas.open_plot(id, self.area, [&scales[0], &scales[1]], shows);
    }

    /// Draws grid, axes, ticks and descriptions.
    pub(crate) fn axes(&self, canvas: &mut Canvas) {
        let Rect { left, top, right, bottom } = self.area;
        let (x_ticks, y_ticks) =
            (self.x.ticks(labels(self.area.width(), 65.0, 44.0)), self.y.ticks(y_labels(self.area.height())));
        let across: Vec<(f64, bool)> =
            x_ticks.iter().map(|t| (left + t.fraction * self.area.width(), t.label.is_some())).collect();
        let up: Vec<(f64, bool)> =
            y_ticks.iter().map(|t| (bottom - t.fraction * self.area.height(), t.label.is_some())).collect();
        let major = |at: &[(f64, bool)]| at.iter().filter(|t| t.1).map(|t| t.0).collect::<Vec<f64>>();
        let grid = Stroke::solid(GRID, 0.7);
        canvas.strokes(major(&across).into_iter().map(|x| ((x, top), (x, bottom))), &grid);
        canvas.strokes(major(&up).into_iter().map(|y| ((left, y), (right, y))), &grid);
        let black = Stroke::solid(BLACK, 0.8);
        let length = |labelled: bool| if labelled { TICK } else { 0.6 * TICK };
        canvas.strokes(up.iter().map(|(y, l)| ((left - length(*l), *y), (left, *y))), &black);
        canvas.strokes(across.iter().map(|(x, l)| ((*x, bottom), (*x, bottom + length(*l)))), &black);
        canvas.path(&[(left, top), (left, bottom), (right, bottom)], &black);
        for (tick, (y, _)) in y_ticks.iter().zip(&up) {
            if let Some(label) = &tick.label {
                draw_label(canvas, (left - TICK - TO_LABEL, *y), label, Anchor::End);
            }
        }
        self.names(canvas);
        let mut room = left_of(&self.panel.y, &self.y, self.area.height(), true);
        room -= 0.5 * TEXT;
        if self.described {
            canvas.text((left - room, (top + bottom) / 2.0), &self.panel.y.description, TEXT, Anchor::Upwards, BLACK);
        }
        if self.labelled {
            for (tick, (x, _)) in x_ticks.iter().zip(&across) {
                if let Some(label) = &tick.label {
                    draw_label(canvas, (*x, bottom + TICK + 9.0), label, Anchor::Middle);
                }
            }
            let middle = ((left + right) / 2.0, bottom + X_LABELS + 6.0);
            canvas.text(middle, &self.panel.x.description, TEXT, Anchor::Middle, BLACK);
        }
    }

    /// The names along the axes, as many as have room, and lines between groups.
    fn names(&self, canvas: &mut Canvas) {
        let Rect { left, right, bottom, .. } = self.area;
        let mut before = 0;
        let mut free = f64::NEG_INFINITY;
        for (name, n) in self.panel.y.named() {
            let (from, middle) = (before as f64 - 0.5, before as f64 + 0.5 * *n as f64 - 0.5);
            before += n;
            let place = |row: f64| bottom - self.y.fraction(row) * self.area.height();
            if *n > 1 && from > 0.0 {
                canvas.strokes([((left - 3.0, place(from)), (right, place(from)))], &Stroke::solid(GRID, 0.7));
            }
            if *n > 0 && place(middle) - 0.5 * SMALL >= free {
                let name = fit_text(name, SMALL, NAME);
                canvas.text((left - TICK - TO_LABEL, place(middle)), &name, SMALL, Anchor::End, BLACK);
                free = place(middle) + 0.5 * SMALL;
            }
        }
        let mut free = f64::NEG_INFINITY;
        for (i, (name, _)) in self.panel.x.named().iter().enumerate().filter(|_| self.labelled) {
            let (x, half) = (left + self.x.fraction(i as f64) * self.area.width(), 0.5 * text_width(name, SMALL));
            if x - half >= free {
                canvas.text((x, bottom + TICK + 9.0), name, SMALL, Anchor::Middle, BLACK);
                free = x + half + 4.0;
            }
        }
    }

    /// Says right of each row what belongs to it.
    pub(crate) fn beside(&self, canvas: &mut Canvas) {
        let (heading, texts) = &self.panel.beside;
        if texts.is_empty() {
            return;
        }
        let right = self.area.right + beside_room(self.panel);
        canvas.text((right, self.area.top - 9.0), heading, SMALL, Anchor::End, GUIDE);
        if self.area.height() / (texts.len() as f64) < SMALL {
            return;
        }
        for (row, text) in texts.iter().enumerate() {
            let y = self.area.bottom - self.y.fraction(row as f64) * self.area.height();
            canvas.text((right, y), text, SMALL, Anchor::End, BLACK);
        }
    }

    /// Says that there is nothing to show.
    pub(crate) fn nothing(&self, canvas: &mut Canvas) {
        let Rect { left, top, right, bottom } = self.area;
        let text = if self.panel.empty.is_empty() { "no points" } else { &self.panel.empty };
        canvas.text(((left + right) / 2.0, (top + bottom) / 2.0), text, TEXT, Anchor::Middle, GUIDE);
    }

    /// Draws a line through places, cut to the plot and broken where there is none. Returns the indices of the places that it
    /// was drawn through: the others would not change the picture.
    pub(crate) fn line(
        &self,
        canvas: &mut Canvas,
        places: impl IntoIterator<Item = Option<(f64, f64)>>,
        stroke: &Stroke,
    ) -> Vec<usize> {
        let mut drawn = Vec::new();
        for run in decimate(places) {
            for part in clip(&run.iter().map(|p| p.1).collect::<Vec<_>>(), self.area) {
                canvas.path(&part, stroke);
            }
            drawn.extend(run.iter().map(|p| p.0));
        }
        drawn
    }

    /// Draws a marker at a place inside; a value of zero on a logarithmic y axis gets an arrow down from the floor.
    pub(crate) fn marker(
        &self,
        canvas: &mut Canvas,
        at: (f64, f64),
        (stroke, marker): &(Stroke, Marker),
        (hollow, zero): (bool, bool),
    ) {
        if !self.holds(at) {
            return;
        }
        canvas.marker(at, *marker, stroke.color, hollow);
        if zero && self.panel.y.is_log() {
            let arrow = |dy: f64| (at.0, at.1 + dy);
            let ink = Stroke::solid(stroke.color, 1.2);
            canvas.strokes([(arrow(4.0), arrow(11.0))], &ink);
            canvas.path(&[(at.0 - 2.5, at.1 + 8.0), arrow(11.0), (at.0 + 2.5, at.1 + 8.0)], &ink);
        }
    }
}

/// Room right of a plot for what stands beside its rows \[px\].
pub(crate) fn beside_room(panel: &Panel) -> f64 {
    let (heading, texts) = &panel.beside;
    if texts.is_empty() {
        return 0.0;
    }
    8.0 + texts.iter().chain([heading]).map(|text| text_width(text, SMALL)).fold(0.0, f64::max)
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
