//! Runs every scheme at every setting on every neuron: errors and flops, which are the same everywhere, and times, which are not.

use std::time::Duration;

use rayon::prelude::*;

use super::curve::{Curve, Point};
use super::{CostAtEqualErrorExperiment, Series};
use crate::error::Result;
use crate::metrics::SpikeErrors;
use crate::model::{NeuronSpec, Problem, StimulusSpec};
use crate::scheme::Cost;
use crate::scheme::registry::SchemeId;
use crate::study::{MetricSettings, Setting, Study, Timing, replay};
use crate::truth::taylor;

/// Wall-clock time of one timing of one run; whatever it is, there are at least three repeats.
const BUDGET: Duration = Duration::from_millis(4);

/// One scheme at one setting on one neuron.
pub(super) struct Row {
    pub(super) neuron: String,
    /// Index of its series.
    pub(super) series: usize,
    pub(super) scheme: SchemeId,
    pub(super) setting: Setting,
    pub(super) errors: SpikeErrors,
    pub(super) diverged: bool,
    pub(super) steps: u64,
    pub(super) cost: Cost,
    /// Duration of the run \[ms\].
    pub(super) duration: f64,
    /// One a sweep.
    pub(super) timings: Vec<Timing>,
}

impl Row {
    /// Fastest time per simulated second \[µs\] (which is the number of ns per simulated ms).
    pub(super) fn time(&self) -> f64 {
        self.timings.iter().map(|t| t.fastest).fold(f64::INFINITY, f64::min)
    }

    /// Flops per simulated ms.
    pub(super) fn flops_per_ms(&self) -> f64 {
        self.cost.flops as f64 / self.duration
    }

    /// The step \[ms\] or the tolerance.
    pub(super) fn size(&self) -> f64 {
        self.setting.dt().or(self.setting.tolerance()).unwrap_or(f64::NAN)
    }

    /// Largest error of a spike \[ms\]; `None` where spikes are lost or added.
    pub(super) fn error(&self) -> Option<f64> {
        let whole = !self.diverged && self.errors.missed == 0 && self.errors.extra == 0;
        self.errors.max_abs.filter(|_| whole)
    }
}

/// The lines of rows that follow each other: one a neuron and scheme.
pub(super) fn curves(rows: &[Row]) -> Vec<Curve> {
    let mut curves: Vec<Curve> = Vec::new();
    for row in rows {
        let name = row.scheme.to_string();
        if !curves.last().is_some_and(|c| c.neuron == row.neuron && c.name == name) {
            let fixed = row.setting.dt().is_some();
            curves.push(Curve { neuron: row.neuron.clone(), name, series: row.series, fixed, points: Vec::new() });
        }
        if let Some(curve) = curves.last_mut() {
            curve.points.push(Point { setting: row.size(), error: row.error(), time: row.time() });
        }
    }
    curves.iter_mut().for_each(Curve::sort);
    curves
}

impl CostAtEqualErrorExperiment {
    /// All rows, in the order of the file: neurons, series, schemes, settings.
    pub(super) fn rows(&self) -> Result<Vec<Row>> {
        let mut rows = Vec::new();
        let mut studies = Vec::new();
        for neuron in &self.neurons {
            let spec = NeuronSpec::parse(neuron)?;
            let stimulus = StimulusSpec::parse(&self.input)?.stimulus(self.duration)?.scaled(spec.input_scale);
            let initial = spec.initial;
            let problem = Problem { neuron: spec.neuron, stimulus, initial, duration: self.duration };
            let study = self.study(problem)?;
            let truth = taylor::solve_certified(&study.problem, taylor::TOLERANCE);
            let cells = self.cells()?;
            let these = cells.into_par_iter().map(|(series, scheme, setting)| {
                let trajectory = replay(&study, scheme, setting, |_| {});
                Row {
                    neuron: neuron.clone(),
                    series,
                    scheme,
                    setting,
                    errors: SpikeErrors::between(&trajectory.spikes, &truth.spikes),
                    diverged: trajectory.diverged_at.is_some(),
                    steps: trajectory.steps,
                    cost: trajectory.cost,
                    duration: self.duration,
                    timings: Vec::new(),
                }
            });
            let these: Vec<Row> = these.collect();
            rows.extend(these);
            studies.push((neuron, study));
        }
        // Sweeps over everything: a disturbance of seconds meets a run once only.
        for _ in 0..self.sweeps {
            for row in &mut rows {
                if let Some((_, study)) = studies.iter().find(|(neuron, _)| **neuron == row.neuron) {
                    row.timings.push(Timing::of(study, row.scheme, row.setting, BUDGET));
                }
            }
        }
        Ok(rows)
    }

    /// A study of all settings of all series: what is run, and what checks it.
    fn study(&self, problem: Problem) -> Result<Study> {
        let all = |of: fn(&Series) -> &Vec<f64>| self.series.iter().flat_map(|s| of(s).iter().copied()).collect();
        let study = Study {
            problem,
            peak_for_all: false,
            dts: all(|s| &s.dts),
            tolerances: all(|s| &s.tolerances),
            schemes: Vec::new(),
            lbound: None,
            metrics: MetricSettings::default(),
            within: 1.0,
            timing_budget: None,
        };
        study.validate()?;
        Ok(study)
    }

    fn cells(&self) -> Result<Vec<(usize, SchemeId, Setting)>> {
        let mut cells = Vec::new();
        for (index, series) in self.series.iter().enumerate() {
            for scheme in SchemeId::parse_list(&series.schemes)? {
                let settings: Vec<Setting> = if scheme.is_adaptive() {
                    series.tolerances.iter().map(|&t| Setting::Tolerance(t)).collect()
                } else {
                    series.dts.iter().map(|&dt| Setting::Step(dt)).collect()
                };
                cells.extend(settings.into_iter().map(|setting| (index, scheme, setting)));
            }
        }
        Ok(cells)
    }
}
