//! The cheapest scheme that keeps a bound.

use std::sync::Arc;

use pyo3::prelude::*;
use pyo3::types::PyDict;
use spikestep::scheme::applicable;
use spikestep::study::{CANDIDATES, RecommendOptions, Recommendation, Searched, Study, Trial};

use crate::errors::refused;
use crate::problem::Problem;
use crate::running::{Call, interruptible};
use crate::scheme;

/// A row of an answer: scheme, dt, tolerance, cost [us per simulated s], largest error [ms], margin.
type Row = (String, Option<f64>, Option<f64>, f64, Option<f64>, Option<f64>);

fn row(searched: &Searched, kept: &Trial) -> Row {
    let size = kept.size;
    (searched.scheme.to_string(), size.dt(), size.tolerance(), kept.cost, kept.error, searched.margin())
}

/// Searches for the cheapest scheme: what the class `Recommendation` in Python holds.
#[pyfunction]
#[pyo3(signature = (problem, schemes, within, finest, metric, progress, /))]
pub(crate) fn recommend<'py>(
    py: Python<'py>,
    problem: &Bound<'py, Problem>,
    schemes: Option<Vec<Bound<'py, PyAny>>>,
    within: f64,
    finest: Option<f64>,
    metric: String,
    progress: Option<Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyDict>> {
    let call = Arc::new(Call::default());
    let solvable = &problem.get().solvable;
    // What is among the candidates unasked gives way to a neuron that it does not step.
    let (schemes, named) = match schemes {
        Some(schemes) => scheme::many(&schemes, &call)?,
        None => (spikestep::SchemeSet::standard().parse_list(CANDIDATES).map_err(refused)?, String::new()),
    };
    let (schemes, _) = applicable(schemes, &named, solvable.problem.neuron.form());
    let study = Study { schemes, ..solvable.study.clone() };
    let found = interruptible(py, call, progress.as_ref(), move |pool, call| {
        let told = |done, all| call.tell(done, all);
        let options = RecommendOptions { within, metric: &metric, finest, progress: &told, ..Default::default() };
        pool.install(|| study.recommend(options))
    })?;
    as_dict(py, &found.map_err(refused)?)
}

fn as_dict<'py>(py: Python<'py>, found: &Recommendation) -> PyResult<Bound<'py, PyDict>> {
    let rows = |searched: &Searched| Some(row(searched, searched.kept()?));
    let made = PyDict::new(py);
    made.set_item("ranked", found.ranked().into_iter().filter_map(rows).collect::<Vec<_>>())?;
    let without = found.candidates.iter().filter(|candidate| candidate.kept().is_none());
    made.set_item("without", without.map(|candidate| candidate.scheme.to_string()).collect::<Vec<_>>())?;
    let simulators = found.simulators.iter().map(|simulator| {
        let (rule, searched) = (simulator.rule, &simulator.searched);
        let kept = searched.kept().and_then(|kept| kept.size.dt());
        (rule.scheme, rule.default_dt, kept, simulator.at_default.and_then(|trial| trial.error))
    });
    made.set_item("simulators", simulators.collect::<Vec<_>>())?;
    made.set_item("finest", found.finest)?;
    Ok(made)
}
