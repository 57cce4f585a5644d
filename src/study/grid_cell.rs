//! The cells of a [`Grid`](super::Grid): one scheme at one step on one problem, against its truth.

use std::sync::Arc;

use super::columns::{metric_fields, run_place, study_axes, study_columns};
use super::comparison::resting_state;
use super::{Cell, Column, Key, KeyBuilder, Run, Study, Tabulated, Value};
use crate::error::{Error, Result};
use crate::metrics::{DistanceParameters, MetricSet};
use crate::model::{Equilibrium, NeuronSpec, Problem, StimulusSpec};
use crate::scheme::Scheme;
use crate::scheme::StepSize;
use crate::truth::Truth;

/// A problem of a grid. Its input, which may be long, is made when it is needed.
#[derive(Clone, Debug)]
pub struct GridProblem {
    pub(super) neuron: NeuronSpec,
    pub(super) input: String,
    pub(super) spec: Option<StimulusSpec>,
    pub(super) seed: Option<u64>,
    pub(super) peak: Option<f64>,
    pub(super) duration: f64,
    pub(super) metrics: MetricSet,
    pub(super) distances: DistanceParameters,
    pub(super) key: Option<Key>,
}

impl GridProblem {
    /// The study of this problem, without schemes and steps.
    pub(super) fn study(&self) -> Result<Study> {
        let stimulus = match (&self.spec, &self.neuron.stimulus) {
            (Some(spec), _) => spec.stimulus(self.duration)?.scaled(self.neuron.input_scale),
            (None, Some(own)) => own.clone(),
            (None, None) => {
                return Err(Error::invalid(
                    "input",
                    format!("'own' with the neuron {}", self.neuron.label),
                    "'own' with the patterns A to T, which have one",
                    "Give an input such as step:10.",
                ));
            }
        };
        let mut neuron = self.neuron.neuron;
        if let Some(peak) = self.peak {
            neuron.peak = peak;
        }
        Ok(Study {
            problem: Problem { neuron, stimulus, initial: self.neuron.initial, duration: self.duration },
            dts: Vec::new(),
            tolerances: Vec::new(),
            schemes: Vec::new(),
            metrics: self.metrics.clone(),
            distances: self.distances,
            within: 1.0,
            timing_budget: None,
        })
    }

    /// With the key of its contents: not of names, so that `RS` is `a=0.02,b=0.2,c=-65,d=8`.
    pub(super) fn with_key(self, study: &Study) -> Self {
        GridProblem { key: Some(problem_key(study)), ..self }
    }
}

/// Key of all that a run of `study` depends on beside its scheme and step.
pub(super) fn problem_key(study: &Study) -> Key {
    let metrics = study.metrics.iter().fold(KeyBuilder::new("comparison"), |key, metric| {
        key.text("metric", metric.name).number("revision", metric.revision.into())
    });
    metrics.structure("problem", &study.problem).structure("distances", &study.distances).key()
}

/// Key of a run: of its problem, its scheme with revision and parameters, and its step.
pub(super) fn run_key(problem: Key, scheme: &Scheme, setting: StepSize) -> Key {
    KeyBuilder::new("run")
        .nested("problem", problem)
        .text("scheme", &scheme.to_string())
        .number("revision", scheme.info().revision.into())
        .optional("own peak", scheme.own_peak())
        .optional("lower bound", scheme.lower_bound())
        .optional("dt", setting.dt())
        .optional("tolerance", setting.tolerance())
        .key()
}

/// A scheme at one step on one problem.
#[derive(Clone, Debug)]
pub struct GridCell {
    /// The problem, one value for all its cells.
    pub problem: Arc<GridProblem>,
    /// The scheme.
    pub scheme: Scheme,
    /// Its step or tolerance.
    pub setting: StepSize,
    problem_key: Key,
    key: Key,
    flops: f64,
    class: u32,
}

impl GridCell {
    pub(super) fn new(
        problem: &Arc<GridProblem>,
        scheme: Scheme,
        setting: StepSize,
        flops_per_ms: f64,
        class: usize,
    ) -> Self {
        let problem_key = problem.key.expect("a grid gives its problems their keys");
        GridCell {
            problem: Arc::clone(problem),
            key: run_key(problem_key, &scheme, setting),
            scheme,
            setting,
            problem_key,
            flops: flops_per_ms * problem.duration,
            class: class as u32,
        }
    }
}

/// What the cells of a problem share: its truth.
pub struct GridShared {
    study: Study,
    truth: Truth,
    rest: Option<Equilibrium>,
}

/// What a cell gives.
pub struct GridOutput {
    /// The run with its errors.
    pub run: Run,
    /// Spikes of the truth.
    pub truth_spikes: usize,
    /// Bound of the error of its spike times \[ms\].
    pub truth_error_bound: Option<f64>,
}

impl Cell for GridCell {
    type Shared = GridShared;
    type Output = GridOutput;

    fn key(&self) -> Key {
        self.key
    }

    fn problem(&self) -> Key {
        self.problem_key
    }

    fn share(&self) -> Result<GridShared> {
        let study = self.problem.study()?;
        let (truth, _) = super::truth::solve(&study.problem);
        let rest = resting_state(&study.problem);
        Ok(GridShared { study, truth, rest })
    }

    fn run(&self, shared: &GridShared) -> Result<GridOutput> {
        let run = Run::of(&shared.study, &shared.truth, shared.rest.as_ref(), &self.scheme, self.setting)?;
        Ok(GridOutput { run, truth_spikes: shared.truth.spikes.len(), truth_error_bound: shared.truth.bound() })
    }

    fn cost(&self) -> f64 {
        self.flops
    }

    fn class(&self) -> usize {
        self.class as usize
    }
}

impl Tabulated for GridCell {
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
            Value::Number(problem.peak.unwrap_or(problem.neuron.neuron.peak)),
            Value::Number(problem.duration),
        ];
        of_problem.into_iter().chain(run_place(&self.scheme.to_string(), self.setting)).collect()
    }

    fn row(&self, output: &GridOutput) -> Vec<Value> {
        let truth = [Value::Count(output.truth_spikes as u64), Value::optional(output.truth_error_bound)];
        truth.into_iter().chain(metric_fields(&output.run)).collect()
    }
}

/// A run of one study whose truth is known: the cells of [`compare`](super::compare).
pub(super) struct RunCell<'a> {
    pub(super) study: &'a Study,
    pub(super) truth: &'a Truth,
    pub(super) rest: Option<&'a Equilibrium>,
    pub(super) problem: Key,
    pub(super) scheme: Scheme,
    pub(super) setting: StepSize,
    pub(super) flops: f64,
}

impl Cell for RunCell<'_> {
    type Shared = ();
    type Output = Run;

    fn key(&self) -> Key {
        run_key(self.problem, &self.scheme, self.setting)
    }

    fn problem(&self) -> Key {
        self.problem
    }

    fn share(&self) -> Result<()> {
        Ok(())
    }

    fn run(&self, (): &()) -> Result<Run> {
        Run::of(self.study, self.truth, self.rest, &self.scheme, self.setting)
    }

    fn cost(&self) -> f64 {
        self.flops
    }
}
