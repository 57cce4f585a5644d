//! Rank order code: the brighter, the earlier.

use rand_chacha::ChaCha8Rng;

use super::{Code, Pulse, PulseGrid};

/// Each input that is not dark spikes once, at t = T·min(x)/x, where T is the duration and min(x) its faintest pixel that is not zero.
///
/// *On a grid* of N steps this is BindsNET's `rank_order`: n = ⌈N·min(x)/x⌉, and a spike in step n − 1 if n < N. So the times follow
/// 1/x rather than the ranks (equal pixels spike together), and the faintest inputs, with n = N, never spike: an image of one grey
/// is silent. Computed in f64; BindsNET's f32 can round a time that lies on a step's edge to the next step.
///
/// *In continuous time* the faintest, at t = T, do not spike either.
///
/// The code on the order of spikes: Thorpe & Gautrais (1998), "Rank order coding", Computational Neuroscience: Trends in Research.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RankOrder;

/// min(x)/x for each input that is not dark.
fn fractions(image: &[f32]) -> impl Iterator<Item = (usize, f64)> + '_ {
    let faintest = image.iter().copied().filter(|x| *x > 0.0).fold(f32::INFINITY, f32::min);
    let lit = image.iter().enumerate().filter(|(_, x)| **x > 0.0);
    lit.map(move |(input, x)| (input, f64::from(faintest) / f64::from(*x)))
}

impl Code for RankOrder {
    fn encode(&self, image: &[f32], _duration: f64, _dt: f64, grid: &mut PulseGrid, _random: &mut ChaCha8Rng) {
        for (input, fraction) in fractions(image) {
            let place = (grid.steps() as f64 * fraction).ceil() as usize;
            if place > 0 && place < grid.steps() {
                grid.step_mut(place - 1)[input] = 1.0;
            }
        }
    }

    fn draw(&self, image: &[f32], duration: f64, _random: &mut ChaCha8Rng) -> Vec<Pulse> {
        let all = fractions(image).map(|(input, fraction)| Pulse { time: duration * fraction, input, weight: 1.0 });
        all.filter(|pulse| pulse.time < duration).collect()
    }
}
