//! What is tried on recorded states, in which order.

use super::attempts::{Attempts, Found, Way};
use super::fit::Parameter;
use super::hypothesis::{Change, Hypothesis};
use super::judgement::Answer;
use super::score::score;
use super::search::{Trial, first_cell, first_intervals, single, sort};
use super::starts::{OTHER_STARTS, STEPS, Search};
use crate::error::{Error, Result, shown};
use crate::scheme::Scheme;

/// Steps from row to row that are tried beside a second difference from a rule: a change, a shift, another parameter.
const STRIDES: [u32; 4] = [2, 4, 5, 10];

/// Most steps from row to row.
const MOST_SUBSTEPS: u32 = 10;

/// The same where the neuron is to be found from v alone.
const BLIND_SUBSTEPS: u32 = 2;

/// So many rules are tried with a shift of the input where the neuron is to be found from v alone.
const NEAR_RULES: usize = 12;

/// The share of rows that a rule in single precision may miss by its digits, and not by the rounding of single precision.
const SMALL_SHARE: f64 = 0.05;

impl<'a> Search<'a> {
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
        // What came nearest is another start: of a rule that was not tried there, or met under a shift that says nothing.
        macro_rules! attempt_nearest {
            () => {
                let at = |one: &Answer| self.spacing.is_none_or(|is| (one.hypothesis.interval / is - 1.0).abs() < 1e-9);
                if let Some(near) = attempts.near().into_iter().find(|one| at(one)).cloned() {
                    for trial in self.trials() {
                        let intervals = vec![near.hypothesis.interval];
                        attempt!(Way::Rule, Trial { cell: near.cell.clone(), intervals, tried: None, ..trial });
                    }
                }
            };
        }
        for trial in self.trials() {
            attempt!(Way::Rule, trial);
        }
        let guessed = self.blind();
        if guessed {
            // Other starts: what the flow says, or fewer or more rows, and the usual neuron.
            for (trial, input) in self.trials().zip(self.each_input()) {
                let spacing = input.only.or(self.spacing);
                let usual = || Some(self.usual());
                for start in OTHER_STARTS {
                    let mut trial = Trial { tried: usual(), ..trial.clone() };
                    if let Some(guess) = self.guessed(trial.rows, &mut trial.cell, spacing, start) {
                        trial.intervals = vec![guess.interval];
                        attempt!(Way::Rule, trial);
                    }
                }
                if trial.tried.is_none() {
                    let cell = first_cell(trial.rows, self.known, &trial.cell.stimulus);
                    attempt!(Way::Rule, Trial { cell, tried: usual(), ..trial.clone() });
                }
            }
            attempt_nearest!();
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
        for trial in self.trials() {
            for substeps in 2..=self.most_substeps() {
                attempt!(Way::Rule, Trial { substeps: vec![substeps], ..trial.clone() });
            }
        }
        if let Some(found) = self.in_single() {
            return Ok(found);
        }
        // Where all is to be fitted, a shift is one of a rule that came near without it.
        let tried = guessed.then(|| attempts.near_rules(NEAR_RULES));
        for trial in self.trials() {
            attempt!(Way::Shifted, Trial { lags: self.lags(), tried: tried.clone(), ..trial });
        }
        let rows = self.plain();
        // Rows without a reset may be those of a slow drift at any step.
        if let Some(spacing) = self.spacing.filter(|_| rows.drops.contains(&true)) {
            for trial in self.other_intervals(rows, spacing)? {
                attempt!(Way::OtherInterval, trial);
            }
        }
        if guessed {
            attempt_nearest!();
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

    /// Most steps from row to row: where all is to be fitted each takes a second.
    fn most_substeps(&self) -> u32 {
        if self.blind() { BLIND_SUBSTEPS } else { MOST_SUBSTEPS }
    }

    /// Rules that come near the rows in double precision, and meet nearly all to their digits in single precision.
    fn in_single(&self) -> Option<Found<'a>> {
        let kind = single().filter(|_| !self.loose.is_empty())?;
        for input in self.inputs {
            for (loose, rows) in self.loose.iter().zip(self.variants) {
                for substeps in std::iter::once(1).chain(STRIDES).filter(|steps| *steps <= self.most_substeps()) {
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
}
