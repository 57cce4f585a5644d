//! Convolution engines: the same numbers to rounding, online, in memory of the kernel's size.
//!
//! The judge is the sum in twice the precision of f32, or for f64 the direct engine, with bounds on the rounding of both.

use crate::common::{constant_input, simulate};
use approx::abs_diff_eq;
use num_traits::Float;
use proptest::prelude::*;
use realfft::FftNum;
use spikestep::Neuron;
use spikestep::operator::convolution::{Direct, Fft, OnlineConvolution, Recursive, Transformed};

/// What an engine gives for a sequence.
fn outputs<T: Copy>(mut engine: impl OnlineConvolution<T>, x: &[T]) -> Vec<T> {
    x.iter().map(|&x| engine.push(x)).collect()
}

fn to<T: FftNum>(values: &[f64]) -> Vec<T> {
    values.iter().map(|&x| T::from_f64(x).unwrap()).collect()
}

fn exponential(rate: f64, n: usize) -> Vec<f64> {
    (0..n).map(|i| (-rate * i as f64).exp()).collect()
}

/// Bounds on the rounding of y_n in an arithmetic of unit roundoff `unit`, for kernel and input given in it.
struct Bounds {
    /// Of any order of summation: every term passes its product and at most n + 1 sums (Higham 2002, (3.5)).
    sum: Vec<f64>,
    /// Of the FFT engine: the near sums as above; far sums come level by level from FFTs of length m of blocks of x and pieces
    /// of κ, each product with an error, in the 2-norm and so in any one value, of at most (3 t η + a few) ‖x‖₂‖κ‖₂ with
    /// t = log2 m (Higham 2002, theorem 24.2, applied to three transforms; η ≈ 4 units for tabulated roots and the split
    /// into even and odd of a real transform).
    fft: Vec<f64>,
    /// Of the recursion: the term of x_j passes n − j products with a rounded ratio, as many roundings of products, and
    /// n − j + 1 sums; the tabulated kernel it is compared with has 2 roundings of its own and n − j of the ratio's.
    recursion: Vec<f64>,
}

fn bounds(kernel: &[f64], x: &[f64], unit: f64) -> Bounds {
    let norm = |values: &[f64]| values.iter().map(|v| v * v).sum::<f64>().sqrt();
    let levels = (kernel.len().max(64) as f64 / 64.0).log(8.0).ceil() + 1.0;
    let size = (2 * kernel.len().max(64)).next_power_of_two() as f64;
    let (mut sum, mut fft, mut recursion) = (Vec::new(), Vec::new(), Vec::new());
    for n in 0..x.len() {
        let terms = (n + 1).min(kernel.len());
        let sizes = (0..terms).map(|i| (i as f64, (kernel[i] * x[n - i]).abs()));
        let (plain, weighted) = sizes.fold((0.0, 0.0), |(p, w), (i, s)| (p + s, w + (i + 1.0) * s));
        sum.push(unit * (terms as f64 + 1.0) * plain);
        // Blocks reach up to one block, at most the kernel's length, beyond the terms.
        let past = &x[(n + 1).saturating_sub(2 * kernel.len())..(n + 64).min(x.len())];
        let far = levels * (12.0 * size.log2() + 8.0) * norm(past) * norm(kernel);
        fft.push(unit * (far + 66.0 * plain));
        recursion.push(unit * 4.0 * (weighted + plain));
    }
    Bounds { sum, fft, recursion }
}

/// Asserts |a_n − b_n| within the sum of two bounds.
fn assert_close<T: Float>(name: &str, a: &[T], b: &[T], bound: impl Fn(usize) -> f64) {
    assert_eq!(a.len(), b.len());
    for (n, (a, b)) in a.iter().zip(b).enumerate() {
        let (a, b) = (a.to_f64().unwrap(), b.to_f64().unwrap());
        let bound = bound(n);
        assert!(abs_diff_eq!(a, b, epsilon = bound), "{name} at {n}: {a} and {b} differ by {:e} > {bound:e}", a - b);
    }
}

fn direct_and_fft_agree<T: Transformed>(kernel: &[f64], x: &[f64]) {
    let (kernel, x): (Vec<T>, Vec<T>) = (to(kernel), to(x));
    let exactly = |values: &[T]| -> Vec<f64> { values.iter().map(|v| v.to_f64().unwrap()).collect() };
    let bounds = bounds(&exactly(&kernel), &exactly(&x), T::epsilon().to_f64().unwrap() / 2.0);
    let direct = outputs(Direct::new(kernel.clone()), &x);
    let fft = outputs(Fft::new(kernel), &x);
    assert_close("fft", &fft, &direct, |n| bounds.sum[n] + bounds.fft[n]);
}

