//! Files that other programs write and read: tables of named columns as CSV, NumPy `.npz` and Parquet.
//!
//! A format is chosen by the file's ending. All of them hold the same: numbers (`f64`, to the last bit), whole numbers and text. A
//! number that is missing is an empty field in a CSV, null in Parquet, and NaN in NumPy's arrays.

mod csv;
mod npy;
mod npz;
#[cfg(feature = "parquet")]
mod parquet;

use std::io::Write;
use std::path::Path;

use crate::error::{Error, Result};

/// A format of files of columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TableFormat {
    /// Comma-separated, the first line names the columns.
    Csv,
    /// A ZIP archive of NumPy arrays, one a column, as `numpy.savez` writes and `numpy.load` reads.
    Npz,
    /// Apache Parquet; needs the feature `parquet`.
    Parquet,
}

/// Values of a column.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// Numbers; NaN where there is none.
    Numbers(Vec<f64>),
    /// Whole numbers.
    Whole(Vec<i64>),
    /// Text.
    Text(Vec<String>),
}

/// A table: columns with names, all of one length where the format asks for it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Columns(pub Vec<(String, Values)>);

impl TableFormat {
    /// The file name's ending.
    pub fn extension(self) -> &'static str {
        match self {
            TableFormat::Csv => "csv",
            TableFormat::Npz => "npz",
            TableFormat::Parquet => "parquet",
        }
    }

    /// By the ending of a file's name, in upper or lower case; `None` for any other.
    pub fn of(path: &Path) -> Option<Self> {
        let ending = path.extension()?.to_str()?.to_ascii_lowercase();
        [TableFormat::Csv, TableFormat::Npz, TableFormat::Parquet]
            .into_iter()
            .find(|format| format.extension() == ending)
    }

    /// Refuses Parquet in a build without it.
    ///
    /// # Errors
    /// That, with the way out.
    pub fn check(self) -> Result<()> {
        if self == TableFormat::Parquet && !cfg!(feature = "parquet") {
            return Err(Error::invalid(
                "the format",
                "parquet",
                "csv or npz in a build without the feature parquet",
                "Build with --features parquet, or take .npz: it keeps every bit, too.",
            ));
        }
        Ok(())
    }
}

impl Columns {
    /// Reads a file in the format that its ending says.
    ///
    /// # Errors
    /// A file that cannot be read or is not of its format, columns of values that are neither numbers nor text, an ending that is
    /// none of the formats', Parquet in a build without it.
    pub fn read(path: &Path) -> Result<Self> {
        match TableFormat::of(path) {
            Some(TableFormat::Csv) => csv::read(path),
            Some(TableFormat::Npz) => npz::read(path),
            #[cfg(feature = "parquet")]
            Some(TableFormat::Parquet) => parquet::read(path),
            #[cfg(not(feature = "parquet"))]
            Some(TableFormat::Parquet) => TableFormat::Parquet.check().map(|()| Columns::default()),
            None => Err(Error::invalid(
                "the format",
                format!("the ending of {}", path.display()),
                ".csv, .npz or .parquet",
                "Rename the file so that it says its format.",
            )),
        }
    }

    /// Writes the table in a format; the same table gives the same bytes.
    ///
    /// # Errors
    /// What writing gives; columns of different lengths in CSV and Parquet.
    pub fn write(&self, format: TableFormat, out: &mut dyn Write) -> std::io::Result<()> {
        match format {
            TableFormat::Csv => csv::write(self, out),
            TableFormat::Npz => npz::write(self, out),
            #[cfg(feature = "parquet")]
            TableFormat::Parquet => parquet::write(self, out),
            #[cfg(not(feature = "parquet"))]
            TableFormat::Parquet => format.check().map_err(std::io::Error::other),
        }
    }

    /// The column of that name.
    pub fn get(&self, name: &str) -> Option<&Values> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, values)| values)
    }

    /// Number of rows: of the longest column.
    pub fn len(&self) -> usize {
        self.0.iter().map(|(_, values)| values.len()).max().unwrap_or(0)
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Refuses columns of different lengths.
    fn of_one_length(&self) -> std::io::Result<()> {
        match self.0.iter().find(|(_, values)| values.len() != self.len()) {
            None => Ok(()),
            Some((name, values)) => Err(std::io::Error::other(format!(
                "column {name} has {} values where others have {}; such columns go into .npz only",
                values.len(),
                self.len()
            ))),
        }
    }
}

impl Values {
    /// How many.
    pub fn len(&self) -> usize {
        match self {
            Values::Numbers(x) => x.len(),
            Values::Whole(x) => x.len(),
            Values::Text(x) => x.len(),
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// As numbers; `None` for text.
    pub fn numbers(&self) -> Option<Vec<f64>> {
        match self {
            Values::Numbers(x) => Some(x.clone()),
            Values::Whole(x) => Some(x.iter().map(|&x| x as f64).collect()),
            Values::Text(_) => None,
        }
    }

    /// From fields of text: whole numbers where all are, numbers where all that are not empty are, text otherwise.
    fn parse(fields: Vec<String>) -> Self {
        if let Some(whole) = fields.iter().map(|f| f.parse().ok()).collect::<Option<Vec<i64>>>() {
            // An empty column is of numbers: of spike times without a spike.
            if !whole.is_empty() {
                return Values::Whole(whole);
            }
        }
        let number = |f: &String| if f.is_empty() { Some(f64::NAN) } else { f.parse().ok() };
        match fields.iter().map(number).collect::<Option<Vec<f64>>>() {
            Some(numbers) if fields.is_empty() || fields.iter().any(|f| !f.is_empty()) => Values::Numbers(numbers),
            _ => Values::Text(fields),
        }
    }

    /// One value as a field of text.
    fn field(&self, row: usize) -> String {
        match self {
            Values::Numbers(x) if x[row].is_nan() => String::new(),
            Values::Numbers(x) => x[row].to_string(),
            Values::Whole(x) => x[row].to_string(),
            Values::Text(x) => x[row].clone(),
        }
    }
}

/// A file that is not of its format.
fn malformed(path: &Path, problem: impl std::fmt::Display, mend: &str) -> Error {
    Error::Text(format!("{}: {problem}. {mend}", path.display()))
}
