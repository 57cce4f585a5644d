//! Pulse codes against the distributions they promise.
//!
//! Where chance decides, a bound is that many standard deviations of the stated distribution; 4.4 of them are passed by one test in
//! 100 000, and the seeds are fixed, so a test that passes goes on passing.

use proptest::prelude::*;
use spikestep::recognition::Images;
use spikestep::recognition::coding::{Coding, Presentation, PulseGrid, PulseTimes};

const DEVIATIONS: f64 = 4.4;

fn coding(text: &str) -> Coding {
    text.parse().unwrap()
}

fn shown(duration: f64, index: u64) -> Presentation {
    Presentation { duration, seed: 11, index }
}

fn draw(text: &str, image: &[f32], duration: f64, index: u64) -> PulseTimes {
    coding(text).draw(image, &shown(duration, index)).unwrap()
}

fn encode(text: &str, image: &[f32], duration: f64, dt: f64, index: u64) -> PulseGrid {
    coding(text).encode(image, &shown(duration, index), dt).unwrap()
}

/// The steps in which an input pulses.
fn steps_of(grid: &PulseGrid, input: usize) -> Vec<usize> {
    (0..grid.steps()).filter(|step| grid.step(*step)[input] != 0.0).collect()
}

fn times_of(pulses: &PulseTimes, input: usize) -> Vec<f64> {
    pulses.pulses().iter().filter(|pulse| pulse.input == input).map(|pulse| pulse.time).collect()
}

#[track_caller]
fn within(found: f64, wanted: f64, deviation: f64) {
    assert!((found - wanted).abs() <= DEVIATIONS * deviation, "{found} where {wanted} ± {deviation} is expected");
}

#[test]
fn bernoulli_spikes_with_its_probability_in_a_step_of_any_length() {
    for (p, x) in [(1.0, 0.3f32), (0.25, 0.5), (1.0, 1.0), (1.0, 0.0)] {
        for dt in [0.5, 1.0] {
            let (mut spikes, mut trials) = (0.0, 0.0);
            for index in 0..20 {
                let grid = encode(&format!("bernoulli:{p}"), &[x; 50], 500.0 * dt, dt, index);
                assert!((0..grid.steps()).all(|step| grid.step(step).iter().all(|value| [0.0, 1.0].contains(value))));
                spikes += grid.total();
                trials += (grid.steps() * 50) as f64;
            }
            let share = p * f64::from(x);
            within(spikes, trials * share, (trials * share * (1.0 - share)).sqrt());
        }
    }
}

#[test]
fn bernoulli_in_continuous_time_has_the_trials_of_a_millisecond() {
    let image = [0.3f32; 100];
    let (mut spikes, mut phase, mut trials) = (0.0, 0.0, 0.0);
    for index in 0..10 {
        let pulses = draw("bernoulli", &image, 1000.0, index);
        let grid = pulses.bin(1.0).unwrap();
        assert!((0..1000).all(|step| grid.step(step).iter().all(|value| *value <= 1.0)));
        spikes += grid.total();
        phase += pulses.pulses().iter().map(|pulse| pulse.time.fract()).sum::<f64>();
        trials += 1e5;
    }
    within(spikes, trials * 0.3, (trials * 0.3 * 0.7).sqrt());
    // Uniform within the trial: mean 1/2, variance 1/12.
    within(phase / spikes, 0.5, (1.0 / (12.0 * spikes)).sqrt());
    // Durations that cut a trial keep the rate: 100 inputs x 0.3 x 0.5 a presentation.
    let short: f64 = (0..200).map(|index| draw("bernoulli", &image, 0.5, index).pulses().len() as f64).sum();
    within(short, 3000.0, (20000.0f64 * 0.15 * 0.85).sqrt());
}

#[test]
fn poisson_in_continuous_time_is_a_poisson_process() {
    // 128 Hz x 0.5 over 500 s: 32 000 spikes a seed.
    let (rate, duration) = (0.064, 5e5);
    let mut all = 0.0;
    for index in 0..10 {
        let times = times_of(&draw("poisson:128", &[0.0, 0.5], duration, index), 1);
        all += times.len() as f64;
        // Kolmogorov-Smirnov on the intervals: P(D > 2.23 / sqrt n) = 2 exp(-2 x 2.23²) = 1e-4, so one test of ten seeds in 1000 fails.
        let mut intervals: Vec<f64> = times.windows(2).map(|pair| pair[1] - pair[0]).chain([times[0]]).collect();
        intervals.sort_by(f64::total_cmp);
        let n = intervals.len() as f64;
        let distance = intervals.iter().enumerate().map(|(k, interval)| {
            let share = -(-rate * interval).exp_m1();
            (share - k as f64 / n).abs().max((share - (k + 1) as f64 / n).abs())
        });
        let distance = distance.fold(0.0, f64::max);
        assert!(distance < 2.23 / n.sqrt(), "seed {index}: {} / sqrt n", distance * n.sqrt());
        // Neighbouring intervals are independent: their correlation has the standard deviation 1 / sqrt n.
        let mean = 1.0 / rate;
        let products = times.windows(3).map(|t| (t[1] - t[0] - mean) * (t[2] - t[1] - mean));
        within(products.sum::<f64>() / n * rate * rate, 0.0, 1.0 / n.sqrt());
    }
    within(all, 10.0 * duration * rate, (10.0 * duration * rate).sqrt());
}

