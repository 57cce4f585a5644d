//! What is tried on recorded states, in which order.

use std::sync::Arc;

use super::fit::Parameter;
use super::guess::{Guess, guess};
use super::hypothesis::{Before, Cell, Change, Hypothesis};
use super::judgement::{Answer, Known};
use super::read::Trace;
use super::rows::Rows;
use super::score::score;
use super::search::{Trial, first_cell, first_intervals, shifts, single, sort};
use crate::error::{Error, Result, shown};
use crate::model::{Piece, Stimulus};
use crate::scheme::Scheme;

/// Steps in use, for rows without times \[ms\].
pub(super) const STEPS: [f64; 14] = [1.0, 0.5, 0.25, 0.1, 0.2, 0.05, 0.125, 0.025, 0.01, 2.0, 0.02, 0.0625, 0.4, 0.005];

/// Factors by which a time axis may be wrong.
pub(super) const FACTORS: [f64; 10] = [0.25, 0.5, 2.0, 4.0, 5.0, 10.0, 0.1, 0.2, 0.4, 2.5];

/// Steps from row to row that are tried beside a second difference from a rule: a change, a shift, another parameter.
const STRIDES: [u32; 4] = [2, 4, 5, 10];

/// Most steps from row to row.
const MOST_SUBSTEPS: u32 = 10;

/// The same where the neuron is to be found from v alone.
const BLIND_SUBSTEPS: u32 = 2;

/// The share of rows that a rule in single precision may miss by its digits, and not by the rounding of single precision.
const SMALL_SHARE: f64 = 0.05;

/// How an answer was found.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Rule,
    Shifted,
    OtherInterval,
    Changed,
    Parameters,
}

/// An input that is tried.
#[derive(Clone)]
pub(super) struct Input {
    pub(super) stimulus: Arc<Stimulus>,
    /// The time between rows to which alone it belongs \[ms\]: that of an input beside rows.
    pub(super) only: Option<f64>,
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

/// What was found.
pub(super) struct Found<'a> {
    /// The best first.
    pub(super) answers: Vec<Answer>,
    /// How; `None` where nothing fits.
    pub(super) way: Option<Way>,
    pub(super) rows: &'a Rows,
    pub(super) notes: Vec<String>,
    /// Whether the answers were found in single precision alone.
    pub(super) in_single: bool,
}

/// Trials one after the other, until one fits.
pub(super) struct Attempts<'a> {
    pub(super) nearest: Vec<(Vec<Answer>, &'a Rows)>,
}

impl<'a> Attempts<'a> {
    /// Runs a trial: what was found if it fits.
    pub(super) fn run(&mut self, way: Way, trial: &Trial<'a>) -> Option<Found<'a>> {
        let (answers, rows) = (trial.run(), trial.rows);
        if answers.first().is_some_and(|answer| answer.score.fits()) {
            return Some(Found { answers, way: Some(way), rows, notes: Vec::new(), in_single: false });
        }
        self.nearest.push((answers, rows));
        None
    }

    /// None fits: the nearest of what was tried, on one way to read the rows.
    fn none(self, schemes: &[Scheme], otherwise: &'a Rows) -> Found<'a> {
        let key = |answers: &[Answer]| answers.first().map_or((1.0, 1e9), |x| (x.score.share(), x.score.mean));
        let nearest = self.nearest.iter().min_by(|(a, _), (b, _)| {
            let (a, b) = (key(a), key(b));
            a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1))
        });
        let rows = nearest.map_or(otherwise, |(_, rows)| *rows);
        let same = self.nearest.into_iter().filter(|(_, of)| std::ptr::eq(*of, rows));
        let mut answers: Vec<Answer> = same.flat_map(|(answers, _)| answers).collect();
        sort(&mut answers, schemes);
        // One rule may be there as it is and with other parameters.
        let mut known: Vec<String> = Vec::new();
        answers.retain(|Answer { hypothesis: h, .. }| {
            let name = format!("{h} {} {}", h.lag, h.change.text());
            let new = !known.contains(&name);
            known.extend(new.then_some(name));
            new
        });
        Found { answers, way: None, rows, notes: Vec::new(), in_single: false }
    }
}

