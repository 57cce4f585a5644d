//! Files of studies: from text to a grid of cells. A file names its `title`, the `question` it answers and its `kind`; the table named
//! after the kind holds the rest.

mod columns;
mod figures;
mod flaw;
mod grid;
mod schemes;
mod table;

pub(crate) use figures::FigureTable;
#[cfg(feature = "cli")]
pub(crate) use figures::figure_value;
pub(crate) use flaw::Flaw;
pub(crate) use flaw::{Checked, at};
pub(crate) use grid::Grid;
pub(crate) use schemes::folder;
pub(crate) use table::StudyTable;
pub(crate) use table::{Listed, Quantity, Size, Time};

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use super::network::{CoupledTable, NetworkQuestion};
#[cfg(feature = "cli")]
use super::recognition::Recognition;
use super::{Cell, StudyCell};
use crate::error::{Error, Result};
use crate::scheme::SchemeSet;
use schemes::with_schemes;

/// A study as read from its file.
pub struct StudyFile {
    /// Its title.
    pub title: String,
    /// The question it answers.
    pub question: String,
    /// The text of the file.
    pub source: String,
    pub(crate) table: KindTable,
    pub(crate) path: PathBuf,
}

/// The table of a study, by the kind of its cells; what only the command runs is known to builds with the command alone.
pub(crate) enum KindTable {
    /// A neuron under a scheme.
    Study(Box<StudyTable>),
    /// A network that recognises pictures.
    #[cfg(feature = "cli")]
    Recognition(Box<Recognition>),
    /// A network of neurons under schemes, against its truth.
    Network(Box<CoupledTable>),
}

/// Names of the kinds, in the order of [`KindTable`].
const KINDS: [&str; 3] = ["study", "recognition", "network"];

impl StudyFile {
    /// Reads the file of a study, which may name the schemes of `set`.
    ///
    /// # Errors
    /// A file that cannot be read; with line and column: text that is no TOML, a kind or key that is missing or unknown (with the
    /// nearest one), a value of the wrong type or out of its range.
    pub fn read(path: &Path, set: &SchemeSet) -> Result<Self> {
        Self::parse(path, data::whole::read_text(path)?, set)
    }

    /// Reads the text of such a file; `path` is what messages call it.
    ///
    /// # Errors
    /// As [`read`](Self::read), for the text.
    pub fn parse(path: &Path, source: String, set: &SchemeSet) -> Result<Self> {
        let ([title, question], table) =
            with_schemes(set, path, || parts(&source)).map_err(|flaw| flaw.at(path, &source))?;
        Ok(StudyFile { title, question, source, table, path: path.to_owned() })
    }

