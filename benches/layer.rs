//! Layers with lateral weights: neuron-steps a second, in both precisions, and one thread against two.
//!
//! n neurons with BindsNET's random parameters (80 % excitatory), dt = 1 ms, from rest. Each step every neuron has an input of its own:
//! normal, of standard deviation 5 (excitatory) and 2 mV/ms (inhibitory), as in Izhikevich (2003), fig. 3; 256 such steps are drawn
//! before and used again and again. `benches/peers/population.py` gives the same network to other programs.
//!
//! Times are the least of 61 runs of a few milliseconds; one and two threads take turns. The rate of firing stands beside
//! them, as what a step costs depends on it.
//!
//! `cargo bench --bench layer` (all), or with names of schemes after `--`: `bindsnet projective-6`.

#![allow(clippy::print_stdout)] // A bench reports on the terminal.

use std::time::Instant;

use rand::SeedableRng;
use rand_distr::{Distribution, StandardNormal};
use spikestep::Scheme;
use spikestep::population::Real;
use spikestep::population::layer::{Layer, LayerSpec, RandomWeights, Traces};
use spikestep::population::schemes;

const DRAWN: usize = 256;
const REPEATS: usize = 61;

struct Case {
    n: usize,
    batch: usize,
    weights: RandomWeights,
    scheme: Scheme,
    traces: bool,
}

fn main() {
    // `cargo test` runs benches with --test: nothing to test here.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    let names: Vec<String> = std::env::args().collect();
    let named: Vec<Scheme> = schemes().into_iter().filter(|scheme| names.contains(&scheme.to_string())).collect();
    let all = if named.is_empty() { schemes() } else { named };
    println!(
        "{:<22} {:<4} {:>6} {:>5} {:<8} {:>6} {:>9} {:>9} {:>8} {:>9}",
        "scheme", "real", "n", "batch", "weights", "traces", "ns_one", "ns_two", "speedup", "spikes/s"
    );
    for scheme in all {
        let case = |n, batch, weights, traces| Case { n, batch, weights, scheme: scheme.clone(), traces };
        report(&case(1000, 1, RandomWeights::Dense, false));
        if scheme.to_string() == "bindsnet" {
            report(&case(1000, 1, RandomWeights::Dense, true));
            report(&case(1000, 1, RandomWeights::None, false));
            report(&case(1000, 8, RandomWeights::Dense, false));
            report(&case(4000, 1, RandomWeights::Dense, false));
            report(&case(100_000, 1, RandomWeights::Sparse(1e-3), false));
        }
    }
}

fn report(case: &Case) {
    measure::<f64>(case, "f64");
    measure::<f32>(case, "f32");
}

fn measure<T: Real>(case: &Case, real: &str) {
    let mut spec = LayerSpec::random(case.n, 0.8, case.weights, 1).expect("a layer");
    spec.scheme = case.scheme.clone();
    spec.traces = case.traces.then(Traces::default);
    let width = case.n * case.batch;
    let input = drawn::<T>(&spec, case.batch);
    let pools = [1, 2].map(|threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads"));
    let steps = (500_000 / width).max(20) as u64;
    let mut layer = Layer::<T>::new(spec, 1.0, case.batch).expect("a layer");
    let mut best = [f64::INFINITY; 2];
    let mut rate = 0.0;
    for _ in 0..REPEATS {
        for (pool, best) in pools.iter().zip(&mut best) {
            layer.reset();
            let mut spikes = 0;
            let seconds = pool.install(|| {
                let start = Instant::now();
                let feed = |step: u64, x: &mut [T]| {
                    let from = step as usize % DRAWN * width;
                    x.copy_from_slice(&input[from..from + width]);
                    Ok(())
                };
                layer.run(steps, feed).expect("steps");
                start.elapsed().as_secs_f64()
            });
            *best = best.min(seconds * 1e9 / (width as f64 * steps as f64));
            if rate == 0.0 {
                layer.reset();
                let feed = |step: u64, x: &mut [T]| {
                    let from = step as usize % DRAWN * width;
                    x.copy_from_slice(&input[from..from + width]);
                    Ok(())
                };
                for _ in 0..500 {
                    let at = layer.steps();
                    layer.run(1, |_, x| feed(at, x)).expect("a step");
                    spikes += (0..case.batch).map(|row| layer.spikes(row).len()).sum::<usize>();
                }
                rate = spikes as f64 / (width as f64 * 0.5);
            }
        }
    }
    let weights = match case.weights {
        RandomWeights::None => "none".to_owned(),
        RandomWeights::Dense => "dense".to_owned(),
        RandomWeights::Sparse(p) => format!("{p}"),
    };
    println!(
        "{:<22} {real:<4} {:>6} {:>5} {weights:<8} {:>6} {:>9.3} {:>9.3} {:>8.2} {rate:>9.2}",
        case.scheme.to_string(),
        case.n,
        case.batch,
        case.traces,
        best[0],
        best[1],
        best[0] / best[1]
    );
}

/// Inputs \[mV/ms\] of [`DRAWN`] steps.
fn drawn<T: Real>(spec: &LayerSpec, batch: usize) -> Vec<T> {
    let mut rng = rand::rngs::ChaCha8Rng::seed_from_u64(2);
    let mut all = Vec::with_capacity(DRAWN * batch * spec.n());
    for _ in 0..DRAWN * batch {
        all.extend(spec.excitatory.iter().map(|excitatory| {
            let r: f64 = StandardNormal.sample(&mut rng);
            T::of(if *excitatory { 5.0 * r } else { 2.0 * r })
        }));
    }
    all
}
