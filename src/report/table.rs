//! A comparison to be read by eye.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::described::Described;
use super::layout::{counted, headed, narrow, plain, six, three, three_or_dash, wrapped};
use super::verdict::{fine_text, verdict_text};
use crate::Problem;
use crate::error::shown;
use crate::metrics::{About, Digits, Heading, Metric, MetricKind, Note};
use crate::scheme::{Scheme, StepSize};
use crate::study::{Comparison, Run, SeedSpread, TruthSolver, observed_orders};

/// Up to so many steps and tolerances have a table each; more are summed up in one.
const MOST_TABLES: usize = 4;

/// The whole comparison as text: the problem, its truth, the tables, the verdict.
pub fn comparison_text(comparison: &Comparison, described: &Described) -> String {
    let mut text = problem_text(comparison, described) + &fine_text(comparison);
    let settings: BTreeSet<String> = comparison.runs.iter().map(|run| heading(run.size)).collect();
    if settings.len() <= MOST_TABLES {
        let first = "Look first at max, the largest error (k-th spike beside k-th), and at -/+, lost and added.";
        text += &(wrapped(first) + "\n");
        // In the order of the runs, fixed steps first.
        let mut shown: Vec<String> = Vec::new();
        for run in &comparison.runs {
            let title = heading(run.size);
            if !shown.contains(&title) {
                let runs: Vec<&Run> = comparison.runs.iter().filter(|r| heading(r.size) == title).collect();
                let _ = write!(text, "\n{title}: spikes (times in ms)\n{}", spike_table(&runs));
                let train = metric_table(&runs, |about| about == About::Train, |_| Vec::new());
                let about = format!("{title}: errors of rate (Hz), mean interval (ms) and CV; distances");
                let _ = write!(text, "\n{}\n{train}", wrapped(&about));
                text += &arithmetic_text(&title, &runs);
                let _ = write!(text, "\n{title}: state and cost\n{}", cost_table(&runs));
                shown.push(title);
            }
        }
    } else {
        let first = "Look first at the last column: at all steps up to this one no spike is lost or added.";
        text += &(wrapped(first) + "\n");
        let _ = write!(text, "\nAll {} settings\n{}", settings.len(), summary_table(comparison));
    }
    if comparison.study.dts.len() > 2 {
        let orders = order_table(comparison);
        if !orders.is_empty() {
            let _ = write!(text, "\nObserved order of the largest spike-time error\n{orders}");
        }
    }
    let _ = write!(text, "\n{}\n", verdict_text(comparison));
    text
}

fn heading(setting: StepSize) -> String {
    match setting {
        StepSize::Fixed(dt) => format!("dt = {} ms", shown(dt)),
        StepSize::Tolerance(tolerance) => format!("adaptive, tolerance {tolerance:e}"),
    }
}

pub(super) fn problem_text(comparison: &Comparison, described: &Described) -> String {
    let Problem { neuron, duration, .. } = &comparison.problem;
    let spec = comparison.study.neurons.first();
    // An amplitude without a unit is in that of the neuron's form, and so is a u.
    let bare =
        comparison.study.inputs.first().and_then(|input| input.spec.as_ref()).is_some_and(|spec| !spec.has_unit());
    let start = spec.and_then(|spec| {
        let u = spec.biophysical?.recovery_current(spec.initial.u);
        Some(format!("; from v = {} mV, u = {} pA", six(spec.initial.v), six(u)))
    });
    let parameters = match spec.and_then(|spec| spec.biophysical) {
        // In its own units; the label has the others.
        Some(cell) => {
            let [a, b, c, d] = [cell.a, cell.b, cell.c, cell.d].map(shown);
            format!("a = {a} /ms, b = {b} nS, c = {c} mV, d = {d} pA")
        }
        None => {
            let [a, b, c, d] = [neuron.a, neuron.b, neuron.c, neuron.d].map(shown);
            format!("a = {a}, b = {b}, c = {c}, d = {d}")
        }
    };
    let problem = format!(
        "{}: {parameters}, peak {} mV; input {}{}; {} ms{}",
        described.neuron,
        shown(neuron.peak),
        described.input,
        if bare { format!(" in {}", spec.map_or("mV/ms", |spec| spec.unit().name())) } else { String::new() },
        shown(*duration),
        start.unwrap_or_default(),
    );
    let mut text = wrapped(&problem) + "\n";
    described.notes.iter().for_each(|note| text += &(wrapped(note) + "\n"));
    let spikes = comparison.truth.spikes.len();
    let _ = match comparison.truth.bound() {
        Some(bound) => {
            let spikes = counted(spikes, "spike");
            let (solver, other) = (comparison.check.solver.name(), comparison.check.checked_by.name());
            let check = match comparison.check.agrees {
                Some(true) => format!("{solver}, confirmed by {other}"),
                _ => solver.to_owned(),
            };
            let proven = if comparison.check.proven.is_some_and(|p| p <= bound) { ", proven" } else { "" };
            let why = comparison.check.why_unknown().map_or(String::new(), |why| format!("; {why}"));
            writeln!(
                text,
                "{}",
                wrapped(&format!("Truth: {spikes}, each within {bound:.1e} ms ({check}{proven}{why})"))
            )
        }
        None if comparison.check.checked_by == TruthSolver::Dop853
            && comparison.check.largest_difference.is_finite() =>
        {
            let (solver, other) = (comparison.check.solver.name(), comparison.check.checked_by.name());
            let differs = format!("{other} differs by {:.1e} ms at most", comparison.check.largest_difference);
            let why = comparison.check.why_unknown().unwrap_or_default();
            let spikes = counted(spikes, "spike");
            writeln!(text, "{}", wrapped(&format!("Truth: {spikes} ({solver}; {differs}; not proven: {why})")))
        }
        None => writeln!(text, "Truth: {}, error unknown", counted(spikes, "spike")),
    };
    if let Some(warning) = comparison.truth_warning() {
        let _ = writeln!(text, "{}", wrapped(&format!("Warning: {warning}")));
    }
    let _ = match comparison.rest {
        Some(rest) => {
            let u = match spec.and_then(|spec| spec.biophysical) {
                Some(cell) => format!("{} pA", three(nearly(cell.recovery_current(rest.state.u)))),
                None => three(nearly(rest.state.u)),
            };
            writeln!(text, "Rest without input: v = {} mV, u = {u}, {}", three(rest.state.v), rest.kind)
        }
        None if !comparison.problem.neuron.is_plain() => Ok(()),
        None => writeln!(text, "Rest without input: none that is stable"),
    };
    text
}

