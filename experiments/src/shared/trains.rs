//! Spikes of inputs, drawn once in continuous time: the same for every step.

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use spikestep::Result;
use spikestep::population::network::{Inputs, NodeId};

/// Shortest interval between two spikes of one input \[ms\]: no step up to this length merges two.
const DEAD_TIME: f64 = 1.0;

/// The spikes of a group of inputs: (t \[ms\], input), rising in t.
pub(crate) struct Trains(pub(crate) Vec<(f64, usize)>);

impl Trains {
    /// Poisson trains with a dead time of `inputs` inputs over `duration` \[ms\]. `rate` \[1/ms\], below 1/[`DEAD_TIME`], is asked for at
    /// every multiple of `hold` \[ms\], input by input; the dead time is counted in.
    pub(crate) fn poisson(
        inputs: usize,
        duration: f64,
        hold: f64,
        seed: u64,
        mut rate: impl FnMut(&mut ChaCha8Rng) -> f64,
    ) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut spikes = Vec::new();
        for input in 0..inputs {
            let mut free = 0.0;
            for part in 0..(duration / hold).ceil() as u64 {
                let (start, end) = (part as f64 * hold, ((part + 1) as f64 * hold).min(duration));
                let rate = rate(&mut rng);
                if rate <= 0.0 {
                    continue;
                }
                // The mean interval is 1/rate: the dead time and an exponential rest.
                let rest = 1.0 / rate - DEAD_TIME;
                let mut t = f64::max(start, free);
                loop {
                    t += -rest * (1.0 - rng.random::<f64>()).ln();
                    if t >= end {
                        break;
                    }
                    spikes.push((t, input));
                    t += DEAD_TIME;
                    free = t;
                }
            }
        }
        spikes.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        Trains(spikes)
    }

    /// Sends them from the node `x` of a network that is stepped by `dt` \[ms\].
    pub(crate) fn feed(&self, x: NodeId, dt: f64) -> impl FnMut(u64, &mut Inputs<'_, '_, f64>) -> Result<()> {
        move |step, inputs| {
            let (start, end) = (step as f64 * dt, (step + 1) as f64 * dt);
            self.within(start, end).try_for_each(|input| inputs.spike(x, 0, input))
        }
    }

    /// The inputs that spike in \[start, end) \[ms\].
    fn within(&self, start: f64, end: f64) -> impl Iterator<Item = usize> {
        let from = self.0.partition_point(|(t, _)| *t < start);
        self.0[from..].iter().take_while(move |(t, _)| *t < end).map(|(_, input)| *input)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_and_dead_times_are_kept_and_every_spike_is_in_one_step() {
        let trains = Trains::poisson(50, 20_000.0, 20_000.0, 4, |_| 0.05);
        // 50 inputs for 20 s at 50 Hz: 50,000 spikes. The interval's deviation is 19 of 20 ms: √50,000 · 19/20 = 212; five of them.
        assert!((trains.0.len() as f64 - 50_000.0).abs() < 5.0 * 212.0, "{}", trains.0.len());
        for input in 0..50 {
            let own: Vec<f64> = trains.0.iter().filter(|s| s.1 == input).map(|s| s.0).collect();
            assert!(own.windows(2).all(|w| w[1] - w[0] >= DEAD_TIME));
        }
        let steps = (0..80_000).map(|n| trains.within(f64::from(n) * 0.25, f64::from(n + 1) * 0.25).count());
        assert_eq!(steps.sum::<usize>(), trains.0.len());
    }
}
