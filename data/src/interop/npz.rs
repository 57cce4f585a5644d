//! NumPy's archive of arrays.

use std::fs::File;
use std::io::{Cursor, Write};
use std::path::Path;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

use crate::error::{Error, Result};

use super::columns::{Columns, malformed};
use super::npy;

const MEND: &str = "Write it by numpy.savez with one array of one dimension for each column.";

pub(super) fn read(path: &Path) -> Result<Columns> {
    let file = File::open(path).map_err(Error::read(path))?;
    let mut archive =
        ZipArchive::new(file).map_err(|error| malformed(path, format!("no NumPy archive ({error})"), MEND))?;
    let mut columns = Columns::default();
    let mut left = npy::MOST_VALUES;
    for i in 0..archive.len() {
        let mut entry = archive.by_index(i).map_err(|error| malformed(path, error, MEND))?;
        let name = entry.name().trim_end_matches(".npy").to_owned();
        let refused = |why: String| malformed(path, format!("array {name}: {why}"), MEND);
        match <[_; 1]>::try_from(npy::read(&mut entry, &mut left).map_err(refused)?) {
            Ok([values]) => columns.0.push((name, values)),
            Err(_) => return Err(refused("it has two dimensions, and one is read".into())),
        }
    }
    columns.check_names(path)?;
    Ok(columns)
}

/// Uncompressed, as `numpy.savez`, and with the earliest date that a ZIP knows: the same columns give the same bytes.
pub(super) fn write(columns: &Columns, out: &mut dyn Write) -> std::io::Result<()> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(DateTime::DEFAULT)
        .unix_permissions(0o644);
    for (name, values) in &columns.0 {
        let refused = |why| std::io::Error::other(format!("column {name}, {why}"));
        let bytes = npy::write(values).map_err(refused)?;
        archive.start_file(format!("{name}.npy"), options.large_file(bytes.len() > u32::MAX as usize))?;
        archive.write_all(&bytes)?;
    }
    out.write_all(archive.finish()?.get_ref())
}
