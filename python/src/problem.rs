//! A problem: the texts it is made of, the study of it that the library asks, and the problem itself.

use std::sync::{Arc, OnceLock};

use numpy::{PyArray1, PyReadonlyArray1};
use pyo3::prelude::*;
use spikestep::error::{Error, Result};
use spikestep::judge::Known;
use spikestep::model::{Interpolation, Neuron, NeuronSpec, Side, StepInput, Stimulus, step_count};
use spikestep::study::{SolvedProblem, Study, StudyInput, dt_list};
use spikestep::truth::residual::Reading;

use crate::errors::refused;
use crate::scheme;

/// Most samples of an input from arrays: the truth takes some 50 us for each.
const MOST_SAMPLES: usize = 1_000_000;

/// What a problem is made of, as it is given to the constructor.
#[derive(Clone)]
struct Given {
    neuron: String,
    input: Option<String>,
    samples: Option<(Vec<f64>, Vec<f64>, bool)>,
    duration: Option<f64>,
    v0: Option<String>,
    u0: Option<String>,
    peak: Option<f64>,
}

impl Given {
    /// The study of this one problem, without schemes.
    fn study(&self) -> Result<Study> {
        let mut neuron = NeuronSpec::parse(&self.neuron)?.started(self.v0.as_deref(), self.u0.as_deref())?;
        let input = match &self.samples {
            Some((times, values, hold)) => {
                let stimulus = sampled(times, values, *hold)?.scaled(neuron.typed_input_scale());
                (neuron.stimulus, neuron.own) = (Some(stimulus), Default::default());
                StudyInput { label: "arrays".to_owned(), spec: None }
            }
            None => StudyInput::of(&neuron, self.input.as_deref())?,
        };
        let (neurons, inputs) = (vec![neuron], vec![input]);
        Ok(Study { neurons, inputs, peaks: self.peak.into_iter().collect(), duration: self.duration, ..plain() })
    }
}

/// A study of nothing, whose list of metrics is made once.
fn plain() -> Study {
    static PLAIN: OnceLock<Study> = OnceLock::new();
    PLAIN.get_or_init(Study::default).clone()
}

/// The input of samples, of which there may be only so many.
fn sampled(times: &[f64], values: &[f64], hold: bool) -> Result<Stimulus> {
    if times.len() > MOST_SAMPLES {
        let given = format!("{} samples", times.len());
        return Err(Error::invalid("input", given, format!("1 to {MOST_SAMPLES}"), "Resample the recording."));
    }
    Stimulus::sampled(times, values, if hold { Interpolation::Hold } else { Interpolation::Linear })
}

/// What other calls take of a problem.
pub(crate) struct Solvable {
    pub(crate) study: Study,
    pub(crate) problem: spikestep::Problem,
}

impl Solvable {
    /// The problem with its true solution.
    pub(crate) fn solved(&self) -> SolvedProblem {
        SolvedProblem::read(self.problem.clone(), Reading::Typed(self.study.neurons[0].numbers()))
    }
}

/// A neuron, its input, where it starts and how long it runs, from texts as on the command line.
#[pyclass(frozen, subclass, module = "spikestep")]
pub(crate) struct Problem {
    given: Given,
    pub(crate) solvable: Arc<Solvable>,
}

impl Problem {
    /// What it tells of a recording. Its duration is the recording's, and so is a start that was not given. Between samples a simulator holds
    /// them, more often than not.
    pub(crate) fn known(&self) -> Known {
        let problem = &self.solvable.problem;
        let started = self.given.v0.is_some() || self.given.u0.is_some();
        let held = self.given.samples.as_ref().filter(|samples| !samples.2);
        let held = held.and_then(|(times, values, _)| sampled(times, values, true).ok());
        let scale = self.solvable.study.neurons[0].typed_input_scale();
        let stimuli = held.map(|held| held.scaled(scale)).into_iter().chain([problem.stimulus.clone()]).collect();
        let initial = started.then_some(problem.initial);
        Known { neuron: Some(problem.neuron), stimuli, initial, claim: None }
    }
}

#[pymethods]
impl Problem {
    #[new]
    #[pyo3(signature = (neuron, input, times, values, hold, duration, v0, u0, peak, /))]
    #[expect(clippy::too_many_arguments, reason = "the constructor in Python has names for them")]
    fn new(
        neuron: String,
        input: Option<String>,
        times: Option<PyReadonlyArray1<'_, f64>>,
        values: Option<PyReadonlyArray1<'_, f64>>,
        hold: bool,
        duration: Option<f64>,
        v0: Option<String>,
        u0: Option<String>,
        peak: Option<f64>,
    ) -> PyResult<Self> {
        let of = |array: &PyReadonlyArray1<'_, f64>| array.as_array().to_vec();
        let samples = times.zip(values).map(|(times, values)| (of(&times), of(&values), hold));
        let given = Given { neuron, input, samples, duration, v0, u0, peak };
        let study = given.study().map_err(refused)?;
        let problem = study.problem().map_err(refused)?;
        Ok(Problem { given, solvable: Arc::new(Solvable { study, problem }) })
    }

