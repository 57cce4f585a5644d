//! The adaptive solver on many neurons: what a neuron takes under inputs that change never, often and all the time.

use spikestep::model::CELL_TYPES;
use spikestep::population::solve_many;
use spikestep::{Piece, Problem, Stimulus};

use crate::{DURATION, fastest};

const NEURONS: usize = 128;

/// RS, IB, CH and FS in turn, their inputs spread over 5 to 15 mV/ms, a new one after each `every` \[ms\]. With one piece, the
/// neurons of `peers/batch_at_equal_error.py`.
fn problems(every: f64) -> Vec<Problem> {
    let pieces = (DURATION / every).ceil() as usize;
    let stimulus = |i: usize| {
        let value = |k: usize| 5.0 + 10.0 * (0.618_034 * i as f64 + 0.754_877 * k as f64).fract();
        let pieces = (0..pieces).map(|k| Piece { start: k as f64 * every, value: value(k), slope: 0.0 }).collect();
        Stimulus::piecewise_linear(pieces).expect("pieces in order")
    };
    let problem = |i: usize| {
        let cell = &CELL_TYPES[i % 4];
        Problem { neuron: cell.neuron, stimulus: stimulus(i), initial: cell.initial, duration: DURATION }
    };
    (0..NEURONS).map(problem).collect()
}

/// Spikes of all.
pub(crate) fn solve(problems: &[Problem], tolerance: f64) -> usize {
    solve_many(problems, tolerance).iter().map(|spikes| spikes.train.len()).sum()
}

/// Prints µs a neuron.
pub(crate) fn print(one: &rayon::ThreadPool) {
    println!("solve_many, RS, IB, CH, FS with inputs of 5 to 15 mV/ms, one thread (us a neuron for 1000 ms)");
    println!(
        "{:<15} {:>10} {:>15} {:>15} {:>15}",
        "tolerance_ms", "constant", "new each 200 ms", "each 50 ms", "each 5 ms"
    );
    let sets = [DURATION, 200.0, 50.0, 5.0].map(problems);
    for tolerance in [1e-1, 1e-2, 1e-3, 1e-4, 1e-6] {
        let us = |problems: &Vec<Problem>| {
            1e6 / NEURONS as f64 * one.install(|| fastest(25, || assert!(solve(problems, tolerance) > NEURONS)))
        };
        let [a, b, c, d] = [0, 1, 2, 3].map(|i| us(&sets[i]));
        println!("{tolerance:<15e} {a:>10.1} {b:>15.1} {c:>15.1} {d:>15.1}");
    }
}
