//! Spike trains in files.

use std::path::PathBuf;

use numpy::PyArray1;
use pyo3::prelude::*;
use spikestep::interop::Unit;
use spikestep::spike::read_spike_trains;

use crate::errors::refused;

/// A train: its name and its times [ms].
type Named<'py> = (String, Bound<'py, PyArray1<f64>>);

/// The trains of a file whose times, where it does not say, are in `unit` ("ms", "s" or "us"), with the sentences on what had to be assumed, and whether no unit of its times is in it.
#[pyfunction]
#[pyo3(signature = (path, unit, /))]
pub(crate) fn read_trains<'py>(
    py: Python<'py>,
    path: PathBuf,
    unit: Option<&str>,
) -> PyResult<(Vec<Named<'py>>, Vec<String>, bool)> {
    let unit = unit.and_then(Unit::named);
    let read = py.detach(|| read_spike_trains(&path, unit)).map_err(refused)?;
    let named = read.trains.into_iter().map(|named| (named.name, PyArray1::from_slice(py, named.train.times())));
    Ok((named.collect(), read.notes, read.without_unit))
}
