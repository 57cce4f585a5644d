//! A metric as a value: its name, its meaning, how it is shown, and how it comes from a run.

use std::fmt;
use std::sync::Arc;

use super::Measured;

/// A number that says something about one run, such as its largest spike-time error.
///
/// Every output follows from the entry: the columns of `metrics.csv` and of studies, the keys of `runs` in the JSON, the text table,
/// the names that a study's file and its figures may use, and the part of a cell's key that depends on it.
///
/// ```
/// use spikestep::metrics::{Metric, MetricSet, isi_distance};
/// let metrics = MetricSet::standard().with(
///     Metric::number("isi_distance", "ISI-distance to the true spike train, from 0 to 1.", |run| {
///         isi_distance(&run.truth.spikes, run.spikes(), run.end()).ok()
///     })
///     .headed("ISI"),
/// );
/// assert!(metrics.get("isi_distance").is_some());
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub struct Metric {
    /// Its name with its unit: the column of a CSV and the key in the JSON.
    pub name: &'static str,
    /// What its values are.
    pub kind: MetricKind,
    /// What it says, in a sentence, with its unit.
    pub meaning: &'static str,
    /// To be raised when its definition changes: it is a part of the key under which a study keeps its cells.
    pub revision: u32,
    /// What it is about, which decides where it stands in the text and in the JSON.
    pub about: About,
    /// Its column in the text; `None` for none of its own.
    pub heading: Option<Heading>,
    /// What the text says of runs that it marks; `None` where it marks none.
    pub note: Option<Note>,
    of: Arc<Formula>,
}

/// How a metric comes from a run.
type Formula = dyn Fn(&Measured<'_>) -> Option<f64> + Send + Sync;

/// What the values of a metric are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetricKind {
    /// Numbers.
    Number,
    /// Whole numbers from 0.
    Count,
    /// Yes or no: 1 or 0 in tables of numbers, true or false in the JSON.
    Flag,
}

/// What a metric is about, in the order in which texts and JSON show metrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum About {
    /// How the run was made and ended.
    Run,
    /// Its spikes.
    Spikes,
    /// Its spikes as a train: rates, intervals, distances.
    Train,
    /// What the arithmetic did, where it is one of few bits.
    Arithmetic,
    /// Its v and u between spikes.
    State,
    /// What it cost.
    Cost,
    /// Its behaviour at larger steps.
    Stability,
}

/// A metric's column in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Heading {
    /// The words above the column.
    pub text: &'static str,
    /// How its numbers are rounded.
    pub digits: Digits,
    /// A metric that stands in the same column behind this one: the sign between them, and its name.
    pub with: Option<(&'static str, &'static str)>,
}

/// A mark on runs, and what it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Note {
    /// The sign behind the number of spikes.
    pub sign: char,
    /// The answer of the metric that is marked.
    pub when: bool,
    /// What is said of the runs that have it, to follow their names.
    pub text: &'static str,
}

/// How numbers are rounded for a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Digits {
    /// Three significant digits, two where the number needs an exponent.
    Narrow,
    /// Three significant digits.
    Three,
    /// Two decimals.
    Hundredths,
}

impl Metric {
    /// A metric whose values are numbers, `None` where it is not defined; about spikes unless [`about`](Self::about) says otherwise.
    pub fn number(
        name: &'static str,
        meaning: &'static str,
        of: impl Fn(&Measured<'_>) -> Option<f64> + Send + Sync + 'static,
    ) -> Self {
        let (kind, about) = (MetricKind::Number, About::Spikes);
        Metric { name, kind, meaning, revision: 1, about, heading: None, note: None, of: Arc::new(of) }
    }

    /// A metric that counts something.
    pub fn count(
        name: &'static str,
        meaning: &'static str,
        of: impl Fn(&Measured<'_>) -> usize + Send + Sync + 'static,
    ) -> Self {
        let metric = Metric::number(name, meaning, move |run| Some(of(run) as f64));
        Metric { kind: MetricKind::Count, ..metric }
    }

    /// A metric that answers yes or no, or not at all.
    pub fn flag(
        name: &'static str,
        meaning: &'static str,
        of: impl Fn(&Measured<'_>) -> Option<bool> + Send + Sync + 'static,
    ) -> Self {
        let metric = Metric::number(name, meaning, move |run| of(run).map(f64::from));
        Metric { kind: MetricKind::Flag, ..metric }
    }

    /// The metric whose numbers are whole ones from 0, where it is defined.
    #[must_use]
    pub fn whole(self) -> Self {
        Metric { kind: MetricKind::Count, ..self }
    }

    /// The metric with a mark on the runs for which it answers `when`: `sign`, and what it means.
    #[must_use]
    pub fn noted(self, sign: char, when: bool, text: &'static str) -> Self {
        Metric { note: Some(Note { sign, when, text }), ..self }
    }

    /// The metric about something else than spikes.
    #[must_use]
    pub fn about(self, about: About) -> Self {
        Metric { about, ..self }
    }

    /// The metric with a column in the text, its numbers narrow where it is about spikes and of three digits elsewhere.
    #[must_use]
    pub fn headed(self, text: &'static str) -> Self {
        let digits = if self.about <= About::Train { Digits::Narrow } else { Digits::Three };
        Metric { heading: Some(Heading { text, digits, with: None }), ..self }
    }

    /// The metric with another rounding of its column.
    #[must_use]
    pub fn rounded(mut self, digits: Digits) -> Self {
        self.heading = self.heading.map(|heading| Heading { digits, ..heading });
        self
    }

    /// The metric with another one behind it in its column, after `sign`.
    #[must_use]
    pub fn beside(mut self, sign: &'static str, name: &'static str) -> Self {
        self.heading = self.heading.map(|heading| Heading { with: Some((sign, name)), ..heading });
        self
    }

    /// The metric with the number of its definition; the first is 1.
    #[must_use]
    pub fn revised(self, revision: u32) -> Self {
        Metric { revision, ..self }
    }

    /// The value for one run; `None` where it is not defined.
    pub fn of(&self, run: &Measured<'_>) -> Option<f64> {
        (self.of)(run)
    }
}

impl fmt::Debug for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}
