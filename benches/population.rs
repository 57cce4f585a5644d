//! Many neurons: million neuron-ms a second at equal error, ns a neuron-step, and one thread against two.
//!
//! The error of a scheme at a step is the largest error of any spike time in the worst of RS, IB, CH and FS over 1000 ms at
//! an input of 10 mV/ms; a lost or added spike is an infinite one. For each error asked for, the step is the largest of a grid
//! (12 a decade) that keeps it. Throughput is that of RS, IB, CH and FS in turn, so that every register holds all four, on one
//! thread, the median of five measurements; the adaptive solver runs at the tolerance asked for, neuron by neuron and in lanes.
//!
//! `cargo bench --bench population` (all), or with names after `--`: `rk4+located projective-6`.

#![allow(clippy::print_stdout)] // A bench reports on the terminal.

use std::time::Instant;

use rayon::prelude::*;
use spikestep::metrics::SpikeErrors;
use spikestep::model::CELL_TYPES;
use spikestep::population::{solve_many, Population, Stepper};
use spikestep::scheme::{projective, step_count};
use spikestep::truth::taylor;
use spikestep::{Neuron, Problem, SpikeTrain, State, Stimulus};

const INPUT: f64 = 10.0;
const DURATION: f64 = 1000.0;
const ERRORS: [f64; 4] = [1.0, 1e-1, 1e-2, 1e-3];
/// Steps of the search: no error is measured where more would be taken.
const MOST_STEPS: f64 = 1.3e8;
const NEURONS: usize = 4096;

fn main() {
    // `cargo test` runs benches with --test: nothing to test here.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    let named: Vec<Stepper> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    let steppers = if named.is_empty() { Stepper::ALL.to_vec() } else { named };
    let one = pool(1);
    println!("{:<15} {:>8} {:>10} {:>14} {:>14}", "scheme", "error_ms", "dt_ms", "Mneuron_ms/s", "ns/neuron_step");
    let mut best = [0.0f64; ERRORS.len()];
    let mut grid = [0.0f64; ERRORS.len()];
    for &stepper in &steppers {
        for (e, (asked, dt)) in ERRORS.into_iter().zip(largest_steps(stepper)).enumerate() {
            let Some(dt) = dt else {
                println!("{:<15} {asked:>8} {:>10}", stepper.name(), "-");
                continue;
            };
            let ns = one.install(|| ns_per_step(stepper, dt, NEURONS));
            let rate = dt / ns * 1e3;
            println!("{:<15} {asked:>8} {dt:>10.3e} {rate:>14.3} {ns:>14.3}", stepper.name());
            let column = match stepper {
                Stepper::HalfStep | Stepper::NestPublished | Stepper::Rk4 => &mut grid,
                Stepper::Euler => continue,
                _ => &mut best,
            };
            column[e] = column[e].max(rate);
        }
    }
    for (e, asked) in ERRORS.into_iter().enumerate() {
        for (kind, solve) in [("alone", alone as fn(&[Problem], f64) -> usize), ("lanes", in_lanes)] {
            let seconds = one.install(|| adaptive(solve, &uniform(64), asked));
            let rate = 64.0 * DURATION / seconds * 1e-6;
            println!("{:<15} {asked:>8} {kind:>10} {rate:>14.3}", "projective");
            best[e] = best[e].max(rate);
        }
        if grid[e] > 0.0 {
            println!("  best at {asked}: {:.0} times the best of half-step and rk4 on the grid", best[e] / grid[e]);
        }
    }
    println!();
    println!("adaptive, RS, IB, CH, FS with inputs of 5 to 15 mV/ms, one thread (us a neuron for 1000 ms)");
    println!("{:<15} {:>10} {:>10} {:>8}", "tolerance_ms", "alone", "lanes", "ratio");
    for tolerance in [1e-1, 1e-2, 1e-3, 1e-4, 1e-6] {
        let problems = spread(512);
        let us = |solve| one.install(|| adaptive(solve, &problems, tolerance)) * 1e6 / problems.len() as f64;
        let (alone, lanes) = (us(alone), us(in_lanes));
        println!("{tolerance:<15e} {alone:>10.1} {lanes:>10.1} {:>8.2}", alone / lanes);
    }
    println!();
    println!(
        "{:<15} {:>10} {:>10} {:>8}   (ns a neuron-step at dt 0.25, 65536 neurons)",
        "threads", "one", "two", "ratio"
    );
    for &stepper in &steppers {
        // In turns, so that a change of the clock rate falls on both.
        let pair = |_| [1, 2].map(|threads| pool(threads).install(|| ns_per_step(stepper, 0.25, 65536)));
        let pairs: Vec<_> = (0..3).map(pair).collect();
        let [one, two] = [0, 1].map(|i| median(pairs.iter().map(|pair| pair[i]).collect()));
        println!("{:<15} {one:>10.3} {two:>10.3} {:>8.2}", stepper.name(), one / two);
    }
    let [one, two] = [1, 2].map(|threads| pool(threads).install(|| adaptive(in_lanes, &uniform(1024), 1e-2)));
    println!("{:<15} {one:>9.4}s {two:>9.4}s {:>8.2}", "projective", one / two);
}

