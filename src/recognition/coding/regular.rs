//! Regular code: rates without noise.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::{Code, Pulse, PulseGrid};

/// Each input spikes every 1000 / (rate·x) ms, from a first time that is uniform in one interval: the counts of a Poisson train without
/// their noise, which in 100 ms is what limits recognition.
///
/// *On a grid* it is the same train, each spike in the step that covers it: at the rates where steps hold several, they add up.
///
/// BindsNET has no such code. A rate code by regular trains is that of the first models with spikes (Gerstner & Kistler 2002,
/// *Spiking Neuron Models*, § 1.5.2).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Regular {
    /// Rate of a pixel of 1 \[Hz\].
    pub rate: f64,
}

impl Code for Regular {
    fn encode(&self, image: &[f32], duration: f64, dt: f64, grid: &mut PulseGrid, random: &mut ChaCha8Rng) {
        self.draw(image, duration, random).iter().for_each(|pulse| grid.add(pulse, dt));
    }

    fn draw(&self, image: &[f32], duration: f64, random: &mut ChaCha8Rng) -> Vec<Pulse> {
        let mut pulses = Vec::new();
        for (input, x) in image.iter().enumerate() {
            // Drawn for dark pixels, too: a pixel's phase does not depend on the others.
            let phase: f64 = random.random();
            let interval = 1000.0 / (self.rate * f64::from(*x));
            let times = (0u64..).map(|n| (n as f64 + phase) * interval).take_while(|time| *time < duration);
            pulses.extend(times.map(|time| Pulse { time, input, weight: 1.0 }));
        }
        pulses
    }
}
