//! One problem by one scheme.

use std::borrow::Cow;
use std::sync::Arc;

use numpy::PyArray1;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use spikestep::error::Error;
use spikestep::metrics::Samples;
use spikestep::{Scheme, StepSize, Trajectory};

use crate::errors::refused;
use crate::problem::{Problem, Solvable};
use crate::running::{Call, interruptible};
use crate::scheme;

/// Steps of a run, and ms of one that chooses its own, up to which it is over before anybody can press Ctrl-C (10 ms at 100 ns a step, and
/// at 13 us a second): a thread for it would take longer than the run.
const SHORT_STEPS: f64 = 1e5;
const SHORT_MS: f64 = 1e5;
/// Pieces of an input that are short in the same sense.
const SHORT_PIECES: usize = 1000;

type Array = Py<PyArray1<f64>>;

/// What a scheme gives for a problem.
#[pyclass(frozen, module = "spikestep")]
pub(crate) struct Solution {
    scheme: Cow<'static, str>,
    #[pyo3(get)]
    dt: Option<f64>,
    #[pyo3(get)]
    tolerance: Option<f64>,
    spikes: Lazy,
    #[pyo3(get)]
    diverged_at: Option<f64>,
    #[pyo3(get)]
    error_estimate: Option<f64>,
    #[pyo3(get)]
    steps: u64,
    #[pyo3(get)]
    rhs_evaluations: u64,
    #[pyo3(get)]
    flops: u64,
    trace: Option<[Array; 3]>,
}

/// Numbers that become an array where somebody asks for it: making one takes longer than a short run.
struct Lazy {
    values: Vec<f64>,
    array: PyOnceLock<Array>,
}

impl Lazy {
    fn new(values: Vec<f64>) -> Self {
        Lazy { values, array: PyOnceLock::new() }
    }

    fn get(&self, py: Python<'_>) -> Array {
        self.array.get_or_init(py, || PyArray1::from_slice(py, &self.values).unbind()).clone_ref(py)
    }
}

impl Solution {
    fn new(py: Python<'_>, scheme: Cow<'static, str>, size: StepSize, made: Made) -> Self {
        let (Trajectory { spikes, diverged_at, error_estimate, steps, cost, .. }, samples) = made;
        let array = |values: Vec<f64>| PyArray1::from_vec(py, values).unbind();
        Solution {
            scheme,
            dt: size.dt(),
            tolerance: size.tolerance(),
            spikes: Lazy::new(spikes.times().to_vec()),
            diverged_at,
            error_estimate,
            steps,
            rhs_evaluations: cost.rhs_evaluations,
            flops: cost.flops,
            trace: samples.map(|[t, v, u]| [array(t), array(v), array(u)]),
        }
    }

    fn column(&self, py: Python<'_>, index: usize) -> Option<Array> {
        self.trace.as_ref().map(|trace| trace[index].clone_ref(py))
    }
}

#[pymethods]
impl Solution {
    #[getter]
    fn scheme(&self) -> &str {
        &self.scheme
    }

    #[getter]
    fn spikes(&self, py: Python<'_>) -> Array {
        self.spikes.get(py)
    }

    #[getter]
    fn t(&self, py: Python<'_>) -> Option<Array> {
        self.column(py, 0)
    }

    #[getter]
    fn v(&self, py: Python<'_>) -> Option<Array> {
        self.column(py, 1)
    }

    #[getter]
    fn u(&self, py: Python<'_>) -> Option<Array> {
        self.column(py, 2)
    }

