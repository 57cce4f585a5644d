//! Reading of experiment files: from text to the table of a kind, and from what is wrong to its line and column.

use std::ops::Range;
use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use super::{Read, kinds};
use crate::error::Error;

/// What is wrong with an experiment file, and where.
#[derive(Debug)]
pub struct Flaw {
    /// Bytes of the text; `None` where no place is at fault alone.
    pub span: Option<Range<usize>>,
    /// What is wrong.
    pub error: Error,
}

const MEND: &str = "See experiments/README.md";

impl Flaw {
    /// With its line and column.
    pub(super) fn at(self, path: &Path, text: &str) -> Error {
        let start = self.span.map_or(0, |span| span.start.min(text.len()));
        let before = text.get(..start).unwrap_or_default();
        let line_start = before.rfind('\n').map_or(0, |end| end + 1);
        let sentence = self.error.to_string();
        let (problem, mend) = match &self.error {
            Error::Invalid { what, given, allowed, mend } => {
                (format!("{what} is {given}; allowed: {allowed}"), mend.clone())
            }
            _ => (sentence.trim_end_matches('.').to_owned(), format!("{MEND}.")),
        };
        Error::Position {
            path: path.to_owned(),
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            problem,
            mend,
        }
    }
}

/// What `toml` and `serde` have to say, in the words of this program.
impl From<toml::de::Error> for Flaw {
    fn from(error: toml::de::Error) -> Self {
        let message = error.message().trim_end().replace('\n', "; ");
        let quoted = |text: &str| -> Vec<String> { text.split('`').skip(1).step_by(2).map(str::to_owned).collect() };
        let span = error.span();
        let error = match message.strip_prefix("unknown field ") {
            Some(rest) => {
                let names = quoted(rest);
                let (given, known) = names.split_first().map_or(("", &[][..]), |(given, known)| (given, known));
                Error::unknown("key", given, known.iter().map(String::as_str))
            }
            None => Error::Text(plain(&message)),
        };
        Flaw { span, error }
    }
}

/// Types by the names that people call them.
fn plain(message: &str) -> String {
    [
        ("missing field", "missing key"),
        ("duplicate field", "duplicate key"),
        ("expected a sequence", "expected a list"),
        ("expected f64", "expected a number"),
        ("expected u32", "expected a whole number"),
        ("expected u64", "expected a whole number"),
        ("expected usize", "expected a whole number"),
        ("invalid type: sequence", "invalid type: list"),
        ("invalid type: map", "invalid type: table"),
    ]
    .into_iter()
    .fold(message.to_owned(), |text, (from, to)| text.replace(from, to))
}

/// A file taken apart.
pub(super) struct Parts<'t> {
    pub(super) title: String,
    pub(super) question: String,
    pub(super) kind: &'static str,
    pub(super) read: Read,
    pub(super) table: ValueDeserializer<'t>,
}

/// Takes a file apart: its head, its kind, and the table of the kind (an empty one where there is none).
pub(super) fn parts(text: &str) -> Result<Parts<'_>, Flaw> {
    let mut table = DeTable::parse(text).map_err(Flaw::from)?.into_inner();
    let mut head = |key: &str| -> Result<(Range<usize>, String), Flaw> {
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
    let (kind, read) = kinds().iter().find(|(name, _)| *name == kind).ok_or_else(|| Flaw {
        span: Some(at.clone()),
        error: Error::unknown("kind of experiment", &kind, kinds().iter().map(|(name, _)| *name)),
    })?;
    let parameters = table.remove(*kind).unwrap_or_else(|| Spanned::new(at, DeValue::Table(DeTable::new())));
    if let Some(extra) = table.keys().min_by_key(|key| key.span().start) {
        let known = ["title", "question", "kind", *kind];
        let error = Error::unknown("key of an experiment", extra.get_ref(), known);
        return Err(Flaw { span: Some(extra.span()), error });
    }
    Ok(Parts { title, question, kind, read: *read, table: ValueDeserializer::from(parameters) })
}
