//! Layers and the connections among them, stepped together.

use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, Instant};

use numpy::ndarray::{ArrayView3, Axis};
use numpy::{Element, PyArray1, PyReadonlyArray1, PyReadonlyArray3};
use pyo3::prelude::*;
use spikestep::error::Result;
use spikestep::population::layer::{LayerSpec, RandomWeights};
use spikestep::population::network::{ConnectionId, Inputs, NodeId};
use spikestep::population::{Monitor, Network as Stepped, Real, Synapse, Variable};

use crate::errors::refused;
use crate::layer::{Array, Given, GivenLayer, GivenLearning, GivenTraces, Kept, kept, named, traces};
use crate::running::{held, pool};

/// About how long steps are taken between which Ctrl-C is heard.
const LISTEN: Duration = Duration::from_millis(20);

/// Layers and connections, in double or in single precision.
#[pyclass(frozen, module = "spikestep")]
pub(crate) struct Network(Mutex<Either>);

enum Either {
    Double(Net<f64>),
    Single(Net<f32>),
}

struct Net<T> {
    network: Stepped<T>,
    connections: Vec<ConnectionId>,
}

/// The same in either precision.
macro_rules! with {
    ($either:expr, $net:ident => $does:expr) => {
        match &mut *$either {
            Either::Double($net) => $does,
            Either::Single($net) => $does,
        }
    };
}

/// The variables by their names in Python.
const VARIABLES: [(&str, Variable); 6] = [
    ("v", Variable::V),
    ("u", Variable::U),
    ("spike", Variable::Spike),
    ("trace", Variable::Trace),
    ("summed", Variable::Summed),
    ("input", Variable::Input),
];

/// What happens in some steps of a run to neurons of a layer: `spike` (of inputs), `clamp` or `unclamp`; the steps ascend.
type Events<'py> = (String, String, PyReadonlyArray1<'py, i64>, PyReadonlyArray1<'py, i64>, PyReadonlyArray1<'py, i64>);

/// Which variables of which neurons of a layer are recorded, after how many steps; the spikes where there is no variable.
type Watch = (String, Vec<String>, Option<Vec<u32>>, u64);

/// The recorded steps, rows and neurons, and the values of each variable one after the other; or the times of spikes [ms], their neurons and
/// their rows.
type Seen<'py> =
    (Array<'py, u64>, usize, Array<'py, u32>, Vec<Array<'py, f64>>, Array<'py, f64>, Array<'py, u32>, Array<'py, u32>);

/// What a run is told, without the interpreter.
struct Script<'a> {
    currents: Vec<(NodeId, ArrayView3<'a, f64>)>,
    events: Vec<(NodeId, &'a str, Vec<[i64; 3]>)>,
    /// Layers that nothing drives from outside.
    idle: Vec<NodeId>,
    first: u64,
}

impl Script<'_> {
    fn feed<T: Real>(&self, step: u64, inputs: &mut Inputs<'_, '_, T>) -> Result<()> {
        let own = (step - self.first) as usize;
        if own == 0 {
            self.idle.iter().try_for_each(|node| inputs.current(*node).map(|current| current.fill(T::zero())))?;
        }
        for (node, currents) in &self.currents {
            // An external input stays until it is changed.
            if own == 0 || own < currents.len_of(Axis(0)) {
                let now = currents.index_axis(Axis(0), own);
                inputs.current(*node)?.iter_mut().zip(now).for_each(|(to, x)| *to = T::of(*x));
            }
        }
        for (node, kind, events) in &self.events {
            let from = events.partition_point(|[at, ..]| *at < own as i64);
            for [_, row, i] in events[from..].iter().take_while(|[at, ..]| *at == own as i64) {
                // A number below zero is beyond every one that there is.
                let [row, i] = [*row, *i].map(|place| usize::try_from(place).unwrap_or(usize::MAX));
                match *kind {
                    "spike" => inputs.spike(*node, row, i)?,
                    "clamp" => inputs.clamp(*node, row, i)?,
                    _ => inputs.unclamp(*node, row, i)?,
                }
            }
        }
        Ok(())
    }
}

