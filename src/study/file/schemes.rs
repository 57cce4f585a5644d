//! The schemes that the file of a study may name, and the folder in which its files are.

use std::cell::RefCell;
use std::path::{Path, PathBuf};

use crate::error::Result;
use crate::scheme::{Scheme, SchemeSet};

thread_local! {
    /// The schemes that a file being read on this thread may name: serde hands nothing from the reader of a file to that of a value.
    static SCHEMES: RefCell<SchemeSet> = RefCell::new(SchemeSet::standard().clone());
    /// The folder of that file.
    static FOLDER: RefCell<PathBuf> = RefCell::default();
}

/// What `read` gives, with the schemes of `set` for the names in the file called `path`.
pub(super) fn with_schemes<T>(set: &SchemeSet, path: &Path, read: impl FnOnce() -> T) -> T {
    let before = SCHEMES.replace(set.clone());
    let folder = FOLDER.replace(path.parent().unwrap_or(Path::new("")).to_owned());
    let value = read();
    SCHEMES.set(before);
    FOLDER.set(folder);
    value
}

/// The folder of the file that is being read: paths in it are relative to that.
pub(crate) fn folder() -> PathBuf {
    FOLDER.with_borrow(Clone::clone)
}

/// The schemes of a list in the file that is being read.
///
/// # Errors
/// Those of [`SchemeSet::parse_list`].
pub(super) fn schemes(list: &str) -> Result<Vec<Scheme>> {
    SCHEMES.with_borrow(|set| set.parse_list(list))
}
