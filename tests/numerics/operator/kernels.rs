//! Convolutions with any kernel: orders of the weights through spikes, linearity, causality, shift invariance; bad input.

use proptest::prelude::*;
use spikestep::metrics::ObservedOrder;
use spikestep::operator::{Kernel, Reconstruction, Recovery, Signal, Stretch, march};
use spikestep::truth::taylor;
use spikestep::{Neuron, Stimulus};

use crate::common::{CELLS, constant_input};

/// u of the truth by product integration on stretches between spikes, against the truth's own u.
fn largest_u_error(how: Reconstruction, h: f64) -> f64 {
    let (a, b, d) = (0.02, 0.2, 8.0);
    let problem = constant_input(CELLS[0].1, 10.0, 200.0);
    let truth = taylor::solve(&problem, taylor::TOLERANCE);
    let signal = Signal::of_truth(&truth, h).unwrap();
    let convolved = Kernel::exponential(a * b, a).unwrap().convolve(&signal, how);
    let mut cursor = truth.cursor();
    let mut largest = 0.0f64;
    for (stretch, values) in signal.stretches().iter().zip(&convolved) {
        let last = stretch.times.len() - 1;
        for (&t, y) in stretch.times[..last].iter().zip(values) {
            let resets: f64 = truth.spikes.times().iter().filter(|&&s| s <= t).map(|s| d * (-a * (t - s)).exp()).sum();
            largest = largest.max((y - 13.0 * (-a * t).exp() + resets - cursor.state(t).u).abs());
        }
    }
    largest
}

fn check_order(how: Reconstruction, error: impl Fn(f64) -> f64, lengths: &[f64]) {
    let points: Vec<(f64, f64)> = lengths.iter().map(|&h| (h, error(h))).collect();
    let observed = ObservedOrder::of(&points, 0.0).unwrap_or_else(|| panic!("{how:?} bends: {points:?}"));
    // The upstroke's time scale is 0.2 ms: the next term of the error is below a quarter of the first at these lengths.
    assert!((observed.order - f64::from(how.order())).abs() < 0.3, "{how:?}: {observed:?} {points:?}");
}

#[test]
fn weights_of_order_one_two_and_four_through_spikes() {
    for how in [Reconstruction::Constant, Reconstruction::Linear, Reconstruction::Cubic] {
        check_order(how, |h| largest_u_error(how, h), &[0.04, 0.02, 0.01, 0.005]);
    }
}

#[test]
fn weights_of_other_kernels_have_the_same_orders() {
    // v = cos t with a jump at 1: pieces are smooth, the exact convolution is by a fine Cubic.
    let signal = |h: f64| {
        let stretch = |from: f64, to: f64, level: f64| {
            let n = ((to - from) / h).round() as usize;
            let times: Vec<f64> = (0..=n).map(|i| from + (to - from) * i as f64 / n as f64).collect();
            Stretch { values: times.iter().map(|t| t.cos() + level).collect(), times }
        };
        Signal::new(vec![stretch(0.0, 1.0, 0.0), stretch(1.0, 3.0, -5.0)], vec![1.0]).unwrap()
    };
    let samples: Vec<f64> = (0..=512).map(|n| (-f64::from(n) / 128.0).exp()).collect();
    for kernel in [Kernel::power_law(1.0, 0.4).unwrap(), Kernel::sampled(1.0 / 128.0, samples).unwrap()] {
        // At multiples of 1/4 alone, which all grids share: a single time may lie where the error changes sign.
        let shared = |h: f64, how| -> Vec<f64> {
            let every = (0.25 / h) as usize;
            kernel.convolve(&signal(h), how).iter().flat_map(|values| values.iter().copied().step_by(every)).collect()
        };
        let exact = shared(1.0 / 256.0, Reconstruction::Cubic);
        let error = |h, how| shared(h, how).iter().zip(&exact).map(|(x, y)| (x - y).abs()).sum::<f64>();
        for how in [Reconstruction::Constant, Reconstruction::Linear, Reconstruction::Cubic] {
            check_order(how, |h| error(h, how), &[0.125, 0.0625, 0.03125, 0.015625]);
        }
    }
}

fn kernels() -> [Kernel; 3] {
    let samples = (0..40).map(|n| 1.0 / (1.0 + f64::from(n))).collect();
    [
        Kernel::exponentials([(0.3, 0.1), (-0.2, 1.5)]).unwrap(),
        Kernel::power_law(0.7, 0.6).unwrap(),
        Kernel::sampled(0.25, samples).unwrap(),
    ]
}

