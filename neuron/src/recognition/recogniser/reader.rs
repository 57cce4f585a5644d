//! Readouts of a recogniser, by name.

use std::fmt;
use std::str::FromStr;

use super::{Method, Recogniser, Responses};
use crate::error::{Error, Result};
use crate::recognition::Images;
use crate::recognition::readout::{Assignment, LinearReadout, NGram, first_largest};

/// How the class is read from the neurons' spikes; by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readout {
    /// `linear`: multinomial logistic regression on the counts ([`LinearReadout`]).
    Linear,
    /// `all-activity`: [`Assignment::all_activity`].
    AllActivity,
    /// `proportion`: [`Assignment::proportion_weighting`].
    Proportion,
    /// `ngram:2`: sequences of so many spikes ([`NGram`]).
    NGram(usize),
    /// `most-excited`: the class whose own neurons spike most; of a network that a teacher taught.
    MostExcited,
}

/// A readout that has seen the training pictures.
#[derive(Clone, Debug)]
pub enum Reader {
    /// See [`Readout::Linear`].
    Linear(LinearReadout),
    /// See [`Readout::AllActivity`].
    AllActivity(Assignment),
    /// See [`Readout::Proportion`].
    Proportion(Assignment),
    /// See [`Readout::NGram`].
    NGram(NGram),
    /// See [`Readout::MostExcited`].
    MostExcited,
}

impl Readout {
    /// The names.
    pub const NAMES: [&str; 5] = ["linear", "all-activity", "proportion", "ngram", "most-excited"];

    /// Refuses a readout that a network of `method` does not have.
    ///
    /// # Errors
    /// [`Readout::MostExcited`] without a teacher: no class has neurons of its own.
    pub fn check(self, method: &Method) -> Result<()> {
        if self != Readout::MostExcited || matches!(method, Method::Teacher(_)) {
            return Ok(());
        }
        let given = format!("most-excited of a network that is {method}");
        let mend = "Choose the method teacher, or another readout such as proportion.";
        Err(Error::invalid("the readout", given, "a network whose classes have neurons", mend))
    }

    /// The readout that belongs to a method: `linear`, `proportion`, `most-excited`.
    pub fn of(method: &Method) -> Self {
        match method {
            Method::Fixed(_) => Readout::Linear,
            Method::Unsupervised(_) => Readout::Proportion,
            Method::Teacher(_) => Readout::MostExcited,
        }
    }
}

impl FromStr for Readout {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let (name, n) = match text.trim().split_once(':') {
            Some((name, n)) => (name, Some(n)),
            None => (text.trim(), None),
        };
        match (name, n) {
            ("linear", None) => Ok(Readout::Linear),
            ("all-activity" | "all_activity", None) => Ok(Readout::AllActivity),
            ("proportion" | "proportion-weighting" | "proportion_weighting", None) => Ok(Readout::Proportion),
            ("most-excited", None) => Ok(Readout::MostExcited),
            ("ngram", None) => Ok(Readout::NGram(2)),
            ("ngram", Some(n)) => match n.parse() {
                Ok(n @ 1..=8) => Ok(Readout::NGram(n)),
                _ => Err(Error::invalid("the length of an n-gram", n, "1 to 8", "Write ngram:2.")),
            },
            (_, Some(_)) if Readout::NAMES.contains(&name) => {
                Err(Error::invalid("the readout", text, "a name without a parameter", format!("Write {name}.")))
            }
            _ => Err(Error::unknown("readout", name, Readout::NAMES)),
        }
    }
}

impl fmt::Display for Readout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Readout::Linear => f.write_str("linear"),
            Readout::AllActivity => f.write_str("all-activity"),
            Readout::Proportion => f.write_str("proportion"),
            Readout::NGram(n) => write!(f, "ngram:{n}"),
            Readout::MostExcited => f.write_str("most-excited"),
        }
    }
}

impl Reader {
    /// Fits `readout` to what the network answered to the pictures `shown` (indices into `images`).
    ///
    /// # Errors
    /// [`Readout::MostExcited`] of a network without a teacher; those of the readout.
    pub fn fit(
        readout: Readout,
        recogniser: &Recogniser,
        seen: &Responses,
        images: &Images,
        shown: &[usize],
    ) -> Result<Self> {
        readout.check(&recogniser.recipe.method)?;
        let labels: Vec<usize> = shown.iter().map(|i| images.labels()[*i]).collect();
        let classes = images.classes().len();
        Ok(match readout {
            Readout::Linear => {
                Reader::Linear(LinearReadout::fit(&seen.counts, &labels, classes, LinearReadout::PENALTY)?)
            }
            Readout::AllActivity => Reader::AllActivity(Assignment::fit(&seen.counts, &labels, classes)?),
            Readout::Proportion => Reader::Proportion(Assignment::fit(&seen.counts, &labels, classes)?),
            Readout::NGram(n) => Reader::NGram(NGram::fit(&seen.orders, &labels, classes, n)?),
            Readout::MostExcited => Reader::MostExcited,
        })
    }

    /// The class of each picture.
    ///
    /// # Errors
    /// Responses of another network.
    pub fn answers(&self, recogniser: &Recogniser, responses: &Responses) -> Result<Vec<usize>> {
        match self {
            Reader::Linear(readout) => readout.predict(&responses.counts),
            Reader::AllActivity(assignment) => assignment.all_activity(&responses.counts),
            Reader::Proportion(assignment) => assignment.proportion_weighting(&responses.counts),
            Reader::NGram(ngram) => Ok(ngram.predict(&responses.orders)),
            Reader::MostExcited => Ok(responses.counts.iter().map(|row| most_excited(recogniser, row)).collect()),
        }
    }
}

/// The first class whose neurons have the most spikes.
fn most_excited(recogniser: &Recogniser, counts: &[f32]) -> usize {
    let mut sums = vec![0.0; recogniser.classes];
    for (i, count) in counts.iter().enumerate() {
        sums[recogniser.recipe.class_of(i, recogniser.classes)] += f64::from(*count);
    }
    first_largest(sums)
}
