//! Time of the truth solver: one simulated second of four cell types under a constant input of 10 mV/ms.
//!
//! `benches/peers/heyoka_truth.py` runs the same problems in heyoka.

use divan::{Bencher, black_box};
use spikestep::truth::taylor::{self, TOLERANCE};
use spikestep::{Neuron, Problem, Stimulus};

/// Cell types of Izhikevich (2003), figure 2.
const CELLS: [(&str, Neuron); 4] = [
    ("RS", Neuron::new(0.02, 0.2, -65.0, 8.0)),
    ("IB", Neuron::new(0.02, 0.2, -55.0, 4.0)),
    ("CH", Neuron::new(0.02, 0.2, -50.0, 2.0)),
    ("FS", Neuron::new(0.1, 0.2, -65.0, 2.0)),
];

fn main() {
    divan::main();
}

fn problem(name: &str) -> Problem {
    let neuron = CELLS.iter().find(|cell| cell.0 == name).expect("a name of the table").1;
    Problem { neuron, stimulus: Stimulus::constant(10.0), initial: neuron.resting_start(), duration: 1000.0 }
}

#[divan::bench(args = CELLS.map(|cell| cell.0))]
fn solve(bencher: Bencher, name: &str) {
    let problem = problem(name);
    bencher.bench(|| taylor::solve(black_box(&problem), TOLERANCE));
}

#[divan::bench(args = CELLS.map(|cell| cell.0))]
fn solve_certified(bencher: Bencher, name: &str) {
    let problem = problem(name);
    bencher.bench(|| taylor::solve_certified(black_box(&problem), TOLERANCE));
}

/// 10,001 states at increasing times, one simulated second.
#[divan::bench]
fn dense_output(bencher: Bencher) {
    let truth = taylor::solve(&problem("RS"), TOLERANCE);
    bencher.bench(|| {
        let mut cursor = truth.cursor();
        (0..=10_000).map(|i| cursor.state(0.1 * f64::from(i)).v).sum::<f64>()
    });
}
