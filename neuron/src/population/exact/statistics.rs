//! What the spikes of a network look like, and when two runs of it part.

use std::f64::consts::TAU;
use std::ops::Range;

use super::Spike;
use crate::SpikeTrain;
use crate::metrics::coefficient_of_variation;

/// A population of a network: its name, and the numbers of its neurons.
pub type Group = (String, Range<u32>);

/// A number that says something of the spikes of a network.
#[derive(Clone, Debug, PartialEq)]
pub struct Statistic {
    /// The population, or "all".
    pub group: String,
    /// What it is: `rate_Hz`, `isi_cv`, `isi_median_ms`, `correlation`, `alpha_power`, `gamma_power`.
    pub name: &'static str,
    /// Its value; not a number where there are too few spikes.
    pub value: f64,
}

/// Bins of the counts of which correlations are taken \[ms\].
const BIN: f64 = 5.0;
/// The bands alpha and gamma \[Hz\].
const BANDS: [(&str, [f64; 2]); 2] = [("alpha_power", [8.0, 13.0]), ("gamma_power", [30.0, 80.0])];

/// The statistics of the spikes of `groups` in a run of `duration` \[ms\]. Of each group:
///
/// * `rate_Hz`: spikes a neuron and second;
/// * `isi_cv`: the coefficient of variation of the intervals of a neuron, the mean over neurons with at least three spikes;
/// * `isi_median_ms`: the median of all intervals;
/// * `correlation`: of the counts of two neurons in bins of 5 ms, the mean over pairs, from the variance of the sum (which weighs pairs by
///   their standard deviations);
///
/// and of all neurons `alpha_power` and `gamma_power`: |X|²/N of the counts in bins of 1 ms, the mean over 8 to 13 and 30 to 80 Hz, N the
/// number of spikes; 1 for Poisson spikes that are independent.
pub fn statistics(spikes: &[Spike], groups: &[Group], duration: f64) -> Vec<Statistic> {
    let neurons = groups.iter().map(|(_, range)| range.end).max().unwrap_or(0);
    let trains = trains(spikes, neurons as usize);
    let of_group = |(group, range): &Group| {
        let trains = &trains[range.start as usize..range.end as usize];
        let count: usize = trains.iter().map(Vec::len).sum();
        let mut intervals: Vec<f64> = trains.iter().flat_map(|train| train.windows(2).map(|w| w[1] - w[0])).collect();
        intervals.sort_by(f64::total_cmp);
        let median = intervals.get(intervals.len() / 2).copied().unwrap_or(f64::NAN);
        let variation = |train: &Vec<f64>| coefficient_of_variation(&SpikeTrain::from_sorted(train.clone()));
        let rate = 1000.0 * count as f64 / (trains.len() as f64 * duration);
        let values = [
            ("rate_Hz", rate),
            ("isi_cv", mean(trains.iter().filter_map(variation))),
            ("isi_median_ms", median),
            ("correlation", correlation(trains, duration)),
        ];
        values.map(|(name, value)| Statistic { group: group.clone(), name, value })
    };
    let of_all = BANDS.iter().map(|(name, band)| {
        let value = power(spikes, duration, *band);
        Statistic { group: "all".to_owned(), name, value }
    });
    groups.iter().flat_map(of_group).chain(of_all).collect()
}

/// Spike times \[ms\] of each of so many `neurons`, in the order of `spikes`.
pub fn trains(spikes: &[Spike], neurons: usize) -> Vec<Vec<f64>> {
    let mut trains = vec![Vec::new(); neurons];
    spikes.iter().for_each(|spike| trains[spike.neuron as usize].push(spike.t));
    trains
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (count, sum) = values.fold((0.0, 0.0), |(count, sum), value| (count + 1.0, sum + value));
    sum / count
}

/// The mean correlation of pairs: (Var Σ − Σ Var)/((n − 1) Σ Var).
fn correlation(trains: &[Vec<f64>], duration: f64) -> f64 {
    let bins = (duration / BIN).floor().max(1.0) as usize;
    let mut together = vec![0.0; bins];
    let variance = |sum: f64, squares: f64| squares / bins as f64 - (sum / bins as f64).powi(2);
    let mut single = 0.0;
    let mut counts = vec![0.0; bins];
    for train in trains {
        counts.fill(0.0);
        for bin in train.iter().map(|t| (t / BIN) as usize).filter(|bin| *bin < bins) {
            counts[bin] += 1.0;
            together[bin] += 1.0;
        }
        single += variance(counts.iter().sum(), counts.iter().map(|c| c * c).sum());
    }
    let joint = variance(together.iter().sum(), together.iter().map(|c| c * c).sum());
    (joint - single) / ((trains.len() as f64 - 1.0) * single)
}

