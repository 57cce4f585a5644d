//! A recording under other schemes and steps, and what they change.

use data::readout::{Assignment, Features};

use super::config::{Config, NetworkConfig};
use super::{Input, Recording};
use crate::error::{Result, refuse_if, shown};
use crate::population::network::{Inputs, Learning, LearningRule, NodeId};
use crate::population::spurious::{self, Spurious};
use crate::population::{Monitor, Network, Real, Spike, Synapse, Weights};
use crate::scheme::Scheme;

/// The spikes of a recording under a scheme and a step.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Rerun {
    /// The scheme of its neurons.
    pub scheme: Scheme,
    /// The step \[ms\].
    pub dt: f64,
    /// Mean rate of a neuron \[Hz\].
    pub rate: f64,
    /// The number of spikes, and of those that the equations do not have ([`spurious::count`]).
    pub counted: Spurious,
    /// For each presentation and row, the spikes in the order of steps.
    trains: Vec<Vec<Spike>>,
    neurons: usize,
    rows: usize,
}

/// Where two runs of a recording part.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Difference {
    /// The presentation, from 0.
    pub presentation: usize,
    /// The row of the batch.
    pub row: usize,
    /// The spike that only one of them has, or the earlier one of two: its neuron and its time \[ms\] in the presentation.
    pub spike: Spike,
}

impl Recording {
    /// The step it was recorded with \[ms\].
    pub fn dt(&self) -> f64 {
        self.config.dt
    }

    /// Runs it under `scheme` with steps of `dt` \[ms\], which is its own step or a whole part of it.
    ///
    /// At its own step this is [`replay`](Self::replay). At another one a spike comes when it came, is delivered as late as before, and
    /// delivers the same charge (weight times the step of the recording, [`Synapse::CHARGE`]); a current stays for as long as it did; what a
    /// rule adds to a weight it adds to the charge.
    ///
    /// # Errors
    /// A step that is no whole part of the recording's, or so short that there were more than 1e8 of them; parameters that a layer cannot
    /// be made from.
    pub fn rerun(&self, scheme: &Scheme, dt: f64) -> Result<Rerun> {
        let parts = (self.config.dt / dt).round();
        let allowed = format!("{} ms, the step of the recording, or a whole part of it", shown(self.config.dt));
        let whole = parts >= 1.0 && (parts * dt - self.config.dt).abs() <= 1e-9 * self.config.dt;
        let mend = format!("Take {} for half of it.", shown(self.config.dt / 2.0));
        refuse_if!(!whole, "step dt", format!("{} ms", shown(dt)), allowed, mend);
        let steps = parts * self.config.steps as f64;
        let given = format!("{} ms: {steps:.1e} steps of a presentation", shown(dt));
        refuse_if!(steps > 1e8, "step dt", given, "at most 1e8 steps", "Take a larger step.");
        let parts = parts as usize;
        if self.config.single {
            self.rerun_in::<f32>(scheme, dt, parts)
        } else {
            self.rerun_in::<f64>(scheme, dt, parts)
        }
    }

    fn rerun_in<T: Real>(&self, scheme: &Scheme, dt: f64, parts: usize) -> Result<Rerun> {
        let Config { steps, batch, ref a, .. } = self.config;
        let (mut network, x, y) = self.build::<T>(scheme, dt, parts)?;
        let presentations = match &self.input {
            Input::Population(_) => 1,
            Input::Network(network, _) => network.presentations,
        };
        let mut trains = vec![Vec::new(); presentations * batch];
        let mut counted = Spurious::NONE;
        for presentation in 0..presentations {
            let feed = |step: u64, inputs: &mut Inputs<'_, '_, T>| {
                let (own, part) = (step as usize / parts, step as usize % parts);
                match (&self.input, x) {
                    (Input::Population(currents), _) => {
                        let to = inputs.current(y)?;
                        let width = to.len();
                        to.iter_mut().zip(&currents[own * width..]).for_each(|(to, x)| *to = T::of(*x));
                        Ok(())
                    }
                    // A spike is at the end of its step.
                    (Input::Network(_, spiking), Some(x)) if part + 1 == parts => (0..batch).try_for_each(|row| {
                        let spiking = &spiking[(presentation * steps + own) * batch + row];
                        spiking.iter().try_for_each(|i| inputs.spike(x, row, *i as usize))
                    }),
                    (Input::Network(..), _) => Ok(()),
                }
            };
            let mut spikes = [Monitor::spikes().of(y)];
            let found = spurious::count(&mut network, y, (steps * parts) as u64, feed, &mut spikes)?;
            counted = counted.and(found);
            for (row, spike) in spikes[0].recorded_spikes() {
                trains[presentation * batch + row].push(spike);
            }
            network.normalize();
            network.reset();
        }
        let seconds = 1e-3 * self.config.dt * steps as f64 * trains.len() as f64;
        let rate = counted.spikes as f64 / (seconds * a.len() as f64);
        Ok(Rerun { scheme: scheme.clone(), dt, rate, counted, trains, neurons: a.len(), rows: batch })
    }

