//! What is wrong with the file of a study, with its line and column.

use std::ops::Range;
use std::path::Path;

use toml::Spanned;

use crate::error::Error;

/// What is wrong with the file of a study, and where.
#[derive(Debug)]
pub(crate) struct Flaw {
    /// Bytes of the text; `None` where no place is at fault alone.
    pub(crate) span: Option<Range<usize>>,
    /// What is wrong.
    pub(crate) error: Error,
}

/// A value of the file, or what is wrong with it.
pub(crate) type Checked<T> = std::result::Result<T, Flaw>;

/// Puts an error where its text stands.
pub(crate) fn at<V>(place: &Spanned<V>) -> impl Fn(Error) -> Flaw + use<V> {
    let span = place.span();
    move |error| Flaw { span: Some(span.clone()), error }
}

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
            _ => (
                sentence.trim_end_matches('.').to_owned(),
                "See docs/studies.md, for networks docs/networks.md.".to_owned(),
            ),
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
        ("expected i64", "expected a whole number"),
        ("expected u32", "expected a whole number"),
        ("expected u64", "expected a whole number"),
        ("expected usize", "expected a whole number"),
        ("invalid type: sequence", "invalid type: list"),
        ("invalid type: map", "invalid type: table"),
    ]
    .into_iter()
    .fold(message.to_owned(), |text, (from, to)| text.replace(from, to))
}

/// A flaw of a whole file.
impl From<Error> for Flaw {
    fn from(error: Error) -> Self {
        Flaw { span: None, error }
    }
}
