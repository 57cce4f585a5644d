//! Monitors record a run: v, u, spikes and traces of chosen neurons, kept in memory or written straight to CSV.
//!
//! ```
//! use spikestep::population::{Layer, LayerSpec, Monitor, Variable};
//! use spikestep::Neuron;
//!
//! let spec = LayerSpec::new(vec![Neuron::new(0.02, 0.2, -65.0, 8.0); 3]);
//! let mut layer = Layer::<f64>::new(spec, 1.0, 1)?;
//! let mut file = Vec::new();
//! let mut monitors = [Monitor::states(&[Variable::V]).neurons(&[2]), Monitor::spikes().csv("spikes.csv", &mut file)];
//! layer.run_recorded(100, |_, input| { input.fill(10.0); Ok(()) }, &mut monitors)?;
//! assert_eq!(monitors[0].series(Variable::V, 0, 2).unwrap().len(), 100);
//! drop(monitors);
//! assert!(String::from_utf8_lossy(&file).starts_with("step,batch,neuron,t_ms\n"));
//! # Ok::<(), spikestep::Error>(())
//! ```

use std::collections::VecDeque;
use std::io::Write;
use std::path::PathBuf;

use super::network::NodeId;
use super::real::Real;
use super::spike::Spike;
use super::steps::StepView;
use super::variable::Variable;
use crate::error::{Error, Result};

/// Records one layer of a run; see the [module](self).
pub struct Monitor<'w> {
    node: usize,
    /// Empty: spikes, one row of a file each. Else a row for each neuron and recorded step.
    variables: Vec<Variable>,
    /// In ascending order; `None` stands for all.
    chosen: Option<Vec<u32>>,
    every: u64,
    sink: Sink<'w>,
    rows: usize,
    neurons: Vec<u32>,
    /// Of one step, to use the memory again.
    values: Vec<Vec<f64>>,
}

enum Sink<'w> {
    Memory {
        keep: Option<usize>,
        /// The recorded steps, and for each variable its values in them, step after step and row by row.
        steps: VecDeque<u64>,
        columns: Vec<VecDeque<f64>>,
        spikes: VecDeque<(u64, usize, Spike)>,
    },
    Csv {
        name: PathBuf,
        out: Box<dyn Write + Send + 'w>,
        begun: bool,
    },
}

impl Sink<'_> {
    /// Nothing in memory yet, of so many variables.
    fn memory(variables: usize, keep: Option<usize>) -> Self {
        Sink::Memory {
            keep,
            steps: VecDeque::new(),
            columns: vec![VecDeque::new(); variables],
            spikes: VecDeque::new(),
        }
    }
}

impl<'w> Monitor<'w> {
    /// Records `variables` of all neurons of a layer (the first one of a network, unless told otherwise) after every step, in memory.
    pub fn states(variables: &[Variable]) -> Self {
        Monitor {
            node: 0,
            variables: variables.to_vec(),
            chosen: None,
            every: 1,
            sink: Sink::memory(variables.len(), None),
            rows: 0,
            neurons: Vec::new(),
            values: vec![Vec::new(); variables.len()],
        }
    }

    /// Records the spikes of all neurons of a layer (the first one of a network, unless told otherwise), in memory.
    pub fn spikes() -> Self {
        Self::states(&[])
    }

    /// The same for this layer of a network.
    pub fn of(mut self, node: NodeId) -> Self {
        self.node = node.0;
        self
    }

    /// The same for these neurons alone, each in every row of the batch.
    pub fn neurons(mut self, neurons: &[u32]) -> Self {
        let mut chosen = neurons.to_vec();
        chosen.sort_unstable();
        chosen.dedup();
        self.chosen = Some(chosen);
        self
    }

    /// Only after every `steps`-th step, beginning with the first; spikes are recorded all the same. 0 counts as 1.
    pub fn every(mut self, steps: u64) -> Self {
        self.every = steps.max(1);
        self
    }

    /// In memory, no more than what the last `steps` recorded steps gave (spikes: the last `steps` steps): bounded memory.
    pub fn keep_last(mut self, steps: usize) -> Self {
        self.sink = Sink::memory(self.variables.len(), Some(steps));
        self
    }

    /// Straight to `out` as CSV, with nothing kept of a step once it is written: `step,batch,neuron` and the variables (the columns of
    /// the recordings of BindsNET), or `step,batch,neuron,t_ms` for spikes. Steps count from 0. Numbers have the digits that give
    /// them back, in the precision of the layer. Errors call it `name`.
    pub fn csv(mut self, name: impl Into<PathBuf>, out: impl Write + Send + 'w) -> Self {
        self.sink = Sink::Csv { name: name.into(), out: Box::new(out), begun: false };
        self
    }

    /// The recorded values of `variable` of `neuron` in `row`, one after each recorded step; `None` where it is not recorded in memory.
    pub fn series(&self, variable: Variable, row: usize, neuron: u32) -> Option<Vec<f64>> {
        let Sink::Memory { columns, .. } = &self.sink else { return None };
        let column = self.variables.iter().position(|known| *known == variable)?;
        let place = self.neurons.binary_search(&neuron).ok().filter(|_| row < self.rows)?;
        let (place, width) = (row * self.neurons.len() + place, self.rows * self.neurons.len());
        Some(columns[column].iter().skip(place).step_by(width).copied().collect())
    }

    /// All that is in memory of the states, without a copy unless [`keep_last`](Self::keep_last) has dropped some: the recorded steps, and
    /// for each variable its values, of shape steps × rows × neurons.
    pub fn into_states(self) -> (Vec<u64>, Vec<Vec<f64>>) {
        match self.sink {
            Sink::Memory { steps, columns, .. } => (steps.into(), columns.into_iter().map(Vec::from).collect()),
            Sink::Csv { .. } => Default::default(),
        }
    }

