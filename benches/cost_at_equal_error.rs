//! Cost at equal error: largest spike-time error over 1000 ms against time, per tolerance, for four cell types.
//!
//! ```text
//! cargo bench --bench cost_at_equal_error            # RS, IB, CH, FS: time and error at every tolerance, CSV on stdout
//! cargo bench --bench cost_at_equal_error -- all     # every reference case: does the error stay below the tolerance?
//! cargo bench --bench cost_at_equal_error -- long    # FS for 100 s
//! ```
//!
//! Every tolerance has two lines: with interspike intervals interpolated from the firing map where that is possible (`on`), and
//! with each of them integrated (`off`), which is what a varying input costs.
//!
//! `benches/peers/cost_at_equal_error.py` runs the same four problems in other programs, and joins the two tables into ratios.
//! The error is that against the reference solutions in `tests/reference/truth`; the time is the fastest of many runs, since
//! whatever else the machine does only adds to it.

#![allow(clippy::print_stdout)] // a program that prints a table

use std::hint::black_box;
use std::time::Instant;

use spikestep::scheme::projective::{self, Solution};
use spikestep::{Neuron, Problem, State, Stimulus};

#[path = "../tests/common/cases.rs"]
#[allow(dead_code, unused_imports)]
mod reference;

const CELLS: [&str; 4] = ["RS", "IB", "CH", "FS"];
const TOLERANCES: [f64; 10] = [1.0, 1e-1, 1e-2, 1e-3, 1e-4, 1e-6, 1e-9, 1e-11, 1e-12, 1e-13];
/// Runs timed; the fastest counts.
const REPEATS: usize = 400;

/// What a solver is: `projective::solve`, or the same with every interspike interval integrated.
type Solve = fn(&Problem, f64) -> Solution;
const SOLVERS: [(&str, Solve); 2] = [("on", projective::solve), ("off", projective::solve_step_by_step)];

fn main() {
    let argument = |name: &str| std::env::args().any(|a| a == name);
    println!("case,tolerance_ms,firing_map,error_ms,estimate_ms,us,steps,interpolated,spikes,expected_spikes");
    if argument("long") {
        return long();
    }
    let all = argument("all");
    let cases = reference::cases();
    for case in cases.iter().chain(&reference::extra_cases()) {
        let cell = CELLS.iter().any(|cell| case.name == format!("{cell}_step_10"));
        if !all && !cell {
            continue;
        }
        let error = |solution: &Solution| {
            let pairs = solution.spikes.times().iter().zip(&case.spikes);
            pairs.map(|(t, (exact, _))| exact.error_of(*t).abs()).fold(0.0, f64::max)
        };
        for tolerance in TOLERANCES {
            let repeats = if all { 5 } else { REPEATS };
            compare(&case.name, &case.problem, tolerance, repeats, error, case.spikes.len());
        }
    }
}

/// 100 s of FS. The errors are those against the same solver, every interval integrated, at the smallest tolerance.
fn long() {
    let neuron = Neuron::new(0.1, 0.2, -65.0, 2.0);
    let problem =
        Problem { neuron, stimulus: Stimulus::constant(10.0), initial: State::new(-65.0, -13.0), duration: 1e5 };
    let best = projective::solve_step_by_step(&problem, 1e-13).spikes;
    let error = |solution: &Solution| {
        solution.spikes.times().iter().zip(best.times()).map(|(t, exact)| (t - exact).abs()).fold(0.0, f64::max)
    };
    for tolerance in TOLERANCES {
        compare("FS_100_s", &problem, tolerance, 10, error, best.len());
    }
}

/// Runs both solvers in turn, so that what else the machine does falls on both, and prints a line for each.
fn compare(
    name: &str,
    problem: &Problem,
    tolerance: f64,
    repeats: usize,
    error: impl Fn(&Solution) -> f64,
    expected: usize,
) {
    let mut best = [f64::INFINITY; SOLVERS.len()];
    for _ in 0..repeats {
        for (best, (_, solve)) in best.iter_mut().zip(SOLVERS) {
            let start = Instant::now();
            black_box(solve(black_box(problem), tolerance));
            *best = best.min(1e6 * start.elapsed().as_secs_f64());
        }
    }
    for (best, (map, solve)) in best.iter().zip(SOLVERS) {
        let solution = solve(problem, tolerance);
        let Solution { error_estimate, steps, interpolated, .. } = solution;
        let (error, spikes) = (error(&solution), solution.spikes.len());
        println!(
            "{name},{tolerance:e},{map},{error:.2e},{error_estimate:.2e},{best:.1},{steps},{interpolated},{spikes},{expected}"
        );
    }
}
