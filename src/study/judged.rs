//! A judged recording beside the truth: how wrong it is, and what to do.

use super::recommend::Searched;
use super::{Comparison, Study};
use crate::error::Result;
use crate::judge::{Judgement, Known, Verdict};
use crate::metrics::{About, DistanceParameters, Measured, MetricSet, MetricValues, Reference, Samples, SpikeErrors};
use crate::model::Problem;
use crate::scheme::{Sample, Scheme, StepSize, Trajectory, solve};
use crate::truth::taylor;

/// The truth is solved so far at most \[ms\]: what a recording shows after it is the same, and a truth of an hour takes minutes.
pub const MOST_TRUTH: f64 = 5000.0;

/// The bound for which advice is given \[ms\].
pub const WITHIN: f64 = 0.1;

/// The rule that is right where one's own is not: its spikes are inside the step.
const RIGHT: &str = "projective-8";

/// How wrong a recording is.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RecordingErrors {
    /// The metrics of a comparison, those of its cost left out.
    pub metrics: MetricValues,
    /// Its spikes against the true ones.
    pub spikes: SpikeErrors,
    /// How far spike errors are from the line of their drift at most \[ms\]: a step or two where the grid alone moves them.
    pub jitter: Option<f64>,
    /// The time up to which it is measured \[ms\].
    pub until: f64,
    /// The problem that the truth solves.
    pub problem: Problem,
}

/// What to do about it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Advice {
    /// The recording's rule, and the largest step at which it keeps every spike within [`WITHIN`]; `None` where no step tried does.
    pub own: (Scheme, Option<f64>),
    /// The same of the right rule.
    pub right: (Scheme, Option<f64>),
}

/// Measures a judged recording against the truth of the neuron and the input that were told, or else found.
///
/// # Errors
/// Those of [`solve`](crate::solve).
pub fn recording_errors(found: &Judgement, known: &Known) -> Result<RecordingErrors> {
    let best = &found.answers[0];
    let neuron = known.neuron.unwrap_or(*best.cell().0);
    // The file's own times are what its reader sees.
    let last_state = found.states.last().map_or(0.0, |(t, _)| *t);
    let last = found.spikes.times().last().copied().unwrap_or(0.0).max(last_state);
    let until = last.clamp(1e-9, MOST_TRUTH);
    let stimulus = best.told_input().clone();
    let problem = Problem { neuron, stimulus, initial: found.initial, duration: until };
    let truth = taylor::solve_certified(&problem, taylor::TOLERANCE);
    let spikes = found.spikes.until(until);
    let mut samples = Samples::default();
    for (t, state) in found.states.iter().filter(|(t, _)| *t <= until) {
        samples.push(Sample { t: *t, state: *state, spike: false });
    }
    let metrics = MetricSet::standard();
    let run = Trajectory { spikes: spikes.clone(), ..Trajectory::default() };
    let reference =
        Reference { problem: &problem, truth: &truth, rest: None, distances: DistanceParameters::default() };
    let size = StepSize::Fixed(best.hypothesis.dt());
    let metrics = metrics.of(&Measured::new(reference, &best.hypothesis.scheme, size, &run, &samples));
    let spikes = SpikeErrors::between(&spikes, &truth.spikes);
    let jitter = spikes.drift.map(|drift| {
        let mean = |x: &[f64]| x.iter().sum::<f64>() / x.len() as f64;
        let level: Vec<f64> = spikes.errors.iter().enumerate().map(|(k, e)| e - drift.per_spike * k as f64).collect();
        let middle = mean(&level);
        level.iter().map(|x| (x - middle).abs()).fold(0.0, f64::max)
    });
    Ok(RecordingErrors { metrics, spikes, jitter, until, problem })
}

/// Whether a metric says something of a recording: of its spikes and its state, not of the cost of a scheme.
pub fn of_recording(about: About, name: &str) -> bool {
    let of_scheme = ["rounding_sensitive", "error_estimate_ms", "keeps_tolerance"];
    // The residual in the evolution equation is that of a run on its own grid.
    about <= About::State && about != About::Run && !of_scheme.contains(&name) && !name.contains("residual")
}

/// The largest steps of the recording's own rule and of a right one that keep every spike of the problem within 0.1 ms, over a second at most;
/// `None` where no rule was found.
///
/// # Errors
/// Those of a comparison.
pub fn advice(found: &Judgement, errors: &RecordingErrors) -> Result<Option<Advice>> {
    // Single precision moves spikes less than any step does.
    let own = found.answers[0].hypothesis.scheme.in_f64();
    if found.verdict == Verdict::NoneFits {
        return Ok(None);
    }
    let problem = Problem { duration: errors.problem.duration.min(1000.0), ..errors.problem.clone() };
    let study = Study::of_problem("recorded", problem);
    let metrics = MetricSet::standard();
    let Some(metric) = metrics.get("max_spike_time_error_ms") else { return Ok(None) };
    let solved = study.only_problem()?.solved()?;
    let basis = Comparison::new(study, solved, Vec::new(), WITHIN);
    let searched = |scheme: &Scheme| -> Result<Option<f64>> {
        let searched = Searched::of(&basis, metric, scheme, FINEST)?;
        Ok(searched.kept().and_then(|trial| trial.size.dt()))
    };
    // A scheme that sums over all steps before takes minutes at small ones.
    let flops = |dt: f64| -> Result<f64> {
        let short = Problem { duration: errors.problem.duration.min(100.0), ..errors.problem.clone() };
        let run = solve(&short, &own, StepSize::Fixed(dt))?;
        Ok(run.cost.flops as f64 / run.steps.max(1) as f64)
    };
    if flops(0.05)? > 1.5 * flops(0.1)? {
        return Ok(None);
    }
    let right: Scheme = RIGHT.parse()?;
    Ok(Some(Advice { own: (own.clone(), searched(&own)?), right: (right.clone(), searched(&right)?) }))
}

/// Smallest step of the advice \[ms\].
pub const FINEST: f64 = 0.005;
