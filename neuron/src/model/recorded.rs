//! Recorded inputs: a text file of times and values.

use std::fs::File;
use std::path::Path;

use super::protocols::MOST_PIECES;
use super::{Interpolation, Stimulus, Typed};
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
        let mut samples = Samples::open(path.as_ref())?;
        let mut failed = None;
        let sample = || samples.next().unwrap_or_else(|error| failed.replace(error).and(None));
        let stimulus = Self::of_samples(std::iter::from_fn(sample), interpolation);
        failed.map_or(stimulus, Err)
    }
}

/// The rows of a recording.
struct Samples {
    rows: Rows<File>,
    /// Where time and input stand; `None` where that is not known.
    columns: Option<[usize; 2]>,
    unit: Unit,
    /// The last time \[ms\].
    last: Option<f64>,
    count: usize,
}

impl Samples {
    fn open(path: &Path) -> Result<Self> {
        let rows = Rows::new(path, File::open(path).map_err(Error::read(path))?)?;
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
        Ok(Samples { rows, columns, unit, last: None, count: 0 })
    }

    /// The time \[ms\] and the input of the next row; `None` at the end.
    fn next(&mut self) -> Result<Option<(Typed, Typed)>> {
        let Some(fields) = self.rows.next()? else {
            return match (self.last, self.columns) {
                (Some(_), _) => Ok(None),
                (None, None) => Err(unknown(&self.rows, 0)),
                (None, _) => {
                    let mend = "Give at least one line with a time and an input.";
                    Err(self.rows.at("the file ends without a sample", mend))
                }
            };
        };
        let width = fields.len();
        let rows = &self.rows;
        let Some([t, input]) = self.columns.filter(|_| rows.names().is_some() || width == 2) else {
            return Err(unknown(rows, width));
        };
        let (t, input) = (self.unit.ms(rows.number::<Typed>(t, "t_ms")?), rows.number(input, "input")?);
        if let Some(before) = self.last.filter(|&before| t.value() <= before) {
            let problem = format!("t_ms is {} after {before}", t.value());
            return Err(rows.at(problem, "Sort the samples by time and merge equal times."));
        }
        if self.count == MOST_PIECES {
            return Err(rows.at(format!("more than {MOST_PIECES} samples"), "Resample the recording or cut it."));
        }
        (self.last, self.count) = (Some(t.value()), self.count + 1);
        Ok(Some((t, input)))
    }
}

/// A file in which the two columns are not found; without names in it, of so many columns.
fn unknown(rows: &Rows<File>, width: usize) -> Error {
    let given = rows.names().map_or_else(|| format!("{width} columns"), |names| format!("'{}'", names.join(",")));
    let problem = format!("neither a header with one t_ms and one input nor two columns of numbers: {given}");
    rows.at(problem, "Start the file with the line t_ms,input, or give two columns of numbers separated by a comma.")
}