    /// Its kind: `study`, `recognition` or `network`.
    pub fn kind(&self) -> &'static str {
        match &self.table {
            KindTable::Study(_) => KINDS[0],
            #[cfg(feature = "cli")]
            KindTable::Recognition(_) => KINDS[1],
            KindTable::Network(_) => KINDS[2],
        }
    }

    /// Checks all that can be checked before work starts, and says how much of it there is.
    ///
    /// # Errors
    /// What a run would refuse, with its place in the file.
    pub fn check(&self) -> Result<String> {
        match &self.table {
            KindTable::Study(table) => self.work(&**table),
            #[cfg(feature = "cli")]
            KindTable::Recognition(table) => self.work(&**table),
            KindTable::Network(_) => self.network().and_then(|question| question.check().map(|()| question.work())),
        }
    }

    /// What a file of the kind `network` asks.
    ///
    /// # Errors
    /// A file of another kind; as [`check`](Self::check).
    pub fn network(&self) -> Result<NetworkQuestion> {
        let KindTable::Network(table) = &self.table else {
            let mend = "Run it by the command run.";
            return Err(Error::invalid("kind of study", format!("'{}'", self.kind()), "'network'", mend));
        };
        table.question().map_err(|flaw| flaw.at(&self.path, &self.source))
    }

    /// The cells of a file of the kind `study`, once everything in it is known to be right.
    ///
    /// # Errors
    /// A file of another kind; as [`check`](Self::check).
    pub fn study_cells(&self) -> Result<Vec<StudyCell>> {
        self.cells(self.study_table()?)
    }

    /// Those of them that are on some of its problems, by their places; nothing is checked beside them.
    ///
    /// # Errors
    /// As [`study_cells`](Self::study_cells).
    pub fn study_cells_of(&self, problems: &BTreeSet<usize>) -> Result<Vec<StudyCell>> {
        self.study_table()?.cells_of(problems).map_err(|flaw| flaw.at(&self.path, &self.source))
    }

    /// Whether a column of that name, which is no axis, stands in the `results.csv` of a file of the kind `study`.
    pub fn shows(&self, column: &str) -> bool {
        self.study_table().is_ok_and(|table| table.shows(column))
    }

    fn study_table(&self) -> Result<&StudyTable> {
        match &self.table {
            KindTable::Study(table) => Ok(table),
            _ => Err(no_study(self.kind())),
        }
    }

    fn work<G: Grid>(&self, grid: &G) -> Result<String> {
        let cells = self.cells(grid)?;
        let problems: BTreeSet<_> = cells.iter().map(Cell::problem).collect();
        Ok(G::work(cells.len(), problems.len(), cells.iter().map(Cell::cost).sum()))
    }

    /// The cells of its table.
    ///
    /// # Errors
    /// As [`check`](Self::check).
    pub(crate) fn cells<G: Grid>(&self, grid: &G) -> Result<Vec<G::Cell>> {
        grid.cells().map_err(|flaw| flaw.at(&self.path, &self.source))
    }
}

/// Takes a file apart: its title and question, and the table of its kind (an empty one where there is none).
fn parts(text: &str) -> std::result::Result<([String; 2], KindTable), Flaw> {
    let mut table = DeTable::parse(text).map_err(Flaw::from)?.into_inner();
    // A network may do without words.
    let network = |kind: &Spanned<DeValue<'_>>| kind.get_ref().as_str() == Some("network");
    let lone = table.get("kind").is_some_and(network);
    let mut head = |key: &str| -> std::result::Result<(Range<usize>, String), Flaw> {
        if lone && table.get(key).is_none() {
            return Ok((0..0, String::new()));
        }
        let value = table.remove(key).ok_or_else(|| Flaw {
            span: None,
            error: Error::Text(format!("missing key `{key}`: a study has title, question and kind")),
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
    if !KINDS.contains(&kind.as_str()) {
        return Err(Flaw { span: Some(at), error: unknown_kind(&kind) });
    }
    let parameters =
        table.remove(kind.as_str()).unwrap_or_else(|| Spanned::new(at.clone(), DeValue::Table(DeTable::new())));
    if let Some(extra) = table.keys().min_by_key(|key| key.span().start) {
        let known = ["title", "question", "kind", &kind];
        let error = Error::unknown("key of a study", extra.get_ref(), known);
        return Err(Flaw { span: Some(extra.span()), error });
    }
    let parameters = ValueDeserializer::from(parameters);
    let table = match kind.as_str() {
        "study" => Deserialize::deserialize(parameters).map(KindTable::Study),
        #[cfg(feature = "cli")]
        "recognition" => Deserialize::deserialize(parameters).map(KindTable::Recognition),
        "network" => Deserialize::deserialize(parameters).map(KindTable::Network),
        _ => return Err(Flaw { span: Some(at), error: no_study(&kind) }),
    };
    Ok(([title, question], table?))
}

/// Refuses a file of a kind that the command alone runs.
fn no_study(kind: &str) -> Error {
    Error::invalid("kind of study", format!("'{kind}'"), "'study'", "Run it by the command.")
}

/// Says what kinds there are, and where the others went.
fn unknown_kind(given: &str) -> Error {
    let mut error = Error::unknown("kind of study", given, KINDS);
    if let Error::Unknown { known, .. } = &mut error {
        *known += ". Experiments are programs: cargo run --release -p experiments -- list";
    }
    error
}
