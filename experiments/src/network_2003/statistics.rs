//! What a network's spikes look like, and when two runs part.

use rustfft::FftPlanner;
use rustfft::num_complex::Complex;

use crate::population::Spike;

/// Names of the statistics, with their units, in the order of [`Statistics::values`].
pub(super) const NAMES: [&str; 6] =
    ["spikes", "excitatory rate [Hz]", "inhibitory rate [Hz]", "synchrony", "alpha power", "gamma power"];
/// The same as names of columns.
pub(super) const COLUMNS: [&str; 6] =
    ["spikes", "excitatory_rate_Hz", "inhibitory_rate_Hz", "synchrony", "alpha_power", "gamma_power"];

/// A band of frequencies \[Hz\].
pub(super) type Band = (f64, f64);

/// Statistics of one run.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Statistics {
    pub(super) values: [f64; 6],
    /// Power of the population's spike count in bins of 1 ms at k/duration, k = 1, 2, …: |X|²/N, N the number of spikes, which is 1
    /// at every frequency for independent Poisson spikes.
    pub(super) spectrum: Vec<f64>,
}

impl Statistics {
    /// Of the spikes of `neurons` neurons, the first `excitatory` of them excitatory, over `milliseconds`. Synchrony is the variance
    /// of the spike count of a millisecond over its mean: 1 for independent Poisson spikes.
    pub(super) fn of(
        spikes: &[Spike],
        neurons: usize,
        excitatory: usize,
        milliseconds: usize,
        bands: [Band; 2],
    ) -> Self {
        let mut counts = vec![0.0; milliseconds];
        let mut from_excitatory = 0usize;
        for spike in spikes {
            // Bins end at whole milliseconds, as the grid's spikes do.
            let bin = (spike.t.ceil() as usize).clamp(1, milliseconds) - 1;
            counts[bin] += 1.0;
            from_excitatory += usize::from((spike.neuron as usize) < excitatory);
        }
        let total = spikes.len() as f64;
        let mean = total / milliseconds as f64;
        let variance = counts.iter().map(|c| (c - mean).powi(2)).sum::<f64>() / milliseconds as f64;
        let mut transform: Vec<Complex<f64>> = counts.iter().map(|c| Complex::new(c - mean, 0.0)).collect();
        FftPlanner::new().plan_fft_forward(milliseconds).process(&mut transform);
        let spectrum: Vec<f64> = (1..=milliseconds / 2).map(|k| transform[k].norm_sqr() / total.max(1.0)).collect();
        let hertz = 1000.0 / milliseconds as f64;
        let power = |(low, high): Band| {
            let inside: Vec<f64> = (1..)
                .zip(&spectrum)
                .filter(|(k, _)| (low..=high).contains(&(f64::from(*k) * hertz)))
                .map(|(_, p)| *p)
                .collect();
            inside.iter().sum::<f64>() / inside.len().max(1) as f64
        };
        let rate = |count: usize, of: usize| 1000.0 * count as f64 / (of.max(1) * milliseconds) as f64;
        let synchrony = if mean > 0.0 { variance / mean } else { 0.0 };
        let values = [
            total,
            rate(from_excitatory, excitatory),
            rate(spikes.len() - from_excitatory, neurons - excitatory),
            synchrony,
            power(bands[0]),
            power(bands[1]),
        ];
        Statistics { values, spectrum }
    }
}

/// When each neuron's train in `run` parts from that in `reference` \[ms\]: the first time at which spike k is more than `window`
/// \[ms\] from spike k, or is not there. Neurons that never part have `f64::INFINITY`.
pub(super) fn partings(run: &[Spike], reference: &[Spike], neurons: usize, window: f64) -> Vec<f64> {
    let trains = |spikes: &[Spike]| {
        let mut trains = vec![Vec::new(); neurons];
        for spike in spikes {
            trains[spike.neuron as usize].push(spike.t);
        }
        trains
    };
    let part = |(own, exact): (&Vec<f64>, &Vec<f64>)| {
        let differ = own.iter().zip(exact).find(|(a, b)| (*a - *b).abs() > window).map(|(a, b)| a.min(*b));
        let shorter = own.len().min(exact.len());
        differ.or(own.get(shorter).or(exact.get(shorter)).copied()).unwrap_or(f64::INFINITY)
    };
    trains(run).iter().zip(&trains(reference)).map(part).collect()
}

/// Mean and standard deviation (n − 1) of a sample; 0 where it has one value.
pub(super) fn mean_and_sd(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let sum = values.iter().map(|x| (x - mean).powi(2)).sum::<f64>();
    (mean, if n > 1.0 { (sum / (n - 1.0)).sqrt() } else { 0.0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rhythm_has_its_power_in_its_band() {
        // Ten spikes every 25 ms, at 40 Hz: 40 volleys in a second.
        let spikes: Vec<Spike> =
            (0..400).map(|i| Spike { neuron: i % 10, t: 25.0 * f64::from(i / 10) + 0.5 }).collect();
        let found = Statistics::of(&spikes, 10, 8, 1000, [(8.0, 13.0), (30.0, 80.0)]);
        let [total, excitatory, inhibitory, synchrony, alpha, gamma] = found.values;
        assert_eq!((total, excitatory, inhibitory), (400.0, 40.0, 40.0));
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
        assert_eq!(partings(&run, &reference, 4, 2.0), [20.0, 40.0, 30.0, f64::INFINITY]);
    }
}
