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

mod attempts;
mod fit;
mod guess;
mod hypothesis;
mod judgement;
mod parameters;
mod plan;
mod precision;
mod read;
mod rows;
mod score;
mod search;
mod starts;
mod states;
mod told;
mod trains;

pub use fit::{Fitted, Parameter};
pub use hypothesis::{Before, Change, Hypothesis};
pub use judgement::{Answer, Judgement, Known, RowResidual, Verdict};
pub use precision::Precision;
pub use read::{ReadOptions, Reading, Recorded, TimeUnit, Trace};
pub use score::Score;

use crate::error::Result;
use crate::scheme::SchemeSet;

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
