//! Reading of experiment files: from text to the table of a kind.

use std::ops::Range;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use super::flaw::Flaw;
use super::kind::Experiment;
use super::kinds::{Read, kinds};
use super::schemes::with_schemes;
use crate::error::{Error, Result};
use crate::report::{OutputDir, quoted};
use crate::scheme::SchemeSet;

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
    /// Reads an experiment file; a study may name the schemes of `set`, other kinds those of this crate.
    ///
    /// # Errors
    /// A file that cannot be read; with line and column: text that is no TOML, a kind or key that is missing or unknown (with the
    /// nearest one), a value of the wrong type or out of its range.
    pub fn read(path: &Path, set: &SchemeSet) -> Result<Self> {
        Self::parse(path, std::fs::read_to_string(path).map_err(Error::read(path))?, set)
    }

    /// Reads the text of an experiment file; `path` is what messages call it.
    ///
    /// # Errors
    /// As [`read`](Self::read), for the text.
    pub fn parse(path: &Path, source: String, set: &SchemeSet) -> Result<Self> {
        let parts = parts(&source).map_err(|flaw| flaw.at(path, &source))?;
        let experiment =
            with_schemes(set, || (parts.read)(parts.table)).map_err(|error| Flaw::from(error).at(path, &source))?;
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

/// A file taken apart.
struct Parts<'t> {
    title: String,
    question: String,
    kind: &'static str,
    read: Read,
    table: ValueDeserializer<'t>,
}

/// Says what kinds there are, and where the others went.
fn unknown_kind(given: &str) -> Error {
    let mut error = Error::unknown("kind of study", given, kinds().iter().map(|(name, _)| *name));
    if let Error::Unknown { known, .. } = &mut error {
        *known += ". Experiments are programs: cargo run --release -p experiments -- list";
    }
    error
}

/// Takes a file apart: its head, its kind, and the table of the kind (an empty one where there is none).
fn parts(text: &str) -> std::result::Result<Parts<'_>, Flaw> {
    let mut table = DeTable::parse(text).map_err(Flaw::from)?.into_inner();
    let mut head = |key: &str| -> std::result::Result<(Range<usize>, String), Flaw> {
        let value = table.remove(key).ok_or_else(|| Flaw {
            span: None,
            error: Error::Text(format!("missing key `{key}`: an experiment has title, question and kind")),
        })?;
        let span = value.span();
        match value.into_inner() {
            DeValue::String(text) => Ok((span, text.into_owned())),
            other => {
                let problem = format!("{key} is of type {}, expected a string", other.type_str());
                Err(Flaw { span: Some(span), error: Error::Text(problem) })
            }
        }
    };
    let ((_, title), (_, question), (at, kind)) = (head("title")?, head("question")?, head("kind")?);
    let (kind, read) = kinds()
        .iter()
        .find(|(name, _)| *name == kind)
        .ok_or_else(|| Flaw { span: Some(at.clone()), error: unknown_kind(&kind) })?;
    let parameters = table.remove(*kind).unwrap_or_else(|| Spanned::new(at, DeValue::Table(DeTable::new())));
    if let Some(extra) = table.keys().min_by_key(|key| key.span().start) {
        let known = ["title", "question", "kind", *kind];
        let error = Error::unknown("key of an experiment", extra.get_ref(), known);
        return Err(Flaw { span: Some(extra.span()), error });
    }
    Ok(Parts { title, question, kind, read: *read, table: ValueDeserializer::from(parameters) })
}
