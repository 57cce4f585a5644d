//! What made a recording.

use std::path::PathBuf;
use std::sync::Arc;

use numpy::PyArray1;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use spikestep::SchemeSet;
use spikestep::judge::{Answer, Judgement, Known, ReadOptions, Recorded, TimeUnit, judge as judged};
use spikestep::metrics::MetricKind;
use spikestep::study::{Advice, RecordingErrors, advice, of_recording, recording_errors};

use crate::errors::refused;
use crate::problem::Problem;
use crate::running::{Call, interruptible};

/// Judges the recording in a file: what the class `Judgement` in Python holds.
#[pyfunction]
#[pyo3(signature = (path, problem, claim, unit, columns, /))]
pub(crate) fn judge<'py>(
    py: Python<'py>,
    path: PathBuf,
    problem: Option<&Bound<'py, Problem>>,
    claim: Option<(String, f64)>,
    unit: Option<&str>,
    columns: Option<&str>,
) -> PyResult<Bound<'py, PyDict>> {
    let options = ReadOptions {
        unit: unit.map(TimeUnit::named).transpose().map_err(refused)?,
        columns: columns.map_or(Ok(Vec::new()), ReadOptions::parse_columns).map_err(refused)?,
    };
    let claim = claim.map(|(name, dt)| SchemeSet::standard().get(&name).map(|scheme| (scheme, dt)));
    let known = problem.map_or_else(Known::default, |problem| problem.get().known());
    let known = Known { claim: claim.transpose().map_err(refused)?, ..known };
    let found = interruptible(py, Arc::new(Call::default()), None, move |pool, _| {
        pool.install(|| -> spikestep::Result<_> {
            let recorded = Recorded::read(&path, &options)?;
            let found = judged(&recorded, &known, SchemeSet::standard())?;
            let errors = recording_errors(&found, &known)?;
            let advice = if known.claim.is_some() { None } else { advice(&found, &errors)? };
            Ok((recorded, found, errors, advice))
        })
    })?;
    let (recorded, found, errors, advice) = found.map_err(refused)?;
    let made = as_dict(py, &found, &errors, advice.as_ref())?;
    made.set_item("reading", &recorded.reading.notes)?;
    Ok(made)
}

fn as_dict<'py>(
    py: Python<'py>,
    found: &Judgement,
    errors: &RecordingErrors,
    advice: Option<&Advice>,
) -> PyResult<Bound<'py, PyDict>> {
    let best = &found.answers[0];
    let made = PyDict::new(py);
    made.set_item("verdict", found.verdict.name())?;
    made.set_item("rule", rule(best))?;
    made.set_item("precision", &found.precision)?;
    let (neuron, stimulus) = best.cell();
    made.set_item("neuron", crate::problem::parameters(neuron))?;
    made.set_item("input", stimulus.as_constant())?;
    let fitted = best.fitted.iter().map(|one| (one.parameter.name(), (one.value, one.within)));
    made.set_item("fitted", fitted.collect::<Vec<_>>())?;
    made.set_item("equivalent", found.equivalents())?;
    made.set_item("changed", &found.changed)?;
    made.set_item("rivals", found.rivals().iter().map(rule).collect::<Vec<_>>())?;
    made.set_item("notes", &found.notes)?;
    made.set_item("spikes", PyArray1::from_slice(py, found.spikes.times()))?;
    let metrics = PyDict::new(py);
    for (metric, value) in errors.metrics.by_subject().into_iter().filter(|(m, _)| of_recording(m.about, m.name)) {
        match metric.kind {
            MetricKind::Number => metrics.set_item(metric.name, value)?,
            MetricKind::Count => metrics.set_item(metric.name, value.map(|count| count as u64))?,
            MetricKind::Flag => metrics.set_item(metric.name, value.map(|flag| flag != 0.0))?,
        }
    }
    made.set_item("metrics", metrics)?;
    made.set_item("errors", PyArray1::from_slice(py, &errors.spikes.errors))?;
    made.set_item("jitter", errors.jitter)?;
    made.set_item("until", errors.until)?;
    let advice = advice.map(|advice| (advice.own.1, advice.right.0.to_string(), advice.right.1));
    made.set_item("advice", advice)?;
    Ok(made)
}

/// A rule: its name, its step [ms], by how many steps the input is early, what is changed in it, how many rows were judged, how many of them
/// are off, and the largest residual.
fn rule(answer: &Answer) -> (String, f64, i32, &'static str, usize, usize, f64) {
    let (h, score) = (&answer.hypothesis, &answer.score);
    let name = h.scheme.name().into_owned();
    (name, h.dt(), h.lag, h.change.text(), score.rows, score.violating, score.largest)
}