#[test]
fn poisson_counts_of_many_showings_vary_as_much_as_their_mean() {
    let counts: Vec<f64> =
        (0..2000).map(|index| draw("poisson:100", &[1.0], 200.0, index).pulses().len() as f64).collect();
    let n = counts.len() as f64;
    let mean = counts.iter().sum::<f64>() / n;
    within(mean, 20.0, (20.0 / n).sqrt());
    let variance = counts.iter().map(|count| (count - mean).powi(2)).sum::<f64>() / (n - 1.0);
    // Var s² of a Poisson variable: (mu + 2 mu² n / (n - 1)) / n.
    within(variance, 20.0, ((20.0 + 2.0 * 400.0 * n / (n - 1.0)) / n).sqrt());
}

#[test]
fn poisson_on_a_grid_has_the_intervals_of_bindsnet() {
    // max(N, 1) with N of mean m: mean m + e^-m, second moment m + m² + e^-m.
    for (rate, dt) in [(100.0, 1.0), (100.0, 0.5), (2000.0, 1.0), (500.0, 1.0)] {
        let m: f64 = 1000.0 / (rate * dt);
        let mean = m + (-m).exp();
        let variance = m + m * m + (-m).exp() - mean * mean;
        let mut intervals = Vec::new();
        for index in 0..10 {
            let grid = encode(&format!("poisson:{rate}"), &[1.0, 0.0], 10_000.0 * mean * dt, dt, index);
            let steps = steps_of(&grid, 0);
            assert!(steps_of(&grid, 1).is_empty());
            // The first interval begins a step before the first.
            intervals.push((steps[0] + 1) as f64);
            intervals.extend(steps.windows(2).map(|pair| (pair[1] - pair[0]) as f64));
        }
        let n = intervals.len() as f64;
        let found = intervals.iter().sum::<f64>() / n;
        within(found, mean, (variance / n).sqrt());
        let spread = intervals.iter().map(|interval| (interval - mean).powi(2)).sum::<f64>() / n;
        // The standard deviation of a variance is at most that of a variable with the kurtosis of Poisson's, 3 + 1/m; N = max(N, 1)
        // narrows the left tail alone.
        within(spread, variance, variance * ((2.0 + 3.0 / m.min(variance)) / n).sqrt());
    }
}

#[test]
fn rank_order_is_bindsnets_on_a_grid() {
    // 1/x = 1, 2, 4, times 10/4: 2.5, 5, 10, rounded up 3, 5, 10; a spike one step before, none at the end.
    let grid = encode("rank-order", &[1.0, 0.5, 0.25, 0.0], 10.0, 1.0, 0);
    assert_eq!([0, 1, 2, 3].map(|input| steps_of(&grid, input)), [vec![2], vec![4], vec![], vec![]]);
    for grey in [0.0, 0.7] {
        assert_eq!(encode("rank-order", &[grey; 4], 10.0, 1.0, 0).total(), 0.0);
        assert!(draw("rank-order", &[grey; 4], 10.0, 0).pulses().is_empty());
    }
}

#[test]
fn rank_order_keeps_the_order_of_the_pixels() {
    let digits = Images::digits();
    for index in 0..100 {
        let image = digits.image(index);
        let pulses = draw("rank-order", image, 100.0, 0);
        let faintest = image.iter().copied().filter(|x| *x > 0.0).fold(1.0, f32::min);
        assert_eq!(pulses.pulses().len(), image.iter().filter(|x| **x > faintest).count());
        for pair in pulses.pulses().windows(2) {
            let (earlier, later) = (image[pair[0].input], image[pair[1].input]);
            assert!(earlier > later || (earlier == later && pair[0].time == pair[1].time));
        }
        for dt in [0.5, 1.0, 2.0] {
            let (grid, binned) = (encode("rank-order", image, 100.0, dt, 0), pulses.bin(dt).unwrap());
            for pulse in pulses.pulses() {
                let (coded, seen) = (steps_of(&grid, pulse.input), steps_of(&binned, pulse.input));
                // A time on an edge is the end of a step to BindsNET and the beginning of the next to a bin.
                let on_edge = (pulse.time / dt - (pulse.time / dt).round()).abs() < 1e-9;
                assert!(coded == seen || (on_edge && coded[0] + 1 == seen[0]), "{coded:?} {seen:?} {}", pulse.time);
            }
        }
    }
}