/// The mean power of the counts in bins of 1 ms over a band \[Hz\], at whole multiples of 1/duration.
fn power(spikes: &[Spike], duration: f64, [low, high]: [f64; 2]) -> f64 {
    let bins = duration.ceil().max(1.0) as usize;
    let mut counts = vec![0.0; bins];
    spikes.iter().for_each(|spike| counts[((spike.t.ceil() as usize).clamp(1, bins)) - 1] += 1.0);
    let average = mean(counts.iter().copied());
    let per_hertz = bins as f64 / 1000.0;
    let (first, last) = ((low * per_hertz).ceil() as usize, (high * per_hertz).floor() as usize);
    let at = |k: usize| {
        let (sin, cos) = (TAU * k as f64 / bins as f64).sin_cos();
        let ((mut c, mut s), mut sums) = ((1.0, 0.0), [0.0; 2]);
        for count in &counts {
            sums = [sums[0] + (count - average) * c, sums[1] + (count - average) * s];
            (c, s) = (c * cos - s * sin, c * sin + s * cos);
        }
        (sums[0] * sums[0] + sums[1] * sums[1]) / spikes.len() as f64
    };
    mean((first..=last).map(at))
}

/// When the train of each neuron in `run` parts from that in `truth` \[ms\]: the first time at which its spike k is more than `within`
/// \[ms\] off, or is not there. Neurons that never part have `f64::INFINITY`.
pub fn partings(run: &[Spike], truth: &[Spike], neurons: usize, within: f64) -> Vec<f64> {
    let part = |(own, exact): (&Vec<f64>, &Vec<f64>)| {
        let differ = own.iter().zip(exact).find(|(a, b)| (*a - *b).abs() > within).map(|(a, b)| a.min(*b));
        let shorter = own.len().min(exact.len());
        differ.or(own.get(shorter).or(exact.get(shorter)).copied()).unwrap_or(f64::INFINITY)
    };
    trains(run, neurons).iter().zip(&trains(truth, neurons)).map(part).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spikes(list: &[(u32, f64)]) -> Vec<Spike> {
        list.iter().map(|&(neuron, t)| Spike { neuron, t }).collect()
    }

    #[test]
    fn a_rhythm_has_its_power_in_its_band_and_its_neurons_are_correlated() {
        // Ten neurons fire together every 25 ms: at 40 and 80 Hz all of the 400 spikes of a second add up to 400²/400.
        let list: Vec<_> = (0..400).map(|i| (i % 10, 25.0 * f64::from(i / 10) + 0.5)).collect();
        let found = statistics(&spikes(&list), &[("ten".to_owned(), 0..10)], 1000.0);
        let value = |name| found.iter().find(|s| s.name == name).unwrap().value;
        assert_eq!((value("rate_Hz"), value("isi_median_ms")), (40.0, 25.0));
        // To the rounding of 1000 turns and sums, 1e-13 of 400.
        assert!((value("correlation") - 1.0).abs() < 1e-12 && value("isi_cv") < 1e-12);
        assert!((value("gamma_power") - 800.0 / 51.0).abs() < 1e-9 && value("alpha_power") < 1e-12);
    }

    #[test]
    fn neurons_that_alternate_are_anticorrelated() {
        // Two neurons in every second bin of 5 ms by turns: Var Σ = 0, so that the correlation is −1.
        let list: Vec<_> = (0..100).map(|i| (i % 2, 5.0 * f64::from(i) + 1.0)).collect();
        let found = statistics(&spikes(&list), &[("two".to_owned(), 0..2)], 500.0);
        assert!((found[3].value + 1.0).abs() < 1e-12, "{found:?}");
    }

    #[test]
    fn trains_part_at_the_first_difference() {
        let truth = spikes(&[(0, 5.0), (1, 6.0), (0, 20.0), (2, 30.0)]);
        let run = spikes(&[(0, 5.5), (1, 6.0), (0, 25.0), (1, 40.0)]);
        assert_eq!(partings(&run, &truth, 4, 2.0), [20.0, 40.0, 30.0, f64::INFINITY]);
    }
}
