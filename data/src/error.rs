//! What can go wrong, each as one sentence: what was given, what is allowed, how to mend it.
//!
//! A solution that diverges is *not* an error; it is a result with a flag (`spikestep::Trajectory`).

use std::path::{Path, PathBuf};

/// The result type of the crate.
pub type Result<T> = std::result::Result<T, Error>;

/// Everything that can be refused, with a message fit to be printed as it is.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A value outside its range, or text that cannot be read as one.
    #[error("{what} is {given}; allowed: {allowed}. {mend}")]
    Invalid {
        /// Which quantity or option.
        what: String,
        /// What was given, as typed.
        given: String,
        /// What would be allowed.
        allowed: String,
        /// What to do about it: a whole sentence.
        mend: String,
    },
    /// A name that is not in a list.
    #[error("unknown {kind} '{given}'{}; known: {known}", nearest.as_ref().map(|n| format!(", did you mean '{n}'?")).unwrap_or_default())]
    Unknown {
        /// What the name should have named ("scheme", "neuron").
        kind: &'static str,
        /// The name as typed.
        given: String,
        /// The nearest known name, when one is near.
        nearest: Option<String>,
        /// All known names, or how to list them.
        known: String,
    },
    /// A line of an input file that cannot be used.
    #[error("{}:{line}: {problem}. {mend}", path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: u64,
        /// What is wrong with it.
        problem: String,
        /// What to do about it: a whole sentence.
        mend: String,
    },
    /// A place in an input file that cannot be used.
    #[error("{}:{line}:{column}: {problem}. {mend}", path.display())]
    Position {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The column, from 1, in characters.
        column: usize,
        /// What is wrong there.
        problem: String,
        /// What to do about it: a whole sentence.
        mend: String,
    },
    /// A sentence of its own, where no other form fits.
    #[error("{0}")]
    Text(String),
    /// A study that was stopped before its end.
    #[error("stopped with {done} of {all} cells done, all of them kept. The same command goes on from there.")]
    Stopped {
        /// Cells done.
        done: usize,
        /// Cells of the study or the share.
        all: usize,
    },
    /// A file or directory that cannot be read.
    #[error("cannot read {}: {}", path.display(), unread(source))]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file or directory that cannot be written.
    #[error("cannot write {}: {source}. Choose a place that can be written.", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A figure that cannot be drawn.
    #[error("cannot draw {figure}: {reason}")]
    Figure {
        /// The figure's name.
        figure: String,
        /// What the drawing library said.
        reason: String,
    },
}

impl Error {
    /// A value outside its range.
    pub fn invalid(
        what: impl Into<String>,
        given: impl ToString,
        allowed: impl Into<String>,
        mend: impl Into<String>,
    ) -> Self {
        Error::Invalid { what: what.into(), given: given.to_string(), allowed: allowed.into(), mend: mend.into() }
    }

    /// A name that is not among `known`, with the nearest of them where one is near.
    pub fn unknown<'a>(kind: &'static str, given: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        let known: Vec<&str> = known.into_iter().collect();
        let nearest = known
            .iter()
            .map(|k| (strsim::damerau_levenshtein(&given.to_lowercase(), &k.to_lowercase()), *k))
            .min_by_key(|(distance, _)| *distance)
            .filter(|(distance, name)| *distance <= 1 + name.len() / 3)
            .map(|(_, name)| name.to_owned());
        Error::Unknown { kind, given: given.to_owned(), nearest, known: listed(&known, given) }
    }

    /// Adapts an I/O error met while writing `path`.
    pub fn write(path: impl AsRef<Path>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.as_ref().to_owned();
        move |source| Error::Write { path, source }
    }

    /// Adapts an I/O error met while reading `path`.
    pub fn read(path: impl AsRef<Path>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.as_ref().to_owned();
        move |source| Error::Read { path, source }
    }
}

/// Why a file cannot be read, and what to give.
fn unread(source: &std::io::Error) -> String {
    match source.kind() {
        // What the standard library says of a text that is none.
        std::io::ErrorKind::InvalidData if source.to_string().contains("UTF-8") => {
            "it is not UTF-8. Give a text file, in UTF-8.".to_owned()
        }
        _ => format!("{source}. Give a file that exists and is readable."),
    }
}

/// Returns from the function with [`Error::invalid`] of the other arguments where the first one holds.
#[macro_export]
macro_rules! refuse_if {
    ($bad:expr, $what:expr, $given:expr, $allowed:expr, $mend:expr $(,)?) => {
        if $bad {
            return Err($crate::error::Error::invalid($what, $given, $allowed, $mend));
        }
    };
}
pub use refuse_if;

/// More names than these are not listed.
const MOST_LISTED: usize = 24;
/// Of so many names those that are nearest to what was typed are.
const NEAREST_LISTED: usize = 8;

/// Names with commas between them; of many those that are nearest to `given`, and how many there are.
fn listed(names: &[&str], given: &str) -> String {
    if names.len() <= MOST_LISTED {
        return names.join(", ");
    }
    let mut near = names.to_vec();
    near.sort_by_key(|name| strsim::damerau_levenshtein(&given.to_lowercase(), &name.to_lowercase()));
    format!("{} names, among them {}", names.len(), near[..NEAREST_LISTED].join(", "))
}

/// A number in a message: all its digits, but not hundreds of zeros.
pub fn shown(x: f64) -> String {
    if x == 0.0 || !x.is_finite() || (1e-5..1e10).contains(&x.abs()) { x.to_string() } else { format!("{x:e}") }
}

/// Refuses a number that is not finite.
///
/// # Errors
/// That, under the name `what`.
pub fn finite(what: &str, value: f64) -> Result<f64> {
    refuse_if!(!value.is_finite(), what, shown(value), "a finite number", "Give a number such as 10 or -65.");
    Ok(value)
}

/// Refuses a number that is not positive and finite; `mend` is the way out.
///
/// # Errors
/// That, under the name `what`.
pub fn positive(what: &str, value: f64, mend: &str) -> Result<f64> {
    refuse_if!(!(value.is_finite() && value > 0.0), what, shown(value), "a positive, finite number", mend);
    Ok(value)
}
