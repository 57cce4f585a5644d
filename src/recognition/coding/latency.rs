//! Latency code: the time to the first spike.

use rand_chacha::ChaCha8Rng;

use super::{Code, Pulse, PulseGrid};

/// Each input brighter than θ spikes once, at t = τ ln(x / (x − θ)), if that is before the end.
///
/// The time at which a leaky integrator τ ds/dt = x − s, at rest when the image appears, reaches the threshold θ (Gerstner & Kistler
/// 2002, *Spiking Neuron Models*, section 4.1, the leaky integrate-and-fire neuron under a constant input). That the first
/// spikes of a volley carry an image: Thorpe, Delorme & Van Rullen (2001), Neural Networks 14:715. Chosen before a
/// time that falls linearly with x, because it needs no end of the presentation to be laid out on: shown for longer, an image
/// keeps its spikes.
///
/// With the defaults τ = 20 ms and θ = 0.2 the pixels 1, 0.5 and 0.25 spike at 4.5, 10.2 and 32.2 ms. Nothing is random, and the code on a
/// grid is the one in continuous time, binned.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Latency {
    /// Time constant τ \[ms\].
    pub tau: f64,
    /// Threshold θ, above 0 and below 1.
    pub theta: f64,
}

impl Code for Latency {
    fn encode(&self, image: &[f32], duration: f64, dt: f64, grid: &mut PulseGrid, random: &mut ChaCha8Rng) {
        self.draw(image, duration, random).iter().for_each(|pulse| grid.add(pulse, dt));
    }

    fn draw(&self, image: &[f32], duration: f64, _random: &mut ChaCha8Rng) -> Vec<Pulse> {
        let bright = image.iter().enumerate().map(|(input, x)| (input, f64::from(*x))).filter(|(_, x)| *x > self.theta);
        // ln(x / (x - theta)) without the cancellation at small theta.
        let all = bright.map(|(input, x)| Pulse { time: -self.tau * (-self.theta / x).ln_1p(), input, weight: 1.0 });
        all.filter(|pulse| pulse.time < duration).collect()
    }
}
