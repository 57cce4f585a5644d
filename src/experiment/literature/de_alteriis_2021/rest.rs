//! How long a neuron must rest for the next train to start as if there had been none before.

use rayon::prelude::*;
use serde::Deserialize;

use super::{SOLVERS, solve};
use crate::SpikeTrain;
use crate::error::{Error, Result};
use crate::experiment::literature::check_list;
use crate::experiment::runs::check_positive;
use crate::model::{CellType, Piece, Problem, Stimulus};
use crate::study::dt_list;
use crate::truth::taylor;

/// The trains that rest is measured after.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rest {
    /// Inputs of the trains \[mV/ms\]: the firing rates.
    amplitudes: Vec<f64>,
    /// Durations of the first train \[ms\].
    durations: Vec<f64>,
    /// Rests \[ms\], as `--dt`.
    rests: String,
    /// Step \[ms\].
    dt: f64,
    /// How long the second train lasts \[ms\]; it must fire in it.
    second: f64,
}

/// The rest that one solver needs after one train.
pub(super) struct RestNeeded {
    pub(super) solver: usize,
    pub(super) amplitude: f64,
    pub(super) duration: f64,
    /// Rate of the true first train \[Hz\].
    pub(super) rate: f64,
    /// The smallest rest \[ms\] from which on the first lag of the second train is that of a fresh train to dt, the grid's own
    /// uncertainty; `None` where the longest is too short.
    pub(super) rest: Option<f64>,
}

impl Rest {
    pub(super) fn check(&self) -> Result<Vec<f64>> {
        check_list("rest.amplitudes", &self.amplitudes)?;
        check_list("rest.durations", &self.durations)?;
        check_positive("rest.dt", self.dt)?;
        check_positive("rest.second", self.second)?;
        let mut rests = dt_list::parse("rest.rests", &self.rests)?;
        rests.sort_by(f64::total_cmp);
        Ok(rests)
    }

    pub(super) fn needed(&self, cell: &'static CellType) -> Result<Vec<RestNeeded>> {
        let rests = self.check()?;
        let cases: Vec<(f64, f64)> =
            self.amplitudes.iter().flat_map(|&a| self.durations.iter().map(move |&d| (a, d))).collect();
        let parts: Vec<Vec<RestNeeded>> = cases
            .into_par_iter()
            .map(|(amplitude, duration)| self.case(cell, amplitude, duration, &rests))
            .collect::<Result<_>>()?;
        Ok(parts.into_iter().flatten().collect())
    }

    fn case(&self, cell: &CellType, amplitude: f64, duration: f64, rests: &[f64]) -> Result<Vec<RestNeeded>> {
        let mut needed: Vec<RestNeeded> = Vec::new();
        let mut last_bad = [None; SOLVERS.len()];
        for &rest in rests {
            let problem = self.problem(cell, amplitude, duration, rest)?;
            let truth = taylor::solve(&problem, taylor::TOLERANCE).spikes;
            let second = duration + rest;
            let first_of = |train: &SpikeTrain, from: f64| train.times().iter().copied().find(|&t| t > from);
            let (Some(fresh), Some(again)) = (first_of(&truth, 0.0), first_of(&truth, second)) else {
                let given = format!("{amplitude} for {duration} ms, then {} ms after {rest} ms", self.second);
                return Err(Error::invalid("rest", given, "trains that fire", "Give more input or a longer second."));
            };
            if needed.is_empty() {
                let train = truth.until(duration).len() as f64;
                let rate = 1000.0 * train / duration;
                needed.extend((0..SOLVERS.len()).map(|solver| RestNeeded {
                    solver,
                    amplitude,
                    duration,
                    rate,
                    rest: None,
                }));
            }
            for (solver, (name, _)) in SOLVERS.iter().enumerate() {
                let spikes = solve(name, "", &problem, self.dt)?.spikes;
                let lag = |from: f64, truth: f64| first_of(&spikes, from).map(|t| t - truth);
                let (Some(lag), Some(fresh)) = (lag(second, again), lag(0.0, fresh)) else {
                    last_bad[solver] = Some(rest);
                    continue;
                };
                // A difference of dt that rounding makes a little more is one of dt.
                if (lag - fresh).abs() > self.dt * (1.0 + 1e-9) {
                    last_bad[solver] = Some(rest);
                }
            }
        }
        for case in &mut needed {
            let bad = last_bad[case.solver];
            case.rest = rests.iter().copied().find(|rest| bad.is_none_or(|bad| *rest > bad));
        }
        Ok(needed)
    }

    /// On for `duration`, off for `rest`, on for [`Rest::second`].
    fn problem(&self, cell: &CellType, amplitude: f64, duration: f64, rest: f64) -> Result<Problem> {
        let piece = |start: f64, value: f64| Piece { start, value, slope: 0.0 };
        let pieces = vec![piece(0.0, amplitude), piece(duration, 0.0), piece(duration + rest, amplitude)];
        let stimulus = Stimulus::piecewise_linear(pieces)?;
        let duration = duration + rest + self.second;
        Ok(Problem { neuron: cell.neuron, stimulus, initial: cell.initial, duration })
    }
}
