//! Kind `de_alteriis_2021`: Euler, RK2 and RK4 on step, ramp and sine: how spikes lag, what flops buy, how long a rest makes good.
//!
//! Sources: G. de Alteriis, C. M. Oddo, *Tradeoff between accuracy and computational cost of Euler and Runge-Kutta ODE solvers for the
//! Izhikevich spiking neuron model*, IEEE/EMBS NER (2021); G. de Alteriis, E. Cataldo, A. Mazzoni, C. M. Oddo, *Euler method can
//! outperform more complex ODE solvers …*, bioRxiv 2021.11.30.470474. The abstracts were read; amplitudes, steps and the cost of the
//! distance are ours.

use rayon::prelude::*;
use serde::Deserialize;

use super::check_list;
use super::claims::Claims;
use crate::SpikeTrain;
use crate::error::{Error, Result};
use crate::experiment::runs::{check_positive, check_steps, fixed_step};
use crate::experiment::{Experiment, Outputs};
use crate::metrics::{SpikeErrors, victor_purpura};
use crate::model::{CellType, Problem, StimulusSpec};
use crate::report::figure::curves;
use crate::scheme::Scheme;
use crate::scheme::Trajectory;
use crate::study::dt_list;
use crate::truth::taylor;

mod rest;
mod tables;

use rest::{Rest, RestNeeded};

const PAPER: &str = "de Alteriis & Oddo, IEEE/EMBS NER (2021) and de Alteriis, Cataldo, Mazzoni & Oddo, bioRxiv 2021.11.30.470474 \
                     (abstracts read)";

/// The solvers and the flops of a step that are quoted for them.
const SOLVERS: [(&str, f64); 3] = [("euler", 13.0), ("rk2", 28.0), ("rk4", 68.0)];

/// The parameters, as in `experiments/literature/de_alteriis_2021.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::experiment) struct DeAlteriis2021 {
    /// Cell type.
    neuron: String,
    /// Inputs, as `--input`.
    inputs: Vec<String>,
    /// Duration \[ms\].
    duration: f64,
    /// Steps \[ms\], as `--dt`: of the lags, and of the search for limits.
    dt: String,
    /// Cost of the Victor–Purpura distance \[1/ms\].
    victor_purpura_cost: f64,
    /// Durations of the trains whose limits are compared \[ms\].
    durations: Vec<f64>,
    /// The limit is the largest step up to which the distance per spike stays below this.
    limit: f64,
    /// Allocations \[flops/ms\].
    flops_per_ms: Vec<f64>,
    rest: Rest,
    /// Where the measurement differs, and why.
    where_we_differ: String,
}

/// A solver at one step on one input.
struct Lag {
    input: usize,
    solver: usize,
    dt: f64,
    errors: SpikeErrors,
}

impl Lag {
    /// Share of the variance of the lag that a straight line in the spike number explains.
    fn linearity(&self) -> f64 {
        let n = self.errors.matched as f64;
        // From the slope and its standard error: t² / (t² + n − 2).
        self.errors.drift.map_or(f64::NAN, |d| 1.0 / (1.0 + (n - 2.0) * (d.standard_error / d.per_spike).powi(2)))
    }
}

/// The limit of a solver on one input for trains of one duration.
struct Limit {
    input: usize,
    solver: usize,
    duration: f64,
    /// \[ms\]; `None` where not even the smallest step is good enough.
    dt: Option<f64>,
}

/// An allocation on one input: the distance per spike of each solver, spikes on the grid and located.
struct Allocation {
    input: usize,
    flops_per_ms: f64,
    grid: [f64; 3],
    located: [f64; 3],
}

/// All that was measured.
struct Measured {
    /// Counted flops of a step.
    flops: [f64; 3],
    lags: Vec<Lag>,
    limits: Vec<Limit>,
    allocations: Vec<Allocation>,
    rests: Vec<RestNeeded>,
}

/// What runs are made from.
struct Checked {
    cell: &'static CellType,
    dts: Vec<f64>,
    /// On each input.
    problems: Vec<Problem>,
}

impl Experiment for DeAlteriis2021 {
    fn run(&self, outputs: &mut Outputs<'_>) -> Result<String> {
        let checked = self.checked()?;
        let measured = self.measure(&checked)?;
        outputs.figure(&curves(&self.figure(&measured))?)?;
        for (name, text) in self.files(&measured) {
            outputs.dir.write(name, text.as_bytes())?;
        }
        let rows = self.claims(&checked, &measured);
        Claims { paper: PAPER, rows, where_we_differ: self.where_we_differ.clone() }.write(outputs)
    }
}

