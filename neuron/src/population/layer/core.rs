//! What the shards of a layer have in common.

use std::sync::Arc;

use super::shard::{Clamp, Shard};
use super::spec::LayerSpec;
use super::traces::TraceStep;
use crate::error::{Error, Result};
use crate::population::clock::Clock;
use crate::population::kernels;
use crate::population::real::Real;
use crate::population::synapse::SynapseStep;
use crate::population::weights::Weights;
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
    pub(super) fn shards(&self, rows: usize) -> Vec<Shard<T>> {
        let spec = &self.spec;
        let engine = |neurons: &[Neuron]| -> (_, Arc<[Neuron]>) {
            // Until it is put at rest below.
            let states = vec![State { v: spec.rest, u: 0.0 }; neurons.len()];
            // A scheme that locates its spikes computes in double precision whatever that of the layer.
            let mut engine = kernels::on_grid::<T, T>(&spec.scheme, neurons, &states, self.clock.dt)
                .unwrap_or_else(|| kernels::located::<f64, T>(&spec.scheme, neurons, &states));
            if let Some(lbound) = spec.lbound {
                engine.bound(neurons, lbound);
            }
            (engine, Arc::from(neurons))
        };
        let first: Vec<_> = spec.neurons.chunks(self.shard).map(engine).collect();
        let mut shards = Vec::with_capacity(rows * first.len());
        for row in 0..rows {
            for (k, (engine, neurons)) in first.iter().enumerate() {
                let neurons = Arc::clone(neurons);
                let (traces, summed) = (self.traces.is_some(), spec.sum_input);
                let mut shard = Shard::new(row, k * self.shard, engine.another(), neurons, traces, summed);
                self.rest(&mut shard);
                shards.push(shard);
            }
        }
        shards
    }

    /// Puts a shard at rest: v = rest, u = b v + b0 in the precision of the layer, as BindsNET.
    pub(super) fn rest(&self, shard: &mut Shard<T>) {
        let v = T::of(self.spec.rest);
        for i in 0..shard.n() {
            let neuron = &self.spec.neurons[shard.first + i];
            shard.set(i, v, T::of(neuron.b) * v + T::of(neuron.b0));
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
