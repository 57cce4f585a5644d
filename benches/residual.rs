//! Time of the error bound from residuals, beside the solution it belongs to: one simulated second of four cell types under a
//! constant input of 10 mV/ms.

use divan::{Bencher, black_box};
use spikestep::truth::enclosure::enclose;
use spikestep::truth::residual::{Reading, certify};
use spikestep::truth::taylor;
use spikestep::{Neuron, Problem, Stimulus};

/// Cell types of Izhikevich (2003), figure 2.
const CELLS: [(&str, Neuron); 4] = [
    ("RS", Neuron::new(0.02, 0.2, -65.0, 8.0)),
    ("IB", Neuron::new(0.02, 0.2, -55.0, 4.0)),
    ("CH", Neuron::new(0.02, 0.2, -50.0, 2.0)),
    ("FS", Neuron::new(0.1, 0.2, -65.0, 2.0)),
];

/// The tightest, and one at which a step reaches as far for its order.
const TOLERANCES: [f64; 2] = [taylor::TOLERANCE, 1e-6];

fn main() {
    divan::main();
}

fn problem(name: &str) -> Problem {
    let neuron = CELLS.iter().find(|cell| cell.0 == name).expect("a name of the table").1;
    Problem { neuron, stimulus: Stimulus::constant(10.0), initial: neuron.resting_start(), duration: 1000.0 }
}

#[divan::bench(args = CELLS.map(|cell| cell.0), consts = [0, 1])]
fn solve<const I: usize>(bencher: Bencher, name: &str) {
    let problem = problem(name);
    bencher.bench(|| taylor::solve(black_box(&problem), TOLERANCES[I]));
}

#[divan::bench(args = CELLS.map(|cell| cell.0), consts = [0, 1])]
fn residual_bound<const I: usize>(bencher: Bencher, name: &str) {
    let problem = problem(name);
    let log = taylor::solve(&problem, TOLERANCES[I]).step_log().expect("a solution");
    bencher.bench(|| certify(black_box(&problem), black_box(&log), Reading::Decimal));
}

/// The proof, which needs no solution.
#[divan::bench(args = CELLS.map(|cell| cell.0))]
fn enclosure(bencher: Bencher, name: &str) {
    let problem = problem(name);
    bencher.bench(|| enclose(black_box(&problem), Reading::Decimal));
}
