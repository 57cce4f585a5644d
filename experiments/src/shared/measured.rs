//! Schemes at several steps on several cells under a constant input, against the equations with the same peak.

use rayon::prelude::*;
use spikestep::Result;
use spikestep::metrics::SpikeErrors;
use spikestep::report::figure::{StudyLine, StudyLines, StudyPoint, study_lines};
use spikestep::report::three;

use super::{Outputs, cell, constant_input, fields, fixed_step, median, optional, pivot, scheme, truth};

/// A scheme on a cell at a step.
pub(crate) struct Measured {
    pub(crate) cell: &'static str,
    pub(crate) scheme: &'static str,
    /// The step \[ms\].
    pub(crate) dt: f64,
    /// Evaluations of the right-hand side per ms.
    pub(crate) evaluations: f64,
    spikes: usize,
    diverged: bool,
    errors: SpikeErrors,
}

impl Measured {
    /// Largest spike-time error \[ms\]; infinite where nothing can be compared.
    fn error(&self) -> f64 {
        self.errors.max_abs.filter(|_| !self.diverged).unwrap_or(f64::INFINITY)
    }

    /// Spikes that are too few or too many.
    fn wrong(&self) -> usize {
        if self.diverged { usize::MAX } else { self.errors.missed + self.errors.extra }
    }

    /// Whether it is nearer to the equations than another: first by the number of spikes, then by their times.
    pub(crate) fn nearer_than(&self, other: &Measured) -> bool {
        (self.wrong(), self.error()) < (other.wrong(), other.error())
    }
}

/// All that was measured.
pub(crate) struct Runs {
    pub(crate) rows: Vec<Measured>,
    pub(crate) schemes: Vec<&'static str>,
    pub(crate) dts: Vec<f64>,
}

impl Runs {
    /// Every scheme at every step \[ms\] on every cell under a constant `input` \[mV/ms\] for `duration` \[ms\].
    pub(crate) fn of(cells: &[&'static str], schemes: &[&'static str], dts: &[f64], input: f64, duration: f64) -> Self {
        let of_cell = |&name: &&'static str| {
            let problem = constant_input(cell(name), input, duration);
            let truth = truth(&problem).spikes;
            let mut rows = Vec::new();
            for &own in schemes {
                for &dt in dts {
                    let run = fixed_step(&scheme(own), &problem, dt, |_| {});
                    rows.push(Measured {
                        cell: name,
                        scheme: own,
                        dt,
                        evaluations: run.cost.rhs_evaluations as f64 / (run.steps as f64 * dt),
                        spikes: run.spikes.len(),
                        diverged: run.diverged_at.is_some(),
                        errors: SpikeErrors::between(&run.spikes, &truth),
                    });
                }
            }
            rows
        };
        let rows: Vec<Vec<Measured>> = cells.par_iter().map(of_cell).collect();
        Runs { rows: rows.into_iter().flatten().collect(), schemes: schemes.to_vec(), dts: dts.to_vec() }
    }

    fn at(&self, scheme: &str, dt: f64) -> impl Iterator<Item = &Measured> {
        self.rows.iter().filter(move |m| m.scheme == scheme && m.dt == dt)
    }

    /// Median over the cells of the largest error \[ms\].
    pub(crate) fn error(&self, scheme: &str, dt: f64) -> f64 {
        median(self.at(scheme, dt).map(Measured::error))
    }

    /// In how many cells spikes were lost or added.
    pub(crate) fn lost(&self, scheme: &str, dt: f64) -> usize {
        self.at(scheme, dt).filter(|m| m.wrong() > 0).count()
    }

    /// Median over the cells of the evaluations per ms.
    pub(crate) fn evaluations(&self, scheme: &str, dt: f64) -> f64 {
        median(self.at(scheme, dt).map(|m| m.evaluations))
    }

    /// A table of schemes against steps: its heading and what to print of a scheme at a step.
    pub(crate) fn table(&self, heading: &str, entry: impl Fn(&str, f64) -> String) -> String {
        let entry = |scheme: &&str, dt: &f64| {
            let mark = if self.lost(scheme, *dt) > 0 { "*" } else { "" };
            three(self.error(scheme, *dt)) + mark + &entry(scheme, *dt)
        };
        let table = pivot("dt [ms]", self.schemes.iter().copied(), &self.dts, entry);
        format!("{heading}\n{table}(*: spikes lost or added in some of the cells)\n")
    }

    /// Writes a figure of the medians over the cells, a line a scheme, against `x` of a run, whose name with its unit is `x_name`.
    pub(crate) fn figure(
        &self,
        outputs: &mut Outputs<'_>,
        name: &str,
        x_name: &str,
        slopes: &[f64],
        x: impl Fn(&Measured) -> f64,
    ) -> Result<()> {
        let line = |&scheme: &&'static str| {
            let point = |&dt: &f64| StudyPoint {
                x: median(self.at(scheme, dt).map(&x)),
                y: self.error(scheme, dt),
                cells: self.at(scheme, dt).count(),
                lost: self.lost(scheme, dt),
            };
            StudyLine { label: scheme.to_owned(), points: self.dts.iter().map(point).collect() }
        };
        outputs.figure(&study_lines(&StudyLines {
            name: name.to_owned(),
            x: x_name.to_owned(),
            y: "max_spike_time_error_ms".to_owned(),
            series: "scheme".to_owned(),
            slopes: slopes.to_vec(),
            lines: self.schemes.iter().map(line).collect(),
        }))
    }

    /// Writes all runs as `runs.csv`.
    pub(crate) fn csv(&self, outputs: &mut Outputs<'_>) -> Result<()> {
        let header = "cell,scheme,dt_ms,spikes,missed,extra,diverged,max_spike_time_error_ms,drift_ms_per_spike,\
                      rhs_evaluations_per_ms";
        let row = |m: &Measured| {
            let e = &m.errors;
            let (largest, drift) = (optional(e.max_abs), optional(e.drift.map(|d| d.per_spike)));
            fields![m.cell, m.scheme, m.dt, m.spikes, e.missed, e.extra, m.diverged, largest, drift, m.evaluations]
        };
        outputs.csv("runs.csv", header, self.rows.iter().map(row))
    }
}
