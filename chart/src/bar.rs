//! The bar beside a panel, which says what colours stand for.

use crate::axis::Axis;
use crate::canvas::{Anchor, Canvas, Rect, text_width};
use crate::colors::{BLACK, Colors, SHADES};
use crate::style::{SMALL, Stroke, TEXT};

/// Bands overlap by so much \[px\]: without it renderers leave hairlines between them.
const OVERLAP: f64 = 0.3;
/// Thickness of a bar, and from it to its labels, and to its description at most \[px\].
const THICK: f64 = 14.0;
const TO_LABELS: f64 = 6.0;
const TO_DESCRIPTION: f64 = 52.0;
const TO_PANEL: f64 = 14.0;

/// Room for a bar right of a panel \[px\].
pub(crate) const BAR: f64 = TO_PANEL + THICK + TO_DESCRIPTION + TEXT;

impl Colors {
    /// Draws the bar right of a panel.
    pub(crate) fn draw_bar(&self, canvas: &mut Canvas, beside: Rect) {
        let left = beside.right + TO_PANEL;
        let area = Rect { left, right: left + THICK, ..beside };
        let axis = Axis::linear(&self.description).between(self.ends.0, self.ends.1).fit([]);
        canvas.open("bar", area);
        for shade in 0..SHADES {
            let y = |k: usize| area.bottom - area.height() * k as f64 / SHADES as f64;
            let top = (y(shade + 1) - OVERLAP).max(area.top);
            canvas.fill(&[(left, y(shade)), (area.right, y(shade)), (area.right, top), (left, top)], self.of(shade));
        }
        outline(canvas, area);
        canvas.close();
        let mut widest = 0.0;
        for tick in axis.ticks((area.height() / 34.0) as usize) {
            let y = area.bottom - tick.fraction * area.height();
            canvas.strokes([((area.right, y), (area.right + 3.0, y))], &Stroke::solid(BLACK, 0.8));
            if let Some(label) = tick.label {
                widest = text_width(&label.base, SMALL).max(widest);
                canvas.text((area.right + TO_LABELS, y), &label.base, SMALL, Anchor::Start, BLACK);
            }
        }
        let middle = (area.right + (TO_LABELS + widest + TEXT).min(TO_DESCRIPTION), 0.5 * (area.top + area.bottom));
        canvas.text(middle, &self.description, TEXT, Anchor::Upwards, BLACK);
    }
}

/// A thin line around a picture or a bar: white has an end, too.
pub(crate) fn outline(canvas: &mut Canvas, Rect { left, top, right, bottom }: Rect) {
    let corners = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top), (right, top)];
    canvas.path(&corners, &Stroke::solid(BLACK, 0.6));
}
