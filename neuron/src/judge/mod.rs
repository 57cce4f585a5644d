//! What made a recording: the rule, the step, the parameters, and what was changed in the rule.
//!
//! A recording of v and u says more of its simulator than its spikes do: a rule that made it maps every row to the next one, to the digits
//! that were recorded. Every rule of a [`SchemeSet`] is tried, at the spacing of the rows divided by 1 to 10, with the input up to three
//! steps early or late; what is not known of the neuron is fitted ([`fit`](Fitted)). What counts is the number of rows that are off by more than
//! they may be: the digits recorded, carried through the map by its derivatives, and rounding. Where u is not recorded it is solved from v,
//! row by row, and carried by the rule. Of spikes alone a rule is known by making the same ones.
//!
//! ```
//! use spikestep::judge::{Known, ReadOptions, Recorded, Verdict, judge};
//! use spikestep::{Neuron, Problem, SchemeSet, StepSize, Stimulus, solve_with};
//! let neuron = Neuron::new(0.02, 0.2, -65.0, 8.0);
//! let problem = Problem { neuron, stimulus: Stimulus::constant(10.0), initial: neuron.resting_start(), duration: 300.0 };
//! let mut text = "t_ms,v,u\n".to_owned();
//! solve_with(&problem, &"half-step".parse()?, StepSize::Fixed(0.5), |row| {
//!     text += &format!("{},{},{}\n", row.t, row.state.v, row.state.u);
//! })?;
//! let file = tempfile::NamedTempFile::new().unwrap();
//! std::fs::write(&file, text).unwrap();
//! let recorded = Recorded::read(file.path(), &ReadOptions::default())?;
//! // Of the neuron nothing is told.
//! let known = Known { stimuli: vec![Stimulus::constant(10.0)], ..Known::default() };
//! let found = judge(&recorded, &known, SchemeSet::standard())?;
//! assert_eq!(found.verdict, Verdict::Exact);
//! let best = &found.answers[0];
//! assert_eq!((best.hypothesis.scheme.to_string().as_str(), best.hypothesis.dt(), best.cell().0.d), ("half-step", 0.5, 8.0));
//! # Ok::<(), spikestep::Error>(())
//! ```

mod fit;
mod hypothesis;
mod precision;
mod read;
mod rows;
mod search;
mod states;
mod trains;

pub use fit::{Fitted, Parameter};
pub use hypothesis::{Before, Change, Hypothesis};
pub use precision::Precision;
pub use read::{ReadOptions, Reading, Recorded, TimeUnit, Trace};
pub use rows::Score;

use crate::error::Result;
use crate::model::{Neuron, State, Stimulus};
use crate::scheme::{Scheme, SchemeSet};
use crate::spike::SpikeTrain;
use hypothesis::Cell;
use rows::Rows;

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
    cell: Cell,
}

impl Answer {
    /// The neuron and the input with which it was judged.
    pub fn cell(&self) -> (&Neuron, &Stimulus) {
        (&self.cell.neuron, &self.cell.stimulus)
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
    rows: Option<Rows>,
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
        self.rows.as_ref().map_or_else(Vec::new, |rows| states::residuals(rows, answer))
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

/// Judges a recording by the rules of `set`.
///
/// # Errors
/// A neuron beyond the quadratic form; spikes alone without a neuron or an input; a claim that is none (an adaptive scheme, a step that does not
/// divide the spacing of the rows).
pub fn judge(recorded: &Recorded, known: &Known, set: &SchemeSet) -> Result<Judgement> {
    known.neuron.as_ref().map_or(Ok(()), hypothesis::check)?;
    match (&recorded.trace, &recorded.spikes) {
        (Some(trace), _) => states::judge(trace, &recorded.reading, known, set),
        (None, Some(spikes)) => trains::judge(spikes, &recorded.reading, known, set),
        (None, None) => unreachable!("a recording has rows or spikes"),
    }
}
