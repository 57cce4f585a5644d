//! A network that learns: images a second, tested and trained, on one thread.
//!
//! Inputs that spike by chance in one of ten steps (drawn before), all connected to a layer of BindsNET's random neurons (80 %
//! excitatory, lateral weights) by `PostPre`; an image is 100 steps of 1 ms, then the normalisation (in training) and the reset.
//! 64 inputs and 100 neurons are the case of which 74 ms an image (testing) and 110 ms (training) were measured with BindsNET.
//!
//! The time of each of 20 images is the least of 41 runs over all of them, so that what else a machine does in between is left out;
//! their mean is reported, beside the bytes a second of the weights that must be read (those of the spiking sources, lateral ones too) or,
//! in training, read and written (those of the spiking inputs), and the bandwidth measured for as many bytes as the matrix has.
//!
//! Then the recogniser's answers to 597 digits, one thread and two in turns, the least of 9 runs of each: networks with random weights of 100
//! and of 500 neurons; and a batch of 16 rows of 784 inputs and 400 neurons, tested and trained. `cargo bench --bench network` (all), or with
//! `speed` or `threads` after `--`, and as many of `64x100`, `784x400` ... as are wanted.

#![allow(clippy::print_stdout)] // A bench reports on the terminal.

use std::time::Instant;

use rand::{RngExt, SeedableRng};
use spikestep::population::layer::{LayerSpec, RandomWeights, Traces};
use spikestep::population::network::{ConnectionId, Learning, LearningRule, NodeId};
use spikestep::population::{Network, Real, Weights};
use spikestep::recognition::Images;
use spikestep::recognition::recogniser::{Method, Recipe, Recogniser, Stepping};

const STEPS: usize = 100;
const IMAGES: usize = 20;
const REPEATS: usize = 41;
const SIZES: [(usize, usize, usize); 5] = [(64, 100, 1), (64, 400, 1), (64, 100, 16), (784, 400, 1), (784, 1600, 1)];

fn main() {
    // `cargo test` runs benches with --test: nothing to test here.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    let parts: Vec<String> = std::env::args().filter(|part| part == "speed" || part == "threads").collect();
    let wanted = |part: &str| parts.is_empty() || parts.iter().any(|named| named == part);
    if wanted("speed") {
        print_speed();
    }
    if wanted("threads") {
        print_threads();
    }
}

fn pool(threads: usize) -> rayon::ThreadPool {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads")
}

/// Answers of a recogniser on one thread and on two.
fn print_threads() {
    println!("{:<14} {:>5} {:>12} {:>12} {:>8}", "scheme", "n", "us_one", "us_two", "speedup");
    let images = Images::digits();
    let split = images.split(100, 597, 1).expect("pictures");
    let pools = [1, 2].map(pool);
    for (scheme, n) in [("bindsnet", 100), ("projective-6", 100), ("projective-6", 500)] {
        let stepping = Stepping { scheme: scheme.parse().expect("a scheme"), dt: 0.5, lbound: None };
        let recipe = Recipe::new("fixed".parse::<Method>().expect("a method"), n, 1);
        let recogniser = Recogniser::train(&recipe, &stepping, &images, &split.training).expect("a recogniser");
        let mut best = [f64::INFINITY; 2];
        for _ in 0..9 {
            for (pool, best) in pools.iter().zip(&mut best) {
                let start = Instant::now();
                pool.install(|| recogniser.respond(&stepping, &images, &split.test)).expect("answers");
                *best = best.min(start.elapsed().as_secs_f64() * 1e6 / split.test.len() as f64);
            }
        }
        println!("{scheme:<14} {n:>5} {:>12.1} {:>12.1} {:>8.2}", best[0], best[1], best[0] / best[1]);
    }
    for learning in [false, true] {
        let (inputs, n, batch) = (784, 400, 16);
        let drawn = draw(inputs, batch, STEPS);
        let mut best = [f64::INFINITY; 2];
        for _ in 0..3 {
            for (pool, best) in pools.iter().zip(&mut best) {
                let mut case = case::<f32>(inputs, n, batch);
                case.network.set_learning(learning);
                let start = Instant::now();
                pool.install(|| case.show(&drawn));
                *best = best.min(start.elapsed().as_secs_f64() * 1e6 / batch as f64);
            }
        }
        let what = if learning { "batch, trained" } else { "batch, tested" };
        println!("{what:<14} {n:>5} {:>12.1} {:>12.1} {:>8.2}", best[0], best[1], best[0] / best[1]);
    }
}

/// Inputs that spike by chance in one of ten steps: row and input.
fn draw(inputs: usize, batch: usize, steps: usize) -> Vec<Vec<(usize, usize)>> {
    let mut rng = rand::rngs::ChaCha8Rng::seed_from_u64(2);
    let step = |_| {
        let all = (0..batch).flat_map(|row| (0..inputs).map(move |i| (row, i)));
        all.filter(|_| rng.random::<f64>() < 0.1).collect()
    };
    (0..steps).map(step).collect()
}

