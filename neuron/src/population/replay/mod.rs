//! Recorded layers and networks, read from the files of a recording and run again under any scheme of a layer.
//!
//! A recording is a description in JSON and its input in CSV, of one of two kinds:
//!
//! * `population`: one layer with lateral weights under an input in mV/ms; input columns `step,batch,neuron,input`.
//! * `network_stdp`: inputs onto such a layer, by weights that learn by `PostPre`; input columns `presentation,step,batch,spiking_inputs`,
//!   the last with blanks between the numbers. Each presentation ends with the normalisation of the weights and the reset of both layers.
//!
//! The replay has the columns and rows of the recording: [`Replay::state`], [`Replay::weights`]. [`Recording::rerun`] takes any scheme and step
//! and keeps the spikes alone, to be compared.

mod config;
mod input;
mod rerun;

use std::path::Path;

pub use rerun::{Difference, Rerun};

use config::{Config, NetworkConfig};

use super::{Layer, Network, Real, Variable, Weights};
use crate::error::Result;
use crate::scheme::Scheme;

/// Steps between two records of the weights.
const WEIGHTS_EVERY: usize = 20;

/// A recorded layer or network and its input.
#[derive(Clone, Debug)]
pub struct Recording {
    config: Config,
    input: Input,
}

#[derive(Clone, Debug)]
enum Input {
    /// Currents \[mV/ms\], step by step, then by rows and neurons.
    Population(Vec<f64>),
    /// The inputs that spike, by presentations, steps and rows.
    Network(NetworkConfig, Vec<Vec<u32>>),
}

/// The results of a replay, as files of the recording's columns.
#[derive(Clone, Debug, PartialEq)]
pub struct Replay {
    /// CSV of v \[mV\], u \[mV/ms\], spike (0 or 1) and trace of each neuron after each step: `step,batch,neuron,v_mV,u,spike,trace`, for
    /// a network with `presentation` before. Numbers have the digits that give them back; one that is not finite is an empty field.
    pub state: String,
    /// CSV of the weights \[mV/ms\] of a network after every 20th step and after the normalisation that ends a presentation:
    /// `presentation,step,input,neuron,w`.
    pub weights: Option<String>,
    /// Spikes of all neurons, rows and presentations.
    pub spikes: u64,
    /// Neurons that left the finite numbers: row, neuron and the end \[ms\] of the step, in the order of presentations, rows and neurons.
    pub diverged: Vec<(usize, usize, f64)>,
}

impl Recording {
    /// Reads the description `config` (JSON) and its `input` (CSV).
    ///
    /// # Errors
    /// Files that cannot be read; with line and column, text that is no JSON or lacks a value; with the line, an input with other columns,
    /// a number out of range, one given twice or not at all; sizes and parameters that do not fit.
    pub fn read(config: &Path, input: &Path) -> Result<Self> {
        let (description, network) = config::read(config)?;
        let input = match network {
            None => Input::Population(input::currents(input, &description)?),
            Some(network) => {
                let spiking = input::spikes(input, &description, &network)?;
                Input::Network(network, spiking)
            }
        };
        Ok(Recording { config: description, input })
    }

    /// Kind and size of the recording, in words.
    pub fn summary(&self) -> String {
        let Config { dt, steps, batch, .. } = &self.config;
        let n = self.config.a.len();
        let kind = match &self.input {
            Input::Population(_) => "population".to_owned(),
            Input::Network(network, _) => {
                format!("network that learns, {} inputs, {} presentations", network.n_input, network.presentations)
            }
        };
        format!("{kind}, {n} neurons, {batch} rows, {steps} steps of {dt} ms")
    }

    /// Runs it under `scheme`, in the precision of the recording.
    ///
    /// # Errors
    /// Parameters that a layer cannot be made from, and numbers that single precision cannot hold.
    pub fn replay(&self, scheme: &Scheme) -> Result<Replay> {
        if self.config.single { self.replay_in::<f32>(scheme) } else { self.replay_in::<f64>(scheme) }
    }

