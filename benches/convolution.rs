//! Time of the convolution engines over a whole run of N steps, beside one real FFT of length 2N: the yardstick.
//!
//! What an engine prepares once (kernel spectra, FFT plans) is `setup`, apart from the run.

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use realfft::{FftNum, RealFftPlanner};
use spikestep::operator::convolution::{Direct, Fft, OnlineConvolution, Recursive, Transformed};

const LENGTHS: [usize; 5] = [1 << 8, 1 << 11, 1 << 14, 1 << 17, 1 << 20];
/// The direct sum is quadratic: 2^14 steps take as long as 2^20 of the FFT engine.
const DIRECT_LENGTHS: [usize; 3] = [1 << 8, 1 << 11, 1 << 14];
/// e^{−a dt} of RS at 0.5 ms.
const RATIO: f64 = 0.990_049_833_749_168;

fn main() {
    divan::main();
}

/// κ_n = ratio^n, and x a sawtooth between −65 and 30 as v is.
fn kernel_and_input<T: FftNum>(n: usize) -> (Vec<T>, Vec<T>) {
    let number = |x: f64| T::from_f64(x).expect("a finite number");
    let kernel = (0..n).map(|i| number(RATIO.powf(i as f64))).collect();
    (kernel, (0..n).map(|i| number(-65.0 + (i % 96) as f64)).collect())
}

fn run<T: FftNum>(bencher: Bencher, n: usize, engine: impl Fn(Vec<T>) -> Box<dyn OnlineConvolution<T>> + Sync) {
    let (kernel, x) = kernel_and_input::<T>(n);
    bencher
        .counter(ItemsCount::new(n))
        .with_inputs(|| engine(kernel.clone()))
        .bench_local_refs(|engine| x.iter().fold(T::zero(), |_, &x| engine.push(black_box(x))));
}

#[divan::bench(args = LENGTHS)]
fn real_fft_of_length_2n(bencher: Bencher, n: usize) {
    let plan = RealFftPlanner::<f64>::new().plan_fft_forward(2 * n);
    let (mut x, mut spectrum, mut scratch) = (plan.make_input_vec(), plan.make_output_vec(), plan.make_scratch_vec());
    x[..n].copy_from_slice(&kernel_and_input(n).1);
    bencher.counter(ItemsCount::new(n)).bench_local(|| plan.process_with_scratch(&mut x, &mut spectrum, &mut scratch));
}

#[divan::bench(types = [f64, f32], args = LENGTHS)]
fn fft<T: Transformed>(bencher: Bencher, n: usize) {
    run::<T>(bencher, n, |kernel| Box::new(Fft::new(kernel)));
}

#[divan::bench(types = [f64, f32], args = LENGTHS)]
fn fft_setup<T: Transformed>(bencher: Bencher, n: usize) {
    let (kernel, _) = kernel_and_input::<T>(n);
    bencher.with_inputs(|| kernel.clone()).bench_local_values(Fft::new);
}

#[divan::bench(types = [f64, f32], args = LENGTHS)]
fn recursive<T: Transformed>(bencher: Bencher, n: usize) {
    run::<T>(bencher, n, |kernel| Box::new(Recursive::exponential(kernel[1])));
}

#[divan::bench(types = [f64, f32], args = DIRECT_LENGTHS)]
fn direct<T: Transformed>(bencher: Bencher, n: usize) {
    run::<T>(bencher, n, |kernel| Box::new(Direct::new(kernel)));
}
