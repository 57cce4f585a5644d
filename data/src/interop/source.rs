//! A file of another program, whatever its format, as named columns.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

use super::columns::{Columns, MOST_WHOLE, Values, malformed};
use super::format::TableFormat;
use super::rows::{Rows, shorten};
use super::time::time_column;
use super::{npy, npz};

/// Where the names of the columns are from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// The file names its columns.
    Named,
    /// It does not: the columns are as many as the fields of a row, `column 1` and so on.
    Unnamed,
    /// Rows of numbers of any length: the columns are `row`, from 1, and `value`.
    Ragged,
}

/// The columns of a file, and what it takes to say where in the file something is.
#[derive(Clone, Debug)]
pub struct Source {
    /// The file.
    pub path: PathBuf,
    /// Its columns.
    pub columns: Columns,
    /// Where their names are from.
    pub layout: Layout,
    /// The lines of the rows; none for a file that has no lines.
    lines: Vec<u64>,
}

/// What an HDF5 file begins with.
const HDF5: &[u8] = b"\x89HDF\r\n\x1a\n";

/// What files begin with that are not read: what it is, and how to convert it.
const OTHERS: [(&[u8], &str, &str); 12] = [
    (
        HDF5,
        "an HDF5 file (also NWB, NIX, and MATLAB from 7.3 on), in a build without the feature hdf5",
        "Build with --features hdf5, or convert it: python3 -c \"import h5py, numpy; f = h5py.File('FILE'); numpy.savez('times.npz', t=f['t'], v=f['v'])\"; of Neo's NIX as of its pickles.",
    ),
    (
        b"MATLAB 5.0",
        "a MATLAB file",
        "Convert it with scipy.io.loadmat and numpy.savez('times.npz', senders=ids, times=t).",
    ),
    (b"\x1f\x8b", "compressed by gzip", "Unpack it with gunzip."),
    (b"BZh", "compressed by bzip2", "Unpack it with bunzip2."),
    (b"\xfd7zXZ", "compressed by xz", "Unpack it with unxz."),
    (b"\x28\xb5\x2f\xfd", "compressed by zstd", "Unpack it with unzstd."),
    (b"SQLite format 3", "an SQLite database", "Export the table as CSV."),
    (b"\xff\xfe", "text in UTF-16", "Save it as UTF-8: iconv -f UTF-16 -t UTF-8."),
    (b"\xfe\xff", "text in UTF-16", "Save it as UTF-8: iconv -f UTF-16 -t UTF-8."),
    (b"{", "JSON", "Write the times as CSV with the columns id,t_ms."),
    (b"<", "XML", "Write the times as CSV with the columns id,t_ms."),
    (b"\xd0\xcf\x11\xe0", "an old Office file", "Save the sheet as CSV."),
];

/// Protocols 2 to 5 of Python's pickle, as Neo and pandas write it.
fn is_pickle(head: &[u8]) -> bool {
    matches!(head, [0x80, 2..=5, ..])
}

impl Source {
    /// Reads a file by what it holds, not by what it is called: text (see [`Rows`]), NumPy's `.npy` of one dimension or of two columns, its
    /// `.npz`, and Parquet and HDF5 in a build that has them.
    ///
    /// # Errors
    /// A file that cannot be read, one of another format, with what it is and how to convert it, and what is wrong within one.
    pub fn open(path: &Path) -> Result<Self> {
        Ok(Source::open_first(path, usize::MAX)?.0)
    }

