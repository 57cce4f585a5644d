//! The tables of the twenty patterns.

use std::fmt::Write;

use super::panel::{PROGRAM, Panel, Patterns};
use super::verdict::{Agreement, PatternClass};
use crate::report::three_or_dash;

/// One row a run.
pub(super) fn runs_csv(panels: &[Panel], gap: f64) -> String {
    let mut csv = String::from(
        "panel,name,scheme,dt_ms,as_published,spikes,class,true_spikes,true_class,truth_cut_at_ms,truth_bound_ms,\
         agreement,largest_shift_ms,diverged_at_ms\n",
    );
    let number = |x: Option<f64>| x.map(|x| x.to_string()).unwrap_or_default();
    for panel in panels {
        for run in &panel.runs {
            let spikes = &run.trajectory.spikes;
            let _ = writeln!(
                csv,
                "{},{},{},{},{},{},{},{},{},{},{},{},{},{}",
                panel.label,
                panel.pattern.name,
                run.scheme,
                run.dt,
                run.as_published,
                spikes.len(),
                PatternClass::of(spikes, gap).name(),
                panel.truth.spikes.len(),
                panel.true_class(gap),
                number(panel.truth.outcome.cut_at()),
                number(panel.truth.bound()),
                run.agreement.name(),
                number(run.largest_shift),
                number(run.trajectory.diverged_at),
            );
        }
    }
    csv
}

/// A panel's cells: label, name, τ, true spikes, true class, published spikes, largest shift, whose; then per step the program.
fn cells(panel: &Panel, patterns: &Patterns) -> Vec<String> {
    let mut row = vec![
        panel.label.clone(),
        panel.pattern.name.to_owned(),
        panel.published.tau.to_string(),
        panel.true_count(),
        panel.true_class(patterns.burst_gap).to_owned(),
    ];
    match panel.as_published() {
        Some(run) => row.extend([
            run.trajectory.spikes.len().to_string(),
            three_or_dash(run.largest_shift),
            run.agreement.whose().to_owned(),
        ]),
        None => row.extend(["-", "-", "-"].map(str::to_owned)),
    }
    for &dt in &patterns.dts {
        let run = panel.runs.iter().find(|run| run.dt == dt && run.scheme.to_string() == PROGRAM);
        row.push(
            run.map_or_else(String::new, |run| format!("{} {}", run.trajectory.spikes.len(), run.agreement.name())),
        );
    }
    row
}

/// The table of the panels as Markdown, and what the words mean.
pub(super) fn panels_markdown(panels: &[Panel], patterns: &Patterns) -> String {
    let mut head: Vec<String> =
        ["", "pattern", "τ [ms]", "true spikes", "true pattern", "published", "largest shift [ms]", "the picture is"]
            .map(str::to_owned)
            .to_vec();
    head.extend(patterns.dts.iter().map(|dt| format!("at {dt} ms")));
    let mut text = format!("| {} |\n|{}\n", head.join(" | "), "---|".repeat(head.len()));
    for panel in panels {
        let _ = writeln!(text, "| {} |", cells(panel, patterns).join(" | "));
    }
    let _ = write!(
        text,
        "\n{PROGRAM} with the program's own τ (\"published\") and at other steps. same: as many spikes as the equations, each within \
         {} ms of its own; moved: as many; count: another number, of the same pattern; pattern: another pattern, of silent, one \
         spike, one burst, single spikes, bursts, both (spikes at most {} ms apart are a burst). Largest shift: spike k against true \
         spike k, as far as both go.\n\n",
        patterns.within, patterns.burst_gap
    );
    text.push_str("| scheme | dt [ms] | same | moved | count | pattern |\n|---|---|---|---|---|---|\n");
    for (scheme, dt, counts) in by_scheme(panels, patterns) {
        let _ = writeln!(text, "| {scheme} | {dt} | {} | {} | {} | {} |", counts[0], counts[1], counts[2], counts[3]);
    }
    text
}

/// Number of panels of each agreement, per scheme and step; the crate's own panel is none of the twenty.
fn by_scheme(panels: &[Panel], patterns: &Patterns) -> Vec<(String, f64, [usize; 4])> {
    let mut rows: Vec<(String, f64, [usize; 4])> = Vec::new();
    for panel in panels.iter().filter(|panel| panel.is_published()) {
        for run in panel.runs.iter().filter(|run| patterns.dts.contains(&run.dt)) {
            let name = run.scheme.to_string();
            let at = rows.iter().position(|row| row.0 == name && row.1 == run.dt).unwrap_or_else(|| {
                rows.push((name, run.dt, [0; 4]));
                rows.len() - 1
            });
            let agreement = Agreement::ALL.iter().position(|&a| a == run.agreement).unwrap_or(3);
            rows[at].2[agreement] += 1;
        }
    }
    rows
}

/// What is printed.
pub(super) fn text(panels: &[Panel], patterns: &Patterns) -> String {
    let mut text = format!(
        "{:5} {:28} {:>5} {:>11} {:>9} {:>10}  {}\n",
        "panel", "pattern", "τ", "true", "published", "shift [ms]", "the picture is"
    );
    for panel in panels {
        let row = cells(panel, patterns);
        let _ = writeln!(
            text,
            "{:5} {:28} {:>5} {:>11} {:>9} {:>10}  {}",
            row[0], row[1], row[2], row[3], row[5], row[6], row[7]
        );
    }
    let published: Vec<&Panel> = panels.iter().filter(|panel| panel.is_published()).collect();
    let count = |wanted: &[Agreement]| {
        let whose = |p: &&&Panel| p.as_published().is_some_and(|run| wanted.contains(&run.agreement));
        published.iter().filter(whose).map(|p| p.label.as_str()).collect::<Vec<_>>()
    };
    let listed = |wanted: &[Agreement]| {
        let panels = count(wanted);
        format!("{} ({})", panels.len(), if panels.is_empty() { "none".to_owned() } else { panels.join(" ") })
    };
    let _ = write!(
        text,
        "\nOf the published panels {} show the model's spikes within {} ms, {} the model's pattern with spikes moved,\n\
         {} another number of spikes, {} another pattern.\n\n",
        listed(&[Agreement::Same]),
        patterns.within,
        listed(&[Agreement::Moved]),
        listed(&[Agreement::Count]),
        listed(&[Agreement::Pattern])
    );
    let _ = writeln!(
        text,
        "{:26} {:>6} {:>6} {:>6} {:>6} {:>8}",
        "panels by scheme", "dt", "same", "moved", "count", "pattern"
    );
    for (scheme, dt, counts) in by_scheme(panels, patterns) {
        let _ =
            writeln!(text, "{scheme:26} {dt:>6} {:>6} {:>6} {:>6} {:>8}", counts[0], counts[1], counts[2], counts[3]);
    }
    text
}
