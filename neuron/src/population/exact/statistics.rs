//! What the spikes of a network look like, and when two runs of it part.

use std::ops::Range;

use realfft::RealFftPlanner;

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
    /// What it is: one of [`STATISTICS`].
    pub name: &'static str,
    /// Its value; not a number where there are too few spikes.
    pub value: f64,
}

/// The names of all statistics.
pub const STATISTICS: [&str; 8] =
    ["rate_Hz", "isi_cv", "isi_10_ms", "isi_median_ms", "isi_90_ms", "correlation", "alpha_power", "gamma_power"];

/// A curve that says something of the spikes of a network.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// The population, or "all".
    pub group: String,
    /// What it is: `spectrum` against Hz, or `intervals` against ms.
    pub name: &'static str,
    /// Where its values are, rising.
    pub x: Vec<f64>,
    /// Its values.
    pub y: Vec<f64>,
}

/// Ends of the bins of the curve of intervals: so many a decade from 1 ms to 1 s.
const BINS_A_DECADE: usize = 10;
const DECADES: usize = 3;
/// The spectrum goes so far \[Hz\], in bands at least so wide.
const HIGHEST: f64 = 100.0;
const WIDTH: f64 = 2.0;

/// Bins of the counts of which correlations are taken \[ms\].
const BIN: f64 = 5.0;
/// The bands alpha and gamma \[Hz\].
const BANDS: [(&str, [f64; 2]); 2] = [("alpha_power", [8.0, 13.0]), ("gamma_power", [30.0, 80.0])];

