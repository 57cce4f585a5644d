//! A bar that says which value a colour stands for.

use plotters::style::RGBColor;

use crate::axis::Axis;
use crate::canvas::{Anchor, Canvas, Rect, text_width};
use crate::panel::{BELOW, draw_x_axis};
use crate::style::{BLACK, SMALL, Stroke, TEXT};

/// Bands of a bar: more than a page can show.
const BANDS: usize = 64;
/// Bands overlap by so much \[px\]: without it renderers leave hairlines between them.
const OVERLAP: f64 = 0.3;
/// Thickness of a bar, and from an upright one to its labels, and to its description at most \[px\].
const THICK: f64 = 14.0;
const TO_LABELS: f64 = 6.0;
const TO_DESCRIPTION: f64 = 52.0;

/// Room for an upright bar \[px\].
pub const WIDE: f64 = THICK + TO_DESCRIPTION + TEXT;
/// Room for a lying bar \[px\].
pub const TALL: f64 = THICK + BELOW;

/// An upright bar with its upper left corner at a point, its labels to the right.
pub fn upright(
    canvas: &mut Canvas,
    (left, top): (f64, f64),
    height: f64,
    axis: &Axis,
    color: impl Fn(f64) -> RGBColor,
) {
    let area = Rect { left, top, right: left + THICK, bottom: top + height };
    canvas.open("bar", area);
    for band in 0..BANDS {
        let y = |k: usize| area.bottom - height * k as f64 / BANDS as f64;
        let top = (y(band + 1) - OVERLAP).max(area.top);
        let corners = [(left, y(band)), (area.right, y(band)), (area.right, top), (left, top)];
        canvas.fill(&corners, color(band as f64 / (BANDS - 1) as f64));
    }
    outline(canvas, area);
    canvas.close();
    let mut widest = 0.0;
    for tick in axis.ticks((height / 34.0) as usize) {
        let y = area.bottom - tick.fraction * height;
        canvas.strokes([((area.right, y), (area.right + 3.0, y))], &Stroke::solid(BLACK, 0.8));
        if let Some(label) = tick.label {
            widest = text_width(&label.base, SMALL).max(widest);
            canvas.text((area.right + TO_LABELS, y), &label.base, SMALL, Anchor::Start, BLACK);
        }
    }
    let middle = (area.right + (TO_LABELS + widest + TEXT).min(TO_DESCRIPTION), 0.5 * (area.top + area.bottom));
    canvas.text(middle, &axis.description, TEXT, Anchor::Upwards, BLACK);
}

/// A lying bar with its upper left corner at a point, its labels below.
pub fn lying(canvas: &mut Canvas, (left, top): (f64, f64), width: f64, axis: &Axis, color: impl Fn(f64) -> RGBColor) {
    let area = Rect { left, top, right: left + width, bottom: top + THICK };
    canvas.open("bar", area);
    for band in 0..BANDS {
        let x = |k: usize| left + width * k as f64 / BANDS as f64;
        let right = (x(band + 1) + OVERLAP).min(area.right);
        let corners = [(x(band), area.bottom), (right, area.bottom), (right, area.top), (x(band), area.top)];
        canvas.fill(&corners, color(band as f64 / (BANDS - 1) as f64));
    }
    outline(canvas, area);
    canvas.close();
    draw_x_axis(canvas, area, axis);
}

/// A thin line around a picture or a bar: white has an end, too.
pub fn outline(canvas: &mut Canvas, Rect { left, top, right, bottom }: Rect) {
    let corners = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top), (right, top)];
    canvas.path(&corners, &Stroke::solid(BLACK, 0.6));
}
