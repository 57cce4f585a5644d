//! Recorded inputs: a text file of times and values.

use std::fs::File;
use std::path::Path;

use super::protocols::MOST_PIECES;
use super::{Interpolation, Piece, Stimulus};
use crate::error::{Error, Result};
use crate::interop::{Rows, Unit, time_column};

impl Stimulus {
    /// An input from a text file with the columns `t_ms` \[ms\] (or any name of times, [`time_column`]) and `input` \[mV/ms\], found by the
    /// names in its first row (other columns are passed over), or of two columns without names. Fields, comments and separators are those
    /// of [`Rows`]. Zero before the first sample, constant after the last. The file is read row by row.
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
    /// A file that cannot be read; with its line, a header without the two columns or with two of one, a row longer or shorter than the
    /// others, a field that is not a finite number, a time that does not increase, a file without samples or with more than 10⁷.
    pub fn from_csv(path: impl AsRef<Path>, interpolation: Interpolation) -> Result<Self> {
        let mut pieces: Vec<Piece> = Vec::new();
        read_samples(path.as_ref(), |start, value| {
            if let Some(last) = pieces.last_mut().filter(|_| interpolation == Interpolation::Linear) {
                last.slope = (value - last.value) / (start - last.start);
            }
            pieces.push(Piece { start, value, slope: 0.0 });
        })?;
        Self::piecewise_linear(pieces)
    }
}

/// Calls `each` with the time \[ms\] and the input of every row.
fn read_samples(path: &Path, mut each: impl FnMut(f64, f64)) -> Result<()> {
    let mut rows = Rows::new(path, File::open(path).map_err(Error::read(path))?)?;
    let (columns, unit) = match rows.names() {
        None => (Some([0, 1]), Unit::MS),
        Some(names) => {
            let exact: Vec<usize> = (0..names.len()).filter(|&k| names[k].eq_ignore_ascii_case("t_ms")).collect();
            let any = || (0..names.len()).filter(|&k| time_column(&names[k]).is_some()).collect();
            let times = if exact.is_empty() { any() } else { exact };
            let inputs: Vec<usize> = (0..names.len()).filter(|&k| names[k].eq_ignore_ascii_case("input")).collect();
            match (times.as_slice(), inputs.as_slice()) {
                ([t], [input]) => (Some([*t, *input]), time_column(&names[*t]).flatten().unwrap_or(Unit::MS)),
                _ => (None, Unit::MS),
            }
        }
    };
    let mut last: Option<(f64, usize)> = None;
    while let Some(fields) = rows.next()? {
        let width = fields.len();
        let Some([t, input]) = columns.filter(|_| rows.names().is_some() || width == 2) else {
            return Err(unknown(&rows, width));
        };
        let (t, input) = (unit.ms(rows.number(t, "t_ms")?), rows.number(input, "input")?);
        let count = match last {
            Some((before, _)) if t <= before => {
                return Err(
                    rows.at(format!("t_ms is {t} after {before}"), "Sort the samples by time and merge equal times.")
                );
            }
            Some((_, count)) => count,
            None => 0,
        };
        if count == MOST_PIECES {
            return Err(rows.at(format!("more than {MOST_PIECES} samples"), "Resample the recording or cut it."));
        }
        last = Some((t, count + 1));
        each(t, input);
    }
    match last {
        Some(_) => Ok(()),
        None if columns.is_none() => Err(unknown(&rows, 0)),
        None => Err(rows.at("the file ends without a sample", "Give at least one line with a time and an input.")),
    }
}

/// A file in which the two columns are not found; without names in it, of so many columns.
fn unknown(rows: &Rows<File>, width: usize) -> Error {
    let given = rows.names().map_or_else(|| format!("{width} columns"), |names| format!("'{}'", names.join(",")));
    let problem = format!("neither a header with one t_ms and one input nor two columns of numbers: {given}");
    rows.at(problem, "Start the file with the line t_ms,input, or give two columns of numbers separated by a comma.")
}