fn all_agree<T: Transformed + Send>(rate: f64, x: &[f64]) {
    let ratio = T::from_f64((-rate).exp()).unwrap();
    // The kernel of the rounded ratio, so that only rounding on the way is compared.
    let kernel: Vec<f64> = (0..x.len()).map(|n| ratio.to_f64().unwrap().powi(n as i32)).collect();
    direct_and_fft_agree::<T>(&kernel, x);
    let unit = T::epsilon().to_f64().unwrap() / 2.0;
    let bounds = bounds(&kernel, x, unit);
    let x: Vec<T> = to(x);
    let direct = outputs(Direct::new(to(&kernel)), &x);
    let recursive = outputs(Recursive::exponential(ratio), &x);
    assert_close("recursive", &recursive, &direct, |n| bounds.sum[n] + bounds.recursion[n]);
}

/// v of RS under input 10, 1000 ms, spikes and resets included \[mV\].
fn spiking(dt: f64) -> Vec<f64> {
    let problem = constant_input(Neuron::new(0.02, 0.2, -65.0, 8.0), 10.0, 1000.0);
    let (trajectory, rows) = simulate("euler", &problem, dt);
    assert!(trajectory.spikes.len() > 20);
    rows.iter().map(|row| row.state.v).collect()
}

#[test]
fn on_a_spiking_trajectory_the_engines_agree_in_both_precisions() {
    for dt in [1.0, 0.3] {
        let v = spiking(dt);
        all_agree::<f64>(0.02 * dt, &v);
        all_agree::<f32>(0.02 * dt, &v);
    }
}

#[test]
fn other_kernels_agree_too() {
    let v = spiking(0.3);
    let power_law: Vec<f64> = (0..v.len()).map(|n| (1.0 + n as f64).powf(-0.4)).collect();
    direct_and_fft_agree::<f64>(&power_law, &v);
    direct_and_fft_agree::<f32>(&power_law, &v);
    // Two time scales: the recursive engine with two exponentials is the kernel's sum.
    let (weights, rates) = ([0.7, -0.2], [0.02, 0.3]);
    let two = |n: usize| (0..2).map(|i| weights[i] * (-rates[i] * n as f64).exp()).sum();
    let kernel: Vec<f64> = (0..v.len()).map(two).collect();
    let recursive = outputs(Recursive::sum((0..2).map(|i| (weights[i], (-rates[i]).exp()))), &v);
    let slow: Vec<f64> = (0..v.len()).map(|n| (-rates[0] * n as f64).exp()).collect();
    // |κ| is at most the slow exponential, and each of the two terms is bounded as one.
    let bounds = bounds(&slow, &v, f64::EPSILON / 2.0);
    let direct = outputs(Direct::new(kernel), &v);
    assert_close("two exponentials", &recursive, &direct, |n| bounds.sum[n] + 2.0 * bounds.recursion[n]);
}

#[test]
fn a_kernel_may_be_empty_or_shorter_than_the_run() {
    let x: Vec<f64> = (0..3000).map(|n| f64::from(n * n % 97) - 48.0).collect();
    assert!(outputs(Direct::new(Vec::new()), &x).iter().all(|&y| y == 0.0));
    assert!(outputs(Fft::new(Vec::new()), &x).iter().all(|&y| y == 0.0));
    assert!(outputs(Recursive::sum(Vec::new()), &x).iter().all(|&y| y == 0.0));
    // On both sides of every change of structure: one value, the base block, a second level, a third.
    for length in [1, 2, 63, 64, 65, 66, 128, 512, 513, 514, 575, 577, 1000, 2999] {
        let kernel: Vec<f64> = (0..length).map(|n| f64::from(n * 7 % 11) - 5.0).collect();
        direct_and_fft_agree::<f64>(&kernel, &x);
    }
}

#[test]
fn a_delay_delays() {
    // κ = δ_k: every place of the kernel is reached once and once only. Small integers leave rounding below 1/2.
    let x: Vec<f64> = (0..10_000).map(|n| f64::from(n % 13)).collect();
    for k in [0, 1, 63, 64, 65, 511, 512, 513, 4095, 4096, 4097, 4160, 4607, 4608, 4609, 8192] {
        let mut kernel = vec![0.0; k + 1];
        kernel[k] = 1.0;
        let y: Vec<f64> = outputs(Fft::new(kernel), &x).iter().map(|y| y.round()).collect();
        assert!(y[..k].iter().all(|&y| y == 0.0), "delay {k}");
        assert_eq!(y[k..], x[..x.len() - k], "delay {k}");
    }
}