    fn replay_in<T: Real>(&self, scheme: &Scheme) -> Result<Replay> {
        match &self.input {
            Input::Population(currents) => self.population::<T>(scheme, currents),
            Input::Network(network, spiking) => self.network::<T>(scheme, network, spiking),
        }
    }

    fn population<T: Real>(&self, scheme: &Scheme, currents: &[f64]) -> Result<Replay> {
        let mut layer = Layer::<T>::new(self.config.layer(scheme), self.config.dt, self.config.batch)?;
        let mut replay = Replay::new("step,batch,neuron");
        let width = self.config.batch * self.config.a.len();
        for (step, currents) in currents.chunks(width).enumerate() {
            let input: Vec<T> = currents.iter().map(|x| T::of(*x)).collect();
            layer.step(&input)?;
            replay.record(&format!("{step}"), &layer);
        }
        replay.note_diverged(&layer);
        Ok(replay)
    }

    fn network<T: Real>(&self, scheme: &Scheme, config: &NetworkConfig, spiking: &[Vec<u32>]) -> Result<Replay> {
        let Config { dt, steps, batch, .. } = self.config;
        let mut network = Network::<T>::new(dt, batch)?;
        let x = network.add_input("X", config.n_input, Some(self.config.traces()))?;
        let y = network.add_layer("Y", self.config.layer(scheme))?;
        let w0 = config.w0.iter().map(|w| T::of(*w)).collect();
        let connection = network.connect(x, y, Weights::dense(config.n_input, self.config.a.len(), w0)?, 1)?;
        network.make_plastic(connection, config.learning)?;
        let mut replay = Replay::new("presentation,step,batch,neuron");
        let mut weights = "presentation,step,input,neuron,w\n".to_owned();
        for presentation in 0..config.presentations {
            for step in 0..steps {
                network.run(
                    1,
                    |_, inputs| {
                        (0..batch).try_for_each(|row| {
                            let spiking = &spiking[(presentation * steps + step) * batch + row];
                            spiking.iter().try_for_each(|i| inputs.spike(x, row, *i as usize))
                        })
                    },
                    &mut [],
                )?;
                replay.record(&format!("{presentation},{step}"), network.layer(y)?);
                if (step + 1) % WEIGHTS_EVERY == 0 {
                    append(&mut weights, &format!("{presentation},{step}"), network.connection(connection).weights());
                }
            }
            network.normalize();
            append(&mut weights, &format!("{presentation},normalised"), network.connection(connection).weights());
            replay.note_diverged(network.layer(y)?);
            network.reset();
        }
        replay.weights = Some(weights);
        Ok(replay)
    }
}

impl Replay {
    fn new(columns: &str) -> Self {
        let state = format!("{columns},v_mV,u,spike,trace\n");
        Replay { state, weights: None, spikes: 0, diverged: Vec::new() }
    }

    /// Appends the state of `layer`, each row after `begin`.
    fn record<T: Real>(&mut self, begin: &str, layer: &Layer<T>) {
        let written = |x: T| if x.is_finite() { x.to_string() } else { String::new() };
        for row in 0..layer.batch() {
            self.spikes += layer.spikes(row).len() as u64;
            let [v, u, spike, trace] = [Variable::V, Variable::U, Variable::Spike, Variable::Trace]
                .map(|variable| layer.values(variable, row).into_iter().map(written));
            for (i, (((v, u), spike), trace)) in v.zip(u).zip(spike).zip(trace).enumerate() {
                self.state += &format!("{begin},{row},{i},{v},{u},{spike},{trace}\n");
            }
        }
    }

    fn note_diverged<T: Real>(&mut self, layer: &Layer<T>) {
        for row in 0..layer.batch() {
            self.diverged.extend((0..layer.n()).filter_map(|i| layer.diverged_at(row, i).map(|t| (row, i, t))));
        }
    }
}

/// Appends all weights, each row after `begin`.
fn append<T: Real>(csv: &mut String, begin: &str, weights: &Weights<T>) {
    for i in 0..weights.pre() {
        for j in 0..weights.post() {
            *csv += &format!("{begin},{i},{j},{}\n", weights.get(i, j));
        }
    }
}
