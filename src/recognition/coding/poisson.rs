//! Poisson code: rates.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Exp1};

use super::{Code, Pulse, PulseGrid};

/// Each input spikes at a rate of rate·x, independently.
///
/// *On a grid* this is BindsNET's `poisson`, which is **not** a Poisson process: the intervals between spikes, counted in steps, are
/// themselves Poisson-distributed with mean m = 1000 / (rate·x·dt), and an interval of 0 becomes 1. Intervals of such a train have the
/// variance m, where those of a Poisson process have m²: at m = 10 steps their coefficient of variation is 0.32, not 1, and
/// it shrinks as dt does. The mean interval is m + e^(−m) steps, so the rate is a little low where it is near one spike a step.
/// At most one spike falls into a step, and the first interval begins just before step 0.
///
/// *In continuous time* it is a homogeneous Poisson process: independent exponential intervals of mean 1000 / (rate·x) ms from t = 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Poisson {
    /// Rate of a pixel of 1 \[Hz\].
    pub rate: f64,
}

impl Code for Poisson {
    fn encode(&self, image: &[f32], _duration: f64, dt: f64, grid: &mut PulseGrid, random: &mut ChaCha8Rng) {
        for (input, x) in image.iter().enumerate() {
            let mean = 1000.0 / (self.rate * f64::from(*x) * dt);
            // A mean beyond what can be drawn, as that of a pixel of zero, is an interval without end.
            let Ok(intervals) = rand_distr::Poisson::new(mean) else { continue };
            let mut past = 0.0;
            loop {
                let interval: f64 = intervals.sample(random);
                past += interval.max(1.0);
                if past > grid.steps() as f64 {
                    break;
                }
                grid.step_mut(past as usize - 1)[input] = 1.0;
            }
        }
    }

    fn draw(&self, image: &[f32], duration: f64, random: &mut ChaCha8Rng) -> Vec<Pulse> {
        let mut pulses = Vec::new();
        for (input, x) in image.iter().enumerate().filter(|(_, x)| **x > 0.0) {
            let mean = 1000.0 / (self.rate * f64::from(*x));
            let mut time = 0.0;
            loop {
                let interval: f64 = random.sample(Exp1);
                time += mean * interval;
                if time >= duration {
                    break;
                }
                pulses.push(Pulse { time, input, weight: 1.0 });
            }
        }
        pulses
    }
}
