//! Files that other programs write and read: tables of named columns as CSV, NumPy `.npz` and Parquet.
//!
//! A format is chosen by the file's ending. All of them hold the same: numbers (`f64`, to the last bit), whole numbers and text. A
//! number that is missing is an empty field in a CSV, null in Parquet, and NaN in NumPy's arrays.
//!
//! [`Source`] reads a file by what it holds, whoever wrote it, and [`Rows`] a text row by row.

mod columns;
mod csv;
mod format;
#[cfg(feature = "hdf5")]
mod hdf5;
mod npy;
mod npz;
#[cfg(feature = "parquet")]
mod parquet;
mod rows;
mod source;
mod time;

pub use columns::{Columns, Values};
pub use format::TableFormat;
pub use rows::Rows;
pub use source::{Layout, Source};
pub use time::{Unit, time_column};

use std::io::Write;
use std::path::Path;

use crate::error::Result;

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
