//! A layer or a group of inputs of a network.

use super::input::InputLayer;
use crate::population::layer::{Layer, Signals};
use crate::population::real::Real;
use crate::population::steps::{NodeState, RunningNode};

/// A layer or a group of inputs.
pub(super) enum Node<T> {
    Layer(Box<Layer<T>>),
    Input(InputLayer<T>),
}

impl<T: Real> Node<T> {
    /// Rows and neurons.
    pub(super) fn shape_of(&self) -> (usize, usize) {
        match self {
            Node::Layer(layer) => layer.shape_of(),
            Node::Input(input) => input.shape_of(),
        }
    }

    /// Whether it keeps spike traces.
    pub(super) fn keeps_traces(&self) -> bool {
        match self {
            Node::Layer(layer) => layer.spec().traces.is_some(),
            Node::Input(input) => input.keeps_traces(),
        }
    }

    /// Its input and its last spikes, to be changed.
    pub(super) fn signals_mut(&mut self) -> &mut Signals<T> {
        match self {
            Node::Layer(layer) => layer.signals_mut(),
            Node::Input(input) => input.signals_mut(),
        }
    }

    /// The node, borrowed for a run.
    pub(super) fn running(&mut self) -> RunningNode<'_, T> {
        match self {
            Node::Layer(layer) => layer.running(),
            Node::Input(InputLayer { signals, state }) => RunningNode { signals, state: NodeState::Inputs(state) },
        }
    }
}
