//! What a network's spikes look like, and when two runs part.

use rustfft::FftPlanner;
use rustfft::num_complex::Complex;
use spikestep::population::Spike;

use super::{EXCITATORY, NEURONS};
use crate::shared::mean;

pub(super) const DURATION: usize = 1000; // Duration of a run in whole ms
pub(super) const WINDOW: f64 = 2.0; // A spike within so many ms of the reference's is the same
const BANDS: [(f64, f64); 2] = [(8.0, 13.0), (30.0, 80.0)]; // The bands alpha and gamma [Hz]

/// Names of the statistics as columns, in the order of [`Statistics::values`].
pub(super) const COLUMNS: [&str; 6] =
    ["spikes", "excitatory_rate_Hz", "inhibitory_rate_Hz", "synchrony", "alpha_power", "gamma_power"];

/// Statistics of one run.
pub(super) struct Statistics {
    /// Synchrony is the variance of the spike count of a millisecond over its mean: 1 for independent Poisson spikes.
    pub(super) values: [f64; 6],
    /// Power of the population's spike count in bins of 1 ms at k/duration, k = 1, 2, …: |X|²/N, N the number of spikes, which is 1
    /// at every frequency for independent Poisson spikes.
    pub(super) spectrum: Vec<f64>,
}

impl Statistics {
    /// Of the spikes of a whole run.
    pub(super) fn of(spikes: &[Spike]) -> Self {
        let mut counts = vec![0.0; DURATION];
        for spike in spikes {
            // Bins end at whole milliseconds, as the grid's spikes do.
            counts[(spike.t.ceil() as usize).clamp(1, DURATION) - 1] += 1.0;
        }
        let excitatory = spikes.iter().filter(|spike| (spike.neuron as usize) < EXCITATORY).count();
        let average = mean(counts.iter().copied());
        let variance = mean(counts.iter().map(|c| (c - average).powi(2)));
        let total = spikes.len() as f64;
        let mut transform: Vec<Complex<f64>> = counts.iter().map(|c| Complex::new(c - average, 0.0)).collect();
        FftPlanner::new().plan_fft_forward(DURATION).process(&mut transform);
        let spectrum: Vec<f64> = transform[1..=DURATION / 2].iter().map(|x| x.norm_sqr() / total.max(1.0)).collect();
        let hertz = 1000.0 / DURATION as f64;
        let [alpha, gamma] = BANDS.map(|(low, high)| {
            let numbered = (1..).zip(&spectrum);
            mean(numbered.filter(|(k, _)| (low..=high).contains(&(f64::from(*k) * hertz))).map(|(_, power)| *power))
        });
        let rate = |count: usize, of: usize| 1000.0 * count as f64 / (of * DURATION) as f64;
        let synchrony = if average > 0.0 { variance / average } else { 0.0 };
        let rates = [rate(excitatory, EXCITATORY), rate(spikes.len() - excitatory, NEURONS - EXCITATORY)];
        Statistics { values: [total, rates[0], rates[1], synchrony, alpha, gamma], spectrum }
    }
}

/// When each neuron's train in `run` parts from that in `reference` \[ms\]: the first time at which spike k is more than [`WINDOW`]
/// from spike k, or is not there. Neurons that never part have `f64::INFINITY`.
pub(super) fn partings(run: &[Spike], reference: &[Spike], neurons: usize) -> Vec<f64> {
    let trains = |spikes: &[Spike]| {
        let mut trains = vec![Vec::new(); neurons];
        spikes.iter().for_each(|spike| trains[spike.neuron as usize].push(spike.t));
        trains
    };
    let part = |(own, exact): (&Vec<f64>, &Vec<f64>)| {
        let differ = own.iter().zip(exact).find(|(a, b)| (*a - *b).abs() > WINDOW).map(|(a, b)| a.min(*b));
        let shorter = own.len().min(exact.len());
        differ.or(own.get(shorter).or(exact.get(shorter)).copied()).unwrap_or(f64::INFINITY)
    };
    trains(run).iter().zip(&trains(reference)).map(part).collect()
}

/// The standard deviation (n − 1) of a sample.
pub(super) fn sd(values: &[f64]) -> f64 {
    let average = mean(values.iter().copied());
    (values.iter().map(|x| (x - average).powi(2)).sum::<f64>() / (values.len() - 1) as f64).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rhythm_has_its_power_in_its_band() {
        // Ten spikes every 25 ms, at 40 Hz: 40 volleys in a second; eight of ten by excitatory neurons.
        let neuron = |i: u32| if i % 10 < 8 { i % 10 } else { EXCITATORY as u32 + i % 10 };
        let spikes: Vec<Spike> =
            (0..400).map(|i| Spike { neuron: neuron(i), t: 25.0 * f64::from(i / 10) + 0.5 }).collect();
        let found = Statistics::of(&spikes);
        let [total, excitatory, inhibitory, synchrony, alpha, gamma] = found.values;
        // 320 of 800 neurons' spikes, and 80 of 200's.
        assert_eq!((total, excitatory, inhibitory), (400.0, 0.4, 0.4));
        // Mean 0.4, mean square 4: variance 3.84.
        assert!((synchrony - 9.6).abs() < 1e-12);
        // At 40 Hz and its multiples all 400 add up: 400²/400; nothing in between, to rounding of 1e-13 of 400 squared.
        assert!((found.spectrum[39] - 400.0).abs() < 1e-9 && alpha < 1e-20 && (gamma - 800.0 / 51.0).abs() < 1e-9);
    }

    #[test]
    fn trains_part_at_the_first_difference() {
        let spikes = |list: &[(u32, f64)]| list.iter().map(|&(neuron, t)| Spike { neuron, t }).collect::<Vec<_>>();
        let reference = spikes(&[(0, 5.0), (1, 6.0), (0, 20.0), (2, 30.0)]);
        let run = spikes(&[(0, 5.5), (1, 6.0), (0, 25.0), (1, 40.0)]);
        assert_eq!(partings(&run, &reference, 4), [20.0, 40.0, 30.0, f64::INFINITY]);
    }
}
