//! What each code makes of a picture: on a grid of steps, and in continuous time.

use rand::RngExt;
use rand::rngs::ChaCha8Rng;
use rand_distr::{Distribution, Exp1, Poisson};

use super::Coding;
use super::pulses::{Pulse, PulseGrid};

/// Length of a trial of the Bernoulli code in continuous time \[ms\]: BindsNET's default step.
const TRIAL: f64 = 1.0;

impl Coding {
    /// Pulses on the steps of `dt` \[ms\] that cover `duration` \[ms\], put into an empty grid.
    pub(super) fn fill(&self, image: &[f32], duration: f64, dt: f64, grid: &mut PulseGrid, random: &mut ChaCha8Rng) {
        match *self {
            Coding::Bernoulli { probability } => {
                for step in 0..grid.steps() {
                    for (value, x) in grid.step_mut(step).iter_mut().zip(image) {
                        *value = f32::from(random.random::<f64>() < probability * f64::from(*x));
                    }
                }
            }
            Coding::Poisson { rate } => {
                for (input, x) in image.iter().enumerate() {
                    // A mean beyond what can be drawn, as that of a pixel of zero, is an interval without end.
                    let Ok(intervals) = Poisson::new(1000.0 / (rate * f64::from(*x) * dt)) else { continue };
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
            Coding::RankOrder => {
                for (input, fraction) in fractions(image) {
                    let place = (grid.steps() as f64 * fraction).ceil() as usize;
                    if place > 0 && place < grid.steps() {
                        grid.step_mut(place - 1)[input] = 1.0;
                    }
                }
            }
            Coding::Repeat { .. } => {
                (0..grid.steps()).for_each(|step| grid.step_mut(step).copy_from_slice(image));
            }
            Coding::Single { .. } | Coding::Regular { .. } | Coding::Latency { .. } => {
                self.pulses(image, duration, random).iter().for_each(|pulse| grid.add(pulse, dt));
            }
        }
    }

    /// How many pulses of a pixel of 1 are expected over `duration` \[ms\] at most.
    pub(super) fn expected(&self, duration: f64) -> f64 {
        match *self {
            Coding::Poisson { rate } | Coding::Regular { rate } => rate * duration / 1000.0,
            Coding::Repeat { period } => duration / period,
            Coding::Bernoulli { .. } => duration / TRIAL,
            Coding::RankOrder | Coding::Single { .. } | Coding::Latency { .. } => 1.0,
        }
    }

    /// Pulses at times in 0..`duration` \[ms\], in any order.
    pub(super) fn pulses(&self, image: &[f32], duration: f64, random: &mut ChaCha8Rng) -> Vec<Pulse> {
        let spike = |time: f64, input: usize| Pulse { time, input, weight: 1.0 };
        let pixels = image.iter().map(|x| f64::from(*x)).enumerate();
        let mut pulses = Vec::new();
        match *self {
            Coding::Bernoulli { probability } => {
                for trial in 0..(duration / TRIAL).ceil() as usize {
                    for (input, x) in pixels.clone() {
                        if random.random::<f64>() < probability * x {
                            pulses.push(spike((trial as f64 + random.random::<f64>()) * TRIAL, input));
                        }
                    }
                }
            }
            Coding::Poisson { rate } => {
                for (input, x) in pixels.filter(|(_, x)| *x > 0.0) {
                    let mean = 1000.0 / (rate * x);
                    let mut time = 0.0;
                    while time < duration {
                        let interval: f64 = random.sample(Exp1);
                        time += mean * interval;
                        pulses.push(spike(time, input));
                    }
                }
            }
            Coding::Regular { rate } => {
                for (input, x) in pixels {
                    // Drawn for dark pixels, too: a pixel's phase does not depend on the others.
                    let phase: f64 = random.random();
                    let interval = 1000.0 / (rate * x);
                    let times = (0u64..).map(|n| (n as f64 + phase) * interval).take_while(|time| *time < duration);
                    pulses.extend(times.map(|time| spike(time, input)));
                }
            }
            Coding::RankOrder => {
                pulses.extend(fractions(image).map(|(input, fraction)| spike(duration * fraction, input)));
            }
            Coding::Single { sparsity } => {
                let threshold = quantile(image, 1.0 - sparsity);
                pulses.extend(pixels.filter(|(_, x)| *x > threshold).map(|(input, _)| spike(0.0, input)));
            }
            Coding::Repeat { period } => {
                let times = (0u64..).map(|n| n as f64 * period).take_while(|time| *time < duration);
                let lit = || image.iter().enumerate().filter(|(_, x)| **x > 0.0);
                pulses.extend(times.flat_map(|time| lit().map(move |(input, x)| Pulse { time, input, weight: *x })));
            }
            Coding::Latency { tau, theta } => {
                // ln(x / (x - theta)) without the cancellation at small theta.
                let time = |x: f64| -tau * (-theta / x).ln_1p();
                pulses.extend(pixels.filter(|(_, x)| *x > theta).map(|(input, x)| spike(time(x), input)));
            }
        }
        // The last trial or interval may reach past the end.
        pulses.retain(|pulse| pulse.time < duration);
        pulses
    }
}

/// min(x)/x for each input that is not dark.
fn fractions(image: &[f32]) -> impl Iterator<Item = (usize, f64)> + '_ {
    let faintest = image.iter().copied().filter(|x| *x > 0.0).fold(f32::INFINITY, f32::min);
    let lit = image.iter().enumerate().filter(|(_, x)| **x > 0.0);
    lit.map(move |(input, x)| (input, f64::from(faintest) / f64::from(*x)))
}

/// The quantile of the pixels at `share`, linear between order statistics.
fn quantile(image: &[f32], share: f64) -> f64 {
    let mut sorted: Vec<f64> = image.iter().copied().map(f64::from).collect();
    sorted.sort_by(f64::total_cmp);
    let place = share * sorted.len().saturating_sub(1) as f64;
    let low = sorted.get(place.floor() as usize).copied().unwrap_or_default();
    let high = sorted.get(place.floor() as usize + 1).copied().unwrap_or(low);
    low + place.fract() * (high - low)
}
