//! Bernoulli code: a trial in every step.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::{Code, Pulse, PulseGrid};

/// Length of a trial in continuous time \[ms\]: BindsNET's default step.
pub(super) const TRIAL: f64 = 1.0;

/// Each input spikes in each step with probability p·x, independently.
///
/// *On a grid* this is BindsNET's `bernoulli` with `max_prob` = p: the probability belongs to a step whatever its length, so the rate
/// in Hz doubles where dt is halved. (BindsNET divides an image whose largest value exceeds 1 by it; here pixels never do.)
///
/// *In continuous time* the trials are 1 ms long, and a spike falls uniformly within its own: binned at 1 ms it is the code on the
/// grid, and at any other dt it has the same rate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bernoulli {
    /// Probability p that a pixel of 1 spikes in a step (a trial), 0..=1.
    pub probability: f64,
}

impl Code for Bernoulli {
    fn encode(&self, image: &[f32], _duration: f64, _dt: f64, grid: &mut PulseGrid, random: &mut ChaCha8Rng) {
        for step in 0..grid.steps() {
            for (value, x) in grid.step_mut(step).iter_mut().zip(image) {
                *value = f32::from(random.random::<f64>() < self.probability * f64::from(*x));
            }
        }
    }

    fn draw(&self, image: &[f32], duration: f64, random: &mut ChaCha8Rng) -> Vec<Pulse> {
        let trials = (duration / TRIAL).ceil() as usize;
        let mut pulses = Vec::new();
        for trial in 0..trials {
            for (input, x) in image.iter().enumerate() {
                if random.random::<f64>() < self.probability * f64::from(*x) {
                    let time = (trial as f64 + random.random::<f64>()) * TRIAL;
                    // The last trial may reach past the end.
                    if time < duration {
                        pulses.push(Pulse { time, input, weight: 1.0 });
                    }
                }
            }
        }
        pulses
    }
}