    /// The steps whose states are in memory, from 0.
    pub fn steps(&self) -> Vec<u64> {
        match &self.sink {
            Sink::Memory { steps, .. } => steps.iter().copied().collect(),
            Sink::Csv { .. } => Vec::new(),
        }
    }

    /// The neurons that the last run recorded, ascending, and in how many rows.
    pub fn recorded(&self) -> (&[u32], usize) {
        (&self.neurons, self.rows)
    }

    /// The spikes in memory with their rows, in the order of steps, rows and neurons.
    pub fn recorded_spikes(&self) -> Vec<(usize, Spike)> {
        match &self.sink {
            Sink::Memory { spikes, .. } => spikes.iter().map(|(_, row, spike)| (*row, *spike)).collect(),
            Sink::Csv { .. } => Vec::new(),
        }
    }

    /// Prepares for a run on nodes of these shapes (rows, neurons).
    pub(super) fn begin(&mut self, shapes: &[(usize, usize)]) -> Result<()> {
        let Some(&(rows, n)) = shapes.get(self.node) else {
            let allowed = format!("one of the {} of this run", shapes.len());
            let mend = "Take what add_layer or add_input gave.";
            return Err(Error::invalid("layer of a monitor", format!("number {}", self.node), allowed, mend));
        };
        if let Some(last) = self.chosen.as_ref().and_then(|chosen| chosen.last()).filter(|last| **last as usize >= n) {
            let allowed = format!("0 to {}", n - 1);
            return Err(Error::invalid("neuron of a monitor", last, allowed, "Neurons count from 0."));
        }
        let neurons = self.chosen.clone().unwrap_or_else(|| (0..n as u32).collect());
        if let Sink::Memory { steps, columns, .. } = &mut self.sink
            // Series of one monitor have one shape.
            && (rows, &neurons) != (self.rows, &self.neurons)
        {
            steps.clear();
            columns.iter_mut().for_each(VecDeque::clear);
        }
        (self.rows, self.neurons) = (rows, neurons);
        if let Sink::Csv { name, out, begun } = &mut self.sink
            && !*begun
        {
            *begun = true;
            let columns: Vec<&str> = match self.variables.as_slice() {
                [] => vec!["t_ms"],
                variables => variables.iter().map(|variable| variable.column()).collect(),
            };
            writeln!(out, "step,batch,neuron,{}", columns.join(",")).map_err(Error::write(name))?;
        }
        Ok(())
    }

    /// Records step `n`.
    pub(super) fn record<T: Real>(&mut self, n: u64, view: &StepView<'_, '_, T>) -> Result<()> {
        if self.variables.is_empty() {
            return self.record_spikes(n, view);
        }
        if !n.is_multiple_of(self.every) {
            return Ok(());
        }
        for (values, variable) in self.values.iter_mut().zip(&self.variables) {
            values.clear();
            for row in 0..self.rows {
                view.read(self.node, *variable, row, &self.neurons, values);
            }
        }
        match &mut self.sink {
            Sink::Memory { keep, steps, columns, .. } => {
                let most = keep.unwrap_or(usize::MAX);
                if most == 0 {
                    return Ok(());
                }
                let full = steps.len() >= most;
                if full {
                    steps.pop_front();
                }
                steps.push_back(n);
                for (column, values) in columns.iter_mut().zip(&self.values) {
                    if full {
                        column.drain(..values.len());
                    }
                    column.extend(values);
                }
                Ok(())
            }
            Sink::Csv { name, out, .. } => {
                let mut write = || {
                    for row in 0..self.rows {
                        for (k, neuron) in self.neurons.iter().enumerate() {
                            write!(out, "{n},{row},{neuron}")?;
                            for values in &self.values {
                                let x = T::of(values[row * self.neurons.len() + k]);
                                write!(out, ",{x}")?;
                            }
                            writeln!(out)?;
                        }
                    }
                    Ok(())
                };
                write().map_err(Error::write(name))
            }
        }
    }

    fn record_spikes<T: Real>(&mut self, n: u64, view: &StepView<'_, '_, T>) -> Result<()> {
        let neurons = &self.neurons;
        let wanted = |spike: &&Spike| neurons.binary_search(&spike.neuron).is_ok();
        for row in 0..self.rows {
            for spike in view.spikes(self.node, row).iter().filter(wanted) {
                match &mut self.sink {
                    Sink::Memory { spikes, .. } => spikes.push_back((n, row, *spike)),
                    Sink::Csv { name, out, .. } => {
                        writeln!(out, "{n},{row},{},{}", spike.neuron, spike.t).map_err(Error::write(&*name))?;
                    }
                }
            }
        }
        if let Sink::Memory { keep: Some(keep), spikes, .. } = &mut self.sink {
            while spikes.front().is_some_and(|(step, ..)| step.saturating_add(*keep as u64) <= n) {
                spikes.pop_front();
            }
        }
        Ok(())
    }

    /// Writes out what a file still has to get at the end of a run.
    pub(super) fn flush(&mut self) -> Result<()> {
        match &mut self.sink {
            Sink::Memory { .. } => Ok(()),
            Sink::Csv { name, out, .. } => out.flush().map_err(Error::write(name)),
        }
    }
}

impl std::fmt::Debug for Monitor<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let to = match &self.sink {
            Sink::Memory { keep, .. } => format!("memory, last {keep:?}"),
            Sink::Csv { name, .. } => name.display().to_string(),
        };
        f.debug_struct("Monitor").field("variables", &self.variables).field("to", &to).finish_non_exhaustive()
    }
}
