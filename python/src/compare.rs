//! Schemes at steps against the truth.

use std::sync::Arc;

use numpy::PyArray1;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};
use spikestep::metrics::{DistanceParameters, MetricKind};
use spikestep::scheme::applicable;
use spikestep::study::{CompareOptions, Comparison, Control, Fine, Keep, Run, Study, Verdict, observed_orders};

use crate::errors::refused;
use crate::problem::Problem;
use crate::running::{Call, interruptible};
use crate::scheme;

/// Compares schemes: a dictionary of what the class `Comparison` in Python holds.
#[pyfunction]
#[pyo3(signature = (problem, schemes, dts, tolerances, within, distances, lower_bound, trace, progress, /))]
#[expect(clippy::too_many_arguments, reason = "the function in Python has names for them")]
pub(crate) fn compare<'py>(
    py: Python<'py>,
    problem: &Bound<'py, Problem>,
    schemes: Vec<Bound<'py, PyAny>>,
    dts: Vec<f64>,
    tolerances: Vec<f64>,
    within: f64,
    distances: [f64; 3],
    lower_bound: Option<f64>,
    trace: bool,
    progress: Option<Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyDict>> {
    let call = Arc::new(Call::default());
    let solvable = &problem.get().solvable;
    let (schemes, text) = scheme::many(&schemes, &call)?;
    let (schemes, left_out) = applicable(schemes, &text, solvable.problem.neuron.form());
    let [cost, tau, window] = distances;
    let distances = DistanceParameters { cost, tau, window };
    let mut study = Study { schemes, dts, tolerances, lower_bound, distances, ..solvable.study.clone() };
    study.refuse_idle_lists().map_err(refused)?;
    study.fill_sizes();
    let keep = if trace { Keep::Everything } else { Keep::Nothing };
    let comparison = interruptible(py, call, progress.as_ref(), move |pool, call| {
        let told = |state: spikestep::study::Progress| call.tell(state.done, state.all);
        let control = Control { stop: &call.stop, progress: &told, pool: Some(pool) };
        study.compare(CompareOptions { within, keep, control, ..CompareOptions::default() })
    })?;
    let left_out = left_out.iter().map(ToString::to_string).collect();
    as_dict(py, &comparison.map_err(refused)?, left_out)
}

fn as_dict<'py>(py: Python<'py>, comparison: &Comparison, left_out: Vec<String>) -> PyResult<Bound<'py, PyDict>> {
    let runs = &comparison.runs;
    let columns = PyDict::new(py);
    columns.set_item("scheme", runs.iter().map(|run| run.scheme.to_string()).collect::<Vec<_>>())?;
    columns.set_item("dt_ms", runs.iter().map(|run| run.size.dt()).collect::<Vec<_>>())?;
    columns.set_item("tolerance_ms", runs.iter().map(|run| run.size.tolerance()).collect::<Vec<_>>())?;
    let kinds = PyDict::new(py);
    for metric in comparison.study.metrics.iter() {
        kinds.set_item(
            metric.name,
            match metric.kind {
                MetricKind::Number => "number",
                MetricKind::Count => "count",
                MetricKind::Flag => "flag",
            },
        )?;
        columns.set_item(metric.name, runs.iter().map(|run| run.metrics.get(metric.name)).collect::<Vec<_>>())?;
    }
    let verdict = Verdict::of(comparison);
    let place = |run: Option<&Run>| run.and_then(|run| runs.iter().position(|other| std::ptr::eq(other, run)));
    let made = PyDict::new(py);
    made.set_item("columns", columns)?;
    made.set_item("kinds", kinds)?;
    made.set_item("spikes", arrays(py, runs.iter().map(|run| run.trajectory.spikes.times()))?)?;
    made.set_item("t", arrays(py, runs.iter().map(|run| run.samples.t.as_slice()))?)?;
    made.set_item("v", arrays(py, runs.iter().map(|run| run.samples.v.as_slice()))?)?;
    made.set_item("u", arrays(py, runs.iter().map(|run| run.samples.u.as_slice()))?)?;
    made.set_item("truth", crate::truth::of_comparison(py, comparison)?)?;
    made.set_item("warning", comparison.truth_warning())?;
    made.set_item("left_out", left_out)?;
    made.set_item("nearest", place(verdict.nearest))?;
    made.set_item("cheapest_within", place(verdict.cheapest_within))?;
    made.set_item("cheapest_fixed_step_within", place(verdict.cheapest_fixed_step))?;
    let orders = observed_orders(comparison);
    let orders = orders.into_iter().filter_map(|of| Some((of.scheme.to_string(), of.order?)));
    let orders = orders.map(|(scheme, order)| (scheme, (order.order, order.settled)));
    made.set_item("observed_orders", orders.collect::<Vec<_>>())?;
    made.set_item(
        "costs",
        runs.iter().map(|run| run.weighed_ns_per_ms(comparison.problem.duration)).collect::<Vec<_>>(),
    )?;
    made.set_item("fine", Fine::of(comparison).map(|fine| fine_dict(py, comparison, &fine)).transpose()?)?;
    Ok(made)
}

/// The numbers that a sentence on the steps says.
fn fine_dict<'py>(py: Python<'py>, comparison: &Comparison, fine: &Fine<'_>) -> PyResult<Bound<'py, PyDict>> {
    let made = PyDict::new(py);
    let names = |(dt, schemes): &(f64, Vec<&spikestep::Scheme>)| {
        (*dt, schemes.iter().map(|scheme| scheme.to_string()).collect::<Vec<_>>())
    };
    made.set_item("silent", fine.silent)?;
    made.set_item("known_until_ms", fine.known_until)?;
    made.set_item("shipped", fine.shipped)?;
    made.set_item("good", fine.good.iter().map(names).collect::<Vec<_>>())?;
    made.set_item("bad", fine.bad.iter().map(|run| run.scheme.to_string()).collect::<Vec<_>>())?;
    let nearest = fine.nearest().map(|run| {
        let errors = &run.spike_errors;
        (run.scheme.to_string(), errors.missed, errors.extra, run.largest_error())
    });
    made.set_item("nearest", nearest)?;
    made.set_item("true_spikes", comparison.truth.spikes.len())?;
    Ok(made)
}

fn arrays<'py, 'a>(py: Python<'py>, columns: impl Iterator<Item = &'a [f64]>) -> PyResult<Bound<'py, PyList>> {
    PyList::new(py, columns.map(|column| PyArray1::from_slice(py, column)).collect::<Vec<_>>())
}
