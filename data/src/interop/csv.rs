//! CSV with a header.

use std::fs::File;
use std::io::Write;
use std::path::Path;

use crate::error::{Error, Result};

use super::columns::{Columns, malformed};
use super::source::{Layout, Source};

/// Any names that a comment gives are names here: it is asked for a table with names, and there are no others.
pub(super) fn read(path: &Path) -> Result<Columns> {
    let (source, _) = Source::read_text(path, File::open(path).map_err(Error::read(path))?, usize::MAX, |_| true)?;
    match source.layout {
        Layout::Named => Ok(source.columns),
        _ if source.columns.is_empty() => Ok(Columns::default()),
        _ => Err(malformed(path, "the first row is numbers, and no names of columns", "Begin with a line of names.")),
    }
}

pub(super) fn write(columns: &Columns, out: &mut dyn Write) -> std::io::Result<()> {
    columns.of_one_length()?;
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(columns.0.iter().map(|(name, _)| name))?;
    for row in 0..columns.len() {
        writer.write_record(columns.0.iter().map(|(_, values)| values.field(row)))?;
    }
    writer.flush()
}
