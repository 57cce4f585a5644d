//! Experiments: questions with a figure, each a TOML file under `experiments/` and reproducible by one command,
//! `compare run experiments/NAME.toml`.
//!
//! A file names its `title`, the `question` it answers and its `kind`; the table named after the kind holds its parameters.
//! A kind is one file here: a type read from that table that implements [`Experiment`]; it joins by one line in `kinds`.

mod grid;
mod inhibition_excites;
mod network_2003;
mod patterns;
mod recognition;
mod runs;
mod spike_charge;

mod read;
mod session;
mod study;
mod trains;

use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use toml::de::ValueDeserializer;

use crate::error::{Error, Result};
use crate::report::figure::Figure;
use crate::report::{FigureFormat, OutputDir, quoted};

pub use patterns::Gallery;
pub use read::Flaw;
pub use recognition::{NetworkTable, Recognition, SteppingTable, TrainedBy, recognise_figures};
pub use session::Session;

/// What a kind of experiment does.
pub trait Experiment {
    /// Runs it, writes its outputs through `outputs`, and gives the text to print: tables and a verdict.
    ///
    /// # Errors
    /// Parameters out of range, outputs that cannot be written.
    fn run(&self, outputs: &mut Outputs<'_>) -> Result<String>;

    /// Checks all that can be checked before work starts, and says how much of it there is.
    ///
    /// # Errors
    /// What [`run`](Experiment::run) would refuse, with its place in the file.
    fn check(&self) -> std::result::Result<String, Flaw> {
        Ok("one piece of work".to_owned())
    }

    /// Whether it is a grid of cells, which [`Session::shard`] may share out and [`merge`](Experiment::merge) join.
    fn is_grid(&self) -> bool {
        false
    }

    /// Joins the shares that lie in `places` and writes what one run would have written.
    ///
    /// # Errors
    /// Shares that are missing or cannot be read; a kind that has none.
    fn merge(&self, _outputs: &mut Outputs<'_>, _places: &[PathBuf]) -> Result<String> {
        let given = "of a kind that is one piece of work";
        Err(Error::invalid("the experiment", given, "a grid of cells: kind study", "Run it whole, by compare run."))
    }
}

/// Where an experiment writes, and in which formats its figures go.
pub struct Outputs<'a> {
    /// The directory.
    pub dir: &'a mut OutputDir,
    /// Formats of the figures.
    pub formats: &'a [FigureFormat],
    /// How a grid of cells is run.
    pub session: Session<'a>,
    /// How the run went, which is no result and differs from run to run: printed before the text, and not recorded.
    pub progress: String,
}

impl<'a> Outputs<'a> {
    /// Into `dir`.
    pub fn new(dir: &'a mut OutputDir, formats: &'a [FigureFormat], session: Session<'a>) -> Self {
        Outputs { dir, formats, session, progress: String::new() }
    }

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
type Read = fn(ValueDeserializer<'_>) -> std::result::Result<Box<dyn Experiment>, toml::de::Error>;

/// The kinds of experiments and how each is read.
fn kinds() -> &'static [(&'static str, Read)] {
    &[
        ("gallery", table::<patterns::Gallery>),
        ("inhibition_excites", table::<inhibition_excites::InhibitionExcites>),
        ("network_2003", table::<network_2003::Network2003>),
        ("patterns", table::<patterns::Patterns>),
        ("spike_charge", table::<spike_charge::SpikeCharge>),
        ("recognition", table::<recognition::Recognition>),
        ("study", table::<study::StudyExperiment>),
    ]
}

/// For `kinds`: reads a table into the type of a kind.
fn table<E: Experiment + DeserializeOwned + 'static>(
    value: ValueDeserializer<'_>,
) -> std::result::Result<Box<dyn Experiment>, toml::de::Error> {
    Ok(Box::new(E::deserialize(value)?))
}

/// An experiment as read from its file.
pub struct ExperimentFile {
    /// Its title.
    pub title: String,
    /// The question it answers.
    pub question: String,
    /// Its kind.
    pub kind: &'static str,
    /// The text of the file.
    pub source: String,
    /// What it does.
    pub experiment: Box<dyn Experiment>,
    path: PathBuf,
}

impl ExperimentFile {
    /// Reads an experiment file.
    ///
    /// # Errors
    /// A file that cannot be read; with line and column: text that is no TOML, a kind or key that is missing or unknown (with the
    /// nearest one), a value of the wrong type or out of its range.
    pub fn read(path: &Path) -> Result<Self> {
        Self::parse(path, std::fs::read_to_string(path).map_err(Error::read(path))?)
    }

    /// Reads the text of an experiment file; `path` is what messages call it.
    ///
    /// # Errors
    /// As [`read`](Self::read), for the text.
    pub fn parse(path: &Path, source: String) -> Result<Self> {
        let parts = read::parts(&source).map_err(|flaw| flaw.at(path, &source))?;
        let experiment = (parts.read)(parts.table).map_err(|error| Flaw::from(error).at(path, &source))?;
        let (title, question, kind) = (parts.title, parts.question, parts.kind);
        Ok(ExperimentFile { title, question, kind, source, experiment, path: path.to_owned() })
    }

    /// Writes what the results alone do not tell: `experiment.json` with the title, question, kind, text of the file, command and
    /// files, and `summary.txt` with `text`, what the run had to say.
    ///
    /// # Errors
    /// [`Error::Write`].
    pub fn record(&self, text: &str, dir: &mut OutputDir) -> Result<()> {
        let own = ["experiment.json", "summary.txt"];
        let files: Vec<&String> = dir.written().iter().filter(|name| !own.contains(&name.as_str())).collect();
        // As typed, where that says the same to somebody else.
        let path = match self.path.is_relative() {
            true => self.path.to_string_lossy(),
            false => self.path.file_name().unwrap_or_default().to_string_lossy(),
        };
        let record = serde_json::json!({
            "version": env!("CARGO_PKG_VERSION"), "title": self.title, "question": self.question, "kind": self.kind,
            "command": format!("compare run {}", quoted(&path)), "source": self.source, "files": files,
        });
        let json = serde_json::to_string_pretty(&record).expect("a JSON value can be written");
        dir.write(own[0], (json + "\n").as_bytes())?;
        dir.write(own[1], text.trim_start_matches('\n').as_bytes())
    }

    /// [`Experiment::check`], the error with its place in the file.
    ///
    /// # Errors
    /// What [`Experiment::check`] refuses.
    pub fn check(&self) -> Result<String> {
        self.experiment.check().map_err(|flaw| flaw.at(&self.path, &self.source))
    }
}
