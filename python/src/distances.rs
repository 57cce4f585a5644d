//! How far two spike trains are apart.

use numpy::PyReadonlyArray1;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use spikestep::metrics::{SpikeErrors, gamma, isi_distance, spike_distance, spike_sync, van_rossum, victor_purpura};
use spikestep::{Result, SpikeTrain};

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
    let made = PyDict::new(py);
    let fill = || -> Result<[(&str, Option<f64>); 7]> {
        let end = duration.or_else(|| a.times().iter().chain(b.times()).copied().reduce(f64::max));
        // Silent trains are alike over any interval.
        let end = end.unwrap_or(1.0);
        let (a, b) = (a.until(end), b.until(end));
        let errors = SpikeErrors::between(&b, &a);
        for (name, count) in [("matched", errors.matched), ("missed", errors.missed), ("extra", errors.extra)] {
            let _ = made.set_item(name, count);
        }
        Ok([
            ("victor_purpura", Some(victor_purpura(&a, &b, cost)?)),
            ("van_rossum", Some(van_rossum(&a, &b, tau)?)),
            ("isi", Some(isi_distance(&a, &b, end)?)),
            ("spike", Some(spike_distance(&a, &b, end)?)),
            ("spike_sync", Some(spike_sync(&a, &b, end)?)),
            ("gamma", gamma(&a, &b, window, end)?),
            ("max_spike_time_error_ms", errors.max_abs),
        ])
    };
    for (name, value) in fill().map_err(refused)? {
        made.set_item(name, value)?;
    }
    Ok(made)
}