/// 0 for what is rounding beside the terms of 1 mV/ms and more that it is the sum of.
fn nearly(u: f64) -> f64 {
    if u.abs() < 1e-12 { 0.0 } else { u }
}

/// The metrics about spikes that have a column.
fn spike_table(runs: &[&Run]) -> String {
    let mut text = metric_table(runs, |about| about <= About::Spikes, |_| Vec::new());
    for run in runs.iter().filter(|run| run.trajectory.diverged_at.is_some()) {
        let at = run.trajectory.diverged_at.unwrap_or_default();
        let _ = writeln!(text, "! {} diverges at {} ms: true spikes after that are missed", run.scheme, six(at));
    }
    let notes =
        runs.first().map_or_else(Vec::new, |run| run.metrics.iter().filter_map(|(metric, _)| metric.note).collect());
    for note in notes {
        let marked = runs.iter().filter(|run| notes_of(run).any(|of_run| of_run == note));
        let names: Vec<String> = marked.map(|run| run.scheme.to_string()).collect();
        if !names.is_empty() {
            text += &wrapped(&format!("{} {}: {}", note.sign, names.join(", "), note.text));
            text.push('\n');
        }
    }
    text
}

/// The marks that a run has.
fn notes_of(run: &Run) -> impl Iterator<Item = Note> {
    let marked =
        |(metric, value): (&Metric, Option<f64>)| metric.note.filter(|note| value.map(|x| x != 0.0) == Some(note.when));
    run.metrics.iter().filter_map(marked)
}

/// The other metrics that have a column, and measured times after the costs.
fn cost_table(runs: &[&Run]) -> String {
    let quartiles = |t: crate::study::Timing| format!("{}..{}", three(t.lower_quartile), three(t.upper_quartile));
    metric_table(
        runs,
        |about| about > About::Arithmetic,
        |run| {
            vec![
                ("ns/ms", three_or_dash(run.timing.map(|t| t.median))),
                ("quartiles", run.timing.map_or_else(|| "-".to_owned(), quartiles)),
            ]
        },
    )
}

/// What few bits did to the runs that are made in them: their table, the constants as they were rounded, and the spread over seeds.
/// Nothing where there are none.
fn arithmetic_text(title: &str, runs: &[&Run]) -> String {
    let runs: Vec<&Run> = runs.iter().copied().filter(|run| run.scheme.arithmetic().is_some()).collect();
    if runs.is_empty() {
        return String::new();
    }
    let table = metric_table(&runs, |about| about == About::Arithmetic, |_| Vec::new());
    let mut text = format!(
        "\n{title}: arithmetic (overflows; v in mV; bits of v before the point; lag at the last common spike in ms)\n{table}"
    );
    let mut told = BTreeSet::new();
    for run in &runs {
        let (Some(kind), Some(account)) = (run.scheme.arithmetic(), &run.trajectory.arithmetic) else { continue };
        let rounded =
            |(name, typed, rounded): &(&str, f64, f64)| (typed != rounded).then(|| format!("{name} {rounded}"));
        let changed: Vec<String> = account.constants.iter().filter_map(rounded).collect();
        if told.insert(kind.without_seed()) && !changed.is_empty() {
            text += &(wrapped(&format!("{} rounds {}", kind.without_seed(), changed.join(", "))) + "\n");
        }
    }
    for spread in SeedSpread::of(&runs) {
        let numbers = spread
            .metrics
            .iter()
            .map(|(name, mean, deviation)| format!("{name} {} ± {}", three(*mean), three(*deviation)));
        let numbers: Vec<String> = numbers.collect();
        text += &(wrapped(&format!(
            "{} [{}], {} seeds: {}",
            spread.scheme,
            spread.arithmetic,
            spread.seeds,
            numbers.join(", ")
        )) + "\n");
    }
    text
}

