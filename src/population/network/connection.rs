//! A connection: weights from one group of neurons to another, and a delay.

use super::NodeId;
use crate::population::{Real, Weights};

/// Weights from the spikes of `source` to the input of `target`, a delay of whole steps later. A connection owns its weights; a learning
/// rule changes them between steps.
#[derive(Clone, Debug)]
pub struct Connection<T> {
    source: NodeId,
    target: NodeId,
    weights: Weights<T>,
    delay: usize,
}

impl<T: Real> Connection<T> {
    pub(super) fn new(source: NodeId, target: NodeId, weights: Weights<T>, delay: usize) -> Self {
        Connection { source, target, weights, delay }
    }

    /// Where the spikes come from.
    pub fn source(&self) -> NodeId {
        self.source
    }

    /// Where they go.
    pub fn target(&self) -> NodeId {
        self.target
    }

    /// The weights \[mV/ms\].
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
