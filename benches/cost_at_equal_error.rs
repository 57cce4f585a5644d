//! Cost at equal error: largest spike-time error over 1000 ms against time, per tolerance, for four cell types.
//!
//! ```text
//! cargo bench --bench cost_at_equal_error            # RS, IB, CH, FS: time and error at every tolerance, CSV on stdout
//! cargo bench --bench cost_at_equal_error -- all     # every reference case: does the error stay below the tolerance?
//! ```
//!
//! `benches/peers/cost_at_equal_error.py` runs the same four problems in other programs, and joins the two tables into ratios.
//! The error is that against the reference solutions in `tests/reference/truth`; the time is the fastest of many runs, since
//! whatever else the machine does only adds to it.

#![allow(clippy::print_stdout)] // a program that prints a table

use std::hint::black_box;
use std::time::Instant;

use spikestep::scheme::projective;

#[path = "../tests/truth/reference.rs"]
#[allow(dead_code, unused_imports)]
mod reference;

const CELLS: [&str; 4] = ["RS", "IB", "CH", "FS"];
const TOLERANCES: [f64; 10] = [1.0, 1e-1, 1e-2, 1e-3, 1e-4, 1e-6, 1e-9, 1e-11, 1e-12, 1e-13];
/// Runs timed; the fastest counts.
const REPEATS: usize = 400;

fn main() {
    let all = std::env::args().any(|a| a == "all");
    let cases = reference::cases();
    println!("case,tolerance_ms,error_ms,estimate_ms,us,steps,spikes,expected_spikes");
    for case in cases.iter().chain(&reference::extra_cases()) {
        let cell = CELLS.iter().any(|cell| case.name == format!("{cell}_step_10"));
        if !all && !cell {
            continue;
        }
        for tolerance in TOLERANCES {
            let solution = projective::solve(&case.problem, tolerance);
            let pairs = solution.spikes.times().iter().zip(&case.spikes);
            let error = pairs.map(|(t, (exact, _))| exact.error_of(*t).abs()).fold(0.0, f64::max);
            let mut best = f64::INFINITY;
            for _ in 0..if all { 5 } else { REPEATS } {
                let start = Instant::now();
                black_box(projective::solve(black_box(&case.problem), tolerance));
                best = best.min(1e6 * start.elapsed().as_secs_f64());
            }
            println!(
                "{},{tolerance:e},{error:.2e},{:.2e},{best:.1},{},{},{}",
                case.name,
                solution.error_estimate,
                solution.steps,
                solution.spikes.len(),
                case.spikes.len()
            );
        }
    }
}
