//! Experiments: questions with a figure, each a TOML file under `experiments/` and reproducible by one command,
//! `compare run experiments/NAME.toml`.
//!
//! A file names its `title`, the `question` it answers and its `kind`; the table named after the kind holds its parameters.
//! A kind is one file here: a type read from that table that implements [`Experiment`]; it joins by one line in `kinds`.

mod adaptation_memory;
mod convolution_cost;
mod cost_at_equal_error;
mod fi_curves;
mod inverse_operator;
mod network_2003;
mod operator_residual;
mod patterns;
mod peak;
mod runs;

use std::path::Path;

use serde::de::DeserializeOwned;
use serde::Deserialize;

use crate::error::{Error, Result};
use crate::report::figure::Figure;
use crate::report::{FigureFormat, OutputDir};

/// What a kind of experiment does.
pub trait Experiment {
    /// Runs it, writes its outputs through `outputs`, and gives the text to print: tables and a verdict.
    ///
    /// # Errors
    /// Parameters out of range, outputs that cannot be written.
    fn run(&self, outputs: &mut Outputs<'_>) -> Result<String>;
}

/// Where an experiment writes, and in which formats its figures go.
pub struct Outputs<'a> {
    /// The directory.
    pub dir: &'a mut OutputDir,
    /// Formats of the figures.
    pub formats: &'a [FigureFormat],
}

impl Outputs<'_> {
    /// Writes a figure in all formats asked for, its CSV beside it.
    ///
    /// # Errors
    /// [`Error::Write`] and [`Error::Figure`].
    pub fn figure(&mut self, figure: &Figure) -> Result<()> {
        for (name, bytes) in figure.files(self.formats)? {
            self.dir.write(&name, &bytes)?;
        }
        Ok(())
    }
}

/// Reads the table of a kind.
type Read = fn(toml::Value) -> std::result::Result<Box<dyn Experiment>, toml::de::Error>;

/// The kinds of experiments and how each is read.
fn kinds() -> &'static [(&'static str, Read)] {
    &[
        ("adaptation_memory", table::<adaptation_memory::AdaptationMemory>),
        ("convolution_cost", table::<convolution_cost::ConvolutionCostExperiment>),
        ("cost_at_equal_error", table::<cost_at_equal_error::CostAtEqualErrorExperiment>),
        ("fi_curves", table::<fi_curves::FiCurves>),
        ("inverse_operator", table::<inverse_operator::InverseOperatorExperiment>),
        ("network_2003", table::<network_2003::Network2003>),
        ("operator_residual", table::<operator_residual::OperatorResidual>),
        ("patterns", table::<patterns::Patterns>),
        ("peak", table::<peak::Peak>),
    ]
}

/// For `kinds`: reads a table into the type of a kind.
fn table<E: Experiment + DeserializeOwned + 'static>(
    value: toml::Value,
) -> std::result::Result<Box<dyn Experiment>, toml::de::Error> {
    Ok(Box::new(value.try_into::<E>()?))
}

/// An experiment as read from its file.
pub struct ExperimentFile {
    /// Its title.
    pub title: String,
    /// The question it answers.
    pub question: String,
    /// What it does.
    pub experiment: Box<dyn Experiment>,
}

#[derive(Deserialize)]
struct Head {
    title: String,
    question: String,
    kind: String,
    #[serde(flatten)]
    tables: toml::Table,
}

impl ExperimentFile {
    /// Reads an experiment file.
    ///
    /// # Errors
    /// A file that cannot be read, text that is no TOML (with the line), an unknown kind (with the nearest one), a missing or
    /// unknown key.
    pub fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).map_err(Error::read(path))?;
        let refused = |error: toml::de::Error| Error::Line {
            path: path.to_owned(),
            line: error.span().map_or(1, |span| text[..span.start.min(text.len())].matches('\n').count() as u64 + 1),
            problem: error.message().trim_end().replace('\n', "; "),
            mend: "See the comments of the files in experiments/.".to_owned(),
        };
        let mut head: Head = toml::from_str(&text).map_err(refused)?;
        let (kind, read) = kinds()
            .iter()
            .find(|(kind, _)| *kind == head.kind)
            .ok_or_else(|| Error::unknown("kind of experiment", &head.kind, kinds().iter().map(|(kind, _)| *kind)))?;
        let parameters = head.tables.remove(*kind).unwrap_or_else(|| toml::Value::Table(toml::Table::new()));
        if let Some((extra, _)) = head.tables.iter().next() {
            return Err(Error::unknown("key of an experiment", extra, ["title", "question", "kind", *kind]));
        }
        let experiment = read(parameters).map_err(refused)?;
        Ok(ExperimentFile { title: head.title, question: head.question, experiment })
    }
}
