//! The page that moves.

use pyo3::prelude::*;

/// The page, which begins with a state in JSON.
#[pyfunction]
#[pyo3(signature = (start, /))]
pub(crate) fn page(start: &str) -> String {
    spikestep::explore::page(start)
}
