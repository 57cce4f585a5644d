//! A step of the smooth equations that is a function in Python.

use std::sync::Arc;

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::PyTuple;
use spikestep::scheme::{Cost, Flow, Setup};
use spikestep::spike::Location;
use spikestep::{Neuron, Scheme, SchemeInfo, State, StepInput};

use crate::problem::parameters;
use crate::running::Call;

/// A scheme that somebody wrote in Python.
pub(crate) struct Own {
    pub(crate) info: SchemeInfo,
    /// `function(neuron, v, u, i0, i1, h) -> (v, u)`.
    pub(crate) function: Py<PyAny>,
    /// The class of its first argument.
    pub(crate) neuron: Py<PyAny>,
    pub(crate) cost: Cost,
}

impl Own {
    /// The scheme for one call, to which it gives its exceptions.
    pub(crate) fn scheme(self: &Arc<Self>, location: Option<Location>, call: &Arc<Call>) -> Scheme {
        let (own, call) = (Arc::clone(self), Arc::clone(call));
        let scheme = Scheme::flow(self.info.clone(), move |setup| PythonFlow::new(&own, &call, setup));
        location.and_then(|location| scheme.located(location)).unwrap_or(scheme)
    }
}

struct PythonFlow {
    own: Arc<Own>,
    call: Arc<Call>,
    /// The neuron as the function is given it; `None` where it could not be made.
    neuron: Option<Py<PyAny>>,
}

impl PythonFlow {
    fn new(own: &Arc<Own>, call: &Arc<Call>, setup: &Setup) -> Self {
        let made = Python::attach(|py| {
            let arguments = PyTuple::new(py, parameters(&setup.neuron))?;
            own.neuron.bind(py).call1(arguments).map(Bound::unbind)
        });
        let neuron = made.map_err(|error| call.raise(error)).ok();
        PythonFlow { own: Arc::clone(own), call: Arc::clone(call), neuron }
    }

    fn step(&self, from: State, input: &StepInput<'_>) -> PyResult<State> {
        Python::attach(|py| {
            let Some(neuron) = &self.neuron else { return Ok(NOWHERE) };
            let arguments = (neuron.bind(py), from.v, from.u, input.at(0.0), input.at(1.0), input.length());
            let made = self.own.function.bind(py).call1(arguments)?;
            let pair: PyResult<(f64, f64)> = made.extract();
            let (v, u) = pair.map_err(|_| {
                PyTypeError::new_err(format!(
                    "the scheme {} returned {made}; allowed: a pair (v, u) of numbers. Write return v, u.",
                    self.own.info.name
                ))
            })?;
            Ok(State { v, u })
        })
    }
}

/// What a step that cannot be made ends in: the run is cut there, and the exception raised in its place.
const NOWHERE: State = State { v: f64::NAN, u: f64::NAN };

impl Flow for PythonFlow {
    fn advance(&self, _neuron: &Neuron, from: State, input: &StepInput<'_>) -> State {
        // After an interrupt the interpreter may be gone.
        if self.call.stopped() {
            return NOWHERE;
        }
        self.step(from, input).unwrap_or_else(|error| {
            self.call.raise(error);
            NOWHERE
        })
    }

    fn cost(&self) -> Cost {
        self.own.cost
    }
}
