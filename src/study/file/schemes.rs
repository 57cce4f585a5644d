//! The schemes that the file of a study may name.

use std::cell::RefCell;

use crate::error::Result;
use crate::scheme::{Scheme, SchemeSet};

thread_local! {
    /// The schemes that a file being read on this thread may name: serde hands nothing from the reader of a file to that of a value.
    static SCHEMES: RefCell<SchemeSet> = RefCell::new(SchemeSet::standard().clone());
}

/// What `read` gives, with the schemes of `set` for the names in the file.
pub(super) fn with_schemes<T>(set: &SchemeSet, read: impl FnOnce() -> T) -> T {
    let before = SCHEMES.replace(set.clone());
    let value = read();
    SCHEMES.set(before);
    value
}

/// The schemes of a list in the file that is being read.
///
/// # Errors
/// Those of [`SchemeSet::parse_list`].
pub(super) fn schemes(list: &str) -> Result<Vec<Scheme>> {
    SCHEMES.with_borrow(|set| set.parse_list(list))
}
