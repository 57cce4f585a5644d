//! Reading a spike train from a file.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use csv::{ReaderBuilder, StringRecord, Terminator, Trim};

use crate::SpikeTrain;
use crate::error::{Error, Result};
use crate::interop::{Columns, TableFormat};

/// Name of the column that holds the times.
const COLUMN: &str = "t_ms";

/// Reads spike times \[ms\] from a file, whatever program wrote it.
///
/// By the file's ending: `.npz` is an archive of NumPy arrays and `.parquet` a Parquet file (with that feature), whose column `t_ms`, or
/// only column, holds the times; anything else is text, as follows.
///
/// Either a comma-separated table whose first line names the columns, one of them `t_ms` (the others are ignored), or one
/// number a line without a header. Blank lines and lines that begin with `#` are skipped; a file without any other line is
/// a train without spikes.
///
/// # Errors
/// [`Error::Read`] for a file that cannot be read; [`Error::Line`], with the number of the line, for one that has no number
/// in the column, or a time that is not finite or is before the last one. What is wrong with a `.npz` or `.parquet` file.
///
/// ```
/// use spikestep::spike::read_spike_train;
/// let directory = tempfile::tempdir().unwrap();
/// let path = directory.path().join("spikes.csv");
/// std::fs::write(&path, "spike,t_ms\n0,3.1\n1,26.2\n").unwrap();
/// assert_eq!(read_spike_train(&path).unwrap().times(), [3.1, 26.2]);
/// ```
pub fn read_spike_train(path: impl AsRef<Path>) -> Result<SpikeTrain> {
    let path = path.as_ref();
    if let Ok(TableFormat::Npz | TableFormat::Parquet) = TableFormat::of(path) {
        return of_columns(path, &Columns::read(path)?);
    }
    parse_spike_train(path, File::open(path).map_err(Error::read(path))?)
}

/// Reads spike times \[ms\] from text as [`read_spike_train`]; `path` is what messages call it.
///
/// # Errors
/// As there.
pub fn parse_spike_train(path: &Path, text: impl Read) -> Result<SpikeTrain> {
    // So that every record ends where the next line starts: a last line without an end gets one, and a record ends at the
    // line feed, a carriage return before it being trimmed as white space.
    let ended = text.chain(&b"\n"[..]);
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(Trim::All)
        .comment(Some(b'#'))
        .terminator(Terminator::Any(b'\n'))
        .from_reader(ended);
    let mut times: Vec<f64> = Vec::new();
    // The column of the times, and whether a header names it; by the first line.
    let mut layout: Option<(usize, bool)> = None;
    let mut record = StringRecord::new();
    while reader.read_record(&mut record).map_err(|error| unreadable(path, error))? {
        if record.iter().all(str::is_empty) {
            continue;
        }
        // From the position after the record: that before it comes before any blank lines and comments, too.
        let line = reader.position().line() - 1;
        let at = |problem: String, mend: &str| Error::Line { path: path.into(), line, problem, mend: mend.into() };
        let (column, headed) = match layout {
            Some(known) => known,
            None => {
                let named = record.iter().position(|name| name == COLUMN);
                if named.is_none() && !(record.len() == 1 && record[0].parse::<f64>().is_ok()) {
                    return Err(at(
                        format!("no column is named {COLUMN}: '{}'", record.iter().collect::<Vec<_>>().join(",")),
                        "Name the column of spike times t_ms in the first line, or give one number a line.",
                    ));
                }
                layout = Some((named.unwrap_or(0), named.is_some()));
                if named.is_some() {
                    continue;
                }
                (0, false)
            }
        };
        if !headed && record.len() > 1 {
            return Err(at(
                format!("{} values where the lines before have one number", record.len()),
                "Give one number a line, or name the column of spike times t_ms in the first line.",
            ));
        }
        let text = record.get(column).unwrap_or_default();
        let time = text.parse::<f64>().ok().filter(|t| t.is_finite()).ok_or_else(|| {
            at(format!("'{text}' is not a spike time"), "Write a finite number of milliseconds, such as 26.25.")
        })?;
        if let Some(last) = times.last().filter(|last| time < **last) {
            return Err(at(
                format!("{time} ms comes after {last} ms"),
                "Sort the spike times; a file holds the spikes of one neuron.",
            ));
        }
        times.push(time);
    }
    SpikeTrain::new(times)
}

/// The train in the column `t_ms`, or in the only column there is.
fn of_columns(path: &Path, columns: &Columns) -> Result<SpikeTrain> {
    let times = match (columns.get(COLUMN), columns.0.as_slice()) {
        (Some(times), _) => times,
        (None, [(_, only)]) => only,
        (None, all) => {
            let names: Vec<&str> = all.iter().map(|(name, _)| name.as_str()).collect();
            return Err(Error::invalid(
                "the file of a spike train",
                format!("{} with the columns {}", path.display(), names.join(", ")),
                format!("a column {COLUMN}, or one column"),
                "Name the spike times t_ms.",
            ));
        }
    };
    let refused = |why: String| Error::Text(format!("{}: {why}", path.display()));
    let times = times.numbers().ok_or_else(|| refused(format!("{COLUMN} is text. Store the times as numbers.")))?;
    SpikeTrain::new(times).map_err(|error| refused(error.to_string()))
}

/// What the csv reader could not take: the file itself, or bytes that are not text.
fn unreadable(path: &Path, error: csv::Error) -> Error {
    let line = error.position().map_or(1, csv::Position::line);
    match error.into_kind() {
        csv::ErrorKind::Io(source) => Error::Read { path: path.into(), source },
        _ => Error::Line {
            path: path.into(),
            line,
            problem: "this is not UTF-8 text".into(),
            mend: "Give a text file with a t_ms column, or with one number a line.".into(),
        },
    }
}