#[test]
fn single_spikes_once_where_the_image_is_bright() {
    // The median of 0, 0.25, 0.5, 1 is 0.375; the quantile 0.75, at place 2.25 of 0..3, is 0.625.
    let image = [0.25, 1.0, 0.0, 0.5];
    for (text, spiking) in
        [("single", vec![1, 3]), ("single:0.25", vec![1]), ("single:0", vec![]), ("single:1", vec![0, 1, 3])]
    {
        let grid = encode(text, &image, 10.0, 0.5, 0);
        let first: Vec<usize> = grid.pulses(0).map(|(input, _)| input).collect();
        assert_eq!(first, spiking, "{text}");
        assert_eq!(grid.total(), spiking.len() as f64);
        assert_eq!(draw(text, &image, 10.0, 0).bin(0.5).unwrap(), grid);
    }
}

#[test]
fn repeat_is_the_image_in_every_step() {
    let image = [0.25, 1.0, 0.0];
    let grid = encode("repeat", &image, 10.0, 0.5, 0);
    assert!((0..20).all(|step| grid.step(step) == image));
    let pulses = draw("repeat:0.5", &image, 10.0, 0);
    assert_eq!(pulses.bin(0.5).unwrap(), grid);
    // A larger step has more of it, in proportion.
    assert_eq!(pulses.bin(2.0).unwrap().step(3), [1.0, 4.0, 0.0]);
}

#[test]
fn latency_is_the_time_of_a_leaky_integrator() {
    let image = [1.0, 0.5, 0.25, 0.2, 0.1];
    let (tau, theta) = (15.0, 0.2);
    let pulses = draw("latency:15:0.2", &image, 100.0, 0);
    // 0.2 in f32 is above 0.2 in f64 by 3e-9: its time is 15 ln(0.2 / 3e-9) = 270 ms, after the end.
    assert_eq!(pulses.pulses().iter().map(|pulse| pulse.input).collect::<Vec<_>>(), [0, 1, 2]);
    for pulse in pulses.pulses() {
        let charged = f64::from(image[pulse.input]) * -(-pulse.time / tau).exp_m1();
        // Some roundings of numbers below one.
        assert!((charged - theta).abs() < 1e-15, "{pulse:?}");
    }
    // Shown for less, the late are missing; on a grid it is the same, binned, also where dt does not divide the duration.
    assert_eq!(draw("latency:15:0.2", &image, 10.0, 0).pulses(), &pulses.pulses()[..2]);
    for (duration, dt) in [(100.0, 0.25), (10.0, 3.0), (100.0, 1.0)] {
        let binned = draw("latency:15:0.2", &image, duration, 0).bin(dt).unwrap();
        assert_eq!(encode("latency:15:0.2", &image, duration, dt, 0), binned);
    }
}

#[test]
fn a_presentation_has_its_own_stream_whatever_came_before() {
    let image = [0.4f32; 64];
    for text in ["poisson", "bernoulli"] {
        assert_eq!(draw(text, &image, 100.0, 5), draw(text, &image, 100.0, 5));
        assert_ne!(draw(text, &image, 100.0, 5), draw(text, &image, 100.0, 6));
        let other = Presentation { duration: 100.0, seed: 12, index: 5 };
        assert_ne!(coding(text).draw(&image, &other).unwrap(), draw(text, &image, 100.0, 5));
        // A longer showing of the same picture is not asked to begin alike; the same one is the same at every step.
        let pulses = draw(text, &image, 100.0, 5);
        assert_eq!(pulses.bin(0.1).unwrap().total(), pulses.bin(2.0).unwrap().total());
    }
    // Counts of neighbouring streams are uncorrelated: 2000 pairs, standard deviation 1 / sqrt 2000.
    let counts: Vec<f64> =
        (0..2001).map(|index| draw("poisson:100", &[1.0], 100.0, index).pulses().len() as f64 - 10.0).collect();
    let correlation = counts.windows(2).map(|pair| pair[0] * pair[1]).sum::<f64>() / (2000.0 * 10.0);
    within(correlation, 0.0, (1.0f64 / 2000.0).sqrt());
}

