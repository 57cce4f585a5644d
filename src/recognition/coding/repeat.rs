//! Repeat code: the pixels themselves.

use rand_chacha::ChaCha8Rng;

use super::{Code, Pulse, PulseGrid};

/// Each input has a pulse of weight x in every step: no spikes, but a constant input.
///
/// *On a grid* this is BindsNET's `repeat`: the weight belongs to a step whatever its length.
///
/// *In continuous time* the pulses come every `period` ms from t = 0: binned at dt = period it is the code on the grid, at smaller
/// steps the pulses stay apart, at larger ones they add up, and their sum per ms is the same.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Repeat {
    /// Time between pulses in continuous time \[ms\].
    pub period: f64,
}

impl Code for Repeat {
    fn encode(&self, image: &[f32], _duration: f64, _dt: f64, grid: &mut PulseGrid, _random: &mut ChaCha8Rng) {
        for step in 0..grid.steps() {
            grid.step_mut(step).copy_from_slice(image);
        }
    }

    fn draw(&self, image: &[f32], duration: f64, _random: &mut ChaCha8Rng) -> Vec<Pulse> {
        let times = (0u64..).map(|n| n as f64 * self.period).take_while(|time| *time < duration);
        let lit = |time: f64| {
            let lit = image.iter().enumerate().filter(|(_, x)| **x > 0.0);
            lit.map(move |(input, x)| Pulse { time, input, weight: *x })
        };
        times.flat_map(lit).collect()
    }
}
