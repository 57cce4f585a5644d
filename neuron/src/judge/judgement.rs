//! What is told of a recording, and what is found.

use super::fit::Fitted;
use super::hypothesis::{Cell, Hypothesis};
use super::rows::{Rows, Walk, walk};
use super::score::Score;
use crate::model::{Neuron, State, Stimulus};
use crate::scheme::Scheme;
use crate::spike::SpikeTrain;

/// What is told of a recording beside its file.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// The neuron; fitted where it is not told.
    pub neuron: Option<Neuron>,
    /// The input: each of these is tried, where more than one is meant by what was told. None: that beside the rows, or a constant that is fitted.
    pub stimuli: Vec<Stimulus>,
    /// Where it starts, if that is told.
    pub initial: Option<State>,
    /// The rule and step \[ms\] that are claimed: nothing else is tried then.
    pub claim: Option<(Scheme, f64)>,
}

/// What is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// One rule, at one step, maps all rows.
    Exact,
    /// Several rules do, which differ elsewhere, or make the same spikes.
    Class,
    /// A rule of the set, with another parameter than was told.
    ParameterWrong,
    /// A rule of the set, whose rows are another time apart than the file says.
    TimeAxisWrong,
    /// A rule of the set that is changed.
    Changed,
    /// No rule of the set.
    NoneFits,
}

impl Verdict {
    /// In words, as in outputs.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Exact => "exact",
            Verdict::Class => "class",
            Verdict::ParameterWrong => "rule right, parameter wrong",
            Verdict::TimeAxisWrong => "time axis wrong",
            Verdict::Changed => "changed",
            Verdict::NoneFits => "none fits",
        }
    }
}

/// A hypothesis with its parameters, and how well it fits.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Answer {
    /// The rule, its step and its input.
    pub hypothesis: Hypothesis,
    /// How well it fits.
    pub score: Score,
    /// What was fitted.
    pub fitted: Vec<Fitted>,
    pub(super) cell: Cell,
}

impl Answer {
    /// The neuron and the input with which it was judged.
    pub fn cell(&self) -> (&Neuron, &Stimulus) {
        (&self.cell.neuron, &self.cell.stimulus)
    }

    /// The input as it was told, before a factor that was fitted to it.
    pub fn told_input(&self) -> &Stimulus {
        self.cell.told()
    }
}

/// What made a recording.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Judgement {
    /// In one word.
    pub verdict: Verdict,
    /// The answers, the best first; those behind it that are not in `equivalent` are its rivals.
    pub answers: Vec<Answer>,
    /// How many answers from the first on fit as well.
    pub equivalent: usize,
    /// The arithmetic in which the best answer fits best: "f64" or "f32".
    pub precision: String,
    /// What differs from the rule or from what was told, each with its value.
    pub changed: Vec<String>,
    /// What else is to be said, in sentences.
    pub notes: Vec<String>,
    /// The spikes of the recording \[ms\], at the ends of the steps that have them.
    pub spikes: SpikeTrain,
    /// The rows with their times \[ms\]: v, and u as recorded or carried.
    pub states: Vec<(f64, State)>,
    /// Where the neuron starts.
    pub initial: State,
    pub(super) rows: Option<Rows>,
}

impl Judgement {
    /// Names of the rules that fit as well as the best one.
    pub fn equivalents(&self) -> Vec<String> {
        let best = self.answers[0].hypothesis.scheme.name().into_owned();
        let names =
            self.answers[1..self.equivalent.max(1)].iter().map(|answer| answer.hypothesis.scheme.name().into_owned());
        let mut all: Vec<String> = Vec::new();
        names.filter(|name| *name != best).for_each(|name| {
            if !all.contains(&name) {
                all.push(name);
            }
        });
        all
    }

    /// What every row says of an answer; nothing where spikes alone were recorded.
    pub fn residuals(&self, answer: &Answer) -> Vec<RowResidual> {
        self.rows.as_ref().map_or_else(Vec::new, |rows| residuals(rows, answer))
    }

    /// The answer that is a claim as it was made, where it is off: no rule fits, or one with the input early or late.
    pub fn off_claim(&self) -> Option<&Answer> {
        let off = matches!(self.verdict, Verdict::NoneFits | Verdict::Changed);
        self.answers.iter().find(|answer| off && answer.hypothesis.lag == 0 && !answer.score.fits())
    }

    /// The next ones, at most five.
    pub fn rivals(&self) -> &[Answer] {
        let from = self.equivalent.max(1).min(self.answers.len());
        &self.answers[from..(from + 5).min(self.answers.len())]
    }
}

/// What one row of a recording says of an answer.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct RowResidual {
    /// Time of the row that is mapped to \[ms\].
    pub t: f64,
    /// Recorded minus predicted v \[mV\].
    pub v: f64,
    /// Recorded minus predicted u \[mV/ms\]; `None` where u is not recorded.
    pub u: Option<f64>,
    /// The larger of the two in what it may be: off above one.
    pub excess: f64,
    /// Whether there is a reset in it.
    pub reset: bool,
}

/// What every row says of an answer.
fn residuals(rows: &Rows, answer: &Answer) -> Vec<RowResidual> {
    let mut all = Vec::with_capacity(rows.v.len());
    let time = |k: usize| (rows.first + k as f64) * answer.hypothesis.interval;
    let walked = walk(rows, &answer.hypothesis, &answer.cell, rows.v.len(), Walk::Judging, |row| {
        let u = rows.u.is_some().then_some(row.residual[1]);
        all.push(RowResidual { t: time(row.k + 1), v: row.residual[0], u, excess: row.excess(), reset: row.reset });
        true
    });
    debug_assert!(walked.is_ok());
    all
}
