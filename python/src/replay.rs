//! Recorded layers and networks under other schemes and steps.

use std::path::PathBuf;
use std::sync::Arc;

use pyo3::prelude::*;
use spikestep::error::{Error, Result};
use spikestep::population::{self, replay::Recording};

use crate::errors::refused;
use crate::running::{Call, interruptible};

/// A scheme, its step [ms], the rate [Hz], the numbers of spikes and of those that the equations do not have, where the first difference is
/// (presentation, row, neuron and time [ms]), and how many labels change.
type Row = (String, f64, f64, u64, u64, Option<(usize, usize, u32, f64)>, Option<usize>);

/// What the recording is in words, its step [ms], and a row for each scheme and step.
#[pyfunction]
#[pyo3(signature = (config, input, schemes, dts, progress, /))]
pub(crate) fn replay(
    py: Python<'_>,
    config: PathBuf,
    input: PathBuf,
    schemes: Vec<String>,
    dts: Option<Vec<f64>>,
    progress: Option<Bound<'_, PyAny>>,
) -> PyResult<(String, f64, Vec<Row>)> {
    let made = interruptible(py, Arc::new(Call::default()), progress.as_ref(), move |pool, call| {
        pool.install(|| -> Result<_> {
            let schemes = schemes.iter().map(|name| population::scheme(name)).collect::<Result<Vec<_>>>()?;
            let recording = Recording::read(&config, &input)?;
            let dts = dts.unwrap_or_else(|| vec![recording.dt()]);
            let recorded = recording.rerun(&population::scheme("bindsnet")?, recording.dt())?;
            let mut rows = Vec::new();
            for scheme in &schemes {
                for &dt in &dts {
                    if call.stopped() {
                        // Nobody waits for the answer any more.
                        return Err(Error::Text("the replay was stopped".to_owned()));
                    }
                    let run = recording.rerun(scheme, dt)?;
                    let first = run.first_difference(&recorded)?;
                    let first = first.map(|at| (at.presentation, at.row, at.spike.neuron, at.spike.t));
                    let changed = recording.changed_labels(&recorded, &run)?;
                    let counted = run.counted;
                    rows.push((scheme.to_string(), dt, run.rate, counted.spikes, counted.spurious, first, changed));
                    call.tell(rows.len(), schemes.len() * dts.len());
                }
            }
            Ok((recording.summary(), recording.dt(), rows))
        })
    })?;
    made.map_err(refused)
}
