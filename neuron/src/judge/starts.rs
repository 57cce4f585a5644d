//! From where a search of recorded states begins: the steps, inputs and first values of its trials.

use std::sync::Arc;

use super::fit::Parameter;
use super::guess::{Differences, Guess, guess};
use super::hypothesis::{Before, Cell, Change};
use super::judgement::Known;
use super::read::Trace;
use super::rows::Rows;
use super::search::{Trial, first_cell, first_intervals, shifts};
use crate::error::Result;
use crate::model::{Piece, Stimulus};
use crate::scheme::Scheme;

/// Steps in use, for rows without times \[ms\].
pub(super) const STEPS: [f64; 14] = [1.0, 0.5, 0.25, 0.1, 0.2, 0.05, 0.125, 0.025, 0.01, 2.0, 0.02, 0.0625, 0.4, 0.005];

/// Factors by which a time axis may be wrong.
pub(super) const FACTORS: [f64; 10] = [0.25, 0.5, 2.0, 4.0, 5.0, 10.0, 0.1, 0.2, 0.4, 2.5];

/// Differences, and the share of the slowest rows that they are taken of, from which a search begins where the neuron is to be found from v alone.
pub(super) type Start = (Differences, f64);
const FIRST_START: Start = (Differences::Forward, 0.5);
pub(super) const OTHER_STARTS: [Start; 4] = [
    (Differences::Central, 0.5),
    (Differences::Central, 0.25),
    (Differences::Forward, 0.25),
    (Differences::Forward, 0.75),
];

/// An input that is tried.
#[derive(Clone)]
pub(super) struct Input {
    pub(super) stimulus: Arc<Stimulus>,
    /// The time between rows to which alone it belongs \[ms\]: that of an input beside rows.
    pub(super) only: Option<f64>,
}

/// What is told of recorded states, and what is to be tried.
pub(super) struct Search<'a> {
    pub(super) known: &'a Known,
    pub(super) trace: &'a Trace,
    pub(super) variants: &'a [Rows],
    /// The same with the rounding of single precision allowed, where digits do not tell the precision of the program.
    pub(super) loose: &'a [Rows],
    pub(super) schemes: &'a [Scheme],
    pub(super) inputs: &'a [Input],
    pub(super) free: &'a [Parameter],
    pub(super) spacing: Option<f64>,
    pub(super) free_input: bool,
}

/// The input beside the rows, each value held until the next row.
pub(super) fn beside(trace: &Trace, interval: Option<f64>) -> Result<Option<Stimulus>> {
    let Some(values) = &trace.input else { return Ok(None) };
    if values.iter().all(|value| *value == values[0]) {
        return Ok(Some(Stimulus::constant(values[0])));
    }
    let Some(interval) = interval else { return Ok(None) };
    let first = trace.first.unwrap_or(0.0);
    let piece = |(k, value): (usize, &f64)| {
        let start = if k == 0 { 0.0 } else { (first + k as f64) * interval };
        Piece { start, value: *value, slope: 0.0 }
    };
    Stimulus::piecewise_linear(values.iter().enumerate().map(piece).collect()).map(Some)
}

