//! Many uncoupled neurons at one step.

use std::sync::{Mutex, MutexGuard};

use numpy::{PyArray1, PyReadonlyArray1, PyReadonlyArray2};
use pyo3::prelude::*;
use spikestep::error::Result;
use spikestep::population::{Population as Stepped, Spike};
use spikestep::{Neuron, SchemeSet, State};

use crate::errors::refused;
use crate::running::{held, pool};

/// Steps of one neuron between which Ctrl-C is heard: some ms.
const LISTEN: u64 = 1_000_000;

/// Many neurons that are stepped together.
#[pyclass(frozen, module = "spikestep")]
pub(crate) struct Population(Mutex<Stepped>);

type Array<'py> = Bound<'py, PyArray1<f64>>;

/// Spikes as their times [ms] and their neurons, and the recorded v and u, one row a record after the other.
type Advanced<'py> = (Array<'py>, Bound<'py, PyArray1<u32>>, Array<'py>, Array<'py>);

impl Population {
    fn stepped(&self) -> PyResult<MutexGuard<'_, Stepped>> {
        held("the population", &self.0)
    }
}

/// Neurons from the columns of their parameters, in the order of the class `Neuron` in Python.
pub(crate) fn neurons(columns: &[PyReadonlyArray1<'_, f64>; 10]) -> Vec<Neuron> {
    let columns = columns.each_ref().map(|column| column.as_array());
    let neuron = |i: usize| {
        let [a, b, c, d, k2, k1, k0, b0, leak, peak] = columns.each_ref().map(|column| column[i]);
        Neuron { k2, k1, k0, b0, leak, peak, ..Neuron::new(a, b, c, d) }
    };
    (0..columns[0].len()).map(neuron).collect()
}

fn made(scheme: &str, neurons: &[Neuron], states: &[State], single: bool) -> Result<Stepped> {
    let (name, fused) = scheme.strip_suffix("+fused").map_or((scheme, false), |name| (name, true));
    let scheme = SchemeSet::standard().get(name)?;
    match (fused, single) {
        (false, false) => Stepped::new(&scheme, neurons, states),
        (false, true) => Stepped::single(&scheme, neurons, states),
        (true, false) => Stepped::fused(&scheme, neurons, states),
        (true, true) => Stepped::fused_single(&scheme, neurons, states),
    }
}

#[pymethods]
impl Population {
    /// Neurons from the columns a, b, c, d, k2, k1, k0, b0, leak and peak, and their v and u.
    #[new]
    #[pyo3(signature = (scheme, columns, v, u, single, /))]
    fn new(
        scheme: &str,
        columns: [PyReadonlyArray1<'_, f64>; 10],
        v: PyReadonlyArray1<'_, f64>,
        u: PyReadonlyArray1<'_, f64>,
        single: bool,
    ) -> PyResult<Self> {
        let neurons = neurons(&columns);
        let states: Vec<State> = v.as_array().iter().zip(u.as_array()).map(|(&v, &u)| State { v, u }).collect();
        made(scheme, &neurons, &states, single).map(|stepped| Population(Mutex::new(stepped))).map_err(refused)
    }

    /// Steps of `dt` [ms] under inputs [mV/ms]: rows of one value a neuron, each for `each` steps; v and u are recorded after every `every`
    /// steps, never where that is 0.
    #[pyo3(signature = (inputs, dt, each, every, /))]
    fn advance<'py>(
        &self,
        py: Python<'py>,
        inputs: PyReadonlyArray2<'py, f64>,
        dt: f64,
        each: u64,
        every: u64,
    ) -> PyResult<Advanced<'py>> {
        let pool = pool(py)?;
        let mut guard = self.stepped()?;
        // The guard belongs to this thread, what it guards to whoever has it.
        let stepped = &mut *guard;
        let most = (LISTEN / stepped.len() as u64).max(1);
        let (mut spikes, mut v, mut u): (Vec<Spike>, Vec<f64>, Vec<f64>) = Default::default();
        let mut done = 0;
        for row in inputs.as_array().rows() {
            let input = row.to_vec();
            let mut left = each;
            while left > 0 {
                let until_record = if every == 0 { left } else { every - done % every };
                let steps = left.min(most).min(until_record);
                py.detach(|| pool.install(|| stepped.advance(&input, dt, steps, &mut spikes))).map_err(refused)?;
                (left, done) = (left - steps, done + steps);
                if every > 0 && done % every == 0 {
                    let states = (0..stepped.len()).map(|i| stepped.state(i));
                    let (some_v, some_u): (Vec<f64>, Vec<f64>) = states.map(|state| (state.v, state.u)).unzip();
                    v.extend(some_v);
                    u.extend(some_u);
                }
                py.check_signals()?;
            }
        }
        let times = PyArray1::from_iter(py, spikes.iter().map(|spike| spike.t));
        let neurons = PyArray1::from_iter(py, spikes.iter().map(|spike| spike.neuron));
        // The numbers themselves become the arrays'.
        Ok((times, neurons, PyArray1::from_vec(py, v), PyArray1::from_vec(py, u)))
    }

    /// v [mV] and u [mV/ms] of every neuron.
    fn states<'py>(&self, py: Python<'py>) -> PyResult<[Array<'py>; 2]> {
        let stepped = self.stepped()?;
        let (v, u) = (0..stepped.len()).map(|i| stepped.state(i)).map(|state| (state.v, state.u)).unzip();
        Ok([PyArray1::from_vec(py, v), PyArray1::from_vec(py, u)])
    }

    /// When each neuron left the finite numbers [ms]; NaN where it has not.
    fn diverged_at<'py>(&self, py: Python<'py>) -> PyResult<Array<'py>> {
        let stepped = self.stepped()?;
        Ok(PyArray1::from_iter(py, (0..stepped.len()).map(|i| stepped.diverged_at(i).unwrap_or(f64::NAN))))
    }

    #[getter]
    fn time(&self) -> PyResult<f64> {
        Ok(self.stepped()?.time())
    }

    fn __len__(&self) -> PyResult<usize> {
        Ok(self.stepped()?.len())
    }
}
