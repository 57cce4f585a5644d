//! Neurons that spike when they are scheduled to: the inputs of a network.

use crate::error::{Error, Result, refuse_if};
use crate::population::layer::{Signals, TraceStep, Traces, checked_batch};
use crate::population::real::Real;
use crate::population::spike::Spike;
use crate::population::variable::Variable;

/// `n` inputs in each row of a batch, with traces as a layer has them.
pub(super) struct InputLayer<T> {
    pub(super) signals: Signals<T>,
    pub(super) state: InputState<T>,
}

/// The inputs that are to spike, and the traces.
pub(in crate::population) struct InputState<T> {
    n: usize,
    rows: usize,
    /// The inputs that spike in the step to come, for each row.
    scheduled: Vec<Vec<u32>>,
    traces: Option<TraceStep<T>>,
    trace: Vec<T>,
    /// The end of the step under way \[ms\].
    end: f64,
}

impl<T: Real> InputLayer<T> {
    pub(super) fn new(n: usize, traces: Option<Traces>, dt: f64, rows: usize) -> Result<Self> {
        let mend = "Give at least one input.";
        refuse_if!(n == 0 || u32::try_from(n).is_err(), "number of inputs", n, "1 to 4294967295", mend);
        checked_batch(rows, n)?;
        traces.map_or(Ok(()), |traces| traces.validate())?;
        let state = InputState {
            n,
            rows,
            scheduled: vec![Vec::new(); rows],
            traces: traces.map(|traces| TraceStep::new(traces, dt)),
            trace: vec![T::zero(); if traces.is_some() { n * rows } else { 0 }],
            end: 0.0,
        };
        // Spikes are all it takes: no input in mV/ms.
        Ok(InputLayer { signals: Signals::new(0, rows, 1), state })
    }

    pub(super) fn shape_of(&self) -> (usize, usize) {
        (self.state.rows, self.state.n)
    }

    pub(super) fn reset(&mut self) {
        self.signals.clear();
        self.state.trace.fill(T::zero());
    }

    pub(super) fn set_batch(&mut self, rows: usize) -> Result<()> {
        checked_batch(rows, self.state.n)?;
        self.signals = Signals::new(0, rows, self.signals.depth());
        self.state.rows = rows;
        self.state.scheduled = vec![Vec::new(); rows];
        self.state.trace = vec![T::zero(); if self.state.traces.is_some() { self.state.n * rows } else { 0 }];
        Ok(())
    }

    pub(super) fn keeps_traces(&self) -> bool {
        self.state.traces.is_some()
    }

    pub(super) fn signals_mut(&mut self) -> &mut Signals<T> {
        &mut self.signals
    }

    pub(super) fn spikes(&self, row: usize) -> &[Spike] {
        self.signals.fired(1, row)
    }

    pub(super) fn values(&self, variable: Variable, row: usize) -> Vec<T> {
        let all: Vec<u32> = (0..self.state.n as u32).collect();
        let mut values = Vec::new();
        self.state.read(variable, self.spikes(row), row, &all, &mut values);
        values.into_iter().map(T::of).collect()
    }
}

impl<T: Real> InputState<T> {
    /// Lets input `i` of `row` spike in the step that ends at `end` \[ms\].
    pub(super) fn schedule(&mut self, row: usize, i: usize, end: f64) -> Result<()> {
        if row >= self.rows || i >= self.n {
            let allowed = format!("rows 0 to {}, inputs 0 to {}", self.rows - 1, self.n - 1);
            return Err(Error::invalid("input spike", format!("row {row}, input {i}"), allowed, "Both count from 0."));
        }
        self.scheduled[row].push(i as u32);
        self.end = end;
        Ok(())
    }

    /// Drops the spikes that were scheduled.
    pub(in crate::population) fn forget(&mut self) {
        self.scheduled.iter_mut().for_each(Vec::clear);
    }

    /// The step: the scheduled spikes are made, in order.
    pub(in crate::population) fn step(&mut self, signals: &mut Signals<T>) {
        for (row, inputs) in self.scheduled.iter_mut().enumerate() {
            inputs.sort_unstable();
            let spikes = signals.now(row);
            spikes.extend(inputs.drain(..).map(|neuron| Spike { neuron, t: self.end }));
            if let Some(traces) = self.traces {
                traces.apply(&mut self.trace[row * self.n..(row + 1) * self.n], spikes, 0);
            }
        }
    }

    /// How its traces are stepped, where they are kept.
    pub(in crate::population) fn trace_step(&self) -> Option<TraceStep<T>> {
        self.traces
    }

    /// The traces, row by row.
    pub(in crate::population) fn traces(&self) -> &[T] {
        &self.trace
    }

    /// Appends `variable` of `neurons` in `row`, whose spikes are `spikes`; v, u and what has to do with input are zero here.
    pub(in crate::population) fn read(
        &self,
        variable: Variable,
        spikes: &[Spike],
        row: usize,
        neurons: &[u32],
        values: &mut Vec<f64>,
    ) {
        values.extend(neurons.iter().map(|&i| match variable {
            Variable::Spike => f64::from(u8::from(spikes.binary_search_by_key(&i, |s| s.neuron).is_ok())),
            Variable::Trace => self.trace.get(row * self.n + i as usize).map_or(0.0, |x| x.double()),
            Variable::V | Variable::U | Variable::Summed | Variable::Input | Variable::Jump => 0.0,
        }));
    }
}