    /// The network, its inputs and its layer.
    fn build<T: Real>(&self, scheme: &Scheme, dt: f64, parts: usize) -> Result<(Network<T>, Option<NodeId>, NodeId)> {
        let own = self.config.dt;
        let mut network = Network::<T>::new(dt, self.config.batch)?;
        let mut spec = self.config.layer(scheme);
        let synapse = if parts == 1 { Synapse::BINDSNET } else { Synapse::CHARGE };
        let numbers = |weights: &[f64]| weights.iter().map(|w| T::of(synapse.number(*w, own))).collect::<Vec<T>>();
        let lateral = if parts == 1 { None } else { spec.lateral.take() };
        let Input::Network(NetworkConfig { n_input, w0, learning, .. }, _) = &self.input else {
            let y = network.add_layer("Y", spec)?;
            connect_lateral(&mut network, y, lateral, numbers, parts)?;
            return Ok((network, None, y));
        };
        let x = network.add_input("X", *n_input, Some(self.config.traces()))?;
        let y = network.add_layer("Y", spec)?;
        let weights = Weights::dense(*n_input, self.config.a.len(), numbers(w0))?;
        let connection = network.connect_with(x, y, weights, parts, synapse)?;
        network.make_plastic(connection, scaled(learning, synapse.number(1.0, own)))?;
        connect_lateral(&mut network, y, lateral, numbers, parts)?;
        Ok((network, Some(x), y))
    }

    /// How many of the labels of a recording that has them a run answers otherwise than `first`: the class whose neurons spike most, neurons
    /// being assigned to classes by their spikes in `first`.
    ///
    /// # Errors
    /// Runs of another recording.
    pub fn changed_labels(&self, first: &Rerun, other: &Rerun) -> Result<Option<usize>> {
        let Input::Network(NetworkConfig { labels: Some(labels), .. }, _) = &self.input else { return Ok(None) };
        let classes = labels.iter().max().map_or(1, |most| most + 1);
        let (first, other) = (first.counts()?, other.counts()?);
        let assignment = Assignment::fit(&first, labels, classes)?;
        let (ours, theirs) = (assignment.all_activity(&first)?, assignment.all_activity(&other)?);
        Ok(Some(ours.iter().zip(&theirs).filter(|(a, b)| a != b).count()))
    }
}

/// Connects a layer to itself, where it is no part of the layer.
fn connect_lateral<T: Real>(
    network: &mut Network<T>,
    y: NodeId,
    lateral: Option<Weights<f64>>,
    numbers: impl Fn(&[f64]) -> Vec<T>,
    parts: usize,
) -> Result<()> {
    let Some(weights) = lateral else { return Ok(()) };
    let weights = Weights::dense(weights.pre(), weights.post(), numbers(weights.to_dense().values()))?;
    network.connect_with(y, y, weights, parts, Synapse::CHARGE).map(drop)
}

/// The learning of numbers that are `factor` times the weights it was made for.
fn scaled(learning: &Learning, factor: f64) -> Learning {
    // The rates of the rule that depends on the weight are none of weights.
    let rate = if learning.rule == LearningRule::WeightDependentPostPre { 1.0 } else { factor };
    Learning {
        nu: learning.nu.map(|nu| nu * rate),
        wmin: learning.wmin * factor,
        wmax: learning.wmax * factor,
        norm: learning.norm.map(|norm| norm * factor),
        ..*learning
    }
}

impl Rerun {
    /// The first spike in which it differs from `other`: a neuron's k-th spikes are the same where they are no more than the longer of the two
    /// steps apart, of equal steps where they are in one step.
    ///
    /// # Errors
    /// A run of another recording.
    pub fn first_difference(&self, other: &Rerun) -> Result<Option<Difference>> {
        let shape = |run: &Rerun| (run.trains.len(), run.rows, run.neurons);
        let given = format!("{:?}", shape(other));
        let mend = "Compare runs of one recording.";
        refuse_if!(shape(self) != shape(other), "shape of a run", given, format!("{:?}", shape(self)), mend);
        let longer = self.dt.max(other.dt);
        // Times are multiples of the steps, rounded.
        let apart = if self.dt == other.dt { 0.5 * longer } else { longer * (1.0 + 1e-6) };
        let mut first: Option<Difference> = None;
        for (k, (ours, theirs)) in self.trains.iter().zip(&other.trains).enumerate() {
            let presentation = k / self.rows;
            if first.is_some_and(|first| first.presentation < presentation) {
                break;
            }
            let (ours, theirs) = (by_neuron(ours, self.neurons), by_neuron(theirs, self.neurons));
            for (neuron, (ours, theirs)) in ours.iter().zip(&theirs).enumerate() {
                let common = ours.iter().zip(theirs).take_while(|(a, b)| (*a - *b).abs() <= apart).count();
                let t = ours.get(common).into_iter().chain(theirs.get(common)).copied().reduce(f64::min);
                if let Some(t) = t
                    && first.is_none_or(|first| t < first.spike.t)
                {
                    let spike = Spike { neuron: neuron as u32, t };
                    first = Some(Difference { presentation, row: k % self.rows, spike });
                }
            }
        }
        Ok(first)
    }

    /// Spikes of each neuron, a row for each row of each presentation.
    fn counts(&self) -> Result<Features> {
        let count = |train: &Vec<Spike>| {
            let mut counts = vec![0.0; self.neurons];
            train.iter().for_each(|spike| counts[spike.neuron as usize] += 1.0);
            counts
        };
        Features::new(self.neurons, self.trains.iter().flat_map(count).collect())
    }
}

/// The times of the spikes of each neuron.
fn by_neuron(train: &[Spike], neurons: usize) -> Vec<Vec<f64>> {
    let mut trains = vec![Vec::new(); neurons];
    train.iter().for_each(|spike| trains[spike.neuron as usize].push(spike.t));
    trains
}
