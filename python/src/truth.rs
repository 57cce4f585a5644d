//! The true solution of a problem.

use std::sync::Arc;

use numpy::{PyArray1, PyReadonlyArray1};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use spikestep::study::{Comparison, TruthCheck};
use spikestep::truth::Truth;

use crate::problem::Problem;
use crate::running::{Call, interruptible};

/// Number or NaN.
fn or_nan(x: Option<f64>) -> f64 {
    x.unwrap_or(f64::NAN)
}

/// The fields of the class `Truth` in Python but for the states.
fn fields<'py>(py: Python<'py>, truth: &Truth, check: &TruthCheck) -> PyResult<Bound<'py, PyDict>> {
    let fields = PyDict::new(py);
    fields.set_item("spikes", PyArray1::from_slice(py, truth.spikes.times()))?;
    let bounds = truth.error_bounds.iter().map(|bound| or_nan(bound.map(|bound| bound.t)));
    fields.set_item("bounds", PyArray1::from_iter(py, bounds))?;
    fields.set_item("bound", truth.bound())?;
    fields.set_item("proven", check.proven)?;
    fields.set_item("solver", check.solver.name())?;
    fields.set_item("checked_by", check.checked_by.name())?;
    fields.set_item("agrees", check.agrees)?;
    fields.set_item("difference", check.largest_difference)?;
    fields.set_item("end", truth.end())?;
    Ok(fields)
}

/// Those fields of a comparison's truth.
pub(crate) fn of_comparison<'py>(py: Python<'py>, comparison: &Comparison) -> PyResult<Bound<'py, PyDict>> {
    fields(py, &comparison.truth, &comparison.check)
}

/// Solves a problem by two solvers that check each other, and proves it; with the states at times [ms].
#[pyfunction]
#[pyo3(signature = (problem, at, /))]
pub(crate) fn truth<'py>(
    py: Python<'py>,
    problem: &Bound<'py, Problem>,
    at: Option<PyReadonlyArray1<'py, f64>>,
) -> PyResult<Bound<'py, PyDict>> {
    let solvable = Arc::clone(&problem.get().solvable);
    let at = at.map(|at| at.as_array().to_vec());
    let (solved, states) = interruptible(py, Arc::new(Call::default()), None, move |pool, _| {
        let solved = pool.install(|| solvable.solved());
        let states = at.map(|at| {
            let mut cursor = solved.truth.cursor();
            let state = |&t: &f64| cursor.state(t);
            let states: Vec<_> = at.iter().map(state).collect();
            (at, states)
        });
        (solved, states)
    })?;
    let fields = fields(py, &solved.truth, &solved.check)?;
    if let Some((at, states)) = states {
        fields.set_item("t", PyArray1::from_vec(py, at))?;
        fields.set_item("v", PyArray1::from_iter(py, states.iter().map(|state| state.v)))?;
        fields.set_item("u", PyArray1::from_iter(py, states.iter().map(|state| state.u)))?;
    }
    Ok(fields)
}
