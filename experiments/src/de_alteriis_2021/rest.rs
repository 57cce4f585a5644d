//! How long a neuron must rest for the next train to start as if there had been none before.

use spikestep::Piece;

use super::{CELL, SOLVERS, solve};
use crate::shared::*;

const AMPLITUDES: [f64; 4] = [5.0, 10.0, 15.0, 20.0]; // Inputs of the trains [mV/ms]: the firing rates
const DURATIONS: [f64; 3] = [250.0, 500.0, 1000.0]; // Durations of the first train [ms]
const RESTS: (f64, f64, usize) = (10.0, 600.0, 60); // Shortest and longest rest [ms], and how many
const DT: f64 = 0.5; // ms
const SECOND: f64 = 100.0; // How long the second train lasts [ms]; it fires in it

/// The rest that one solver needs after one train.
pub(super) struct Rest {
    pub(super) solver: usize,
    pub(super) amplitude: f64,
    pub(super) duration: f64,
    /// Rate of the true first train \[Hz\].
    pub(super) rate: f64,
    /// The smallest rest \[ms\] from which on the first lag of the second train is that of a fresh train to dt, the grid's own
    /// uncertainty; `None` where the longest is too short.
    pub(super) rest: Option<f64>,
}

/// The rests that all solvers need after all trains.
pub(super) fn needed() -> Result<Vec<Rest>> {
    let cases: Vec<_> = AMPLITUDES.iter().flat_map(|&a| DURATIONS.map(|d| (a, d))).collect();
    let parts = cases.into_par_iter().map(|(amplitude, duration)| case(amplitude, duration));
    Ok(parts.collect::<Result<Vec<_>>>()?.into_iter().flatten().collect())
}

fn case(amplitude: f64, duration: f64) -> Result<Vec<Rest>> {
    let rests = linear(RESTS.0, RESTS.1, RESTS.2);
    let first = |train: &SpikeTrain, from: f64| train.times().iter().copied().find(|&t| t > from);
    let (mut rate, mut last_bad) = (0.0, [None; SOLVERS.len()]);
    for &rest in &rests {
        let problem = problem(amplitude, duration, rest)?;
        let second = duration + rest;
        let truth = truth(&problem).spikes;
        rate = 1000.0 * truth.until(duration).len() as f64 / duration;
        for (solver, bad) in last_bad.iter_mut().enumerate() {
            let spikes = solve(solver, "", &problem, DT).spikes;
            let lag = |from: f64| Some(first(&spikes, from)? - first(&truth, from)?);
            let changed = lag(second).zip(lag(0.0)).map(|(again, fresh)| (again - fresh).abs());
            // A difference of dt that rounding makes a little more is one of dt.
            if changed.is_none_or(|changed| changed > DT * (1.0 + 1e-9)) {
                *bad = Some(rest);
            }
        }
    }
    let of_solver = |(solver, bad): (usize, Option<f64>)| {
        let rest = rests.iter().copied().find(|rest| bad.is_none_or(|bad| *rest > bad));
        Rest { solver, amplitude, duration, rate, rest }
    };
    Ok(last_bad.into_iter().enumerate().map(of_solver).collect())
}

/// On for `duration`, off for `rest`, on for [`SECOND`].
fn problem(amplitude: f64, duration: f64, rest: f64) -> Result<Problem> {
    let pieces = [(0.0, amplitude), (duration, 0.0), (duration + rest, amplitude)];
    let pieces = pieces.map(|(start, value)| Piece { start, value, slope: 0.0 });
    let (stimulus, duration) = (Stimulus::piecewise_linear(pieces.into())?, duration + rest + SECOND);
    Ok(Problem { neuron: cell(CELL).neuron, stimulus, initial: cell(CELL).initial, duration })
}