/// The statistics of the spikes of `groups` in a run of `duration` \[ms\]. Of each group:
///
/// * `rate_Hz`: spikes a neuron and second;
/// * `isi_cv`: the coefficient of variation of the intervals of a neuron, the mean over neurons with at least three spikes;
/// * `isi_10_ms`, `isi_median_ms`, `isi_90_ms`: the intervals that a tenth, half and nine tenths of all are below;
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
        let below = |tenths: usize| intervals.get(tenths * intervals.len() / 10).copied().unwrap_or(f64::NAN);
        let variation = |train: &Vec<f64>| coefficient_of_variation(&SpikeTrain::from_sorted(train.clone()));
        let rate = 1000.0 * count as f64 / (trains.len() as f64 * duration);
        let values = [
            ("rate_Hz", rate),
            ("isi_cv", mean(trains.iter().filter_map(variation))),
            ("isi_10_ms", below(1)),
            ("isi_median_ms", below(5)),
            ("isi_90_ms", below(9)),
            ("correlation", correlation(trains, duration)),
        ];
        values.map(|(name, value)| Statistic { group: group.clone(), name, value })
    };
    let spectrum = spectrum(spikes, duration);
    let of_all = BANDS.iter().map(|(name, band)| {
        let value = mean(in_band(&spectrum, *band));
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

/// The power |X|²/N of the counts in bins of 1 ms less their mean, N the number of spikes, at all multiples of 1/duration: (Hz, power).
fn spectrum(spikes: &[Spike], duration: f64) -> Vec<(f64, f64)> {
    let bins = duration.ceil().max(1.0) as usize;
    let mut counts = vec![0.0; bins];
    spikes.iter().for_each(|spike| counts[((spike.t.ceil() as usize).clamp(1, bins)) - 1] += 1.0);
    let average = mean(counts.iter().copied());
    counts.iter_mut().for_each(|count| *count -= average);
    let transform = RealFftPlanner::new().plan_fft_forward(bins);
    let mut found = transform.make_output_vec();
    // The lengths are those of the plan, which is all that it can refuse.
    if transform.process(&mut counts, &mut found).is_err() {
        return Vec::new();
    }
    let power = |(k, x): (usize, &realfft::num_complex::Complex<f64>)| {
        (1000.0 * k as f64 / bins as f64, x.norm_sqr() / spikes.len() as f64)
    };
    found.iter().enumerate().map(power).collect()
}

/// The powers from `low` to `high` \[Hz\].
fn in_band(spectrum: &[(f64, f64)], [low, high]: [f64; 2]) -> impl Iterator<Item = f64> {
    spectrum.iter().filter(move |(hertz, _)| (low..=high).contains(hertz)).map(|(_, power)| *power)
}

/// The curves of the spikes of `groups` in a run of `duration` \[ms\]: of all neurons the `spectrum`, |X|²/N of the counts in bins of 1 ms,
/// the mean over bands of 2 Hz (or wider, where the run is short), up to 100 Hz; of each group its `intervals`, the part of them in every
/// tenth of a decade.
pub fn curves(spikes: &[Spike], groups: &[Group], duration: f64) -> Vec<Curve> {
    let width = WIDTH.max(1000.0 / duration);
    let spectrum = spectrum(spikes, duration);
    let bands = (HIGHEST / width) as usize;
    let centre = |i: usize| width * (i as f64 + 1.0);
    let power = |i: usize| mean(in_band(&spectrum, [centre(i) - 0.5 * width, centre(i) + 0.5 * width - 1e-9]));
    let spectrum = Curve {
        group: "all".to_owned(),
        name: "spectrum",
        x: (0..bands).map(centre).collect(),
        y: (0..bands).map(power).collect(),
    };
    let trains = trains(spikes, groups.iter().map(|(_, range)| range.end).max().unwrap_or(0) as usize);
    let of_group = |(group, range): &Group| {
        let bins = BINS_A_DECADE * DECADES;
        let (mut y, mut all) = (vec![0.0; bins], 0.0);
        for pair in trains[range.start as usize..range.end as usize].iter().flat_map(|train| train.windows(2)) {
            let place = BINS_A_DECADE as f64 * (pair[1] - pair[0]).log10();
            y[(place.max(0.0) as usize).min(bins - 1)] += 1.0;
            all += 1.0;
        }
        y.iter_mut().for_each(|part| *part /= all);
        let x = (0..bins).map(|i| 10f64.powf((i as f64 + 0.5) / BINS_A_DECADE as f64)).collect();
        Curve { group: group.clone(), name: "intervals", x, y }
    };
    std::iter::once(spectrum).chain(groups.iter().map(of_group)).collect()
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
        let correlation = found.iter().find(|s| s.name == "correlation").unwrap().value;
        assert!((correlation + 1.0).abs() < 1e-12, "{found:?}");
        assert!(found.iter().all(|s| STATISTICS.contains(&s.name)));
    }

    #[test]
    fn curves_show_the_rhythm_and_the_intervals() {
        let list: Vec<_> = (0..400).map(|i| (i % 10, 25.0 * f64::from(i / 10) + 0.5)).collect();
        let found = curves(&spikes(&list), &[("ten".to_owned(), 0..10)], 1000.0);
        // Two frequencies of the second in each band of 2 Hz; 40 Hz is the 20th.
        let [spectrum, intervals] = &found[..] else { panic!("{found:?}") };
        let peak = spectrum.x.iter().position(|x| *x == 40.0).unwrap();
        assert!((spectrum.y[peak] - 200.0).abs() < 1e-9 && spectrum.y[peak - 5] < 1e-9, "{spectrum:?}");
        // All intervals are 25 ms: in the bin from 10^1.3 to 10^1.4 ms.
        assert!(intervals.y[13] == 1.0 && (intervals.y.iter().sum::<f64>() - 1.0).abs() < 1e-12, "{intervals:?}");
    }

    #[test]
    fn trains_part_at_the_first_difference() {
        let truth = spikes(&[(0, 5.0), (1, 6.0), (0, 20.0), (2, 30.0)]);
        let run = spikes(&[(0, 5.5), (1, 6.0), (0, 25.0), (1, 40.0)]);
        assert_eq!(partings(&run, &truth, 4, 2.0), [20.0, 40.0, 30.0, f64::INFINITY]);
    }
}
