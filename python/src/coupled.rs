//! Networks under schemes against their truth.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use numpy::PyArray1;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use spikestep::Error;
use spikestep::population::exact::{Doubt, DoubtKind};
use spikestep::study::{CurveBand, NetworkComparison, NetworkQuestion, NetworkRun, StudyFile};

use crate::errors::refused;
use crate::running::{Call, interruptible};
use crate::scheme;

/// Compares schemes with the truth of the network in the text of a file: what the class `NetworkComparison` in Python holds.
#[pyfunction]
#[pyo3(signature = (source, path, own, truth, progress, /))]
pub(crate) fn network<'py>(
    py: Python<'py>,
    source: &str,
    path: PathBuf,
    own: Vec<Bound<'py, PyAny>>,
    truth: bool,
    progress: Option<Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyDict>> {
    let call = Arc::new(Call::default());
    let (file, mut question) = read(source, &path, &own, &call)?;
    if truth {
        (question.schemes, question.dts) = (Vec::new(), Vec::new());
    }
    let (question, comparison) = interruptible(py, call, progress.as_ref(), move |pool, call| {
        let done = AtomicUsize::new(0);
        let told = || {
            call.tell(done.fetch_add(1, Ordering::Relaxed) + 1, question.runs());
            // Nobody waits for the answer any more.
            if call.stopped() { Err(Error::Text("the comparison was stopped".to_owned())) } else { Ok(()) }
        };
        let comparison = pool.install(|| question.compare(&told));
        (question, comparison)
    })?;
    as_dict(py, &file, &question, &comparison.map_err(refused)?)
}

fn read(
    source: &str,
    path: &Path,
    own: &[Bound<'_, PyAny>],
    call: &Arc<Call>,
) -> PyResult<(StudyFile, NetworkQuestion)> {
    let set = scheme::with_own(own, call)?;
    let file = StudyFile::parse(path, source.to_owned(), &set).map_err(refused)?;
    let question = file.network().map_err(refused)?;
    Ok((file, question))
}

fn as_dict<'py>(
    py: Python<'py>,
    file: &StudyFile,
    question: &NetworkQuestion,
    comparison: &NetworkComparison,
) -> PyResult<Bound<'py, PyDict>> {
    let truth = &comparison.truth;
    let made = PyDict::new(py);
    made.set_item("title", &file.title)?;
    made.set_item("question", &file.question)?;
    made.set_item("duration", truth.duration)?;
    made.set_item("within", question.within)?;
    made.set_item("ensemble", if comparison.runs.is_empty() { 1 } else { question.ensemble })?;
    let groups = question.groups.iter().map(|(name, range)| (name, (range.start, range.end)));
    made.set_item("populations", groups.collect::<Vec<_>>())?;
    made.set_item("edges", question.network.edges().all().len())?;
    made.set_item("known", question.known(comparison))?;
    made.set_item("tolerance", question.tolerance)?;
    made.set_item("t", PyArray1::from_iter(py, truth.spikes.iter().map(|spike| spike.time)))?;
    made.set_item("neuron", PyArray1::from_iter(py, truth.spikes.iter().map(|spike| spike.neuron)))?;
    made.set_item("error", PyArray1::from_iter(py, truth.spikes.iter().map(|spike| spike.error)))?;
    made.set_item("lost_at", truth.lost_at)?;
    let doubt = |doubt: &Doubt| {
        let kind = match doubt.kind {
            DoubtKind::Arrivals => "two arrivals",
            DoubtKind::Spike => "a spike and an arrival",
        };
        (kind, doubt.time, doubt.neuron)
    };
    made.set_item("doubts", truth.doubts.iter().map(doubt).collect::<Vec<_>>())?;
    made.set_item("cut", truth.cut.map(|(neuron, outcome)| (neuron, outcome.cut_at())))?;
    made.set_item("arrivals", truth.arrivals)?;
    made.set_item("steps", truth.steps)?;
    let bands = comparison.bands.iter().map(|(mean, sd)| ((mean.group.as_str(), mean.name), (mean.value, *sd)));
    made.set_item("statistics", bands.collect::<Vec<_>>())?;
    made.set_item("curves", curves(py, &comparison.curves))?;
    let runs = comparison.runs.iter().map(|run| run_dict(py, question, comparison, run));
    made.set_item("runs", runs.collect::<PyResult<Vec<_>>>()?)?;
    Ok(made)
}

fn run_dict<'py>(
    py: Python<'py>,
    question: &NetworkQuestion,
    comparison: &NetworkComparison,
    run: &NetworkRun,
) -> PyResult<Bound<'py, PyDict>> {
    let made = PyDict::new(py);
    made.set_item("scheme", run.scheme.to_string())?;
    made.set_item("dt", run.dt)?;
    made.set_item("t", PyArray1::from_iter(py, run.run.spikes.iter().map(|spike| spike.t)))?;
    made.set_item("neuron", PyArray1::from_iter(py, run.run.spikes.iter().map(|spike| spike.neuron)))?;
    made.set_item("diverged_at", run.run.diverged_at)?;
    made.set_item("follows_until", run.follows_until())?;
    made.set_item("half_right_until", run.half_right_until())?;
    made.set_item("partings", PyArray1::from_slice(py, &run.partings))?;
    let moved = run.moved.iter().map(|moved| {
        let key = (moved.statistic.group.as_str(), moved.statistic.name);
        (key, (moved.statistic.value, moved.truth, moved.interval, moved.is_beyond_chaos))
    });
    made.set_item("statistics", moved.collect::<Vec<_>>())?;
    made.set_item("curves", curves(py, &run.curves))?;
    made.set_item("verdict", question.verdict(comparison, run))?;
    Ok(made)
}

type Array<'py> = Bound<'py, PyArray1<f64>>;

/// Population and name of each curve, its places, means and standard deviations.
fn curves<'py>(py: Python<'py>, bands: &[CurveBand]) -> Vec<((String, &'static str), [Array<'py>; 3])> {
    let of = |band: &CurveBand| {
        let arrays = [&band.curve.x, &band.curve.y, &band.sd].map(|column| PyArray1::from_slice(py, column));
        ((band.curve.group.clone(), band.curve.name), arrays)
    };
    bands.iter().map(of).collect()
}
