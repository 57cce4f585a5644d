//! What a network is fed before a step.

use super::id::NodeId;
use crate::error::{Error, Result};
use crate::population::real::Real;
use crate::population::steps::{NodeState, RunningNode};

/// The inputs of the step to come, for [`Network::run`](super::Network::run).
pub struct Inputs<'r, 'a, T> {
    pub(super) nodes: &'r mut [RunningNode<'a, T>],
    pub(super) names: &'r [String],
    /// The end of the step \[ms\].
    pub(super) end: f64,
}

impl<T: Real> Inputs<'_, '_, T> {
    /// The external input \[mV/ms\] of a layer, row by row of the batch; it stays until it is changed.
    ///
    /// # Errors
    /// A node of another network, or inputs, which take spikes.
    pub fn current(&mut self, node: NodeId) -> Result<&mut [T]> {
        let count = self.nodes.len();
        match self.nodes.get_mut(node.0) {
            None => Err(no_node(node, count)),
            Some(RunningNode { state: NodeState::Inputs(_), .. }) => {
                let given = format!("'{}'", self.names[node.0]);
                Err(Error::invalid(
                    "layer with a current",
                    given,
                    "a layer of neurons",
                    "Tell inputs to spike instead.",
                ))
            }
            Some(node) => Ok(&mut node.signals.input),
        }
    }

    /// Lets input `i` of `row` spike in this step; called twice, it spikes twice.
    ///
    /// # Errors
    /// A node that takes no spikes, no such row or input.
    pub fn spike(&mut self, node: NodeId, row: usize, i: usize) -> Result<()> {
        let count = self.nodes.len();
        match self.nodes.get_mut(node.0) {
            None => Err(no_node(node, count)),
            Some(RunningNode { state: NodeState::Inputs(inputs), .. }) => inputs.schedule(row, i, self.end),
            Some(_) => {
                let given = format!("'{}'", self.names[node.0]);
                Err(Error::invalid(
                    "input that spikes",
                    given,
                    "inputs",
                    "Neurons spike by themselves: set their current.",
                ))
            }
        }
    }

    /// Makes neuron `i` of `row` spike in this step, whatever its v: a teacher's input. It is heard and learned from as any spike, and the
    /// neuron is reset as by one (v to c, u by d), where the scheme resets: `bindsnet` at the start of the next step, until when v stays
    /// where it is, the others at the end of this one. The trace takes no notice, as in BindsNET, whose `clamp` comes after the step.
    ///
    /// # Errors
    /// A node that is not a layer, no such row or neuron.
    pub fn clamp(&mut self, node: NodeId, row: usize, i: usize) -> Result<()> {
        self.make(node, row, i, true)
    }

    /// Keeps neuron `i` of `row` from spiking in this step; it goes before [`clamp`](Inputs::clamp). Where it reaches its peak, it is reset and
    /// has its trace as ever, but is not heard nor learned from. (BindsNET's `unclamp` leaves out the reset, too: v then runs away from
    /// the peak, to infinity within some steps.)
    ///
    /// # Errors
    /// As [`clamp`](Inputs::clamp).
    pub fn unclamp(&mut self, node: NodeId, row: usize, i: usize) -> Result<()> {
        self.make(node, row, i, false)
    }

    fn make(&mut self, node: NodeId, row: usize, i: usize, spikes: bool) -> Result<()> {
        let count = self.nodes.len();
        match self.nodes.get_mut(node.0) {
            None => Err(no_node(node, count)),
            Some(RunningNode { state: NodeState::Neurons { core, .. }, .. }) => core.clamp(row, i, spikes),
            Some(_) => {
                let given = format!("'{}'", self.names[node.0]);
                let mend = "Inputs spike as they are told: tell them.";
                Err(Error::invalid("layer to clamp", given, "a layer of neurons", mend))
            }
        }
    }
}

pub(super) fn no_node(id: NodeId, nodes: usize) -> Error {
    let allowed = format!("one of the {nodes} of this network");
    Error::invalid("layer", format!("number {}", id.0), allowed, "Take what add_layer or add_input gave.")
}
