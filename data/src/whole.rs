//! A file that is read as a whole, where its size is one that such a file has.

use std::fs::File;
use std::io::{Error as IoError, ErrorKind, Read};
use std::path::Path;

use crate::error::{Error, Result};

/// Most bytes of a file that is read as a whole: 60,000 pictures of 28 × 28 take 47 million.
pub const MOST_BYTES: u64 = 256 << 20;

/// The bytes of the file at `path`.
///
/// # Errors
/// A file that cannot be read, or that has more than [`MOST_BYTES`], as a device without an end has.
pub fn read_bytes(path: impl AsRef<Path>) -> Result<Vec<u8>> {
    let path = path.as_ref();
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(Error::read(path))?;
    file.take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(Error::read(path))?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(Error::invalid(
            "the file",
            format!("{} with more than {} MiB", path.display(), MOST_BYTES >> 20),
            format!("at most {} MiB", MOST_BYTES >> 20),
            "Give a smaller file, or split it.",
        ));
    }
    Ok(bytes)
}

/// The text of the file at `path`.
///
/// # Errors
/// As [`read_bytes`], and a file that is not UTF-8.
pub fn read_text(path: impl AsRef<Path>) -> Result<String> {
    let path = path.as_ref();
    let not_text = |_| Error::read(path)(IoError::new(ErrorKind::InvalidData, "stream did not contain valid UTF-8"));
    String::from_utf8(read_bytes(path)?).map_err(not_text)
}