fn pool(threads: usize) -> rayon::ThreadPool {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads")
}

/// RS, IB, CH, FS in turn.
fn cells(n: usize) -> (Vec<Neuron>, Vec<State>) {
    (0..n).map(|i| &CELL_TYPES[i % 4]).map(|cell| (cell.neuron, cell.initial)).unzip()
}

fn problem(i: usize) -> Problem {
    let (neurons, states) = cells(i + 1);
    Problem { neuron: neurons[i], stimulus: Stimulus::constant(INPUT), initial: states[i], duration: DURATION }
}

/// For each of [`ERRORS`], the largest step that keeps it.
fn largest_steps(stepper: Stepper) -> [Option<f64>; ERRORS.len()] {
    let truths: Vec<_> = (0..4).map(|i| taylor::solve(&problem(i), taylor::TOLERANCE).spikes).collect();
    let mut found = [None; ERRORS.len()];
    for n in 0.. {
        let dt = 4.0 * 10f64.powf(-f64::from(n) / 12.0);
        if DURATION / dt > MOST_STEPS || found.iter().all(Option::is_some) {
            break;
        }
        let error = error(stepper, dt, &truths);
        for (dt_found, asked) in found.iter_mut().zip(ERRORS) {
            if dt_found.is_none() && error <= asked {
                *dt_found = Some(dt);
            }
        }
    }
    found
}

fn error(stepper: Stepper, dt: f64, truths: &[SpikeTrain]) -> f64 {
    let (neurons, states) = cells(4);
    let mut population = Population::new(stepper, &neurons, &states).expect("four cells");
    let mut spikes = Vec::new();
    population.advance(&[INPUT; 4], dt, step_count(DURATION, dt), &mut spikes).expect("a step");
    (0..4)
        .map(|i| {
            // The last step may end past the duration, and a spike of the truth fall next to it.
            let times = spikes.iter().filter(|s| s.neuron as usize == i && s.t <= DURATION).map(|s| s.t).collect();
            let errors = SpikeErrors::between(&SpikeTrain::new(times).expect("in order"), &truths[i]);
            if errors.missed + errors.extra > 0 {
                f64::INFINITY
            } else {
                errors.max_abs.unwrap_or(f64::INFINITY)
            }
        })
        .fold(0.0, f64::max)
}

/// Time of one step of one of `n` neurons \[ns\], over up to 1000 ms.
fn ns_per_step(stepper: Stepper, dt: f64, n: usize) -> f64 {
    let (neurons, states) = cells(n);
    let input = vec![INPUT; n];
    // About 16 million neuron-steps a measurement, from the start of the solution.
    let steps = step_count(DURATION, dt).min(16_000_000 / n as u64);
    let mut spikes = Vec::new();
    let measure = |_| {
        let mut population = Population::new(stepper, &neurons, &states).expect("neurons");
        spikes.clear();
        let start = Instant::now();
        population.advance(&input, dt, steps, &mut spikes).expect("a step");
        start.elapsed().as_secs_f64() * 1e9 / (n as f64 * steps as f64)
    };
    median((0..5).map(measure).collect())
}

/// The four cells in turn under the one input.
fn uniform(n: usize) -> Vec<Problem> {
    (0..n).map(|i| problem(i % 4)).collect()
}

/// The four cells in turn, inputs spread over 5 to 15 mV/ms: the neurons of `peers/batch_at_equal_error.py`.
fn spread(n: usize) -> Vec<Problem> {
    let input = |i: usize| Stimulus::constant(5.0 + 10.0 * (0.618_034 * i as f64).fract());
    (0..n).map(|i| Problem { stimulus: input(i), ..problem(i % 4) }).collect()
}

/// Spikes of all, neuron by neuron.
fn alone(problems: &[Problem], tolerance: f64) -> usize {
    problems.par_iter().map(|p| projective::solve(p, tolerance).spikes.len()).sum()
}

/// Spikes of all, in lanes.
fn in_lanes(problems: &[Problem], tolerance: f64) -> usize {
    solve_many(problems, tolerance).iter().map(|spikes| spikes.train.len()).sum()
}

/// Time \[s\] of the adaptive solver: the fastest of seven, since whatever else the machine does only adds to it.
fn adaptive(solve: fn(&[Problem], f64) -> usize, problems: &[Problem], tolerance: f64) -> f64 {
    let measure = |_| {
        let start = Instant::now();
        assert!(solve(problems, tolerance) > problems.len());
        start.elapsed().as_secs_f64()
    };
    (0..7).map(measure).fold(f64::INFINITY, f64::min)
}

fn median(mut x: Vec<f64>) -> f64 {
    x.sort_by(f64::total_cmp);
    x[x.len() / 2]
}
