//! A layer with lateral inhibition: the part of its spikes that is spurious, and what a lower bound of v does.

use serde::Deserialize;

use super::super::runs::check_positive;
use super::super::trains::Trains;
use crate::error::{Error, Result};
use crate::population::layer::RandomWeights;
use crate::population::spurious::{self, Spurious};
use crate::population::{Layer, LayerSpec, Monitor, Network, Synapse, Variable, Weights};
use crate::scheme::Scheme;

/// The layer, as in `experiments/inhibition_excites.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LayerStudy {
    /// Numbers of inputs and of neurons.
    pub(super) inputs: usize,
    pub(super) neurons: usize,
    /// Duration \[ms\], and how long a picture is shown \[ms\].
    pub(super) duration: f64,
    pub(super) picture: f64,
    /// The part of the inputs that is on in a picture, and their rate then \[Hz\].
    pub(super) on: f64,
    pub(super) rate: f64,
    /// Mean weight of an input at a step of 1 ms \[mV/ms\]; weights are uniform from 0 to twice that.
    pub(super) weight: f64,
    /// Lateral weights, from each neuron onto all others, at a step of 1 ms \[mV/ms\], as positive numbers.
    pub(super) inhibitions: Vec<f64>,
    /// Steps \[ms\]: whole parts of 1 ms.
    pub(super) dts: Vec<f64>,
    /// Schemes of layers.
    pub(super) schemes: Vec<String>,
    /// How spikes reach the neurons.
    pub(super) synapses: Vec<Synapse>,
    pub(super) seeds: u64,
    /// Where the lower bounds are tried: step \[ms\] and inhibition \[mV/ms\].
    pub(super) bounded_at: (f64, f64),
    /// Lower bounds of v \[mV\].
    pub(super) lbounds: Vec<f64>,
}

/// One setting of the layer.
#[derive(Clone, Debug)]
pub(super) struct Setting {
    pub(super) scheme: Scheme,
    pub(super) synapse: Synapse,
    pub(super) dt: f64,
    pub(super) inhibition: f64,
    pub(super) lbound: Option<f64>,
}

/// What a lower bound costs the true spikes.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Price {
    /// Spikes without the bound.
    pub(super) spikes: usize,
    /// Those that have no partner within [`WINDOW`] with it, and those with it that have none without.
    pub(super) lost: usize,
    pub(super) added: usize,
    /// Partners more than [`MOVED`] apart, and their mean distance \[ms\].
    pub(super) moved: usize,
    pub(super) mean: f64,
}

/// Spikes within so much are the same one \[ms\].
pub(super) const WINDOW: f64 = 2.0;
/// From here on a spike counts as moved \[ms\].
pub(super) const MOVED: f64 = 0.1;

impl LayerStudy {
    pub(super) fn check(&self) -> Result<Vec<Scheme>> {
        let positive = [
            ("duration", self.duration),
            ("picture", self.picture),
            ("rate", self.rate),
            ("weight", self.weight),
            ("on", self.on),
        ];
        positive.into_iter().try_for_each(|(what, x)| check_positive(what, x))?;
        let toml = "See experiments/inhibition_excites.toml.";
        if self.rate >= 500.0 || self.on > 1.0 {
            let given = format!("{} Hz, {}", self.rate, self.on);
            return Err(Error::invalid("rate or on", given, "a rate below 500 Hz, a part of 0 to 1", toml));
        }
        let sizes = 1..=10_000;
        if !sizes.contains(&self.inputs) || !sizes.contains(&self.neurons) || !(1..=1000).contains(&self.seeds) {
            let given = format!("{}, {} and {}", self.inputs, self.neurons, self.seeds);
            return Err(Error::invalid("inputs, neurons or seeds", given, "1 to 10000, 1 to 1000 seeds", toml));
        }
        let whole =
            |dt: &f64| (1.0..=1e4).contains(&(1.0 / dt).round()) && ((1.0 / dt).round() * dt - 1.0).abs() < 1e-9;
        if let Some(dt) = self.dts.iter().chain([&self.bounded_at.0]).find(|dt| !whole(dt)) {
            return Err(Error::invalid("dts of the layer", format!("{dt} ms"), "whole parts of 1 ms", toml));
        }
        self.schemes.iter().map(|name| crate::population::scheme(name)).collect()
    }

    /// The inputs of a seed: pictures in turn, drawn once for all steps.
    fn pictures(&self, seed: u64) -> Trains {
        use rand::RngExt;
        Trains::poisson(self.inputs, self.duration, self.picture, seed, |_, _, rng| {
            if rng.random::<f64>() < self.on { self.rate / 1000.0 } else { 0.0 }
        })
    }

    /// BindsNET's neurons at random, unconnected.
    fn spec(&self, setting: &Setting, seed: u64) -> Result<LayerSpec> {
        let mut spec = LayerSpec::random(self.neurons, 1.0, RandomWeights::None, seed)?;
        (spec.scheme, spec.lbound) = (setting.scheme.clone(), setting.lbound);
        Ok(spec)
    }

