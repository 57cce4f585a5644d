//! The network of 2003 as a function of continuous time, for any scheme and step.

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use rand_distr::{Distribution, StandardNormal};

use super::{Population, Spike};
use crate::error::{Result, refuse_if};
use crate::scheme::Scheme;
use crate::{Neuron, State};

/// Neurons, weights and noise drawn from one seed.
///
/// ```text
/// excitatory, r uniform: a = 0.02, b = 0.2, c = −65 + 15 r², d = 8 − 6 r²        weights 0.5 times uniform
/// inhibitory, r uniform: a = 0.02 + 0.08 r, b = 0.25 − 0.05 r, c = −65, d = 2    weights −1 times uniform
/// input of a millisecond: 5 or 2 times a normal number, and the weights of all spikes of the millisecond before
/// ```
///
/// The program of 2003 finds the spikes of a 1 ms step at the start of the next one and adds their weights to the input of that step:
/// weight × 1 ms of charge, spread over the whole millisecond k to k + 1 for spikes in (k − 1, k\]. That is kept for every step, so
/// that the network is one problem with a limit for dt → 0, and at 1 ms with the half-step the published program.
///
/// Source: the program in E. M. Izhikevich, *Simple model of spiking neurons*, IEEE Trans. Neural Networks 14 (2003) 1569–1572.
///
/// ```
/// use spikestep::population::Network2003;
/// let network = Network2003::draw(Network2003::EXCITATORY, Network2003::INHIBITORY, 100, 1);
/// let spikes = network.run(&"half-step".parse()?, 1.0, 0.0)?;
/// assert!(spikes.len() > 500);
/// # Ok::<(), spikestep::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Network2003 {
    neurons: Vec<Neuron>,
    /// Weights \[mV/ms\], those of one sender together.
    weights: Vec<f64>,
    /// Thalamic input \[mV/ms\], those of one millisecond together.
    noise: Vec<f64>,
}

impl Network2003 {
    /// Excitatory neurons of the published network.
    pub const EXCITATORY: usize = 800;
    /// Inhibitory neurons of the published network, numbered after the excitatory ones.
    pub const INHIBITORY: usize = 200;

    /// The network and its noise over `milliseconds`; the same numbers on every machine. A longer run only adds to the noise.
    pub fn draw(excitatory: usize, inhibitory: usize, milliseconds: usize, seed: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let count = excitatory + inhibitory;
        let neurons = (0..count)
            .map(|i| {
                let r: f64 = rng.random();
                if i < excitatory {
                    Neuron::new(0.02, 0.2, -65.0 + 15.0 * r * r, 8.0 - 6.0 * r * r)
                } else {
                    Neuron::new(0.02 + 0.08 * r, 0.25 - 0.05 * r, -65.0, 2.0)
                }
            })
            .collect();
        let mut weights = Vec::with_capacity(count * count);
        for sender in 0..count {
            let scale = if sender < excitatory { 0.5 } else { -1.0 };
            weights.extend((0..count).map(|_| scale * rng.random::<f64>()));
        }
        let mut noise = Vec::with_capacity(count * milliseconds);
        for _ in 0..milliseconds {
            noise.extend((0..count).map(|i| {
                let z: f64 = StandardNormal.sample(&mut rng);
                if i < excitatory { 5.0 * z } else { 2.0 * z }
            }));
        }
        Network2003 { neurons, weights, noise }
    }

    /// Its spikes over the whole noise at a step `dt` \[ms\], a whole part of 1 ms. `kick` \[mV\] is added to v of every second neuron
    /// at the start, and taken from that of the others.
    ///
    /// # Errors
    /// A step that is no whole part of 1 ms, and those of [`Population::new`].
    pub fn run(&self, scheme: &Scheme, dt: f64, kick: f64) -> Result<Vec<Spike>> {
        let steps = (1.0 / dt).round();
        let whole = steps >= 1.0 && (steps * dt - 1.0).abs() < 1e-9;
        refuse_if!(!whole, "the step", format!("{dt} ms"), "a whole part of 1 ms", "Take 1, 0.5, 0.25, 0.2 or 0.1.");
        let mut states: Vec<State> = self.neurons.iter().map(Neuron::resting_start).collect();
        for (i, state) in states.iter_mut().enumerate() {
            state.v += if i % 2 == 0 { kick } else { -kick };
        }
        let mut population = Population::new(scheme, &self.neurons, &states)?;
        let (mut spikes, mut seen): (Vec<Spike>, _) = (Vec::new(), 0);
        let count = self.neurons.len();
        for noise in self.noise.chunks_exact(count) {
            let mut input = noise.to_vec();
            for spike in &spikes[seen..] {
                let from = spike.neuron as usize * count;
                input.iter_mut().zip(&self.weights[from..from + count]).for_each(|(sum, weight)| *sum += weight);
            }
            seen = spikes.len();
            population.advance(&input, 1.0 / steps, steps as u64, &mut spikes)?;
        }
        Ok(spikes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The program's loop in the plainest form: v of each neuron on its own, spikes found at the start of a step.
    fn program(network: &Network2003) -> Vec<(u32, f64)> {
        let count = network.neurons.len();
        let mut states: Vec<State> = network.neurons.iter().map(Neuron::resting_start).collect();
        let mut firings = Vec::new();
        for (t, noise) in network.noise.chunks_exact(count).enumerate() {
            let mut input = noise.to_vec();
            for (i, state) in states.iter_mut().enumerate() {
                if state.v >= 30.0 {
                    firings.push((i as u32, t as f64));
                    *state = network.neurons[i].reset(*state);
                    for (j, sum) in input.iter_mut().enumerate() {
                        *sum += network.weights[i * count + j];
                    }
                }
            }
            for (i, s) in states.iter_mut().enumerate() {
                let n = &network.neurons[i];
                s.v += 0.5 * n.dv(*s, input[i]);
                s.v += 0.5 * n.dv(*s, input[i]);
                s.u += n.du(*s);
            }
        }
        firings
    }

    #[test]
    fn half_steps_of_a_millisecond_are_the_published_program() {
        let network = Network2003::draw(160, 40, 200, 3);
        let expected = program(&network);
        let spikes = network.run(&"half-step".parse().unwrap(), 1.0, 0.0).unwrap();
        // A spike that ends the last step has not been seen by the program.
        let until: Vec<_> = spikes.iter().map(|s| (s.neuron, s.t)).filter(|s| s.1 < 200.0).collect();
        assert_eq!(until, expected);
        assert!(expected.len() > 100, "{}", expected.len());
    }

    #[test]
    fn a_longer_run_adds_to_a_shorter_one() {
        let (short, long) = (Network2003::draw(80, 20, 50, 1), Network2003::draw(80, 20, 60, 1));
        let spikes = |network: &Network2003| network.run(&"rk4+located".parse().unwrap(), 0.25, 0.0).unwrap();
        let early: Vec<_> = spikes(&long).into_iter().filter(|s| s.t <= 50.0).collect();
        assert_eq!(spikes(&short), early);
    }
}