impl DeAlteriis2021 {
    fn checked(&self) -> Result<Checked> {
        for (what, x) in
            [("duration", self.duration), ("victor_purpura_cost", self.victor_purpura_cost), ("limit", self.limit)]
        {
            check_positive(what, x)?;
        }
        let mut dts = dt_list::parse("dt", &self.dt)?;
        dts.sort_by(f64::total_cmp);
        check_steps(&dts, self.duration)?;
        check_list("durations", &self.durations)?;
        check_list("flops_per_ms", &self.flops_per_ms)?;
        self.rest.check()?;
        if self.inputs.is_empty() || self.durations.iter().any(|d| *d > self.duration) {
            let given = format!("{:?} and {:?}", self.inputs, self.durations);
            let allowed = format!("an input or more, durations up to {}", self.duration);
            return Err(Error::invalid("inputs or durations", given, allowed, "See experiments/literature/."));
        }
        let cell = CellType::find(&self.neuron)?;
        let mut problems = Vec::new();
        for text in &self.inputs {
            let stimulus = StimulusSpec::parse(text)?.stimulus(self.duration)?;
            problems.push(Problem { neuron: cell.neuron, stimulus, initial: cell.initial, duration: self.duration });
        }
        Ok(Checked { cell, dts, problems })
    }

    fn measure(&self, checked: &Checked) -> Result<Measured> {
        let mut flops = [f64::NAN; 3];
        for (flops, (name, _)) in flops.iter_mut().zip(SOLVERS) {
            let run = solve(name, "", &checked.problems[0], checked.dts[0])?;
            *flops = run.cost.flops as f64 / run.steps as f64;
        }
        let inputs = checked.problems.par_iter().enumerate().map(|(k, problem)| self.input(k, problem, &checked.dts));
        let mut measured =
            Measured { flops, lags: Vec::new(), limits: Vec::new(), allocations: Vec::new(), rests: Vec::new() };
        for part in inputs.collect::<Result<Vec<_>>>()? {
            measured.lags.extend(part.0);
            measured.limits.extend(part.1);
            measured.allocations.extend(part.2);
        }
        measured.rests = self.rest.needed(checked.cell)?;
        Ok(measured)
    }

    fn input(&self, input: usize, problem: &Problem, dts: &[f64]) -> Result<(Vec<Lag>, Vec<Limit>, Vec<Allocation>)> {
        let truth = taylor::solve(problem, taylor::TOLERANCE).spikes;
        let distance = |train: &SpikeTrain, until: f64| -> Result<f64> {
            let truth = truth.until(until);
            let cost = victor_purpura(&train.until(until), &truth, self.victor_purpura_cost)?;
            Ok(cost / truth.len().max(1) as f64)
        };
        let (mut lags, mut limits) = (Vec::new(), Vec::new());
        for (solver, (name, _)) in SOLVERS.iter().enumerate() {
            let mut trains = Vec::new();
            for &dt in dts {
                let spikes = solve(name, "", problem, dt)?.spikes;
                lags.push(Lag { input, solver, dt, errors: SpikeErrors::between(&spikes, &truth) });
                trains.push(spikes);
            }
            for &duration in &self.durations {
                let mut limit = None;
                for (&dt, train) in dts.iter().zip(&trains) {
                    if distance(train, duration)? > self.limit {
                        break;
                    }
                    limit = Some(dt);
                }
                limits.push(Limit { input, solver, duration, dt: limit });
            }
        }
        let mut allocations = Vec::new();
        for &flops_per_ms in &self.flops_per_ms {
            let (mut grid, mut located) = ([f64::NAN; 3], [f64::NAN; 3]);
            for (solver, (name, flops)) in SOLVERS.iter().enumerate() {
                let dt = flops / flops_per_ms;
                grid[solver] = distance(&solve(name, "", problem, dt)?.spikes, self.duration)?;
                located[solver] = distance(&solve(name, "+located", problem, dt)?.spikes, self.duration)?;
            }
            allocations.push(Allocation { input, flops_per_ms, grid, located });
        }
        Ok((lags, limits, allocations))
    }
}

/// A solver of the registry at one step.
fn solve(name: &str, handling: &str, problem: &Problem, dt: f64) -> Result<Trajectory> {
    let scheme: Scheme = format!("{name}{handling}").parse()?;
    Ok(fixed_step(&scheme, problem, dt, |_| {}))
}