    /// Runs a setting; what it counts, and the inputs of all neurons, step by step, where `keep` asks for them.
    pub(super) fn run(&self, setting: &Setting, seed: u64, keep: bool) -> Result<(Spurious, Vec<Vec<f64>>)> {
        use rand::{RngExt, SeedableRng};
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(seed ^ 0x5eed);
        let (n, dt) = (self.neurons, setting.dt);
        let number = |w: f64| setting.synapse.number(w, 1.0);
        let weights = (0..self.inputs * n).map(|_| number(2.0 * self.weight * rng.random::<f64>())).collect();
        let lateral = (0..n * n).map(|k| if k / n == k % n { 0.0 } else { -number(setting.inhibition) }).collect();
        let mut network = Network::<f64>::new(dt, 1)?;
        let x = network.add_input("X", self.inputs, None)?;
        let y = network.add_layer("Y", self.spec(setting, seed)?)?;
        // A millisecond late at every step, BindsNET's one step at 1 ms.
        let delay = (1.0 / dt).round() as usize;
        network.connect_with(x, y, Weights::dense(self.inputs, n, weights)?, delay, setting.synapse)?;
        network.connect_with(y, y, Weights::dense(n, n, lateral)?, delay, setting.synapse)?;
        let pictures = self.pictures(seed);
        let steps = (self.duration / dt).round() as u64;
        let variables: &[Variable] = &[Variable::Input];
        let mut monitors: Vec<Monitor<'_>> = if keep { vec![Monitor::states(variables).of(y)] } else { Vec::new() };
        let told = |step: u64, inputs: &mut crate::population::network::Inputs<'_, '_, f64>| {
            let (start, end) = (step as f64 * dt, (step + 1) as f64 * dt);
            pictures.within(start, end).try_for_each(|i| inputs.spike(x, 0, i))
        };
        let found = spurious::count(&mut network, y, steps, told, &mut monitors)?;
        let series = |i: usize| monitors.first().and_then(|m| m.series(Variable::Input, 0, i as u32));
        Ok((found, (0..n).filter_map(series).collect()))
    }

    /// The spikes \[ms\] of each neuron of a layer without connections under `inputs`, as [`run`](Self::run) gives them.
    fn replay(&self, setting: &Setting, seed: u64, inputs: &[Vec<f64>]) -> Result<Vec<Vec<f64>>> {
        let mut layer = Layer::<f64>::new(self.spec(setting, seed)?, setting.dt, 1)?;
        let steps = inputs.first().map_or(0, Vec::len) as u64;
        let mut monitors = [Monitor::spikes()];
        let feed = |step: u64, input: &mut [f64]| {
            for (x, series) in input.iter_mut().zip(inputs) {
                *x = series[step as usize];
            }
            Ok(())
        };
        layer.run_recorded(steps, feed, &mut monitors)?;
        let mut trains = vec![Vec::new(); self.neurons];
        for (_, spike) in monitors[0].recorded_spikes() {
            trains[spike.neuron as usize].push(spike.t);
        }
        Ok(trains)
    }

    /// What the lower bound of `bounded` does to the spikes of the exact flow under the `inputs` of a run.
    pub(super) fn price(&self, bounded: &Setting, seed: u64, inputs: &[Vec<f64>]) -> Result<Price> {
        let exact = Setting { scheme: crate::population::scheme("projective-8")?, lbound: None, ..bounded.clone() };
        let free = self.replay(&exact, seed, inputs)?;
        let bound = self.replay(&Setting { lbound: bounded.lbound, ..exact.clone() }, seed, inputs)?;
        let mut price = Price::default();
        let mut sum = 0.0;
        for (a, b) in free.iter().zip(&bound) {
            price.spikes += a.len();
            let pairs = partners(a, b);
            price.lost += a.len() - pairs.len();
            price.added += b.len() - pairs.len();
            for shift in pairs.into_iter().filter(|shift| *shift > MOVED) {
                price.moved += 1;
                sum += shift;
            }
        }
        price.mean = if price.moved > 0 { sum / price.moved as f64 } else { 0.0 };
        Ok(price)
    }
}

impl Price {
    pub(super) fn and(self, other: Price) -> Price {
        let moved = self.moved + other.moved;
        let sum = self.mean * self.moved as f64 + other.mean * other.moved as f64;
        Price {
            spikes: self.spikes + other.spikes,
            lost: self.lost + other.lost,
            added: self.added + other.added,
            moved,
            mean: if moved > 0 { sum / moved as f64 } else { 0.0 },
        }
    }
}

/// Distances \[ms\] of spikes that lie within [`WINDOW`] of each other, one to one, in the order of time.
fn partners(a: &[f64], b: &[f64]) -> Vec<f64> {
    let (mut i, mut j, mut pairs) = (0, 0, Vec::new());
    while i < a.len() && j < b.len() {
        if (a[i] - b[j]).abs() <= WINDOW {
            pairs.push((a[i] - b[j]).abs());
            (i, j) = (i + 1, j + 1);
        } else if a[i] < b[j] {
            i += 1;
        } else {
            j += 1;
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn partners_are_one_to_one_and_near() {
        assert_eq!(partners(&[10.0, 20.0, 30.0], &[10.5, 25.0, 29.0, 30.5]), [0.5, 1.0]);
        assert!(partners(&[], &[1.0]).is_empty());
    }
}