fn on_grid(values: &[f64], from: usize) -> Signal {
    let times = (0..values.len() + from).map(|n| n as f64 * 0.25).collect();
    let values = std::iter::repeat_n(0.0, from).chain(values.iter().copied()).collect();
    Signal::new(vec![Stretch { times, values }], vec![]).unwrap()
}

proptest! {
    #[test]
    fn linear_causal_and_shift_invariant(
        x in prop::collection::vec(-50.0..50.0f64, 30),
        y in prop::collection::vec(-50.0..50.0f64, 30),
        factor in -3.0..3.0f64,
        at in 5usize..28,
    ) {
        let how = Reconstruction::Linear;
        for kernel in kernels() {
            let of = |v: &[f64]| kernel.convolve(&on_grid(v, 0), how).remove(0);
            let (cx, cy) = (of(&x), of(&y));
            let sum: Vec<f64> = x.iter().zip(&y).map(|(x, y)| x + factor * y).collect();
            // Thirty panels of terms below 200 times a weight below 1, each rounded.
            let tolerance = 30.0 * 30.0 * 200.0 * f64::EPSILON;
            for (n, s) in of(&sum).iter().enumerate() {
                prop_assert!((s - cx[n] - factor * cy[n]).abs() < tolerance);
            }
            // Causality: what comes later does not alter a bit of the past.
            let mut changed = x.clone();
            changed[at] += 10.0;
            prop_assert_eq!(&of(&changed)[..at], &cx[..at]);
            // Shift: zeros before x, whose first panel is then a ramp from 0 up to x[0]: compare x that starts at 0.
            let mut from_zero = x.clone();
            from_zero[0] = 0.0;
            let shifted = kernel.convolve(&on_grid(&from_zero, 7), how).remove(0);
            for (s, c) in shifted[7..].iter().zip(of(&from_zero)) {
                prop_assert!((s - c).abs() < tolerance, "{} {}", s, c);
            }
        }
    }
}

#[test]
fn kernels_that_are_none_are_refused_with_the_way_out() {
    let message = |result: spikestep::Result<Kernel>| result.unwrap_err().to_string();
    for exponent in [0.0, 1.0, -0.5, 1.5, f64::NAN] {
        assert!(message(Kernel::power_law(1.0, exponent)).contains("between 0 and 1"), "{exponent}");
    }
    assert!(message(Kernel::exponential(f64::NAN, 0.1)).contains("finite"));
    assert!(message(Kernel::sampled(0.1, vec![1.0])).contains("two samples"));
    assert!(message(Kernel::sampled(0.1, vec![1.0, f64::INFINITY])).contains("finite"));
    assert!(message(Kernel::sampled(0.0, vec![1.0, 0.0])).contains("positive"));
    let directory = tempfile::tempdir().unwrap();
    let read = |text: &str| {
        let path = directory.path().join("kernel.csv");
        std::fs::write(&path, text).unwrap();
        Kernel::from_csv(path)
    };
    for (text, part) in [
        ("t_ms,kernel\n-0.1,1\n0,1\n", ":2: the kernel is given at -0.1 ms: it is not causal"),
        ("t_ms,kernel\n0,1\n0.1,nan\n", ":3: kernel is 'nan', not a finite number"),
        ("t_ms,kernel\n0,0,1\n", ":2: 3 fields where the first row has 2"),
        ("t_ms,kernel\n0,1\n0.1,1\n0.3,1\n", ":4: 0.3 ms is not on the grid"),
        ("t_ms,kernel\n0.1,1\n0.2,1\n", ":2: the first time is 0.1 ms"),
        ("t_ms,kernel\n0,1\n", "two samples"),
        ("time,k\n0,1\n", ":1: 'time,k' has no columns"),
    ] {
        let text = message(read(text));
        assert!(text.contains(part), "{text}");
    }
    // Used on a grid: too short, and sampled on another one.
    let rs = Neuron::new(0.02, 0.2, -65.0, 8.0);
    let run = |kernel: Kernel, dt: f64| {
        let recovery = Recovery::of_kernel(kernel, -13.0, 8.0).unwrap();
        march(&rs, &recovery, &Stimulus::constant(10.0), -65.0, dt, 100.0).unwrap_err().to_string()
    };
    let short = read("t_ms,kernel\n0,0.004\n0.1,0.0039\n0.2,0.0038\n").unwrap();
    assert!(run(short.clone(), 0.1).contains("length of a sampled kernel"));
    assert!(run(short, 0.15).contains("spacing of a sampled kernel"));
}