impl<T: Real + Element> Net<T> {
    fn new(dt: f64, batch: usize) -> Result<Self> {
        Ok(Net { network: Stepped::new(dt, batch)?, connections: Vec::new() })
    }

    fn values<'py>(&self, py: Python<'py>, name: &str, variable: Variable) -> Result<Bound<'py, PyAny>> {
        let node = self.network.find(name)?;
        let rows = (0..self.network.batch()).flat_map(|row| self.network.values(node, variable, row));
        Ok(PyArray1::from_vec(py, rows.collect()).into_any())
    }

    fn run<'py>(
        &mut self,
        py: Python<'py>,
        steps: u64,
        currents: &[(String, PyReadonlyArray3<'py, f64>)],
        events: &[Events<'py>],
        watched: &[Watch],
    ) -> PyResult<Vec<Seen<'py>>> {
        let pool = pool(py)?;
        let script = self.script(currents, events).map_err(refused)?;
        let mut monitors =
            watched.iter().map(|watch| self.monitor(watch)).collect::<Result<Vec<_>>>().map_err(refused)?;
        let network = &mut self.network;
        let (mut left, mut most) = (steps, 1);
        while left > 0 {
            let now = left.min(most);
            let started = Instant::now();
            let (script, monitors) = (&script, &mut monitors);
            let stepped = &mut *network;
            py.detach(|| pool.install(|| stepped.run(now, |step, inputs| script.feed(step, inputs), monitors)))
                .map_err(refused)?;
            left -= now;
            most = if started.elapsed() < LISTEN / 2 { most.saturating_mul(2) } else { (most / 2).max(1) };
            py.check_signals()?;
        }
        Ok(monitors.into_iter().map(|monitor| seen(py, monitor)).collect())
    }

    fn script<'a>(
        &self,
        currents: &'a [(String, PyReadonlyArray3<'_, f64>)],
        events: &'a [Events<'_>],
    ) -> Result<Script<'a>> {
        let driven =
            |(name, array): &'a (String, PyReadonlyArray3<'_, f64>)| Ok((self.network.find(name)?, array.as_array()));
        let currents: Vec<_> = currents.iter().map(driven).collect::<Result<_>>()?;
        let told = |(name, kind, at, rows, neurons): &'a Events<'_>| {
            let (at, rows, neurons) = (at.as_array(), rows.as_array(), neurons.as_array());
            let events = at.iter().zip(rows).zip(neurons).map(|((at, row), i)| [*at, *row, *i]).collect();
            Ok((self.network.find(name)?, kind.as_str(), events))
        };
        let events = events.iter().map(told).collect::<Result<_>>()?;
        let layers = self.network.names().map(|name| self.network.find(name)).collect::<Result<Vec<_>>>()?;
        let undriven = |node: &NodeId| currents.iter().all(|(driven, _)| driven != node);
        let idle = layers.into_iter().filter(|node| self.network.layer(*node).is_ok()).filter(undriven).collect();
        Ok(Script { currents, events, idle, first: self.network.steps() })
    }

    fn monitor(&self, (name, variables, neurons, every): &Watch) -> Result<Monitor<'static>> {
        let variable = |name: &String| named("variable", name, &VARIABLES);
        let variables: Vec<Variable> = variables.iter().map(variable).collect::<Result<_>>()?;
        let monitor = Monitor::states(&variables).of(self.network.find(name)?).every(*every);
        Ok(match neurons {
            Some(neurons) => monitor.neurons(neurons),
            None => monitor,
        })
    }
}