    /// What the constructor takes to make the same problem.
    #[expect(clippy::type_complexity, reason = "one item an argument of the constructor")]
    fn _arguments<'py>(
        &self,
        py: Python<'py>,
    ) -> (
        &str,
        Option<&str>,
        Option<Bound<'py, PyArray1<f64>>>,
        Option<Bound<'py, PyArray1<f64>>>,
        bool,
        Option<f64>,
        Option<&str>,
        Option<&str>,
        Option<f64>,
    ) {
        let Given { neuron, input, samples, duration, v0, u0, peak } = &self.given;
        let array = |of: fn(&(Vec<f64>, Vec<f64>, bool)) -> &Vec<f64>| {
            samples.as_ref().map(|samples| PyArray1::from_slice(py, of(samples)))
        };
        let hold = samples.as_ref().is_some_and(|samples| samples.2);
        let (times, values) = (array(|s| &s.0), array(|s| &s.1));
        (neuron, input.as_deref(), times, values, hold, *duration, v0.as_deref(), u0.as_deref(), *peak)
    }

    #[getter]
    fn neuron_name(&self) -> &str {
        &self.solvable.study.neurons[0].label
    }

    #[getter]
    fn input_name(&self) -> &str {
        &self.solvable.study.inputs[0].label
    }

    #[getter]
    fn duration(&self) -> f64 {
        self.solvable.problem.duration
    }

    #[getter]
    fn v0(&self) -> f64 {
        self.solvable.problem.initial.v
    }

    #[getter]
    fn u0(&self) -> f64 {
        self.solvable.problem.initial.u
    }

    #[getter]
    fn input_unit(&self) -> &'static str {
        self.solvable.study.neurons[0].unit().name()
    }

    /// a, b, c, d, k2, k1, k0, b0, leak and peak.
    fn _parameters(&self) -> Vec<f64> {
        parameters(&self.solvable.problem.neuron)
    }

    /// Steps of dt [ms] that a run takes.
    fn _steps(&self, dt: f64) -> u64 {
        step_count(self.solvable.problem.duration, dt)
    }

    /// I(t) [mV/ms] at times [ms].
    fn _input_at<'py>(&self, py: Python<'py>, t: PyReadonlyArray1<'_, f64>) -> Bound<'py, PyArray1<f64>> {
        let stimulus = &self.solvable.problem.stimulus;
        PyArray1::from_iter(py, t.as_array().iter().map(|&t| stimulus.value(t, Side::After)))
    }
}

/// The parameters in the order of the class `Neuron` in Python.
pub(crate) fn parameters(neuron: &Neuron) -> Vec<f64> {
    neuron.parameters().into_iter().map(|(_, value)| value).collect()
}

/// The input [mV/ms] at the start and at the end of every step of `scheme` on a problem; one value each where the input is constant.
#[pyfunction]
pub(crate) fn step_inputs<'py>(
    py: Python<'py>,
    problem: &Bound<'py, Problem>,
    scheme: &Bound<'py, PyAny>,
    dt: f64,
) -> PyResult<[Bound<'py, PyArray1<f64>>; 2]> {
    let problem = &problem.get().solvable.problem;
    let (scheme, _) = scheme::one(scheme, &Arc::default())?;
    // What a run would refuse, this does.
    spikestep::scheme::start(problem, &scheme, dt).map_err(refused)?;
    let steps = if problem.stimulus.as_constant().is_some() { 1 } else { step_count(problem.duration, dt) };
    let inputs = |theta: f64| {
        let input = (0..steps).map(|n| StepInput::new(&problem.stimulus, n as f64 * dt, dt).at(theta));
        PyArray1::from_iter(py, input)
    };
    Ok([inputs(0.0), inputs(1.0)])
}

/// A list of times [ms] or, where `tolerances` is true, of tolerances from a text such as `0.1,0.5` or `0.01..1:log:9`.
#[pyfunction]
pub(crate) fn times(name: &str, text: &str, tolerances: bool) -> PyResult<Vec<f64>> {
    if tolerances { dt_list::tolerances(name, text) } else { dt_list::parse(name, text) }.map_err(refused)
}
