//! Membrane potential of the schemes over the truth: where they first part from it, and at the end of the run.

use chart::{Axis, Chart, Field, Look, Panel, Series, columns};

use super::{legend, short};
use crate::metrics::Samples;
use crate::study::{Comparison, Run};

/// Spikes in the lower panel.
const LAST_SPIKES: usize = 3;
/// A spike is seen to have moved where it is off by this part of the interval before it.
const SEEN: f64 = 0.1;
/// Lowest potential shown \[mV\].
const FLOOR: f64 = -100.0;

/// v(t) in two windows: about the first spike that a scheme moves, loses or adds, and over the last spikes, if any. A spike is drawn up to
/// the peak that its scheme has, wherever the samples lie.
pub(super) fn traces(comparison: &Comparison, truth: &Samples) -> Chart {
    let runs = comparison.traced();
    let (first, heading) = first_difference(comparison, &runs);
    let last = last_spikes(comparison).map(|window| ("zoom", "last spikes".to_owned(), window));
    let potentials = runs.iter().flat_map(|run| &run.samples.v).chain(&truth.v).copied().filter(|v| v.is_finite());
    let lowest = potentials.fold(comparison.problem.neuron.c, f64::min).max(FLOOR);
    let highest = runs.iter().map(|run| run.peak).fold(comparison.problem.neuron.peak, f64::max);
    let panel = |(name, heading, (from, to)): (&str, String, (f64, f64))| {
        let within = |points: Vec<(f64, f64)>| {
            let start = points.partition_point(|p| p.0 < from).saturating_sub(1);
            let end = (points.partition_point(|p| p.0 <= to) + 1).min(points.len());
            points[start.min(end)..end].to_vec()
        };
        let cut = |peak: f64| move |v: f64| v.clamp(FLOOR, peak.max(FLOOR));
        let line = |name: &str, points| Series { thinned: true, width: 1.1, ..Series::line(name, points) };
        let exact = truth.t.iter().copied().zip(truth.v.iter().copied().map(cut(comparison.problem.neuron.peak)));
        let truth = Series { look: Look::Reference, width: 4.0, ..line("truth", within(exact.collect())) };
        let runs = runs.iter().map(|run| {
            let path = with_spikes(&comparison.path(run), run, comparison.problem.neuron.c);
            let points = within(path.into_iter().map(|(t, v)| (t, cut(run.peak)(v))).collect());
            Series { label: Some(legend(run)), ..line(&run.scheme.to_string(), points) }
        });
        Panel {
            name: name.to_owned(),
            heading,
            x: Axis::linear("time t [ms]").between(from, to),
            y: Axis::linear("membrane potential v [mV]").between(lowest - 4.0, highest + 8.0),
            height: 190.0,
            empty: "no trace".to_owned(),
            layers: std::iter::once(truth).chain(runs).map(Into::into).collect(),
            ..Panel::default()
        }
    };
    let fields = [("panel", Field::Panel), ("series", Field::Series), ("t_ms", Field::X), ("v_mV", Field::Y)];
    Chart {
        name: "traces".into(),
        title: "Membrane potential in mV against time in ms".into(),
        columns: columns(fields),
        panels: std::iter::once(("first_difference", heading, first)).chain(last).map(panel).collect(),
        ..Chart::default()
    }
}

/// The window of the last true spikes; none where there is none.
fn last_spikes(comparison: &Comparison) -> Option<(f64, f64)> {
    let (spikes, duration) = (comparison.truth.spikes.times(), comparison.problem.duration);
    // Room before the first of them: a quarter of the time they take.
    let start =
        spikes.len().checked_sub(LAST_SPIKES).map_or(0.0, |first| spikes[first] - 0.25 * (duration - spikes[first]));
    (!spikes.is_empty()).then_some((start.max(0.0), duration))
}

/// The window about the first spike that a scheme moves by so much that it is seen, or that only one of both has; and in words
/// what happens there.
fn first_difference(comparison: &Comparison, runs: &[&Run]) -> ((f64, f64), String) {
    let (truth, duration) = (comparison.truth.spikes.times(), comparison.problem.duration);
    let moved = |run: &&Run| {
        let spikes = run.trajectory.spikes.times();
        let interval = |k: usize| truth[k] - if k == 0 { 0.0 } else { truth[k - 1] };
        let both = truth.len().min(spikes.len());
        let off = (0..both).find(|&k| (spikes[k] - truth[k]).abs() > SEEN * interval(k));
        let at = off.or((truth.len() != spikes.len()).then_some(both))?;
        Some((at, run.scheme.to_string(), spikes.get(at).copied(), truth.get(at).copied()))
    };
    let when = |m: &(usize, String, Option<f64>, Option<f64>)| m.2.unwrap_or(f64::MAX).min(m.3.unwrap_or(f64::MAX));
    let Some(first) = runs.iter().filter_map(moved).min_by(|a, b| when(a).total_cmp(&when(b))) else {
        let end = truth.get(LAST_SPIKES).copied().unwrap_or(duration);
        return ((0.0, end), "from the start: no spike is seen to move".to_owned());
    };
    let (spike, scheme) = (first.0 + 1, &first.1);
    let what = match (first.2, first.3) {
        (Some(t), Some(exact)) => {
            let side = if t > exact { "late" } else { "early" };
            format!("first difference: spike {spike} of {scheme} is {} ms {side}", short((t - exact).abs()))
        }
        (None, _) => format!("first difference: {scheme} misses spike {spike}"),
        (Some(_), None) => format!("first difference: {scheme} adds a spike {spike}"),
    };
    // From the spike before to the second after it.
    let at = when(&first);
    let before = truth.get(first.0.wrapping_sub(1)).copied().unwrap_or(0.0);
    let after = truth.get(first.0 + 2).copied().unwrap_or(duration).max(at);
    let room = 0.15 * (after - before);
    (((before - room).max(0.0), (after + room).min(duration)), what)
}

/// The samples of a run, with each of its spikes at the peak: on the grid before the sample of the same time, which is after the
/// reset; located in the step with the reset to `c` \[mV\].
fn with_spikes(path: &Samples, run: &Run, c: f64) -> Vec<(f64, f64)> {
    let samples = path.t.iter().copied().zip(path.v.iter().copied());
    let reset = run.scheme.locates_spikes().then_some(c);
    let spike = |t: &f64| [Some((*t, run.peak)), reset.map(|c| (*t, c))];
    let mut points: Vec<(f64, f64)> =
        run.trajectory.spikes.times().iter().flat_map(spike).flatten().chain(samples).collect();
    // Stable: spikes stay before samples.
    points.sort_by(|a, b| a.0.total_cmp(&b.0));
    points
}