    /// The first `most` rows of a file, and whether there are more; of a text the others are not read.
    ///
    /// # Errors
    /// Those of [`open`](Self::open).
    pub fn open_first(path: &Path, most: usize) -> Result<(Self, bool)> {
        let mut head = Vec::new();
        let mut file = File::open(path).map_err(Error::read(path))?;
        (&mut file).take(16).read_to_end(&mut head).map_err(Error::read(path))?;
        let ending = TableFormat::of(path).ok();
        let arrays = |mut columns: Columns| {
            let more = columns.0.iter().any(|(_, values)| values.len() > most);
            if more {
                columns.0.iter_mut().for_each(|(_, values)| *values = values.picked(0..values.len().min(most)));
            }
            (Source { path: path.to_owned(), columns, layout: Layout::Named, lines: Vec::new() }, more)
        };
        if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") || ending == Some(TableFormat::Npz) {
            return npz::read(path).map(arrays);
        }
        if head.starts_with(b"PAR1") || ending == Some(TableFormat::Parquet) {
            return Columns::read_as(TableFormat::Parquet, path).map(arrays);
        }
        #[cfg(feature = "hdf5")]
        if head.starts_with(HDF5) {
            return super::hdf5::read(path).map(arrays);
        }
        if head.starts_with(npy::MAGIC) {
            let file = File::open(path).map_err(Error::read(path))?;
            let values = npy::read(&mut BufReader::new(file), &mut { npy::MOST_VALUES });
            let values = values.map_err(|why| malformed(path, why, "Write it by numpy.save of times in ms."))?;
            let named = values.into_iter().zip(1..).map(|(values, k)| (format!("column {k}"), values)).collect();
            let (source, more) = arrays(Columns(named));
            return Ok((Source { layout: Layout::Unnamed, ..source }, more));
        }
        let pickle = (
            &[][..],
            "a pickle of Python",
            "A pickle runs whatever code is in it. If you trust it: python3 -c \"import pickle, numpy; s = pickle.load(open('FILE', 'rb')).segments[0].analogsignals[0]; numpy.savez('v.npz', t_ms=s.times.rescale('ms'), v=s.magnitude[:, 0])\"",
        );
        let other = OTHERS.iter().find(|(begin, ..)| head.starts_with(begin));
        if let Some((_, what, mend)) = other.or(is_pickle(&head).then_some(&pickle)) {
            return Err(malformed(path, format!("this is {what}, which is not read"), mend));
        }
        Source::read_text(path, head.chain(file), most, names_times)
    }

    /// Reads text as [`open`](Self::open); `path` is what messages call it.
    ///
    /// # Errors
    /// As there.
    pub fn parse(path: &Path, text: impl Read) -> Result<Self> {
        Ok(Source::read_text(path, text, usize::MAX, names_times)?.0)
    }

    /// Reads the first `most` rows of a text, and whether there are more; the names in a comment before it are taken where `are_names` says so.
    pub(super) fn read_text(
        path: &Path,
        text: impl Read,
        most: usize,
        are_names: impl Fn(&[String]) -> bool,
    ) -> Result<(Self, bool)> {
        let mut rows = Rows::new(path, text)?;
        let mut raw = Raw::default();
        let (mut lines, mut widths, mut more) = (Vec::new(), Vec::new(), false);
        let names = rows.names().map(<[String]>::to_vec).or(rows.commented_names().filter(|names| are_names(names)));
        while let Some(record) = rows.next()? {
            more = widths.len() == most;
            if more {
                break;
            }
            record.iter().for_each(|field| raw.push(field));
            widths.push(record.len());
            lines.push(rows.line());
        }
        let width = names.as_ref().map_or(widths.first().copied().unwrap_or(0), Vec::len);
        let regular = widths.iter().all(|other| *other == width);
        let (layout, columns) = if names.is_some() && !regular {
            let at = widths.iter().position(|other| *other != width).unwrap_or(0);
            let problem = format!("{} fields where {width} have a name", widths[at]);
            let mend = "Give as many fields in every row as there are names.".to_owned();
            return Err(Error::Line { path: path.to_owned(), line: lines[at], problem, mend });
        } else if names.is_none() && (!regular || width > 2) && rows.width().is_none() {
            let row_of = |(row, width): (i64, &usize)| std::iter::repeat_n(row, *width);
            let numbers: Vec<i64> = (1..).zip(&widths).flat_map(row_of).collect();
            lines = numbers.iter().map(|row| lines[*row as usize - 1]).collect();
            let values = Values::parse(raw.column(0, 1));
            (Layout::Ragged, vec![("row".to_owned(), Values::Whole(numbers)), ("value".to_owned(), values)])
        } else {
            let layout = if names.is_some() { Layout::Named } else { Layout::Unnamed };
            let names = names.unwrap_or_else(|| (1..=width).map(|k| format!("column {k}")).collect());
            let column = |(k, name)| (name, Values::parse(raw.column(k, width)));
            (layout, names.into_iter().enumerate().map(column).collect())
        };
        Ok((Source { path: path.to_owned(), columns: Columns(columns), layout, lines }, more))
    }

    /// What is wrong with a row, from 0.
    pub fn at(&self, row: usize, problem: impl Into<String>, mend: impl Into<String>) -> Error {
        let (path, problem, mend) = (self.path.clone(), problem.into(), mend.into());
        match self.lines.get(row) {
            Some(&line) => Error::Line { path, line, problem, mend },
            None => Error::Text(format!("{}: {problem}, value {} of its column. {mend}", path.display(), row + 1)),
        }
    }

    /// Keeps the line of every `width`-th value: of a row, where rows of so many values have become columns.
    pub fn regroup_lines(&mut self, width: usize) {
        self.lines = self.lines.iter().step_by(width).copied().collect();
    }

    /// Whether the file is of arrays, and no text.
    pub fn has_no_lines(&self) -> bool {
        self.layout != Layout::Ragged && self.lines.is_empty() && !self.columns.is_empty()
    }

    /// What is wrong with the whole.
    pub fn refused(&self, problem: impl std::fmt::Display, mend: &str) -> Error {
        malformed(&self.path, problem, mend)
    }

    /// The finite numbers of a column; `what` one of them is.
    ///
    /// # Errors
    /// A field that is no finite number, or a whole number from 2^53 on, which need not be one.
    pub fn numbers(&self, column: usize, what: &str) -> Result<Vec<f64>> {
        let mend = "Write a finite number, such as 26.25, with a decimal point.";
        let bad = |row: usize, field: &str| self.at(row, format!("'{}' is not {what}", shorten(field)), mend);
        let values = &self.columns.0[column].1;
        let Some(numbers) = values.numbers() else {
            let wrong = |row: &usize| !values.field(*row).parse::<f64>().is_ok_and(f64::is_finite);
            let row = (0..values.len()).find(wrong).or(values.exact_as_text()).unwrap_or(0);
            return Err(bad(row, &values.field(row)));
        };
        if let Some(row) = numbers.iter().position(|x| !x.is_finite()) {
            let field = values.field(row);
            return Err(bad(row, if field.is_empty() { "nan" } else { &field }));
        }
        let whole = !matches!(values, Values::Numbers(_));
        match numbers.iter().position(|x| whole && x.abs() >= MOST_WHOLE) {
            Some(row) => Err(bad(row, &values.field(row))),
            None => Ok(numbers),
        }
    }
}

/// Whether one of the names is of times.
fn names_times(names: &[String]) -> bool {
    names.iter().any(|name| time_column(name).is_some())
}

/// Fields of text, one behind the other.
#[derive(Default)]
struct Raw {
    text: String,
    ends: Vec<usize>,
}

impl Raw {
    fn push(&mut self, field: &str) {
        self.text.push_str(field);
        self.ends.push(self.text.len());
    }

    /// The fields of a column of a table that is so many fields wide.
    fn column(&self, column: usize, width: usize) -> impl Iterator<Item = &str> + Clone {
        let start = |k: usize| if k == 0 { 0 } else { self.ends[k - 1] };
        (column..self.ends.len()).step_by(width.max(1)).map(move |k| &self.text[start(k)..self.ends[k]])
    }
}
