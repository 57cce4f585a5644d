//! Files that other programs write and read: tables of named columns as CSV, NumPy `.npz` and Parquet.
//!
//! A format is chosen by the file's ending. All of them hold the same: numbers (`f64`, to the last bit), whole numbers and text. A
//! number that is missing is an empty field in a CSV, null in Parquet, and NaN in NumPy's arrays.
//!
//! [`Source`] reads a file by what it holds, whoever wrote it, and [`Rows`] a text row by row.

mod columns;
mod csv;
mod npy;
mod npz;
#[cfg(feature = "parquet")]
mod parquet;
mod rows;
mod source;
mod time;

pub use columns::{Columns, Values};
pub use rows::Rows;
pub use source::{Layout, Source};
pub use time::{Unit, time_column};

use std::io::Write;
use std::path::Path;

use crate::error::{Error, Result, refuse_if};

/// A format of files of columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TableFormat {
    /// Comma-separated, the first line names the columns.
    Csv,
    /// A ZIP archive of NumPy arrays, one a column, as `numpy.savez` writes and `numpy.load` reads.
    Npz,
    /// Apache Parquet; needs the feature `parquet`.
    Parquet,
}

impl TableFormat {
    /// The file name's ending.
    pub fn extension(self) -> &'static str {
        match self {
            TableFormat::Csv => "csv",
            TableFormat::Npz => "npz",
            TableFormat::Parquet => "parquet",
        }
    }

    /// All of them.
    pub const ALL: [TableFormat; 3] = [TableFormat::Csv, TableFormat::Npz, TableFormat::Parquet];

    /// By the ending of a file's name, in upper or lower case.
    ///
    /// # Errors
    /// Any other ending.
    pub fn of(path: &Path) -> Result<Self> {
        let ending = path.extension().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
        TableFormat::ALL.into_iter().find(|format| format.extension() == ending).ok_or_else(|| {
            let mend = "Name the file so that it says its format.";
            Error::invalid("the format", format!("the ending of {}", path.display()), ".csv, .npz or .parquet", mend)
        })
    }

    /// Refuses Parquet in a build without it.
    ///
    /// # Errors
    /// That, with the way out.
    pub fn check(self) -> Result<()> {
        let allowed = "csv or npz in a build without the feature parquet";
        let mend = "Build with --features parquet, or take .npz: it keeps every bit, too.";
        refuse_if!(self == TableFormat::Parquet && !cfg!(feature = "parquet"), "the format", "parquet", allowed, mend);
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
        Self::read_as(TableFormat::of(path)?, path)
    }

    fn read_as(format: TableFormat, path: &Path) -> Result<Self> {
        match format {
            TableFormat::Csv => csv::read(path),
            TableFormat::Npz => npz::read(path),
            #[cfg(feature = "parquet")]
            TableFormat::Parquet => parquet::read(path),
            #[cfg(not(feature = "parquet"))]
            TableFormat::Parquet => TableFormat::Parquet.check().map(|()| Columns::default()),
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
}
