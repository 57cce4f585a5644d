//! The legend: what each line, marker and colour stands for, in an area of its own.

use plotters::style::RGBColor;

use crate::canvas::{Anchor, Canvas, Rect, fit_text, text_width};
use crate::style::{BLACK, GUIDE, Marker, SMALL, Stroke};

/// Height of an entry \[px\].
const LINE: f64 = 16.0;
/// Length of a line's sample \[px\].
const SAMPLE: f64 = 30.0;
/// Between a sample and its label, and between groups side by side \[px\].
const GAP: f64 = 6.0;
const BETWEEN: f64 = 24.0;
/// Longer labels are shortened \[px\].
const LABEL: f64 = 190.0;

/// What an entry shows beside its label.
#[derive(Clone)]
pub(crate) enum Sample {
    Line { stroke: Stroke, marker: Option<(Marker, bool)> },
    Marker { marker: Marker, color: RGBColor, hollow: bool },
    Color(RGBColor),
}

/// A legend under way: entries under headings, and notes at its end.
#[derive(Default)]
pub(crate) struct Legend {
    groups: Vec<(String, Vec<(String, Sample)>)>,
    notes: Vec<String>,
}

impl Legend {
    /// Adds an entry under a heading, which may be empty; a label that is there already is not added again.
    pub(crate) fn entry(&mut self, group: &str, label: &str, sample: Sample) {
        if label.is_empty() {
            return;
        }
        let at = self.groups.iter().position(|(known, _)| known == group).unwrap_or_else(|| {
            self.groups.push((group.to_owned(), Vec::new()));
            self.groups.len() - 1
        });
        let label = fit_text(label, SMALL, LABEL);
        let entries = &mut self.groups[at].1;
        if !entries.iter().any(|(known, _)| *known == label) {
            entries.push((label, sample));
        }
    }

    /// Adds a line of text at the end.
    pub(crate) fn note(&mut self, text: &str) {
        self.notes.push(text.to_owned());
    }

    /// One column of all groups, or one for each group; the notes go with the last.
    fn columns(&self, side_by_side: bool) -> Vec<Vec<(&str, Option<&Sample>)>> {
        let mut columns: Vec<Vec<(&str, Option<&Sample>)>> = Vec::new();
        for (heading, entries) in &self.groups {
            if side_by_side || columns.is_empty() {
                columns.push(Vec::new());
            }
            let column = columns.last_mut().expect("one was added");
            column.extend((!heading.is_empty()).then_some((heading.as_str(), None)));
            column.extend(entries.iter().map(|(label, sample)| (label.as_str(), Some(sample))));
        }
        if !self.notes.is_empty() && columns.is_empty() {
            columns.push(Vec::new());
        }
        if let Some(last) = columns.last_mut() {
            last.extend(self.notes.iter().map(|note| (note.as_str(), None)));
        }
        columns
    }

    /// Height \[px\].
    pub(crate) fn height(&self, side_by_side: bool) -> f64 {
        self.columns(side_by_side).iter().map(|column| column.len() as f64 * LINE).fold(0.0, f64::max)
    }

    /// Width \[px\].
    pub(crate) fn width(&self) -> f64 {
        self.columns(false).iter().map(|column| width(column)).fold(0.0, f64::max)
    }

    /// Draws it inside an area, from its upper left corner.
    pub(crate) fn draw(&self, canvas: &mut Canvas, area: Rect, side_by_side: bool) {
        let columns = self.columns(side_by_side);
        let widths: Vec<f64> = columns.iter().map(|column| width(column)).collect();
        let free = area.width() - widths.iter().sum::<f64>();
        let gap = (free / (columns.len().max(2) - 1) as f64).min(BETWEEN);
        let mut left = area.left;
        for (index, (column, width)) in columns.iter().zip(&widths).enumerate() {
            let id = if side_by_side { format!("legend{index}") } else { "legend".to_owned() };
            let bottom = area.top + column.len() as f64 * LINE;
            canvas.open(&id, Rect { left, top: area.top, right: left + width, bottom });
            for (i, (label, sample)) in column.iter().enumerate() {
                let y = area.top + (i as f64 + 0.5) * LINE;
                let Some(sample) = sample else {
                    canvas.text((left, y), label, SMALL, Anchor::Start, GUIDE);
                    continue;
                };
                draw_sample(canvas, (left, y), sample);
                canvas.text((left + SAMPLE + GAP, y), label, SMALL, Anchor::Start, BLACK);
            }
            canvas.close();
            left += width + gap;
        }
    }
}

fn width(column: &[(&str, Option<&Sample>)]) -> f64 {
    let widths =
        column.iter().map(|(text, sample)| text_width(text, SMALL) + if sample.is_some() { SAMPLE + GAP } else { 0.0 });
    widths.fold(0.0, f64::max)
}

fn draw_sample(canvas: &mut Canvas, (left, y): (f64, f64), sample: &Sample) {
    let middle = (left + SAMPLE / 2.0, y);
    match *sample {
        Sample::Line { stroke, marker } => {
            canvas.path(&[(left, y), (left + SAMPLE, y)], &stroke);
            if let Some((marker, hollow)) = marker {
                canvas.marker(middle, marker, stroke.color, hollow);
            }
        }
        Sample::Marker { marker, color, hollow } => canvas.marker(middle, marker, color, hollow),
        Sample::Color(color) => {
            let (l, r, t, b) = (left + 6.0, left + SAMPLE - 6.0, y - 5.0, y + 5.0);
            canvas.fill(&[(l, t), (r, t), (r, b), (l, b)], color);
        }
    }
}
