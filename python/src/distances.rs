//! How far two spike trains are apart.

use numpy::PyReadonlyArray1;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use spikestep::SpikeTrain;
use spikestep::metrics::Distances;

use crate::errors::refused;

/// The distances of `b` from the reference `a` [ms]: what the class `Distances` in Python holds.
#[pyfunction]
#[pyo3(signature = (a, b, duration, cost, tau, window, /))]
pub(crate) fn distances<'py>(
    py: Python<'py>,
    a: PyReadonlyArray1<'py, f64>,
    b: PyReadonlyArray1<'py, f64>,
    duration: Option<f64>,
    cost: f64,
    tau: f64,
    window: f64,
) -> PyResult<Bound<'py, PyDict>> {
    let train = |array: PyReadonlyArray1<'py, f64>| SpikeTrain::new(array.as_array().to_vec());
    let (a, b) = (train(a).map_err(refused)?, train(b).map_err(refused)?);
    let end = duration.or_else(|| a.times().iter().chain(b.times()).copied().reduce(f64::max));
    // Silent trains are alike over any interval.
    let end = end.unwrap_or(1.0);
    let found = Distances::between(&a.until(end), &b.until(end), &[cost], &[tau], window, end).map_err(refused)?;
    let made = PyDict::new(py);
    made.set_item("matched", found.errors.matched)?;
    made.set_item("missed", found.errors.missed)?;
    made.set_item("extra", found.errors.extra)?;
    made.set_item("victor_purpura", found.victor_purpura[0])?;
    made.set_item("van_rossum", found.van_rossum[0])?;
    made.set_item("isi", found.isi)?;
    made.set_item("spike", found.spike)?;
    made.set_item("spike_sync", found.spike_sync)?;
    made.set_item("gamma", found.gamma)?;
    made.set_item("max_spike_time_error_ms", found.errors.max_abs)?;
    Ok(made)
}
