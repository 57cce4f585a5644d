//! What the shards of a layer have in common.

use std::marker::PhantomData;

use super::cells::Cells;
use super::grid::Grid;
use super::located::Located;
use super::shard::{Clamp, Shard};
use super::spec::LayerSpec;
use super::traces::TraceStep;
use crate::error::{Error, Result};
use crate::population::clock::Clock;
use crate::population::kernels;
use crate::population::real::Real;
use crate::population::synapse::SynapseStep;
use crate::population::weights::Weights;
use crate::scheme::rules::{RuleVisitor, visit_rule};
use crate::scheme::{Rule, Scheme};
use crate::{Neuron, State};

/// What the shards of a layer have in common.
pub(in crate::population) struct Core<T> {
    pub(super) spec: LayerSpec,
    pub(in crate::population) lateral: Option<Weights<T>>,
    /// How the spikes of the layer reach its neurons.
    pub(in crate::population) synapse: SynapseStep<T>,
    pub(in crate::population) traces: Option<TraceStep<T>>,
    /// The times of the steps to come.
    pub(in crate::population) clock: Clock,
    pub(in crate::population) rows: usize,
    /// Neurons in all shards of a row but the last.
    pub(in crate::population) shard: usize,
    /// The neurons that are made to spike, or kept from it, in the step to come.
    pub(in crate::population) clamps: Vec<Clamp>,
}

impl<T: Real> Core<T> {
    pub(super) fn n(&self) -> usize {
        self.spec.n()
    }

    /// The shards, by rows and then by neurons, at rest.
    pub(super) fn shards(&self, rows: usize) -> Result<Vec<Shard<T>>> {
        let spec = &self.spec;
        let mut columns: Vec<_> = spec
            .neurons
            .chunks(self.shard)
            .map(|neurons| {
                cells(&spec.scheme, neurons, spec.rest, spec.lbound, self.clock.dt, rows).map(Vec::into_iter)
            })
            .collect::<Result<_>>()?;
        let mut shards = Vec::with_capacity(rows * columns.len());
        for row in 0..rows {
            for (k, (column, neurons)) in columns.iter_mut().zip(spec.neurons.chunks(self.shard)).enumerate() {
                let Some(cells) = column.next() else { continue };
                let (traces, summed) = (self.traces.is_some(), spec.sum_input);
                let mut shard = Shard::new(row, k * self.shard, neurons.len(), cells, traces, summed);
                self.rest(&mut shard);
                shards.push(shard);
            }
        }
        Ok(shards)
    }

    /// Puts a shard at rest: v = rest, u = b v + b0 in the precision of the layer, as BindsNET.
    pub(super) fn rest(&self, shard: &mut Shard<T>) {
        let v = T::of(self.spec.rest);
        for i in 0..shard.n() {
            let neuron = &self.spec.neurons[shard.first + i];
            shard.cells.set(i, v, T::of(neuron.b) * v + T::of(neuron.b0));
        }
        shard.clear();
    }

    /// Makes neuron `i` of `row` spike in the step to come, or keeps it from it.
    pub(in crate::population) fn clamp(&mut self, row: usize, i: usize, spikes: bool) -> Result<()> {
        if row >= self.rows || i >= self.n() {
            let allowed = format!("rows 0 to {}, neurons 0 to {}", self.rows - 1, self.n() - 1);
            return Err(Error::invalid("clamp", format!("row {row}, neuron {i}"), allowed, "Both count from 0."));
        }
        self.clamps.push(Clamp { row, neuron: i as u32, spikes });
        Ok(())
    }

    /// The shard of neuron `i` of `row`, and its place there.
    pub(in crate::population) fn locate(&self, row: usize, i: usize) -> (usize, usize) {
        assert!(row < self.rows && i < self.n(), "neuron {i} of {}, row {row} of {}", self.n(), self.rows);
        (row * self.n().div_ceil(self.shard) + i / self.shard, i % self.shard)
    }

    pub(super) fn checked_row(&self, row: usize) -> Result<()> {
        if row < self.rows {
            return Ok(());
        }
        Err(Error::invalid("row", row, format!("0 to {}", self.rows - 1), "Rows count from 0."))
    }
}

/// The neurons of a shard, once for each row of a batch; at rest but for what is set after.
fn cells<T: Real>(
    scheme: &Scheme,
    neurons: &[Neuron],
    rest: f64,
    lbound: Option<f64>,
    dt: f64,
    rows: usize,
) -> Result<Vec<Box<dyn Cells<T>>>> {
    if let Some(cells) = visit_rule(scheme, OnGrid { neurons, lbound, dt, rows, number: PhantomData }) {
        return Ok(cells);
    }
    let rest: Vec<State> = neurons.iter().map(|n| State { v: rest, u: n.b * rest + n.b0 }).collect();
    let row = |_| {
        let engine = kernels::engine::<f64>(scheme, neurons, &rest)?;
        Ok(Box::new(Located::new(engine, neurons, lbound)) as Box<dyn Cells<T>>)
    };
    (0..rows).map(row).collect()
}

/// Makes the neurons of a shard under a rule.
struct OnGrid<'a, T> {
    neurons: &'a [Neuron],
    lbound: Option<f64>,
    dt: f64,
    rows: usize,
    number: PhantomData<T>,
}

impl<T: Real> RuleVisitor for OnGrid<'_, T> {
    type Output = Vec<Box<dyn Cells<T>>>;

    fn visit<R: Rule>(self, rule: R) -> Self::Output {
        Grid::<T, R>::rows(rule, self.neurons, self.dt, self.lbound, self.rows)
    }
}
