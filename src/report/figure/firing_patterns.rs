//! The twenty firing patterns: what a step makes of them over what the equations do.

use super::Figure;
use crate::error::Result;
use chart::axis::Axis;
use chart::canvas::{Anchor, Canvas, Columns, Rect};
use chart::panel::Panel;
use chart::style::{BLACK, GUIDE, MARGIN, SMALL, Stroke, TRUTH, WIDTH, series};
use chart::table::{Table, number};

/// What [`firing_patterns`] shows.
#[derive(Clone, Debug, Default)]
pub struct FiringPatterns {
    /// Name of the figure and of its files.
    pub name: String,
    /// What it shows, in words.
    pub title: String,
    /// Name of the runs in the CSV ("published").
    pub series: String,
    /// Name of the runs in the legend ("published step", "rk4, dt = 0.5 ms").
    pub label: String,
    /// Row by row, four a row.
    pub panels: Vec<PatternPanel>,
}

/// One pattern.
#[derive(Clone, Debug, Default)]
pub struct PatternPanel {
    /// Letter of the panel.
    pub letter: String,
    /// Name of the pattern.
    pub name: String,
    /// Whose picture it is, in words.
    pub verdict: String,
    /// Whether it is the step's: its verdict is set off.
    pub of_the_step: bool,
    /// Numbers of spikes: of the run, and true.
    pub spikes: (String, String),
    /// What else stands below ("τ = 0.25 ms"); may be empty.
    pub note: String,
    /// Length of the time axis \[ms\].
    pub duration: f64,
    /// True v: (t \[ms\], v \[mV\]); may end early.
    pub truth: Vec<(f64, f64)>,
    /// v of the run: (t \[ms\], v \[mV\]).
    pub run: Vec<(f64, f64)>,
    /// Input: (t \[ms\], I \[mV/ms\]).
    pub input: Vec<(f64, f64)>,
}

const COLUMNS: usize = 4;
const GAP: f64 = 16.0;
/// Lines of text above a panel, the potential, the input, and what is left below \[px\].
const ABOVE: f64 = 30.0;
const HEIGHT: f64 = 88.0;
const INPUT: f64 = 14.0;
const ROW: f64 = ABOVE + HEIGHT + 4.0 + INPUT + 22.0;
/// Potentials shown \[mV\].
const RANGE: (f64, f64) = (-100.0, 32.0);
/// Time that the bar in each panel stands for \[ms\].
const BAR: f64 = 20.0;

/// Draws v \[mV\] against t \[ms\] for every pattern, the run over the truth, the input below. A bar is 20 ms; all panels have the same
/// range of v.
///
/// # Errors
/// [`Error::Figure`](crate::Error::Figure) when the drawing library refuses.
pub fn firing_patterns(data: &FiringPatterns) -> Result<Figure> {
    let name = data.name.as_str();
    let mut table = Table::new(name, &["panel", "series", "t_ms", "value"]);
    let rows = data.panels.len().div_ceil(COLUMNS).max(1);
    let legend = 22.0;
    let mut canvas = Canvas::new(WIDTH, MARGIN + rows as f64 * ROW + legend + MARGIN);
    let width = (WIDTH - 2.0 * MARGIN - (COLUMNS - 1) as f64 * GAP) / COLUMNS as f64;
    // Thin enough for the true spikes of a burst to stand apart, thick enough to show on both sides of the run.
    let truth = Stroke::solid(TRUTH, 2.0);
    let run = Stroke { width: 0.8, ..series(0).0 };
    let input = Stroke::solid(GUIDE, 0.9);
    let warning = series(1).0.color;
    for (i, shown) in data.panels.iter().enumerate() {
        let left = MARGIN + (i % COLUMNS) as f64 * (width + GAP);
        let top = MARGIN + (i / COLUMNS) as f64 * ROW + ABOVE;
        let area = Rect { left, top, right: left + width, bottom: top + HEIGHT };
        let x = Axis::linear("t", 0.0, shown.duration);
        let panel = Panel { area, x: x.clone(), y: Axis::linear("v", RANGE.0, RANGE.1) };
        let shows = |series| Columns::new("t_ms", "value").of("panel", &[&shown.letter]).of("series", series);
        let names = ["truth", data.series.as_str()];
        panel.open(&mut canvas, &format!("panel{}", shown.letter), &shows(&names));
        for (label, points, stroke) in [("truth", &shown.truth, truth), (data.series.as_str(), &shown.run, run)] {
            for k in panel.line(&mut canvas, points.iter().copied(), &stroke) {
                table.row([shown.letter.clone(), label.to_owned(), number(points[k].0), number(points[k].1)]);
            }
        }
        canvas.close();
        let strip = Rect { left, top: area.bottom + 4.0, right: area.right, bottom: area.bottom + 4.0 + INPUT };
        let y = Axis::around("I", shown.input.iter().map(|p| p.1), 0.02);
        let below = Panel { area: strip, x, y };
        below.open(&mut canvas, &format!("input{}", shown.letter), &shows(&["input"]));
        for k in below.line(&mut canvas, shown.input.iter().copied(), &input) {
            let (t, value) = shown.input[k];
            table.row([shown.letter.clone(), "input".to_owned(), number(t), number(value)]);
        }
        canvas.close();
        let bar = width * BAR / shown.duration;
        let foot = strip.bottom + 5.0;
        canvas.path(&[(area.right - bar, foot), (area.right, foot)], &Stroke::solid(BLACK, 1.6));
        canvas.text((left, top - 22.0), &format!("{}  {}", shown.letter, shown.name), SMALL, Anchor::Start, BLACK);
        let color = if shown.of_the_step { warning } else { GUIDE };
        canvas.text((left, top - 9.0), &shown.verdict, 0.87 * SMALL, Anchor::Start, color);
        let mut below = format!("spikes {} / {}", shown.spikes.0, shown.spikes.1);
        if !shown.note.is_empty() {
            below = below + ", " + &shown.note;
        }
        // Below the bar, which is as long as half a short panel.
        canvas.text((left, foot + 9.0), &below, 0.82 * SMALL, Anchor::Start, GUIDE);
    }
    let y = MARGIN + rows as f64 * ROW + legend / 2.0 + 4.0;
    let mut at = MARGIN;
    for (label, stroke) in
        [("equations", truth), (data.label.as_str(), run), ("input", input), ("20 ms", Stroke::solid(BLACK, 1.6))]
    {
        canvas.path(&[(at, y), (at + 26.0, y)], &stroke);
        canvas.text((at + 32.0, y), label, SMALL, Anchor::Start, BLACK);
        at += 50.0 + chart::canvas::text_width(label, SMALL);
    }
    canvas.text((WIDTH - MARGIN, y), &format!("spikes: {} / equations", data.series), SMALL, Anchor::End, GUIDE);
    Ok(Figure { name: name.to_owned(), svg: canvas.finish(name, &data.title)?, csv: table.finish()? })
}