impl<'a> Search<'a> {
    /// A trial of all rules on the rows, at one step a row.
    pub(super) fn trial(&self, rows: &'a Rows, input: &Input) -> Trial<'a> {
        let mut cell = first_cell(rows, self.known, &input.stimulus);
        let mut free = self.free.to_vec();
        let spacing = input.only.or(self.spacing);
        let guessed = self.guessed(rows, &mut cell, spacing, FIRST_START);
        let intervals = match spacing {
            Some(spacing) => vec![spacing],
            None if guessed.is_some() => {
                free.extend(cell.stimulus.as_constant().map(|_| Parameter::Interval));
                guessed.iter().map(|one| one.interval).collect()
            }
            None => {
                let guesses = first_intervals(rows, &cell, self.free_input);
                let near =
                    |step: &f64| rows.u.is_none() || guesses.iter().any(|guess| (step / guess - 1.0).abs() < 0.5);
                let steps: Vec<f64> = STEPS.into_iter().filter(near).collect();
                if steps.is_empty() || self.blind() {
                    free.push(Parameter::Interval);
                    guesses
                } else {
                    steps
                }
            }
        };
        Trial {
            rows,
            schemes: self.schemes,
            // Where no step is known and all is to be fitted, all rules would take minutes.
            tried: (self.blind() && spacing.is_none() && guessed.is_none()).then(|| self.usual()),
            intervals,
            substeps: vec![1],
            lags: vec![(0, Before::Held)],
            changes: vec![Change::None],
            cell,
            free,
        }
    }

    /// Whether the neuron is to be found from v alone.
    pub(super) fn blind(&self) -> bool {
        self.known.neuron.is_none() && self.trace.u.is_none()
    }

    /// First values where the neuron is to be found from v alone, which `cell` is given.
    pub(super) fn guessed(&self, rows: &Rows, cell: &mut Cell, spacing: Option<f64>, start: Start) -> Option<Guess> {
        if !self.blind() {
            return None;
        }
        let at = |spacing| guess(rows, start, &cell.neuron, &cell.stimulus, spacing, self.free_input);
        let guess = match spacing {
            // An input that moves belongs to rows a certain time apart.
            None if cell.stimulus.as_constant().is_none() => {
                let guesses = STEPS.into_iter().filter_map(|step| at(Some(step)));
                guesses.min_by(|a, b| a.misfit.total_cmp(&b.misfit))
            }
            _ => at(spacing),
        }?;
        if let Some(input) = guess.input {
            *cell = Cell::new(cell.neuron, Arc::new(Stimulus::constant(input)));
        }
        (cell.neuron.a, cell.neuron.b) = (guess.a, guess.b);
        Some(guess)
    }

    /// The rules on the grid that a comparison shows by default: every other one is near one of them.
    pub(super) fn usual(&self) -> Vec<Scheme> {
        let usual = |scheme: &&Scheme| scheme.info().by_default && scheme.location().is_none();
        self.schemes.iter().filter(usual).cloned().collect()
    }

    /// Every input on every way to read the rows.
    pub(super) fn trials(&self) -> impl Iterator<Item = Trial<'a>> {
        self.inputs.iter().flat_map(move |input| self.variants.iter().map(move |rows| self.trial(rows, input)))
    }

    /// The input of each of the [`trials`](Self::trials).
    pub(super) fn each_input(&self) -> impl Iterator<Item = &'a Input> {
        self.inputs.iter().flat_map(|input| self.variants.iter().map(move |_| input))
    }

    pub(super) fn lags(&self) -> Vec<(i32, Before)> {
        shifts(self.inputs.iter().map(|input| &*input.stimulus))
    }

    /// Trials with rows another time apart than the file says.
    pub(super) fn other_intervals(&self, rows: &'a Rows, spacing: f64) -> Result<Vec<Trial<'a>>> {
        let mut trials = Vec::new();
        for input in self.inputs {
            let mut trial = self.trial(rows, input);
            // Of v alone a first value of the step says more than factors of it do.
            let factors = if self.blind() { &[][..] } else { &FACTORS };
            for interval in factors.iter().map(|factor| spacing * factor) {
                let mut trial = Trial { intervals: vec![interval], ..trial.clone() };
                // An input beside rows is as far apart as they are.
                if let (Some(_), Some(stimulus)) = (input.only, beside(self.trace, Some(interval))?) {
                    trial.cell = Cell::new(trial.cell.neuron, Arc::new(stimulus));
                }
                trials.push(trial);
            }
            if input.only.is_none() {
                let intervals = match self.guessed(rows, &mut trial.cell, None, FIRST_START) {
                    Some(guess) => vec![guess.interval],
                    None => first_intervals(rows, &trial.cell, self.free_input),
                };
                let free = [trial.free.as_slice(), &[Parameter::Interval]].concat();
                trials.push(Trial { intervals, free, ..trial });
            }
        }
        Ok(trials)
    }

    /// The rows as they were recorded, but with a start that was told.
    pub(super) fn plain(&self) -> &'a Rows {
        let told = self.known.initial.is_some();
        let as_recorded = |rows: &&Rows| rows.with_start == told && (told || rows.u0.is_none());
        self.variants.iter().find(as_recorded).unwrap_or(&self.variants[self.variants.len() - 1])
    }
}
