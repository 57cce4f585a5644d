//! What every pulse code does.

use rand_chacha::ChaCha8Rng;

use super::pulses::{Pulse, PulseGrid};

/// A pulse code, which [`Coding`](super::Coding) chooses by its name.
pub(super) trait Code {
    /// Pulses on the steps of `dt` \[ms\] that cover `duration` \[ms\], put into an empty grid.
    fn encode(&self, image: &[f32], duration: f64, dt: f64, grid: &mut PulseGrid, random: &mut ChaCha8Rng);

    /// Pulses at times in 0..`duration` \[ms\], in any order.
    fn draw(&self, image: &[f32], duration: f64, random: &mut ChaCha8Rng) -> Vec<Pulse>;
}