/// A table of the metrics for which `shown` is true, `times` before those about stability.
fn metric_table(
    runs: &[&Run],
    shown: impl Fn(About) -> bool,
    times: impl Fn(&Run) -> Vec<(&'static str, String)>,
) -> String {
    let row = |run: &Run| -> Vec<(&'static str, String)> {
        let metrics = run.metrics.by_subject();
        let (early, late): (Vec<_>, Vec<_>) = metrics
            .into_iter()
            .filter(|(metric, _)| shown(metric.about))
            .filter_map(|(metric, value)| Some((metric, value, metric.heading?)))
            .partition(|(metric, ..)| metric.about < About::Stability);
        let column = |(metric, value, heading): (&Metric, Option<f64>, Heading)| {
            (heading.text, metric_text(run, metric, value, heading))
        };
        let scheme = std::iter::once(("scheme", run.scheme.to_string()));
        scheme.chain(early.into_iter().map(column)).chain(times(run)).chain(late.into_iter().map(column)).collect()
    };
    headed(runs.iter().map(|run| row(run)).collect())
}

/// A metric in its column, with the one that stands beside it.
fn metric_text(run: &Run, metric: &Metric, value: Option<f64>, heading: Heading) -> String {
    let Some(value) = value.filter(|value| value.is_finite()) else { return "-".to_owned() };
    let number = |value: f64| match (metric.kind, heading.digits) {
        (MetricKind::Count | MetricKind::Flag, _) => value.to_string(),
        (_, Digits::Narrow) => narrow(value),
        (_, Digits::Three) => three(value),
        // Adding 0 makes a rounded -0 a 0.
        (_, Digits::Hundredths) => format!("{:.2}", (100.0 * value).round() / 100.0 + 0.0),
    };
    let beside = heading.with.and_then(|(sign, name)| Some(format!("{sign}{}", number(run.metrics.get(name)?))));
    let mut marks = String::new();
    if metric.name == "spike_count" {
        marks.extend(run.trajectory.diverged_at.map(|_| '!'));
        marks.extend(notes_of(run).map(|note| note.sign));
    }
    format!("{}{marks}{}", number(value), beside.unwrap_or_default())
}

/// One row per scheme over many steps: where it starts to lose spikes, its errors at both ends.
fn summary_table(comparison: &Comparison) -> String {
    let header = ["scheme", "settings", "smallest error", "at", "largest error", "at", "all spikes up to"];
    let row = |(scheme, runs): (&Scheme, Vec<&Run>)| {
        let error = |run: &&Run| run.spike_errors.max_abs;
        let size = |run: &&Run| run.size.dt().or(run.size.tolerance()).unwrap_or_default();
        let by_error = |a: &&Run, b: &&Run| error(a).unwrap_or(0.0).total_cmp(&error(b).unwrap_or(0.0));
        let measured = || runs.iter().copied().filter(|run| error(run).is_some());
        let best = measured().min_by(|a, b| by_error(a, b));
        let worst = measured().max_by(|a, b| by_error(a, b));
        // The largest setting below which no run loses or adds a spike.
        let mut ascending = runs.clone();
        ascending.sort_by(|a, b| size(a).total_cmp(&size(b)));
        let kept = ascending.iter().take_while(|run| run.has_all_spikes()).last().map(size);
        vec![
            scheme.to_string(),
            runs.len().to_string(),
            three_or_dash(best.as_ref().and_then(error)),
            three_or_dash(best.as_ref().map(size)),
            three_or_dash(worst.as_ref().and_then(error)),
            three_or_dash(worst.as_ref().map(size)),
            three_or_dash(kept),
        ]
    };
    plain(&header, comparison.by_scheme().into_iter().map(row).filter(|row| row[1] != "0"))
}

fn order_table(comparison: &Comparison) -> String {
    let rows: Vec<Vec<String>> = observed_orders(comparison)
        .into_iter()
        .filter_map(|s| {
            let o = s.order?;
            Some(vec![
                s.scheme.to_string(),
                format!("{:.2} ± {:.2}", o.order, o.standard_error),
                format!("{}..{}", three(o.dt_min), three(o.dt_max)),
                o.points.to_string(),
                if o.settled { "yes" } else { "no" }.to_owned(),
            ])
        })
        .collect();
    if rows.is_empty() {
        return String::new();
    }
    let note = "asymptotic: the slope over the smallest steps is the same, and none of the larger ones is steeper";
    let unsettled = rows.iter().any(|row| row[4] == "no");
    let table = plain(&["scheme", "order ± s.e.", "dt from..to", "steps", "asymptotic"], rows);
    if unsettled { table + &wrapped(note) + "\n" } else { table }
}
