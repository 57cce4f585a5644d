//! The network of a recogniser, and one showing of a picture to it.

use std::ops::Range;

use crate::error::Result;
use crate::population::layer::Traces;
use crate::population::network::{ConnectionId, Inputs, NodeId};
use crate::population::{LayerSpec, Monitor, Network, Spike, Synapse, Weights, spurious};
use crate::recognition::coding::PulseGrid;

use super::{Method, Recipe, Stepping};

/// Time constant of the traces that rules learn by \[ms\]: BindsNET's.
const TRACE: f64 = 20.0;

/// A network at one step.
pub(super) struct Net {
    pub(super) network: Network<f64>,
    pixels: NodeId,
    /// The layer of neurons.
    pub(super) layer: NodeId,
    /// The charges of the inputs \[mV\], input by input.
    pub(super) charges: ConnectionId,
    dt: f64,
}

/// What drives the neurons beside the pulses.
#[derive(Clone, Copy)]
pub(super) struct Drive<'a> {
    /// Taken off the input of each neuron \[mV/ms\].
    pub(super) theta: &'a [f64],
    /// A current that grows to this over the presentation \[mV/ms\].
    pub(super) ramp: f64,
    /// A current of all neurons \[mV/ms\].
    pub(super) hold: f64,
    /// When some neurons are made to spike \[ms\].
    pub(super) clamp: Option<(&'a [f64], &'a Range<usize>)>,
}

impl<'a> Drive<'a> {
    /// The thresholds alone.
    pub(super) fn thresholds(theta: &'a [f64]) -> Self {
        Drive { theta, ramp: 0.0, hold: 0.0, clamp: None }
    }
}

/// What a showing gave.
pub(super) struct Shown {
    /// In the order of steps, then of neurons.
    pub(super) spikes: Vec<Spike>,
    /// Those that the equations do not have, where they were counted.
    pub(super) spurious: u64,
    /// The monitors that watched.
    pub(super) monitors: Vec<Monitor<'static>>,
}

impl Net {
    /// The network of `recipe` with the charges `weights`, input by input.
    pub(super) fn new(recipe: &Recipe, stepping: &Stepping, inputs: usize, weights: &[f64]) -> Result<Self> {
        let n = recipe.neurons;
        let mut network = Network::new(stepping.dt, 1)?;
        let traces = Some(Traces { tc: TRACE, scale: 1.0, additive: true });
        let pixels = network.add_input("pixels", inputs, traces)?;
        let spec = LayerSpec {
            scheme: stepping.scheme.clone(),
            lbound: stepping.lbound,
            traces,
            ..LayerSpec::new(vec![recipe.neuron; n])
        };
        let layer = network.add_layer("neurons", spec)?;
        let delay = ((recipe.delay / stepping.dt).round() as usize).max(1);
        let charges =
            network.connect_with(pixels, layer, Weights::dense(inputs, n, weights.to_vec())?, delay, recipe.synapse)?;
        if let Method::Unsupervised(rule) = &recipe.method {
            let mut lateral = vec![-rule.inhibition; n * n];
            (0..n).for_each(|i| lateral[i * n + i] = 0.0);
            let synapse = Synapse::exponential(rule.inhibition_tau);
            network.connect_with(layer, layer, Weights::dense(n, n, lateral)?, delay, synapse)?;
        }
        Ok(Net { network, pixels, layer, charges, dt: stepping.dt })
    }

    /// The charges \[mV\], input by input.
    pub(super) fn weights(&self) -> Vec<f64> {
        self.network.connection(self.charges).weights().values().to_vec()
    }

    /// Shows `pulses` to the network at rest, watched by `monitors` too, and puts it back to rest; weights that learn have changed.
    pub(super) fn show(
        &mut self,
        pulses: &PulseGrid,
        drive: Drive<'_>,
        count_spurious: bool,
        monitors: Vec<Monitor<'static>>,
    ) -> Result<Shown> {
        let (pixels, layer, dt, steps) = (self.pixels, self.layer, self.dt, pulses.steps() as u64);
        let still = drive.ramp == 0.0;
        let feed = |step: u64, inputs: &mut Inputs<'_, '_, f64>| {
            for (i, weight) in pulses.pulses(step as usize) {
                for _ in 0..weight as u32 {
                    inputs.spike(pixels, 0, i)?;
                }
            }
            // An external input stays until it is changed.
            if !still || step == 0 {
                // The mean of the ramp over the step.
                let common = drive.hold + drive.ramp * (step as f64 + 0.5) / steps as f64;
                let current = inputs.current(layer)?;
                current.iter_mut().zip(drive.theta).for_each(|(current, theta)| *current = common - theta);
            }
            if let Some((times, neurons)) = drive.clamp
                && times.iter().any(|t| (t / dt) as u64 == step)
            {
                neurons.clone().try_for_each(|i| inputs.clamp(layer, 0, i))?;
            }
            Ok(())
        };
        let mut watching = vec![Monitor::spikes().of(layer)];
        watching.extend(monitors);
        let spurious = if count_spurious {
            spurious::count(&mut self.network, layer, steps, feed, &mut watching)?.spurious
        } else {
            self.network.run(steps, feed, &mut watching)?;
            0
        };
        self.network.reset();
        let spikes = watching[0].recorded_spikes().into_iter().map(|(_, spike)| spike).collect();
        watching.remove(0);
        Ok(Shown { spikes, spurious, monitors: watching })
    }
}

/// Spikes of each of `n` neurons.
pub(super) fn counts(spikes: &[Spike], n: usize) -> Vec<u32> {
    let mut counts = vec![0; n];
    spikes.iter().for_each(|spike| counts[spike.neuron as usize] += 1);
    counts
}
