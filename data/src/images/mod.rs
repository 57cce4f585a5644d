//! Labelled pictures and where they come from.
//!
//! [`Images::digits`] is in the program; [`Images::from_idx`] reads files of MNIST's format, [`Images::from_folder`] a folder with
//! one sub-folder of PNGs a class. Whatever the source, a set has pixels in 0..=1 (f32; 1/16 and 1/255 of whole numbers), one
//! size, and at least one picture.
//!
//! A set is refused beyond 2²⁸ pixels (1 GB as f32), and a file is never given more memory than its own bytes can fill.

#[cfg(feature = "files")]
mod digits;
#[cfg(feature = "files")]
mod folder;
#[cfg(feature = "files")]
mod idx;
#[cfg(feature = "files")]
mod png_image;
mod set;

#[cfg(feature = "files")]
use std::path::Path;

#[cfg(feature = "files")]
pub use png_image::{Picture, decode_png};
pub use set::{Images, Split};

#[cfg(feature = "files")]
use crate::error::Error;

/// Most pixels a set may have.
const MOST_PIXELS: u64 = 1 << 28;
#[cfg(feature = "files")]
/// Deflate shrinks by no more than this: a run of 258 bytes takes two bits at the least, 1032 to 1.
const MOST_DEFLATED: u64 = 1032;

#[cfg(feature = "files")]
/// A file that cannot be used: what is wrong with it, and how to mend it (a whole sentence).
fn refused(path: &Path, problem: impl AsRef<str>, mend: &str) -> Error {
    Error::Text(format!("{}: {}. {mend}", path.display(), problem.as_ref()))
}
