//! A connection: weights from one group of neurons to another, and a delay.

use super::NodeId;
use crate::population::synapse::Passage;
use crate::population::{Real, Synapse, Weights};

/// Weights from the spikes of `source` to the input of `target`, a delay of whole steps later. A connection owns its weights; a learning
/// rule changes them between steps.
#[derive(Clone, Debug)]
pub struct Connection<T> {
    source: NodeId,
    target: NodeId,
    weights: Weights<T>,
    delay: usize,
    synapse: Synapse,
    passage: Passage<T>,
}

impl<T: Real> Connection<T> {
    /// With BindsNET's synapse.
    pub(super) fn new(source: NodeId, target: NodeId, weights: Weights<T>, delay: usize) -> Self {
        Connection { source, target, weights, delay, synapse: Synapse::BINDSNET, passage: Passage::Plain }
    }

    /// Changes the synapse, for steps of `dt` \[ms\].
    pub(super) fn set_synapse(&mut self, synapse: Synapse, dt: f64) {
        (self.synapse, self.passage) = (synapse, synapse.passage(dt));
    }

    /// How its spikes reach the target.
    pub fn synapse(&self) -> Synapse {
        self.synapse
    }

    /// The synapse at the step of the network.
    pub(in crate::population) fn passage(&self) -> Passage<T> {
        self.passage
    }

    /// Where the spikes come from.
    pub fn source(&self) -> NodeId {
        self.source
    }

    /// Where they go.
    pub fn target(&self) -> NodeId {
        self.target
    }

    /// The weights \[mV/ms\]; charges \[mV\] for a synapse that keeps the charge.
    pub fn weights(&self) -> &Weights<T> {
        &self.weights
    }

    /// The weights \[mV/ms\], to be changed.
    pub fn weights_mut(&mut self) -> &mut Weights<T> {
        &mut self.weights
    }

    /// The delay in steps: a spike of step n is input of step n + delay.
    pub fn delay(&self) -> usize {
        self.delay
    }
}
