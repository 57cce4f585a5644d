//! Runs every scheme at every setting on every neuron: errors and flops, which are the same everywhere, and times, which are not.

use std::hint::black_box;
use std::time::{Duration, Instant};

use rayon::prelude::*;
use spikestep::metrics::SpikeErrors;
use spikestep::truth::taylor;
use spikestep::{Problem, Result, Scheme, StepSize, Trajectory, solve};

use super::curve::{Curve, Point};
use super::{DURATION, INPUT, NEURONS, SERIES, SWEEPS};
use crate::shared::{preset, schemes, smallest};

/// Wall-clock time for the timings of one run in one sweep; whatever it is, there are at least three repeats.
const BUDGET: Duration = Duration::from_millis(4);

/// One scheme at one setting on one neuron.
pub(super) struct Run {
    pub(super) neuron: &'static str,
    /// Index of its series.
    pub(super) series: usize,
    pub(super) scheme: Scheme,
    pub(super) size: StepSize,
    pub(super) errors: SpikeErrors,
    pub(super) trajectory: Trajectory,
    /// Measured times per simulated second \[µs\], of all sweeps: of each sweep, in rising order.
    times: Vec<Vec<f64>>,
}

impl Run {
    /// Fastest time per simulated second \[µs\]: disturbances only ever add.
    pub(super) fn time(&self) -> f64 {
        smallest(self.times.iter().map(|sweep| sweep[0]))
    }

    /// The smallest of the sweeps' medians per simulated second \[µs\].
    pub(super) fn median_time(&self) -> f64 {
        smallest(self.times.iter().map(|sweep| sweep[sweep.len() / 2]))
    }

    /// Number of timings.
    pub(super) fn repeats(&self) -> usize {
        self.times.iter().map(Vec::len).sum()
    }

    /// Largest error of a spike \[ms\]; `None` where spikes are lost or added.
    fn error(&self) -> Option<f64> {
        let diverged = self.trajectory.diverged_at.is_some();
        let whole = !diverged && self.errors.missed == 0 && self.errors.extra == 0;
        self.errors.max_abs.filter(|_| whole)
    }
}

/// The lines of runs that follow each other: one a neuron and scheme.
pub(super) fn curves(runs: &[Run]) -> Vec<Curve> {
    let mut curves: Vec<Curve> = Vec::new();
    for run in runs {
        let (name, fixed) = (run.scheme.to_string(), run.size.dt().is_some());
        if !curves.last().is_some_and(|c| c.neuron == run.neuron && c.name == name) {
            let neuron = run.neuron.to_owned();
            curves.push(Curve { neuron, name, series: run.series, fixed, points: Vec::new() });
        }
        if let Some(curve) = curves.last_mut() {
            let setting = run.size.dt().or(run.size.tolerance()).unwrap_or(f64::NAN);
            curve.points.push(Point { setting, error: run.error(), time: run.time() });
        }
    }
    curves.iter_mut().for_each(Curve::sort);
    curves
}

/// All runs: neurons, series, schemes, settings, in the order of the constants.
pub(super) fn runs() -> Result<Vec<Run>> {
    let mut runs = Vec::new();
    let mut problems = Vec::new();
    for neuron in NEURONS {
        let problem = preset(neuron, INPUT, DURATION)?;
        let truth = taylor::solve_certified(&problem, taylor::TOLERANCE);
        let these: Vec<Run> = settings()?
            .into_par_iter()
            .map(|(series, scheme, size)| {
                let trajectory = solve(&problem, &scheme, size)?;
                let errors = SpikeErrors::between(&trajectory.spikes, &truth.spikes);
                Ok(Run { neuron, series, scheme, size, errors, trajectory, times: Vec::new() })
            })
            .collect::<Result<_>>()?;
        problems.extend(these.iter().map(|_| problem.clone()));
        runs.extend(these);
    }
    // Sweeps over everything: a disturbance of seconds meets a run once only.
    for _ in 0..SWEEPS {
        for (run, problem) in runs.iter_mut().zip(&problems) {
            run.times.push(times(problem, &run.scheme, run.size)?);
        }
    }
    Ok(runs)
}

/// Times of repeats of a run within the budget, per simulated second \[µs\], in rising order.
fn times(problem: &Problem, scheme: &Scheme, size: StepSize) -> Result<Vec<f64>> {
    let begun = Instant::now();
    let mut times = Vec::new();
    while times.len() < 3 || (times.len() < 201 && begun.elapsed() < BUDGET) {
        let start = Instant::now();
        let _ = black_box(solve(black_box(problem), scheme, size)?);
        times.push(start.elapsed().as_secs_f64() * 1e6 * 1000.0 / DURATION);
    }
    times.sort_by(f64::total_cmp);
    Ok(times)
}

/// Every scheme at every setting of its series.
fn settings() -> Result<Vec<(usize, Scheme, StepSize)>> {
    let mut all = Vec::new();
    for (index, series) in SERIES.iter().enumerate() {
        for scheme in schemes(series.schemes)? {
            let size = |&value: &f64| match scheme.is_adaptive() {
                true => StepSize::Tolerance(value),
                false => StepSize::Fixed(value),
            };
            all.extend(series.settings.iter().map(|value| (index, scheme.clone(), size(value))));
        }
    }
    Ok(all)
}
