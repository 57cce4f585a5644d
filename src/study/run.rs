//! The cells of a [`Study`](super::Study) and what each gives: one scheme at one step (or tolerance) on one problem, measured against
//! the truth.

use std::sync::Arc;

use super::table::{metric_fields, run_place, study_axes, study_columns};
use super::{Cell, Column, Key, KeyBuilder, SolvedProblem, StudyProblem, Tabulated, Timing, Value};
use crate::error::{Result, shown};
use crate::metrics::{Measured, MetricValues, Reference, Samples, SpikeErrors};
use crate::scheme::{Scheme, StepSize, Trajectory, solve, solve_with};

/// A scheme at one step on one problem.
#[derive(Clone, Debug)]
pub struct StudyCell {
    /// The problem, one value for all its cells.
    pub problem: Arc<StudyProblem>,
    /// The scheme to be run.
    pub scheme: Scheme,
    /// Its step or tolerance.
    pub size: StepSize,
    key: Key,
    flops: f64,
    class: u32,
}

impl StudyCell {
    pub(super) fn new(
        problem: &Arc<StudyProblem>,
        scheme: &Scheme,
        size: StepSize,
        flops_per_ms: f64,
        class: usize,
    ) -> Self {
        StudyCell {
            problem: Arc::clone(problem),
            scheme: scheme.clone(),
            size,
            key: run_key(problem.key(), scheme, size),
            flops: flops_per_ms * problem.duration,
            class: class as u32,
        }
    }
}

/// Key of a run: of its problem, of the scheme with its parameters, and of the step.
fn run_key(problem: Key, scheme: &Scheme, size: StepSize) -> Key {
    KeyBuilder::new("run")
        .nested("problem", problem)
        .text("scheme", &scheme.to_string())
        .number("revision", scheme.info().revision.into())
        .optional("own peak", scheme.own_peak())
        .optional("lower bound", scheme.lower_bound())
        .optional("dt", size.dt())
        .optional("tolerance", size.tolerance())
        .key()
}

/// Runs `scheme` on what it is measured against, and gives what `measure` makes of it behind its samples, which are there where `sampled`
/// is true.
pub(super) fn measured<T>(
    reference: Reference<'_>,
    scheme: &Scheme,
    size: StepSize,
    sampled: bool,
    measure: impl FnOnce(&Measured<'_>) -> T,
) -> Result<(Trajectory, Samples, T)> {
    let mut samples = Samples::default();
    let trajectory = match sampled {
        true => solve_with(reference.problem, scheme, size, |sample| samples.push(sample))?,
        false => solve(reference.problem, scheme, size)?,
    };
    let made = measure(&Measured::new(reference, scheme, size, &trajectory, &samples));
    Ok((trajectory, samples, made))
}

/// A run of a study with the problem it is on, and the truth it was measured against.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct StudyRun {
    /// The true solution and its problem.
    pub solved: Arc<SolvedProblem>,
    /// The run and its metrics.
    pub run: Run,
}

impl Cell for StudyCell {
    type Shared = Arc<SolvedProblem>;
    type Output = StudyRun;

    fn key(&self) -> Key {
        self.key
    }

    fn problem(&self) -> Key {
        self.problem.key()
    }

    fn share(&self) -> Result<Arc<SolvedProblem>> {
        self.problem.solved().map(Arc::new)
    }

    fn run(&self, solved: &Arc<SolvedProblem>) -> Result<StudyRun> {
        let SolvedProblem { problem, truth, rest, .. } = &**solved;
        let reference = Reference { problem, truth, rest: rest.as_ref(), distances: self.problem.distances };
        let measure =
            |run: &Measured<'_>| (run.problem.neuron.peak, run.spike_errors().clone(), self.problem.metrics.of(run));
        let (trajectory, samples, made) = measured(reference, &self.scheme, self.size, true, measure)?;
        let (peak, spike_errors, metrics) = made;
        let (scheme, size) = (self.scheme.clone(), self.size);
        let run = Run { scheme, size, peak, trajectory, spike_errors, metrics, samples, timing: None };
        Ok(StudyRun { solved: Arc::clone(solved), run })
    }

    fn cost(&self) -> f64 {
        self.flops
    }

    fn class(&self) -> usize {
        self.class as usize
    }
}

impl Tabulated for StudyCell {
    fn axes(&self) -> Vec<Column> {
        study_axes()
    }

    fn columns(&self) -> Vec<Column> {
        study_columns(&self.problem.metrics)
    }

    fn place(&self) -> Vec<Value> {
        let problem = &self.problem;
        let of_problem = [
            Value::text(&*problem.neuron.label),
            Value::text(&*problem.input),
            problem.seed.map_or(Value::Empty, Value::Count),
            Value::Number(problem.neuron.neuron.peak),
            Value::Number(problem.duration),
        ];
        of_problem.into_iter().chain(run_place(&self.scheme, self.size)).collect()
    }

    fn row(&self, output: &StudyRun) -> Vec<Value> {
        let truth = &output.solved.truth;
        let of_truth = [Value::Count(truth.spikes.len() as u64), Value::optional(truth.bound())];
        of_truth.into_iter().chain(metric_fields(&output.run.metrics)).collect()
    }
}

/// A scheme at one step or tolerance, measured against the truth.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Run {
    /// The scheme that was run.
    pub scheme: Scheme,
    /// Its step or tolerance.
    pub size: StepSize,
    /// The peak it used \[mV\].
    pub peak: f64,
    /// Its spikes, how it ended, and what it cost.
    pub trajectory: Trajectory,
    /// Errors of its spike times.
    pub spike_errors: SpikeErrors,
    /// The metrics of the study.
    pub metrics: MetricValues,
    /// Its state after every step; empty where it was not [kept](super::Keep).
    pub samples: Samples,
    /// Measured time, where it was asked for.
    pub timing: Option<Timing>,
}

impl Run {
    /// Whether every true spike has its own and there is no other.
    pub fn has_all_spikes(&self) -> bool {
        self.trajectory.diverged_at.is_none() && self.spike_errors.missed == 0 && self.spike_errors.extra == 0
    }

    /// The largest error of a spike time \[ms\], 0 without a spike to compare.
    pub fn largest_error(&self) -> f64 {
        self.spike_errors.max_abs.unwrap_or(0.0)
    }

    /// Whether every true spike has its own within `bound` \[ms\], and there is no other.
    pub fn keeps_within(&self, bound: f64) -> bool {
        self.has_all_spikes() && self.largest_error() <= bound
    }

    /// Flops per simulated ms of a run of `duration` \[ms\].
    pub fn flops_per_ms(&self, duration: f64) -> f64 {
        self.trajectory.cost.flops as f64 / duration
    }

    /// Name of its trace: "rk4+located_dt0.5", "dopri5_tol1e-6".
    pub fn file_stem(&self) -> String {
        match self.size {
            StepSize::Fixed(dt) => {
                // What an arithmetic is written with is no part of a name everywhere.
                let kind = self.scheme.arithmetic().map(|kind| format!("_{kind}").replace(['/', ':', '='], "-"));
                format!("{}{}_dt{}", self.scheme.name(), kind.unwrap_or_default(), shown(dt))
            }
            StepSize::Tolerance(tolerance) => format!("{}_tol{tolerance:e}", self.scheme),
        }
    }
}