fn seen<'py>(py: Python<'py>, monitor: Monitor<'_>) -> Seen<'py> {
    let (neurons, rows) = monitor.recorded();
    let neurons = PyArray1::from_slice(py, neurons);
    let spikes = monitor.recorded_spikes();
    let times = PyArray1::from_iter(py, spikes.iter().map(|(_, spike)| spike.t));
    let spiking = PyArray1::from_iter(py, spikes.iter().map(|(_, spike)| spike.neuron));
    let of = PyArray1::from_iter(py, spikes.iter().map(|(row, _)| *row as u32));
    // The numbers themselves become the arrays'.
    let (steps, columns) = monitor.into_states();
    let columns = columns.into_iter().map(|column| PyArray1::from_vec(py, column)).collect();
    (PyArray1::from_vec(py, steps), rows, neurons, columns, times, spiking, of)
}

#[pymethods]
impl Network {
    /// A network without layers, for steps of `dt` [ms] and `batch` rows.
    #[new]
    #[pyo3(signature = (dt, batch, single, /))]
    fn new(dt: f64, batch: usize, single: bool) -> PyResult<Self> {
        let made =
            if single { Net::new(dt, batch).map(Either::Single) } else { Net::new(dt, batch).map(Either::Double) };
        made.map(|either| Network(Mutex::new(either))).map_err(refused)
    }

    fn add_input(&self, name: &str, n: usize, given: GivenTraces) -> PyResult<()> {
        let mut either = self.held()?;
        with!(either, net => net.network.add_input(name, n, traces(given)).map(drop)).map_err(refused)
    }

    fn add_layer(&self, name: &str, layer: GivenLayer<'_>) -> PyResult<()> {
        let spec = layer.spec().map_err(refused)?;
        let mut either = self.held()?;
        with!(either, net => net.network.add_layer(name, spec).map(drop)).map_err(refused)
    }

    /// The number of the connection.
    fn connect(&self, source: &str, target: &str, weights: Given<'_>, delay: usize, synapse: &str) -> PyResult<usize> {
        let mut either = self.held()?;
        let mut connect = || -> Result<usize> {
            let synapse: Synapse = synapse.parse()?;
            with!(either, net => {
                let network = &mut net.network;
                let (source, target) = (network.find(source)?, network.find(target)?);
                net.connections.push(network.connect_with(source, target, weights.weights()?, delay, synapse)?);
                Ok(net.connections.len() - 1)
            })
        };
        connect().map_err(refused)
    }

    fn learn(&self, connection: usize, learning: GivenLearning) -> PyResult<()> {
        let learning = learning.learning().map_err(refused)?;
        let mut either = self.held()?;
        with!(either, net => net.network.make_plastic(net.connections[connection], learning)).map_err(refused)
    }

