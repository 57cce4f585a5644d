//! Fixed-step schemes with located spikes on the reference cases: largest spike-time error and time a step.
//!
//! ```text
//! cargo bench --bench fixed_step                     # RS, IB, CH, FS at dt = 1, 0.5, 0.25: CSV on stdout
//! cargo bench --bench fixed_step -- all              # every reference case: errors, spikes lost or added
//! cargo bench --bench fixed_step -- arithmetic       # Euler and RK4 of RS in other number formats, and their ratio to f64
//! ```

use std::hint::black_box;
use std::io::Write;
use std::time::Instant;

use spikestep::scheme::step_count;
use spikestep::{Scheme, StepSize, solve};

#[path = "../tests/common/cases.rs"]
#[allow(dead_code)]
mod reference;

const CELLS: [&str; 4] = ["RS_step_10", "IB_step_10", "CH_step_10", "FS_step_10"];
const SCHEMES: [&str; 6] = ["rk4+located", "rk4-wk", "projective-4", "projective-6", "projective-8", "projective-12"];
const STEPS: [f64; 3] = [1.0, 0.5, 0.25];
/// Runs timed; the fastest counts.
const REPEATS: usize = 50;

/// Rules and formats of numbers whose steps are timed, and the step \[ms\].
const RULES: [&str; 2] = ["euler", "rk4"];
const FORMATS: [&str; 5] = ["f64", "f32", "s16.15", "s8.7:stochastic", "s31.32"];
const DT: f64 = 0.1;

fn main() -> std::io::Result<()> {
    let mut out = std::io::stdout();
    if std::env::args().any(|a| a == "arithmetic") {
        return arithmetic(&mut out);
    }
    let all = std::env::args().any(|a| a == "all");
    writeln!(out, "case,scheme,dt_ms,error_ms,ns_per_step,flops_per_step,spikes,expected_spikes")?;
    for case in reference::cases() {
        if !all && !CELLS.contains(&case.name.as_str()) {
            continue;
        }
        for name in SCHEMES {
            let scheme: Scheme = name.parse().expect("a scheme of the registry");
            for dt in STEPS {
                let steps = step_count(case.problem.duration, dt);
                let mut best = f64::INFINITY;
                let mut last = None;
                for _ in 0..if all { 1 } else { REPEATS } {
                    let start = Instant::now();
                    last = Some(
                        solve(black_box(&case.problem), &scheme, StepSize::Fixed(dt)).expect("a fixed-step scheme"),
                    );
                    best = best.min(1e9 * start.elapsed().as_secs_f64() / steps as f64);
                }
                let trajectory = last.expect("at least one run");
                let pairs = trajectory.spikes.times().iter().zip(&case.spikes);
                let error = pairs.map(|(t, (exact, _))| exact.error_of(*t).abs()).fold(0.0, f64::max);
                let flops = trajectory.cost.flops / steps;
                let (found, expected) = (trajectory.spikes.len(), case.spikes.len());
                writeln!(out, "{},{name},{dt},{error:.2e},{best:.1},{flops},{found},{expected}", case.name)?;
            }
        }
    }
    Ok(())
}

/// Time of a step in each format: that of the rule as written in f64 and of all formats in turn, so that what else the machine does falls
/// on all of them.
fn arithmetic(out: &mut impl Write) -> std::io::Result<()> {
    let cases = reference::cases();
    let problem = &cases.iter().find(|case| case.name == CELLS[0]).expect("the first cell").problem;
    writeln!(out, "rule,format,ns_per_step,over_f64")?;
    for name in RULES {
        let rule: Scheme = name.parse().expect("a scheme of the registry");
        let rounded = FORMATS.map(|format| {
            let format = format.parse().expect("a format");
            rule.in_arithmetic(&format).expect("a rule in any format")
        });
        let schemes: Vec<Scheme> = std::iter::once(rule).chain(rounded).collect();
        let mut best = vec![f64::INFINITY; schemes.len()];
        for _ in 0..REPEATS {
            for (scheme, best) in schemes.iter().zip(&mut best) {
                let start = Instant::now();
                let _ = black_box(solve(black_box(problem), scheme, StepSize::Fixed(DT)).expect("a fixed-step scheme"));
                *best = best.min(1e9 * start.elapsed().as_secs_f64() / step_count(problem.duration, DT) as f64);
            }
        }
        for (format, time) in std::iter::once("as written").chain(FORMATS).zip(&best) {
            writeln!(out, "{name},{format},{time:.1},{:.2}", time / best[0])?;
        }
    }
    Ok(())
}
