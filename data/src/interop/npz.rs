//! NumPy's archive of arrays.

use std::fs::File;
use std::io::{Cursor, Read, Write};
use std::path::Path;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

use crate::error::{Error, Result};

use super::columns::{Columns, malformed};
use super::npy;

/// Most bytes that the arrays of an archive may unpack to: a few bytes of a ZIP can claim to be any number.
const MOST: u64 = 2 << 30;

const MEND: &str = "Write it by numpy.savez with one array of one dimension for each column.";

pub(super) fn read(path: &Path) -> Result<Columns> {
    let file = File::open(path).map_err(Error::read(path))?;
    let mut archive =
        ZipArchive::new(file).map_err(|error| malformed(path, format!("no NumPy archive ({error})"), MEND))?;
    let mut columns = Vec::new();
    let mut left = MOST;
    for i in 0..archive.len() {
        let entry = archive.by_index(i).map_err(|error| malformed(path, error, MEND))?;
        let name = entry.name().trim_end_matches(".npy").to_owned();
        let mut bytes = Vec::new();
        entry
            .take(left)
            .read_to_end(&mut bytes)
            .map_err(|error| malformed(path, format!("array {name}: {error}"), MEND))?;
        left -= bytes.len() as u64;
        if left == 0 {
            return Err(malformed(path, "its arrays are above 2 GiB", "Cut the recording into several files."));
        }
        let values = npy::read(&bytes).map_err(|why| malformed(path, format!("array {name}: {why}"), MEND))?;
        columns.push((name, values));
    }
    Ok(Columns(columns))
}

/// Uncompressed, as `numpy.savez`, and with the earliest date that a ZIP knows: the same columns give the same bytes.
pub(super) fn write(columns: &Columns, out: &mut dyn Write) -> std::io::Result<()> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(DateTime::DEFAULT)
        .unix_permissions(0o644);
    for (name, values) in &columns.0 {
        let bytes = npy::write(values);
        archive.start_file(format!("{name}.npy"), options.large_file(bytes.len() > u32::MAX as usize))?;
        archive.write_all(&bytes)?;
    }
    out.write_all(archive.finish()?.get_ref())
}
