//! A connection: weights from one group of neurons to another, and a delay.

use super::id::NodeId;
use super::learning::{ConnectionEnd, Learning, Plasticity};
use crate::error::{Error, Result};
use crate::population::real::Real;
use crate::population::synapse::{Synapse, SynapseStep};
use crate::population::weights::Weights;

/// Weights from the spikes of `source` to the input of `target`, a delay of whole steps later. A connection owns its weights; where it is
/// plastic ([`Network::make_plastic`](super::Network::make_plastic)), a rule changes them after each step.
#[derive(Clone, Debug)]
pub struct Connection<T> {
    source: NodeId,
    target: NodeId,
    weights: Weights<T>,
    delay: usize,
    plasticity: Option<Plasticity<T>>,
    synapse: Synapse,
    at_step: SynapseStep<T>,
}

impl<T: Real> Connection<T> {
    /// A connection with BindsNET's synapse that does not learn.
    pub(super) fn new(source: NodeId, target: NodeId, weights: Weights<T>, delay: usize) -> Self {
        let (synapse, at_step) = (Synapse::BINDSNET, SynapseStep::Plain);
        Connection { source, target, weights, delay, plasticity: None, synapse, at_step }
    }

    /// Changes the synapse, for steps of `dt` \[ms\].
    pub(super) fn set_synapse(&mut self, synapse: Synapse, dt: f64) {
        (self.synapse, self.at_step) = (synapse, synapse.at_step(dt));
    }

    /// How the spikes reach the target.
    pub fn synapse(&self) -> Synapse {
        self.synapse
    }

    /// The synapse at the step of the network.
    pub(in crate::population) fn at_step(&self) -> SynapseStep<T> {
        self.at_step
    }

    /// The layer or inputs that the spikes come from.
    pub fn source(&self) -> NodeId {
        self.source
    }

    /// The layer that the spikes go to.
    pub fn target(&self) -> NodeId {
        self.target
    }

    /// The weights \[mV/ms\]; charges \[mV\] for a synapse that keeps the charge.
    pub fn weights(&self) -> &Weights<T> {
        &self.weights
    }

    /// The weights \[mV/ms\], to be changed.
    pub fn weights_mut(&mut self) -> &mut Weights<T> {
        if let Some(plasticity) = &mut self.plasticity {
            plasticity.loose = true;
        }
        &mut self.weights
    }

    /// Puts other weights \[mV/ms\] in their place, such as those saved of another network. A rule brings them inside its bounds with
    /// its next step.
    ///
    /// # Errors
    /// Weights of another size; nothing has changed then.
    pub fn set_weights(&mut self, weights: Weights<T>) -> Result<()> {
        let sizes = |weights: &Weights<T>| format!("{} × {}", weights.pre(), weights.post());
        if (weights.pre(), weights.post()) != (self.weights.pre(), self.weights.post()) {
            let mend = "Give weights of the same two groups.";
            return Err(Error::invalid("weights of a connection", sizes(&weights), sizes(&self.weights), mend));
        }
        *self.weights_mut() = weights;
        Ok(())
    }

    /// The rule by which the weights change; `None` where they stay.
    pub fn learning(&self) -> Option<&Learning> {
        self.plasticity.as_ref().map(|plasticity| &plasticity.learning)
    }

    pub(super) fn set_learning(&mut self, learning: Learning) {
        let mut plasticity = Plasticity::new(learning);
        plasticity.clip(&mut self.weights);
        self.plasticity = Some(plasticity);
    }

    /// Scales the weights onto each target so that their |w| add up to the norm of the learning; a target without weights is left.
    pub(super) fn normalize(&mut self) {
        if let Some(norm) = self.learning().and_then(|learning| learning.norm) {
            self.weights_mut().normalize(T::of(norm));
        }
    }

    /// After a step of the network: the rule. What the next step does not need may be put off, until [`settle`](Self::settle).
    pub(in crate::population) fn learn(&mut self, source: &impl ConnectionEnd<T>, target: &impl ConnectionEnd<T>) {
        if let Some(plasticity) = &mut self.plasticity {
            plasticity.update(&mut self.weights, source, target, self.delay);
        }
    }

    /// After the last step: does what was put off.
    pub(super) fn settle(&mut self) {
        if let Some(plasticity) = &mut self.plasticity {
            plasticity.settle(&mut self.weights);
        }
    }

    /// The delay in steps: a spike of step n is input of step n + delay.
    pub fn delay(&self) -> usize {
        self.delay
    }
}
