//! What several test files need: reference data, random problems, and a scheme by name.

#![allow(dead_code, unreachable_pub)] // each test binary uses its own part

pub mod cases;
pub mod random;

use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;
use spikestep::scheme::{Sample, Scheme, StepSize, Trajectory, solve_with};
use spikestep::{Neuron, Problem, State, Stimulus};

/// The program under test.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_spikestep");

/// The program under the name that it has inside the repository.
pub fn compare() -> Command {
    let mut command = Command::new(PROGRAM);
    #[cfg(unix)]
    std::os::unix::process::CommandExt::arg0(&mut command, "compare");
    command
}

/// A file of `tests/reference`.
pub fn reference(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/reference").join(path)
}

/// Whether this is an unpacked package, and says so: `experiments/`, `fuzz/` and most of `results/` are in the repository alone.
#[allow(clippy::print_stdout)] // A skipped test says so.
pub fn packaged() -> bool {
    let packaged = !PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("experiments").is_dir();
    if packaged {
        println!("skipped: it needs experiments/, fuzz/ or results/, which a package leaves out");
    }
    packaged
}

pub fn json(path: &str) -> Value {
    let file = std::fs::File::open(reference(path)).unwrap_or_else(|e| panic!("{path}: {e}"));
    serde_json::from_reader(file).unwrap_or_else(|e| panic!("{path}: {e}"))
}

/// The columns of a numeric CSV with a header, as rows.
pub fn rows(path: &str) -> Vec<Vec<f64>> {
    let mut reader = csv::Reader::from_path(reference(path)).unwrap_or_else(|e| panic!("{path}: {e}"));
    reader.records().map(|record| record.unwrap().iter().map(|field| field.parse().unwrap()).collect()).collect()
}

/// Spike times \[ms\] of a certified case.
pub fn certified_spikes(case: &str) -> Vec<f64> {
    rows(&format!("truth/{case}.spikes.csv")).iter().map(|row| row[1]).collect()
}

/// The cell types of 2003 for which a certified run of 1000 ms at input 10 exists, in the order of the design's tables.
pub const CELLS: [(&str, Neuron); 4] = [
    ("RS_step_10", Neuron::new(0.02, 0.2, -65.0, 8.0)),
    ("IB_step_10", Neuron::new(0.02, 0.2, -55.0, 4.0)),
    ("CH_step_10", Neuron::new(0.02, 0.2, -50.0, 2.0)),
    ("FS_step_10", Neuron::new(0.1, 0.2, -65.0, 2.0)),
];

/// `neuron` from v = −65, u = b v under a constant input.
pub fn constant_input(neuron: Neuron, input: f64, duration: f64) -> Problem {
    Problem { neuron, stimulus: Stimulus::constant(input), initial: neuron.resting_start(), duration }
}

/// Runs a scheme by name.
pub fn simulate(name: &str, problem: &Problem, dt: f64) -> (Trajectory, Vec<Sample>) {
    simulate_bounded(name, problem, dt, None)
}

pub fn simulate_bounded(name: &str, problem: &Problem, dt: f64, lbound: Option<f64>) -> (Trajectory, Vec<Sample>) {
    let scheme: Scheme = name.parse().unwrap();
    let scheme = scheme.configured(true, lbound);
    let mut samples = Vec::new();
    let trajectory = solve_with(problem, &scheme, StepSize::Fixed(dt), |sample| samples.push(sample)).unwrap();
    (trajectory, samples)
}

/// Largest distance of the k-th spikes of two trains, as far as both go \[ms\].
pub fn largest_error(spikes: &[f64], truth: &[f64]) -> f64 {
    spikes.iter().zip(truth).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

/// A state from v and u.
pub fn state(v: f64, u: f64) -> State {
    State::new(v, u)
}