impl<'a> Search<'a> {
    /// A trial of all rules on the rows, at one step a row.
    pub(super) fn trial(&self, rows: &'a Rows, input: &Input) -> Trial<'a> {
        let mut cell = first_cell(rows, self.known, &input.stimulus);
        let mut free = self.free.to_vec();
        let spacing = input.only.or(self.spacing);
        let guessed = self.guessed(rows, &mut cell, spacing, 0.5);
        let intervals = match spacing {
            Some(spacing) => vec![spacing],
            None if guessed.is_some() => {
                free.push(Parameter::Interval);
                guessed.iter().map(|one| one.interval).collect()
            }
            None => {
                let guesses = first_intervals(rows, &cell, self.free_input);
                let near =
                    |step: &f64| rows.u.is_none() || guesses.iter().any(|guess| (step / guess - 1.0).abs() < 0.5);
                let steps: Vec<f64> = STEPS.into_iter().filter(near).collect();
                if steps.is_empty() {
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
            intervals,
            substeps: vec![1],
            lags: vec![(0, Before::Held)],
            changes: vec![Change::None],
            cell,
            free,
        }
    }

    /// Whether the neuron is to be found from v alone.
    fn blind(&self) -> bool {
        self.known.neuron.is_none() && self.trace.u.is_none()
    }

    /// First values where the neuron is to be found from v alone, which `cell` is given.
    fn guessed(&self, rows: &Rows, cell: &mut Cell, spacing: Option<f64>, share: f64) -> Option<Guess> {
        if !self.blind() {
            return None;
        }
        let guess = guess(rows, share, &cell.neuron, &cell.stimulus, spacing, self.free_input)?;
        if let Some(input) = guess.input {
            *cell = Cell::new(cell.neuron, Arc::new(Stimulus::constant(input)));
        }
        (cell.neuron.a, cell.neuron.b) = (guess.a, guess.b);
        Some(guess)
    }

    /// Every input on every way to read the rows.
    fn trials(&self) -> impl Iterator<Item = Trial<'a>> {
        self.inputs.iter().flat_map(move |input| self.variants.iter().map(move |rows| self.trial(rows, input)))
    }

    /// The input of each of the [`trials`](Self::trials).
    fn each_input(&self) -> impl Iterator<Item = &'a Input> {
        self.inputs.iter().flat_map(|input| self.variants.iter().map(move |_| input))
    }

    fn lags(&self) -> Vec<(i32, Before)> {
        shifts(self.inputs.iter().map(|input| &*input.stimulus))
    }

    /// Whether the recording is what is claimed; where it is not, whether a shift of the input explains it.
    pub(super) fn claimed(&self, scheme: &Scheme, dt: f64) -> Result<Found<'a>> {
        let wrong = |given: String, allowed: &str, mend: &str| Err(Error::invalid("--claims", given, allowed, mend));
        if scheme.is_adaptive() {
            return wrong(format!("'{scheme}'"), "a scheme of a fixed step", "Claim one such as euler@0.5.");
        }
        let interval = self.spacing.unwrap_or(dt);
        let substeps = (interval / dt).round();
        if !(1.0..=1000.0).contains(&substeps) || (substeps * dt / interval - 1.0).abs() > 1e-6 {
            let given = format!("a step of {} ms where rows are {} ms apart", shown(dt), shown(interval));
            return wrong(
                given,
                "a step that divides the spacing of the rows",
                "Check the unit of time: --unit ms or --unit s.",
            );
        }
        let mut attempts = Attempts { nearest: Vec::new() };
        let of_step = |mut trial: Trial<'a>| {
            trial.free.retain(|parameter| *parameter != Parameter::Interval);
            Trial { intervals: vec![interval], substeps: vec![substeps as u32], ..trial }
        };
        for trial in self.trials() {
            if let Some(found) = attempts.run(Way::Rule, &of_step(trial)) {
                return Ok(found);
            }
        }
        for trial in self.trials() {
            if let Some(mut found) = attempts.run(Way::Shifted, &of_step(Trial { lags: self.lags(), ..trial })) {
                // The claim itself is told beside it, with the row at which it fails.
                let off =
                    attempts.nearest.into_iter().flat_map(|(answers, _)| answers).filter(|one| one.hypothesis.lag == 0);
                found.answers.extend(off.min_by_key(|one| one.score.violating));
                return Ok(found);
            }
        }
        Ok(attempts.none(self.schemes, &self.variants[self.variants.len() - 1]))
    }

    /// Every rule: as it is, at steps that divide the rows, with the input early or late, at another time between rows, changed, with other
    /// parameters.
    pub(super) fn all(&self) -> Result<Found<'a>> {
        let mut attempts = Attempts { nearest: Vec::new() };
        macro_rules! attempt {
            ($way:expr, $trial:expr) => {
                if let Some(found) = attempts.run($way, &$trial) {
                    return Ok(found);
                }
            };
        }
        for trial in self.trials() {
            attempt!(Way::Rule, trial);
        }
        let varies = self.inputs.iter().any(|input| input.stimulus.as_constant().is_none());
        let guessed = self.blind() && (self.spacing.is_some() || !varies);
        if guessed {
            // Other starts: the usual neuron, and what fewer or more rows say.
            for trial in self.trials() {
                let cell = first_cell(trial.rows, self.known, &trial.cell.stimulus);
                attempt!(Way::Rule, Trial { cell, ..trial.clone() });
                for share in [0.25, 0.75] {
                    let mut trial = trial.clone();
                    if let Some(guess) = self.guessed(trial.rows, &mut trial.cell, self.spacing, share) {
                        trial.intervals = vec![guess.interval];
                        attempt!(Way::Rule, trial);
                    }
                }
            }
        }
        if self.spacing.is_none() && !guessed {
            // The first guess of the step is off where the input moves fast.
            for (trial, input) in self.trials().zip(self.each_input()) {
                if input.only.is_none() {
                    attempt!(Way::Rule, Trial { intervals: STEPS.to_vec(), free: self.free.to_vec(), ..trial });
                }
            }
            for mut trial in self.trials() {
                if !trial.free.contains(&Parameter::Interval) {
                    trial.free.push(Parameter::Interval);
                    trial.intervals = first_intervals(trial.rows, &trial.cell, self.free_input);
                    attempt!(Way::Rule, trial);
                }
            }
        }
        // Where all is to be fitted each takes a second.
        let most = if self.blind() { BLIND_SUBSTEPS } else { MOST_SUBSTEPS };
        for trial in self.trials() {
            for substeps in 2..=most {
                attempt!(Way::Rule, Trial { substeps: vec![substeps], ..trial.clone() });
            }
        }
        if let Some(found) = self.in_single() {
            return Ok(found);
        }
        for trial in self.trials() {
            attempt!(Way::Shifted, Trial { lags: self.lags(), ..trial });
        }
        let rows = self.plain();
        // Rows without a reset may be those of a slow drift at any step.
        if let Some(spacing) = self.spacing.filter(|_| rows.drops.contains(&true)) {
            for trial in self.other_intervals(rows, spacing)? {
                attempt!(Way::OtherInterval, trial);
            }
        }
        if guessed {
            // What came nearest is the last start: a rule may have been met there under a shift that says nothing.
            let share = |(answers, _): &(Vec<Answer>, &Rows)| answers.first().map_or(1.0, |one| one.score.share());
            let nearest = attempts.nearest.iter().min_by(|a, b| share(a).total_cmp(&share(b)));
            if let Some(near) = nearest.and_then(|(answers, _)| answers.first()).cloned() {
                for trial in self.trials() {
                    let intervals = vec![near.hypothesis.interval];
                    attempt!(Way::Rule, Trial { cell: near.cell.clone(), intervals, ..trial });
                }
            }
        }
        if self.blind() {
            return Ok(attempts.none(self.schemes, &self.variants[self.variants.len() - 1]));
        }
        for trial in self.trials() {
            attempt!(Way::Changed, Trial { changes: Change::ALL.to_vec(), ..trial });
        }
        for substeps in std::iter::once(1).chain(STRIDES) {
            if let Some(found) = self.parameters(rows, substeps, &mut attempts) {
                return Ok(found);
            }
        }
        for trial in self.trials() {
            for substeps in STRIDES {
                let trial = Trial { substeps: vec![substeps], ..trial.clone() };
                attempt!(Way::Shifted, Trial { lags: self.lags(), ..trial.clone() });
                attempt!(Way::Changed, Trial { changes: Change::ALL.to_vec(), ..trial });
            }
        }
        Ok(attempts.none(self.schemes, &self.variants[self.variants.len() - 1]))
    }

    /// Rules that come near the rows in double precision, and meet nearly all to their digits in single precision.
    fn in_single(&self) -> Option<Found<'a>> {
        let kind = single().filter(|_| !self.loose.is_empty())?;
        for input in self.inputs {
            for (loose, rows) in self.loose.iter().zip(self.variants) {
                for substeps in std::iter::once(1).chain(STRIDES) {
                    let mut answers = Trial { substeps: vec![substeps], ..self.trial(loose, input) }.run();
                    answers.retain_mut(|answer| {
                        let near = answer.score.fits();
                        let scheme = near.then(|| answer.hypothesis.scheme.in_arithmetic(&kind)).flatten();
                        scheme.is_some_and(|scheme| {
                            let of = Hypothesis { scheme, ..answer.hypothesis.clone() };
                            let of_rows = |rows| score(rows, &of, &answer.cell, loose.v.len(), usize::MAX);
                            // Decimals do not tell one value of single precision from the next where it is small.
                            let (met, digits) = (of_rows(loose), of_rows(rows));
                            answer.score = met;
                            met.fits() && digits.share() <= SMALL_SHARE
                        })
                    });
                    if !answers.is_empty() {
                        sort(&mut answers, self.schemes);
                        return Some(Found {
                            answers,
                            way: Some(Way::Rule),
                            rows: loose,
                            notes: Vec::new(),
                            in_single: true,
                        });
                    }
                }
            }
        }
        None
    }

    /// Trials with rows another time apart than the file says.
    fn other_intervals(&self, rows: &'a Rows, spacing: f64) -> Result<Vec<Trial<'a>>> {
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
                let intervals = match self.guessed(rows, &mut trial.cell, None, 0.5) {
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
    fn plain(&self) -> &'a Rows {
        let told = self.known.initial.is_some();
        let as_recorded = |rows: &&Rows| rows.with_start == told && (told || rows.u0.is_none());
        self.variants.iter().find(as_recorded).unwrap_or(&self.variants[self.variants.len() - 1])
    }
}
