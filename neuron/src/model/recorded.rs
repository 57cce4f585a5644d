//! Recorded inputs: a CSV file of times and values.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use super::protocols::MOST_PIECES;
use super::{Piece, Stimulus};
use crate::error::{Error, Result};

/// What an input does between two samples of a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interpolation {
    /// A straight line from sample to sample.
    Linear,
    /// Each sample is held until the next one.
    Hold,
}

impl Stimulus {
    /// An input from a CSV file with columns `t_ms` \[ms\] and `input` \[mV/ms\], found by the names in its header (other
    /// columns are passed over), or of two columns without header. Zero before the first sample, constant after the last.
    ///
    /// Empty lines and lines that start with `#` are passed over.
    ///
    /// ```
    /// use spikestep::{model::Interpolation, Side, Stimulus};
    /// let file = tempfile::NamedTempFile::new().unwrap();
    /// std::fs::write(file.path(), "t_ms,input\n0,0\n10,5\n").unwrap();
    /// let input = Stimulus::from_csv(file.path(), Interpolation::Linear)?;
    /// assert_eq!(input.value(4.0, Side::After), 2.0);
    /// assert_eq!(input.value(99.0, Side::After), 5.0);
    /// # Ok::<(), spikestep::Error>(())
    /// ```
    ///
    /// # Errors
    /// A file that cannot be read; with its line, a header without the two columns, a field that is not a finite number,
    /// a time that does not increase, a file without samples or with more than 10⁷.
    pub fn from_csv(path: impl AsRef<Path>, interpolation: Interpolation) -> Result<Self> {
        let path = path.as_ref();
        let samples = read_samples(path)?;
        let mut pieces: Vec<Piece> = samples.iter().map(|&(start, value)| Piece { start, value, slope: 0.0 }).collect();
        if interpolation == Interpolation::Linear {
            for (piece, next) in pieces.iter_mut().zip(&samples[1..]) {
                piece.slope = (next.1 - piece.value) / (next.0 - piece.start);
            }
        }
        Self::piecewise_linear(pieces)
    }
}

/// The (t, input) of every line. Lines are split here and not by the csv crate: its positions count from the empty lines
/// and comments before a record, and an error must name the line itself. Numbers need no quoting beyond the outer quotes.
fn read_samples(path: &Path) -> Result<Vec<(f64, f64)>> {
    let file = File::open(path).map_err(Error::read(path))?;
    let mut columns: Option<(usize, usize)> = None;
    let mut samples: Vec<(f64, f64)> = Vec::new();
    let mut last_line = 0;
    for (line, text) in (1..).zip(BufReader::new(file).lines()) {
        let text = text.map_err(Error::read(path))?;
        let text = if line == 1 { text.trim_start_matches('\u{feff}') } else { &text };
        last_line = line;
        let refuse = |problem: String, mend: &str| Error::Line { path: path.into(), line, problem, mend: mend.into() };
        if text.trim().is_empty() || text.trim_start().starts_with('#') {
            continue;
        }
        let fields: Vec<&str> = text.split(',').map(|field| field.trim().trim_matches('"')).collect();
        let Some((t_column, input_column)) = columns else {
            columns = Some(find_columns(&fields).ok_or_else(|| {
                refuse(
                    format!("neither a header with t_ms and input nor two numbers: '{}'", shorten(text)),
                    "Start the file with the line t_ms,input, or give two columns of numbers separated by a comma.",
                )
            })?);
            if let Some(sample) = two_numbers(&fields) {
                samples.push(sample);
            }
            continue;
        };
        let number = |column: usize, name: &str| {
            let field = fields.get(column).copied().unwrap_or_default();
            field.parse::<f64>().ok().filter(|value| value.is_finite()).ok_or_else(|| {
                refuse(
                    format!("{name} is '{}', not a finite number", shorten(field)),
                    "Give numbers such as 12.5 with a decimal point, separated by a comma.",
                )
            })
        };
        let (t, input) = (number(t_column, "t_ms")?, number(input_column, "input")?);
        if let Some(&(before, _)) = samples.last().filter(|(before, _)| t <= *before) {
            return Err(refuse(
                format!("t_ms is {t} after {before}"),
                "Sort the samples by time and merge equal times.",
            ));
        }
        if samples.len() == MOST_PIECES {
            return Err(refuse(format!("more than {MOST_PIECES} samples"), "Resample the recording or cut it."));
        }
        samples.push((t, input));
    }
    if samples.is_empty() {
        let problem = "the file ends without a sample".into();
        let mend = "Give at least one line with a time and an input.".into();
        return Err(Error::Line { path: path.into(), line: last_line.max(1), problem, mend });
    }
    Ok(samples)
}

/// Where t_ms and input stand: as a header names them, or first and second where the line already holds two numbers.
fn find_columns(fields: &[&str]) -> Option<(usize, usize)> {
    let named = |name: &str| fields.iter().position(|field| field.eq_ignore_ascii_case(name));
    two_numbers(fields).map(|_| (0, 1)).or_else(|| Some((named("t_ms")?, named("input")?)))
}

fn two_numbers(fields: &[&str]) -> Option<(f64, f64)> {
    let [t, input] = fields else { return None };
    let finite = |field: &str| field.parse::<f64>().ok().filter(|value| value.is_finite());
    Some((finite(t)?, finite(input)?))
}

/// The first characters of a field or line, for a message.
fn shorten(text: &str) -> String {
    text.chars().take(40).collect()
}