fn print_speed() {
    println!(
        "{:<4} {:>6} {:>5} {:>5} {:<9} {:>13} {:>11} {:>14} {:>6} {:>9}",
        "real", "inputs", "n", "batch", "learning", "us_per_image", "us_per_step", "spikes/neuron", "GB/s", "bandwidth"
    );
    pool(1).install(|| {
        let named = |size: &str| std::env::args().any(|argument| argument == size);
        let any = SIZES.iter().any(|(inputs, n, _)| named(&format!("{inputs}x{n}")));
        for (inputs, n, batch) in SIZES.into_iter().filter(|(inputs, n, _)| !any || named(&format!("{inputs}x{n}"))) {
            report::<f64>("f64", inputs, n, batch);
            report::<f32>("f32", inputs, n, batch);
        }
    });
    println!();
}

struct Case<T> {
    network: Network<T>,
    x: NodeId,
    y: NodeId,
    connection: ConnectionId,
}

impl<T: Real> Case<T> {
    /// An image, step by step.
    fn show(&mut self, image: &[Vec<(usize, usize)>]) {
        let x = self.x;
        let feed = |step: u64, inputs: &mut spikestep::population::network::Inputs<'_, '_, T>| {
            image[step as usize].iter().try_for_each(|(row, i)| inputs.spike(x, *row, *i))
        };
        self.network.run(image.len() as u64, feed, &mut []).expect("steps");
    }
}

fn case<T: Real>(inputs: usize, n: usize, batch: usize) -> Case<T> {
    let mut rng = rand::rngs::ChaCha8Rng::seed_from_u64(1);
    let mut network = Network::<T>::new(1.0, batch).expect("a network");
    let x = network.add_input("X", inputs, Some(Traces::default())).expect("inputs");
    let mut spec = LayerSpec::random(n, 0.8, RandomWeights::Dense, 1).expect("a layer");
    spec.traces = Some(Traces::default());
    spec.lbound = Some(-90.0);
    let y = network.add_layer("Y", spec).expect("a layer");
    // A mean input of 15 mV/ms.
    let mean = 15.0 / (0.1 * inputs as f64);
    let w = (0..inputs * n).map(|_| T::of(2.0 * mean * rng.random::<f64>())).collect();
    let connection = network.connect(x, y, Weights::dense(inputs, n, w).expect("weights"), 1).expect("a connection");
    let norm = Some(mean * inputs as f64);
    let rates = [0.001 * mean, 0.01 * mean];
    let learning = Learning { nu: rates, wmin: 0.0, wmax: 3.0 * mean, norm, ..Learning::new(LearningRule::PostPre) };
    network.make_plastic(connection, learning).expect("traces at both ends");
    Case { network, x, y, connection }
}

fn report<T: Real>(real: &str, inputs: usize, n: usize, batch: usize) {
    let drawn = draw(inputs, batch, STEPS * IMAGES);
    for learning in [false, true] {
        let mut best = [f64::INFINITY; IMAGES];
        let mut spikes = 0;
        // A second each is enough for the large ones.
        for repeat in 0..if inputs * n > 100_000 { REPEATS / 8 } else { REPEATS } {
            let mut case = case::<T>(inputs, n, batch);
            case.network.set_learning(learning);
            for (image, best) in drawn.chunks(STEPS).zip(&mut best) {
                let start = Instant::now();
                case.show(image);
                if learning {
                    case.network.normalize();
                }
                case.network.reset();
                *best = best.min(start.elapsed().as_secs_f64());
            }
            let Case { mut network, x, y, connection } = case;
            if repeat == 0 {
                assert!(network.connection(connection).weights().values().iter().all(|w| w.is_finite()));
                // Counted apart, so that counting costs nothing.
                for image in drawn.chunks(STEPS) {
                    for step in image {
                        let feed = |_, inputs: &mut spikestep::population::network::Inputs<'_, '_, T>| {
                            step.iter().try_for_each(|(row, i)| inputs.spike(x, *row, *i))
                        };
                        network.run(1, feed, &mut []).expect("a step");
                        spikes += (0..batch).map(|row| network.spikes(y, row).len()).sum::<usize>();
                    }
                    network.reset();
                }
            }
        }
        let images = (IMAGES * batch) as f64;
        let an_image = best.iter().sum::<f64>() * 1e6 / images;
        let number = std::mem::size_of::<T>();
        // Rows of inputs that spiked, read and in training changed, and lateral rows.
        let input_rows = drawn.iter().map(Vec::len).sum::<usize>() * if learning { 3 } else { 1 };
        let bytes = ((input_rows + spikes) * n * number) as f64 / images;
        println!(
            "{real:<4} {inputs:>6} {n:>5} {batch:>5} {:<9} {an_image:>13.2} {:>11.4} {:>14.2} {:>6.1} {:>9.1}",
            if learning { "on" } else { "off" },
            an_image / STEPS as f64,
            spikes as f64 / (images * n as f64),
            bytes / an_image * 1e-3,
            bandwidth((inputs + n) * n * number)
        );
    }
}

/// GB/s at which as many bytes are read again and again, by sums in eight registers.
fn bandwidth(bytes: usize) -> f64 {
    let numbers = vec![1u64; bytes / 8];
    let mut best = f64::INFINITY;
    for _ in 0..20 {
        let start = Instant::now();
        let mut sums = [0u64; 32];
        for numbers in std::hint::black_box(&numbers).chunks_exact(32) {
            for (sum, x) in sums.iter_mut().zip(numbers) {
                *sum = sum.wrapping_add(*x);
            }
        }
        std::hint::black_box(sums);
        best = best.min(start.elapsed().as_secs_f64());
    }
    bytes as f64 / best * 1e-9
}