    fn weights<'py>(&self, py: Python<'py>, connection: usize) -> PyResult<Kept<'py>> {
        let mut either = self.held()?;
        Ok(with!(either, net => kept(py, net.network.connection(net.connections[connection]).weights())))
    }

    fn set_weights(&self, connection: usize, weights: Given<'_>) -> PyResult<()> {
        let mut either = self.held()?;
        with!(either, net => {
            let connection = net.network.connection_mut(net.connections[connection]);
            weights.weights().and_then(|weights| connection.set_weights(weights))
        })
        .map_err(refused)
    }

    fn set_learning(&self, on: bool) -> PyResult<()> {
        let mut either = self.held()?;
        with!(either, net => net.network.set_learning(on));
        Ok(())
    }

    fn normalize(&self) -> PyResult<()> {
        let mut either = self.held()?;
        with!(either, net => net.network.normalize());
        Ok(())
    }

    fn reset(&self) -> PyResult<()> {
        let mut either = self.held()?;
        with!(either, net => net.network.reset());
        Ok(())
    }

    fn set_batch(&self, batch: usize) -> PyResult<()> {
        let mut either = self.held()?;
        with!(either, net => net.network.set_batch(batch)).map_err(refused)
    }

    /// Steps under inputs [mV/ms] of shape (steps or 1, batch, n); what the `watched` monitors have seen.
    #[pyo3(signature = (steps, currents, events, watched, /))]
    fn run<'py>(
        &self,
        py: Python<'py>,
        steps: u64,
        currents: Vec<(String, PyReadonlyArray3<'py, f64>)>,
        events: Vec<Events<'py>>,
        watched: Vec<Watch>,
    ) -> PyResult<Vec<Seen<'py>>> {
        let mut guard = self.held()?;
        // The guard belongs to this thread, what it guards to whoever has it.
        let either = &mut *guard;
        with!(either, net => net.run(py, steps, &currents, &events, &watched))
    }

    /// A variable of a layer, row by row of the batch.
    fn values<'py>(&self, py: Python<'py>, name: &str, variable: &str) -> PyResult<Bound<'py, PyAny>> {
        let variable = named("variable", variable, &VARIABLES).map_err(refused)?;
        let mut either = self.held()?;
        with!(either, net => net.values(py, name, variable)).map_err(refused)
    }

    fn set_state(
        &self,
        name: &str,
        row: usize,
        v: PyReadonlyArray1<'_, f64>,
        u: PyReadonlyArray1<'_, f64>,
    ) -> PyResult<()> {
        let mut either = self.held()?;
        with!(either, net => {
            let [v, u] = [&v, &u].map(|x| x.as_array().iter().map(|x| Real::of(*x)).collect::<Vec<_>>());
            net.network.find(name).and_then(|node| net.network.set_state(node, row, &v, &u))
        })
        .map_err(refused)
    }

    /// When each neuron of a layer left the finite numbers [ms], row by row; NaN where it has not.
    fn diverged_at<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Array<'py, f64>> {
        let mut either = self.held()?;
        let times: Result<Vec<f64>> = with!(either, net => {
            net.network.find(name).and_then(|node| net.network.layer(node)).map(|layer| {
                let places = (0..layer.batch()).flat_map(|row| (0..layer.n()).map(move |i| (row, i)));
                places.map(|(row, i)| layer.diverged_at(row, i).unwrap_or(f64::NAN)).collect()
            })
        });
        Ok(PyArray1::from_vec(py, times.map_err(refused)?))
    }

    #[getter]
    fn batch(&self) -> PyResult<usize> {
        let mut either = self.held()?;
        Ok(with!(either, net => net.network.batch()))
    }

    #[getter]
    fn steps(&self) -> PyResult<u64> {
        let mut either = self.held()?;
        Ok(with!(either, net => net.network.steps()))
    }

    #[getter]
    fn time(&self) -> PyResult<f64> {
        let mut either = self.held()?;
        Ok(with!(either, net => net.network.time()))
    }
}

impl Network {
    fn held(&self) -> PyResult<MutexGuard<'_, Either>> {
        held("the network", &self.0)
    }
}

/// A random layer of BindsNET: the columns a, b, c, d and peak of its neurons, the number of those that are excitatory, and its weights, which
/// are all of them at a probability of 1.
#[pyfunction]
#[pyo3(signature = (n, excitatory, probability, seed, /))]
pub(crate) fn random_layer(
    py: Python<'_>,
    n: usize,
    excitatory: f64,
    probability: Option<f64>,
    seed: u64,
) -> PyResult<(Vec<Array<'_, f64>>, usize, Option<Kept<'_>>)> {
    let weights = match probability {
        None => RandomWeights::None,
        Some(1.0) => RandomWeights::Dense,
        Some(probability) => RandomWeights::Sparse(probability),
    };
    let spec = LayerSpec::random(n, excitatory, weights, seed).map_err(refused)?;
    let column = |of: fn(&spikestep::Neuron) -> f64| PyArray1::from_iter(py, spec.neurons.iter().map(of));
    let columns = vec![column(|n| n.a), column(|n| n.b), column(|n| n.c), column(|n| n.d), column(|n| n.peak)];
    let excitatory = spec.excitatory.iter().filter(|yes| **yes).count();
    Ok((columns, excitatory, spec.lateral.as_ref().map(|weights| kept(py, weights))))
}