#[test]
fn names_are_read_and_typos_answered() {
    for (text, full) in [
        ("bernoulli", "bernoulli:1"),
        ("poisson", "poisson:128"),
        ("rank-order", "rank-order"),
        ("rank_order", "rank-order"),
        ("single:0.2", "single:0.2"),
        ("repeat", "repeat:1"),
        ("latency:10", "latency:10:0.2"),
        ("latency:10:0.5", "latency:10:0.5"),
    ] {
        assert_eq!(coding(text).to_string(), full);
        assert_eq!(coding(full), coding(text));
    }
    assert!(Coding::NAMES.iter().all(|name| coding(name).to_string().starts_with(name)));
    for (text, part) in [
        ("poissn", "did you mean 'poisson'"),
        ("", "known: bernoulli, poisson"),
        ("poisson:-3", "a positive number"),
        ("poisson:x", "the rate in Hz of poisson is x"),
        ("poisson:1:2", "1 after poisson"),
        ("bernoulli:1.5", "0 to 1"),
        ("latency:20:1", "above 0 and below 1"),
        ("rank-order:3", "0 after rank-order"),
    ] {
        let message = text.parse::<Coding>().unwrap_err().to_string();
        assert!(message.contains(part), "{message}");
    }
}

#[test]
fn what_cannot_be_coded_is_refused() {
    let code = coding("poisson");
    for (image, duration, dt) in [
        ([0.5, 1.5], 10.0, 1.0),
        ([0.5, f32::NAN], 10.0, 1.0),
        ([0.5, -0.1], 10.0, 1.0),
        ([0.5, 0.5], 0.0, 1.0),
        ([0.5, 0.5], f64::NAN, 1.0),
        ([0.5, 0.5], 1e300, 1.0),
        ([0.5, 0.5], 10.0, 0.0),
        ([0.5, 0.5], 10.0, f64::INFINITY),
        ([0.5, 0.5], 10.0, 1e-300),
    ] {
        assert!(code.encode(&image, &shown(duration, 0), dt).is_err(), "{image:?} {duration} {dt}");
    }
    assert!(code.draw(&[1.0], &shown(1e300, 0)).is_err());
    assert!(draw("poisson", &[1.0], 10.0, 0).bin(1e-300).is_err());
}

proptest! {
    /// Binning keeps every pulse, and moves it, back, by less than dt.
    #[test]
    fn a_bin_keeps_counts_and_moves_a_pulse_by_less_than_dt(
        image in prop::collection::vec(0.0f32..=1.0, 1..12),
        name in prop::sample::select(vec!["poisson:300", "bernoulli:0.4", "rank-order", "latency", "single", "repeat:0.3"]),
        dt in prop_oneof![0.01..7.0f64, prop::sample::select(vec![0.1, 0.2, 0.25, 0.3, 0.5, 1.0])],
        duration in prop_oneof![1.0..40.0f64, prop::sample::select(vec![3.0, 10.0, 30.0])],
        index in any::<u64>(),
    ) {
        let pulses = draw(name, &image, duration, index);
        prop_assert!(pulses.pulses().windows(2).all(|pair| pair[0].time <= pair[1].time));
        prop_assert!(pulses.pulses().iter().all(|pulse| (0.0..duration).contains(&pulse.time)));
        let grid = pulses.bin(dt).unwrap();
        prop_assert!(grid.steps() as f64 * dt >= duration * (1.0 - 1e-9));
        for pulse in pulses.pulses() {
            // The step that covers the pulse, by search over the edges n·dt (or the last, a rounding before the duration).
            let step = (0..grid.steps()).find(|n| (*n as f64 + 1.0) * dt > pulse.time).unwrap_or(grid.steps() - 1);
            let moved = pulse.time - step as f64 * dt;
            prop_assert!(moved >= 0.0 && moved < dt * (1.0 + 1e-9));
            prop_assert!(grid.step(step)[pulse.input] >= pulse.weight);
        }
        let sum: f64 = pulses.pulses().iter().map(|pulse| f64::from(pulse.weight)).sum();
        // Weights other than 1 are rounded when they add up in f32.
        prop_assert!((grid.total() - sum).abs() <= sum * f64::from(f32::EPSILON) * 8.0);
        if !name.starts_with("repeat") {
            prop_assert_eq!(grid.total(), pulses.pulses().len() as f64);
        }
    }
}

#[test]
fn a_presentation_shorter_than_the_rounding_of_a_step_has_no_step() {
    for text in ["single", "latency", "regular", "poisson"] {
        let grid = encode(text, &[1.0, 0.5], 1e-9, 10.0, 0);
        assert_eq!((grid.steps(), grid.total()), (0, 0.0), "{text}");
    }
}
