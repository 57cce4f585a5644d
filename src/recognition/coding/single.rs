//! Single-spike code: the brightest, all at once.

use rand_chacha::ChaCha8Rng;

use super::{Code, Pulse, PulseGrid};

/// Each input brighter than the quantile 1 − sparsity of the image spikes once, at the beginning; the others are silent.
///
/// This is BindsNET's `single` (which speaks of earlier spikes for brighter inputs, and puts all into the first step). The quantile
/// is interpolated linearly between order statistics (type 7 of Hyndman & Fan 1996, The American Statistician 50:361), and an input
/// *at* it is silent: sparsity 0 makes no spikes, and of an image of which half is dark 0.5 takes every pixel that is not.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Single {
    /// Share of the inputs that spike, 0..=1, were all pixels different.
    pub sparsity: f64,
}

impl Single {
    fn spiking<'a>(&self, image: &'a [f32]) -> impl Iterator<Item = usize> + 'a {
        let mut sorted: Vec<f64> = image.iter().copied().map(f64::from).collect();
        sorted.sort_by(f64::total_cmp);
        let place = (1.0 - self.sparsity) * sorted.len().saturating_sub(1) as f64;
        let (below, part) = (place.floor() as usize, place.fract());
        let low = sorted.get(below).copied().unwrap_or_default();
        let high = sorted.get(below + 1).copied().unwrap_or(low);
        let quantile = low + part * (high - low);
        image.iter().enumerate().filter(move |(_, x)| f64::from(**x) > quantile).map(|(input, _)| input)
    }
}

impl Code for Single {
    fn encode(&self, image: &[f32], _duration: f64, _dt: f64, grid: &mut PulseGrid, _random: &mut ChaCha8Rng) {
        if grid.steps() > 0 {
            self.spiking(image).for_each(|input| grid.step_mut(0)[input] = 1.0);
        }
    }

    fn draw(&self, image: &[f32], _duration: f64, _random: &mut ChaCha8Rng) -> Vec<Pulse> {
        self.spiking(image).map(|input| Pulse { time: 0.0, input, weight: 1.0 }).collect()
    }
}
