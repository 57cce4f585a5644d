//! The twenty firing patterns: what a step makes of them over what the equations do.

use chart::{Axis, Chart, Field, Frame, LegendPlace, Look, Panel, Series, columns};

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

/// Potentials shown \[mV\].
const RANGE: (f64, f64) = (-100.0, 32.0);
/// Time that the bar in each panel stands for \[ms\].
const BAR: f64 = 20.0;

/// v \[mV\] against t \[ms\] for every pattern, the run over the truth, the input below. A bar is 20 ms; all panels have the same range
/// of v.
pub fn firing_patterns(data: &FiringPatterns) -> Chart {
    let panel = |shown: &PatternPanel| {
        let line = |name: &str, label: &str, look, width, points: &[(f64, f64)]| Series {
            label: Some(label.to_owned()),
            look,
            width,
            thinned: true,
            ..Series::line(name, points.iter().copied())
        };
        let note = if shown.note.is_empty() { String::new() } else { format!(", {}", shown.note) };
        Panel {
            name: shown.letter.clone(),
            heading: format!("{}  {}", shown.letter, shown.name),
            verdict: (shown.verdict.clone(), shown.of_the_step),
            foot: format!("spikes {} / {}{note}", shown.spikes.0, shown.spikes.1),
            x: Axis::linear("").between(0.0, shown.duration),
            y: Axis::linear("").between(RANGE.0, RANGE.1),
            height: 88.0,
            frame: Frame::ScaleBar(BAR),
            layers: vec![
                // Thin enough for the true spikes of a burst to stand apart, thick enough to show on both sides of the run.
                line("truth", "equations", Look::Reference, 2.0, &shown.truth).into(),
                line(&data.series, &data.label, Look::Of(0), 0.8, &shown.run).into(),
                Series { strip: true, ..line("input", "input", Look::Grey(1), 0.9, &shown.input) }.into(),
            ],
            ..Panel::default()
        }
    };
    let fields = [("panel", Field::Panel), ("series", Field::Series), ("t_ms", Field::X), ("value", Field::Y)];
    Chart {
        name: data.name.clone(),
        title: data.title.clone(),
        columns: columns(fields),
        per_row: 4,
        panels: data.panels.iter().map(panel).collect(),
        legend: LegendPlace::Below,
        notes: vec![format!(
            "Each bar is {BAR} ms. v from {} to {} mV. Spikes: those of {}, and of the equations.",
            RANGE.0, RANGE.1, data.label
        )],
        unlettered: true,
        ..Chart::default()
    }
}