#[test]
fn memory_is_of_the_kernels_size_whatever_the_run() {
    let mut most: f64 = 0.0;
    for n in [1 << 10, 3 << 10, 1 << 13, 50_000, 1 << 16, (1 << 18) + 2] {
        let mut engine = Fft::new(exponential(1e-4, n));
        let at_start = engine.held();
        for i in 0..3 * n.min(1 << 13) {
            engine.push((i % 7) as f64);
        }
        assert_eq!(engine.held(), at_start, "an FFT engine of {n} allocates at its start only");
        most = most.max(at_start as f64 / n as f64);
    }
    // The highest level, L ≤ K/4: spectra of kernel and past, 2·2·(K + L) numbers, and 8 L for block, sums, transform,
    // product and scratch. A level of radix R below a block of L: 4 L (R − 1)/R and 6 L/R, and the next ones an R-th of it:
    // 5 L in all. 4 K + 17 L ≤ 8.25 K, and what a bin, a base block and scratch have beyond a power of two.
    assert!(most <= 9.0, "{most} numbers held for each value of the kernel");
    let mut direct = Direct::new(vec![1.0; 100]);
    (0..10_000).for_each(|_| {
        direct.push(1.0);
    });
    assert!(direct.held() <= 301, "{}", direct.held());
}

#[test]
fn counted_flops_grow_as_stated() {
    let flops = |n: usize| {
        let mut engine = Fft::new(vec![1.0; n]);
        (0..n).for_each(|_| {
            engine.push(1.0);
        });
        engine.flops() as f64 / (n as f64 * (n as f64).log2().powi(2))
    };
    // N log² N: the quotient keeps to a factor of 2 over a factor of 256 in N (N² would change it a hundredfold).
    let quotients: Vec<f64> = [1 << 12, 1 << 15, 1 << 18, 1 << 20].into_iter().map(flops).collect();
    let (least, most) = quotients.iter().fold((f64::MAX, 0.0f64), |(l, m), &q| (l.min(q), m.max(q)));
    assert!(most < 2.0 * least, "{quotients:?}");
}

/// Any kernel and input; lengths that are no powers of two.
fn sequences() -> impl Strategy<Value = (Vec<f64>, Vec<f64>)> {
    (prop::collection::vec(-10.0..10.0f64, 0..900), prop::collection::vec(-100.0..100.0f64, 1..1200))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn engines_agree_on_random_sequences((kernel, x) in sequences()) {
        direct_and_fft_agree::<f64>(&kernel, &x);
        direct_and_fft_agree::<f32>(&kernel, &x);
    }

    #[test]
    fn all_engines_agree_on_exponential_kernels(rate in 0.0..0.5f64, (_, x) in sequences()) {
        all_agree::<f64>(rate, &x);
        all_agree::<f32>(rate, &x);
    }

    #[test]
    fn convolution_is_linear(
        (kernel, x) in sequences(), seed in prop::collection::vec(-100.0..100.0f64, 1200), factor in -3.0..3.0f64
    ) {
        let z: Vec<f64> = seed[..x.len()].to_vec();
        let combined: Vec<f64> = x.iter().zip(&z).map(|(x, z)| factor * x + z).collect();
        let engine = || Fft::new(kernel.clone());
        let (y_x, y_z, y) = (outputs(engine(), &x), outputs(engine(), &z), outputs(engine(), &combined));
        let expected: Vec<f64> = y_x.iter().zip(&y_z).map(|(x, z)| factor * x + z).collect();
        let unit = f64::EPSILON / 2.0;
        let [b_x, b_z, b] = [&x, &z, &combined].map(|input| bounds(&kernel, input, unit));
        // Besides the three errors, the combined input is rounded twice in every value, and so is the combined output.
        let bound = |n: usize| factor.abs() * b_x.fft[n] + b_z.fft[n] + b.fft[n]
            + 2.0 * (b.sum[n] + factor.abs() * b_x.sum[n] + b_z.sum[n]);
        assert_close("combination", &y, &expected, bound);
    }

    #[test]
    fn the_past_does_not_know_the_future((kernel, x) in sequences(), place in 0.0..1.0f64) {
        let at = (place * x.len() as f64) as usize;
        let mut changed = x.clone();
        changed[at] += 1.0;
        prop_assert_eq!(&outputs(Fft::new(kernel.clone()), &x)[..at], &outputs(Fft::new(kernel.clone()), &changed)[..at]);
        let direct = |x: &[f64]| outputs(Direct::new(kernel.clone()), x);
        prop_assert_eq!(&direct(&x)[..at], &direct(&changed)[..at]);
    }

    #[test]
    fn a_shifted_input_gives_a_shifted_output((kernel, x) in sequences(), shift in 0usize..700) {
        let mut shifted = vec![0.0; shift];
        shifted.extend_from_slice(&x);
        let y = outputs(Fft::new(kernel.clone()), &x);
        let moved = outputs(Fft::new(kernel.clone()), &shifted);
        // Zeros spread to zeros exactly; then the same sums, blocked elsewhere.
        prop_assert!(moved[..shift].iter().all(|&y| y == 0.0));
        let unit = f64::EPSILON / 2.0;
        let (b, b_moved) = (bounds(&kernel, &x, unit), bounds(&kernel, &shifted, unit));
        assert_close("shift", &moved[shift..], &y, |n| b.fft[n] + b_moved.fft[n + shift]);
    }
}
