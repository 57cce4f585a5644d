//! A gallery of firing patterns as a figure, a table and a text.

use super::csv_files::{number, table};
use super::figure::{Chart, FiringPatterns, PatternPanel, firing_patterns};
use super::{plain, three_or_dash, wrapped};
use crate::error::shown;
use crate::metrics::{Agreement, PatternClass};
use crate::study::{Gallery, GalleryPanel, input_curve, true_curve};

/// The patterns by the scheme over those of the equations.
pub fn gallery_figure(gallery: &Gallery) -> Chart {
    let Gallery { scheme, dt, panels } = gallery;
    let panel = |panel: &GalleryPanel| {
        let GalleryPanel { pattern, problem, truth, run } = panel;
        let shift = run.largest_shift.map(|_| format!("shift {} ms", three_or_dash(run.largest_shift)));
        PatternPanel {
            letter: pattern.letter.to_string(),
            name: pattern.name.to_owned(),
            verdict: run.agreement.whose().to_owned(),
            of_the_step: run.agreement >= Agreement::Count,
            spikes: (run.trajectory.spikes.len().to_string(), true_count(panel)),
            note: shift.unwrap_or_default(),
            duration: problem.duration,
            truth: true_curve(problem, truth),
            run: run.curve.clone(),
            input: input_curve(problem),
        }
    };
    let label = format!("{scheme}, dt = {} ms", shown(*dt));
    firing_patterns(&FiringPatterns {
        name: "gallery".to_owned(),
        title: format!("Twenty firing patterns: membrane potential by {label} and of the equations"),
        series: scheme.to_string(),
        label,
        panels: panels.iter().map(panel).collect(),
    })
}

/// Number of true spikes, or ∞ where the equations run away.
fn true_count(panel: &GalleryPanel) -> String {
    panel.truth.outcome.cut_at().map_or_else(|| panel.truth.spikes.len().to_string(), |_| "∞".to_owned())
}

/// A row for each pattern, as CSV.
pub fn gallery_csv(gallery: &Gallery) -> Vec<u8> {
    let header = "panel,name,scheme,dt_ms,spikes,class,true_spikes,true_class,truth_bound_ms,agreement,largest_shift_ms,diverged_at_ms";
    let row = |GalleryPanel { pattern, truth, run, .. }: &GalleryPanel| {
        let spikes = &run.trajectory.spikes;
        vec![
            pattern.letter.to_string(),
            pattern.name.to_owned(),
            gallery.scheme.to_string(),
            gallery.dt.to_string(),
            spikes.len().to_string(),
            PatternClass::of(spikes).name().to_owned(),
            truth.spikes.len().to_string(),
            PatternClass::of(&truth.spikes).name().to_owned(),
            number(truth.bound()),
            run.agreement.name().to_owned(),
            number(run.largest_shift),
            number(run.trajectory.diverged_at),
        ]
    };
    table(&header.split(',').collect::<Vec<_>>(), gallery.panels.iter().map(row))
}

/// A table of the patterns, and how many of them are the equations'.
pub fn gallery_text(gallery: &Gallery) -> String {
    let row = |panel: &GalleryPanel| {
        let GalleryPanel { pattern, run, .. } = panel;
        vec![
            format!("{} {}", pattern.letter, pattern.name),
            true_count(panel),
            run.trajectory.spikes.len().to_string(),
            three_or_dash(run.largest_shift),
            run.agreement.whose().to_owned(),
        ]
    };
    let head = ["panel", "true", "spikes", "shift [ms]", "the picture is"];
    let table = plain(&head, gallery.panels.iter().map(row));
    let [same, moved, count, pattern] =
        Agreement::ALL.map(|wanted| gallery.panels.iter().filter(|panel| panel.run.agreement == wanted).count());
    let verdict = format!(
        "By {} at dt = {} ms {same} of {} panels have the spikes of the equations within {} ms, {moved} have as many but moved ones, \
         {count} another number, {pattern} another pattern.",
        gallery.scheme,
        shown(gallery.dt),
        gallery.panels.len(),
        Agreement::WITHIN,
    );
    let notes = gallery.panels.iter().filter_map(|panel| panel.pattern.note());
    let notes: String = notes.map(|note| format!("\n{}\n", wrapped(&note))).collect();
    format!("{table}{notes}\n{}\n", wrapped(&verdict))
}
