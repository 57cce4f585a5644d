//! The formats of files of columns, by their endings.

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
