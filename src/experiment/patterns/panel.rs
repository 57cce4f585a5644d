//! The parameters of the experiment, and what it finds of a panel of the figure.

use serde::Deserialize;

use super::verdict::{Agreement, PatternClass};
use crate::model::{FiringPattern, Problem, PublishedPanel};
use crate::scheme::{Scheme, Trajectory};
use crate::truth::Truth;

/// The scheme that draws the published figure, with the program's own input.
pub(super) const PROGRAM: &str = "izhikevich-2004";

/// The parameters, as in `experiments/patterns.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::experiment) struct Patterns {
    /// Schemes beside the published program, as `--schemes`.
    pub(super) schemes: String,
    /// Steps \[ms\].
    pub(super) dts: Vec<f64>,
    /// A spike within so many ms of the true one has not moved.
    pub(super) within: f64,
    /// Spikes at most so many ms apart are one burst.
    pub(super) burst_gap: f64,
}

/// A panel: the program's problem and step, and the problem in continuous time with its solution.
pub(super) struct Panel {
    /// "A", or "T d=0" for what is no panel of the figure.
    pub(super) label: String,
    pub(super) pattern: &'static FiringPattern,
    pub(super) published: PublishedPanel,
    pub(super) problem: Problem,
    pub(super) truth: Truth,
    pub(super) runs: Vec<Run>,
}

/// A scheme at one step on a panel.
pub(super) struct Run {
    pub(super) scheme: Scheme,
    pub(super) dt: f64,
    /// Whether scheme and step are the published ones.
    pub(super) as_published: bool,
    pub(super) trajectory: Trajectory,
    pub(super) agreement: Agreement,
    pub(super) largest_shift: Option<f64>,
}

impl Panel {
    /// The run that draws the published figure.
    pub(super) fn as_published(&self) -> Option<&Run> {
        self.runs.iter().find(|run| run.as_published)
    }

    /// Whether it is a panel of the figure.
    pub(super) fn is_published(&self) -> bool {
        self.label.len() == 1
    }

    /// Number of true spikes, or when the equations run away.
    pub(super) fn true_count(&self) -> String {
        match self.truth.outcome.cut_at() {
            None => self.truth.spikes.len().to_string(),
            Some(at) => format!("∞ at {at:.0} ms"),
        }
    }

    /// Class of the true pattern.
    pub(super) fn true_class(&self, gap: f64) -> &'static str {
        match self.truth.outcome.cut_at() {
            None => PatternClass::of(&self.truth.spikes, gap).name(),
            Some(_) => "runs away",
        }
    }
}
