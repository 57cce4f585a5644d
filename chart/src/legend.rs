//! The legend: what each line and marker stands for, in an area of its own to the right of the plots.

use crate::canvas::{Anchor, Canvas, Rect, fit_text, text_width};
use crate::panel::LEFT;
use crate::style::{BLACK, GUIDE, MARGIN, Marker, SMALL, Stroke, WIDTH};

/// Height of an entry \[px\].
const LINE: f64 = 16.0;
/// Length of a line's sample \[px\].
const SAMPLE: f64 = 30.0;
/// Between a sample and its label, and between plot and legend \[px\].
const GAP: f64 = 6.0;
const TO_PLOT: f64 = 16.0;
/// Longer labels are shortened \[px\].
const LABEL: f64 = 190.0;

enum Entry {
    Heading(String),
    Sample { label: String, stroke: Option<Stroke>, marker: Option<(Marker, Stroke, bool)> },
}

/// A legend under way.
#[derive(Default)]
pub struct Legend {
    entries: Vec<Entry>,
}

impl Legend {
    /// Adds a line of text without a sample.
    pub fn heading(&mut self, text: &str) {
        self.entries.push(Entry::Heading(text.to_owned()));
    }

    /// Adds a line, a marker (the flag: hollow) or both.
    pub fn entry(&mut self, label: &str, stroke: Option<Stroke>, marker: Option<(Marker, Stroke, bool)>) {
        self.entries.push(Entry::Sample { label: fit_text(label, SMALL, LABEL), stroke, marker });
    }

    /// Height \[px\].
    pub fn height(&self) -> f64 {
        self.entries.len() as f64 * LINE
    }

    /// Width \[px\].
    pub fn width(&self) -> f64 {
        let widths = self.entries.iter().map(|e| match e {
            Entry::Heading(text) => text_width(text, SMALL),
            Entry::Sample { label, .. } => SAMPLE + GAP + text_width(label, SMALL),
        });
        widths.fold(0.0, f64::max)
    }

    /// The part of a figure's width that is left for plots, from the first argument (by default [`LEFT`]) to its right end.
    pub fn beside(&self) -> (f64, f64) {
        (LEFT, WIDTH - MARGIN - self.width() - TO_PLOT)
    }

    /// Draws it with its upper end at `top`, at the right end of the figure.
    pub fn draw(&self, canvas: &mut Canvas, top: f64) {
        self.draw_at(canvas, "legend", (WIDTH - MARGIN - self.width(), top));
    }

    /// Draws it as a group named `id` with its upper left corner at a point \[px\].
    pub fn draw_at(&self, canvas: &mut Canvas, id: &str, (left, top): (f64, f64)) {
        canvas.open(id, Rect { left, top, right: left + self.width(), bottom: top + self.height() });
        for (i, entry) in self.entries.iter().enumerate() {
            let y = top + (i as f64 + 0.5) * LINE;
            match entry {
                Entry::Heading(text) => canvas.text((left, y), text, SMALL, Anchor::Start, GUIDE),
                Entry::Sample { label, stroke, marker } => {
                    if let Some(stroke) = stroke {
                        canvas.path(&[(left, y), (left + SAMPLE, y)], stroke);
                    }
                    if let Some((marker, stroke, hollow)) = marker {
                        canvas.marker((left + SAMPLE / 2.0, y), *marker, stroke.color, *hollow);
                    }
                    canvas.text((left + SAMPLE + GAP, y), label, SMALL, Anchor::Start, BLACK);
                }
            }
        }
        canvas.close();
    }
}