    fn __repr__(&self) -> String {
        let size = match (self.dt, self.tolerance) {
            (Some(dt), _) => format!("dt={dt} ms"),
            (_, tolerance) => format!("tolerance={:e}", tolerance.unwrap_or_default()),
        };
        let spikes = self.spikes.values.len();
        let end = self.diverged_at.map_or_else(String::new, |at| format!(", diverged at {at} ms"));
        format!("<{}, {size}: {spikes} spikes{end}>", self.scheme)
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, (Parts,))> {
        let (py, own) = (slf.py(), slf.get());
        let copy = |array: &Array| array.clone_ref(py);
        let trace = own.trace.as_ref().map(|[t, v, u]| (copy(t), copy(v), copy(u)));
        let parts = (
            (own.scheme.to_string(), own.dt, own.tolerance, own.spikes.values.clone(), own.diverged_at),
            (own.error_estimate, own.steps, own.rhs_evaluations, own.flops, trace),
        );
        Ok((slf.get_type().getattr("_restored")?, (parts,)))
    }

    /// A solution from what `__reduce__` gives.
    #[staticmethod]
    fn _restored(parts: Parts) -> Self {
        let ((scheme, dt, tolerance, spikes, diverged_at), (error_estimate, steps, rhs_evaluations, flops, trace)) =
            parts;
        let (scheme, spikes, trace) = (scheme.into(), Lazy::new(spikes), trace.map(|(t, v, u)| [t, v, u]));
        Solution { scheme, dt, tolerance, spikes, diverged_at, error_estimate, steps, rhs_evaluations, flops, trace }
    }
}

/// The fields of a solution.
type Parts = (
    (String, Option<f64>, Option<f64>, Vec<f64>, Option<f64>),
    (Option<f64>, u64, u64, u64, Option<(Array, Array, Array)>),
);

/// A trajectory, and with a trace the ends of the steps, v and u there.
type Made = (Trajectory, Option<[Vec<f64>; 3]>);

fn run(problem: &Solvable, scheme: &Scheme, size: StepSize, trace: bool) -> spikestep::Result<Made> {
    if !trace {
        return Ok((spikestep::solve(&problem.problem, scheme, size)?, None));
    }
    let mut samples = Samples::default();
    let trajectory = spikestep::solve_with(&problem.problem, scheme, size, |sample| samples.push(sample))?;
    let Samples { t, v, u, .. } = samples;
    Ok((trajectory, Some([t, v, u])))
}

/// Solves a problem by a scheme.
#[pyfunction]
#[pyo3(signature = (problem, scheme, dt, tolerance, trace, /))]
pub(crate) fn solve(
    py: Python<'_>,
    problem: &Bound<'_, Problem>,
    scheme: &Bound<'_, PyAny>,
    dt: Option<f64>,
    tolerance: Option<f64>,
    trace: bool,
) -> PyResult<Solution> {
    let call = Arc::new(Call::default());
    let solvable = &problem.get().solvable;
    let (scheme, in_python) = scheme::one(scheme, &call)?;
    let scheme = solvable.study.configured(&scheme);
    let size = match (dt, tolerance) {
        (Some(dt), None) => StepSize::Fixed(dt),
        (None, Some(tolerance)) => StepSize::Tolerance(tolerance),
        _ => {
            let given = if dt.is_some() { "dt and a tolerance" } else { "neither dt nor a tolerance" };
            let mend = "Write dt=0.5 for a fixed-step scheme, or tolerance=1e-6 for an adaptive one.";
            return Err(refused(Error::invalid("step size", given, "one of the two", mend)));
        }
    };
    let (duration, pieces) = (solvable.problem.duration, solvable.problem.stimulus.pieces().len());
    let short = size.dt().map_or(duration <= SHORT_MS, |dt| duration / dt <= SHORT_STEPS) && pieces <= SHORT_PIECES;
    let name = scheme.name();
    let made = if in_python {
        // The interpreter hears Ctrl-C itself, in the function.
        let made = run(solvable, &scheme, size, trace);
        call.raised()?;
        made
    } else if short {
        py.detach(|| run(solvable, &scheme, size, trace))
    } else {
        let solvable = Arc::clone(solvable);
        interruptible(py, call, None, move |_, _| run(&solvable, &scheme, size, trace))?
    };
    Ok(Solution::new(py, name, size, made.map_err(refused)?))
}
