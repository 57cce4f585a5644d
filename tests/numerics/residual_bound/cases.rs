//! The 33 reference cases: what is predicted is the error, and the safe sum lies above it.

use std::sync::OnceLock;

use crate::common::cases::{cases, extra_cases};
use spikestep::scheme::projective;
use spikestep::truth::residual::{Certificate, Reading, SpikeError};
use spikestep::truth::taylor;
use spikestep::{Problem, SpikeTrain};

/// The reference solutions have 25 digits: at 1000 ms the last is 1e-22.
const REFERENCE: f64 = 1e-22;

/// Spike times at a tolerance, and what the residuals say of them.
type Solver = fn(&Problem, f64) -> (SpikeTrain, Certificate);

fn by_taylor(problem: &Problem, tolerance: f64) -> (SpikeTrain, Certificate) {
    let solution = taylor::solve(problem, tolerance);
    let certificate = solution.residual_certificate(Reading::Decimal);
    (solution.spikes, certificate)
}

/// Its tolerance is the error of the spike times \[ms\], and an upstroke is one step.
fn by_projective(problem: &Problem, tolerance: f64) -> (SpikeTrain, Certificate) {
    let solution = projective::solve_step_by_step(problem, tolerance);
    let certificate = solution.residual_certificate(Reading::Decimal);
    (solution.spikes, certificate)
}

/// Solvers and tolerances at which every spike of every case has a bound.
const RUNS: [(&str, Solver, &[f64]); 2] = [
    ("taylor", by_taylor, &[1e-16, 1e-12, 1e-9, 1e-6]),
    ("projective", by_projective, &[1e-13, 1e-12, 1e-11, 1e-9, 1e-6]),
];

/// A spike of a run: what it is, its error \[ms\], what the residuals say of that, and its time \[ms\] as reported.
struct Word {
    what: String,
    error: f64,
    spike: SpikeError,
    time: f64,
    /// The run is at the solver's tightest.
    tightest: bool,
}

/// Every spike of every case by every solver at every tolerance; computed once for all tests.
fn words() -> &'static [Word] {
    static WORDS: OnceLock<Vec<Word>> = OnceLock::new();
    WORDS.get_or_init(|| {
        let cases: Vec<_> = cases().into_iter().chain(extra_cases()).collect();
        let mut words = vec![];
        for (solver, solve, tolerances) in RUNS {
            for (i, &tolerance) in tolerances.iter().enumerate() {
                let before = words.len();
                for case in &cases {
                    let name = format!("{}, {solver} at {tolerance:e}", case.name);
                    let (spikes, certificate) = solve(&case.problem, tolerance);
                    assert_eq!(certificate.certain_until, case.problem.duration, "{name}");
                    assert_eq!(certificate.spikes.len(), case.spikes.len(), "{name}");
                    for (j, ((t, _), spike)) in case.spikes.iter().zip(&certificate.spikes).enumerate() {
                        let time = spikes.times()[j];
                        let spike = spike.unwrap_or_else(|| panic!("{name}, spike {j}: no bound"));
                        let error = t.error_of(time);
                        let what = format!("{name}, spike {j}: {error:e} against {spike:?}");
                        words.push(Word { what, error, spike, time, tightest: i == 0 });
                    }
                }
                assert_eq!(words.len() - before, SPIKES);
            }
        }
        words
    })
}

/// Of all cases together.
const SPIKES: usize = 1118;

#[test]
fn the_safe_sum_is_above_the_error_of_every_spike() {
    for Word { what, error, spike, .. } in words() {
        assert!(error.abs() <= spike.bound, "{what}");
    }
}

#[test]
fn the_predicted_error_is_the_error_within_its_uncertainty() {
    for Word { what, error, spike, .. } in words() {
        assert!((error - spike.predicted).abs() <= spike.uncertainty + REFERENCE, "{what}");
        // What is known of the error is inside the safe sum.
        assert!(spike.predicted.abs() + spike.uncertainty <= spike.bound * (1.0 + 1e-9), "{what}");
    }
}

/// What is compared is the time as reported, an f64, with the exact one: the rounding of the time is part of the error and of
/// its prediction. Errors below an ulp of the time are left out here; of those the test above says that the prediction is right
/// within its uncertainty.
#[test]
fn the_predicted_error_is_within_a_factor_of_two_and_mostly_to_four_digits() {
    let (mut seen, mut close) = (0, 0);
    for Word { what, error, spike, time, .. } in words() {
        if error.abs() > f64::EPSILON * time {
            let ratio = spike.predicted / error;
            assert!(ratio > 0.5 && ratio < 2.0, "{what}");
            seen += 1;
            close += usize::from((ratio - 1.0).abs() < 1e-4);
        }
    }
    // At 1e-9 and 1e-6 all of them are seen, at the tightest less than half. What is not close is one spike at three tolerances
    // of Taylor and four of projective: pattern L has input times of 17 digits, which no f64 tells.
    assert!(seen > 6 * SPIKES && close + 7 >= seen, "{close} of {seen}");
}

/// How sharp the bound is: in the worst case of a cell some ten times the error, and at the tightest tolerance, where most of
/// it is the rounding of times up to 1000 ms, below 3e-12 ms. The errors themselves are some ulps of 1000 ms, 1.1e-13 each; the
/// resonators magnify theirs about ten times, and the neuron of the general form a little more: over 24 tolerances from 1e-14 to 1e-12 it
/// ends 0.88e-12 to 1.07e-12 ms off under projective, whose bound says so.
#[test]
fn at_the_tightest_tolerance_no_bound_is_above_3e_12_ms() {
    for Word { what, error, spike, .. } in words().iter().filter(|word| word.tightest) {
        let limit = if what.contains("general_form") && what.contains("projective") { 1.1e-12 } else { 1e-12 };
        assert!(spike.bound < 3e-12 && error.abs() < limit, "{what}");
    }
}

/// At 1e-4 and looser the errors of late spikes are large enough that second-order terms end some bounds; those given hold.
#[test]
fn what_is_said_at_a_loose_tolerance_is_true() {
    let runs: [(Solver, f64, usize); 3] =
        [(by_taylor, 1e-4, 300), (by_projective, 1e-4, 300), (by_projective, 1e-2, 100)];
    for (solve, tolerance, least) in runs {
        let mut given = 0;
        for case in cases().into_iter().chain(extra_cases()) {
            let (spikes, certificate) = solve(&case.problem, tolerance);
            for (i, ((t, _), spike)) in case.spikes.iter().zip(&certificate.spikes).enumerate() {
                let Some(spike) = spike else { break };
                given += 1;
                let error = t.error_of(spikes.times()[i]);
                let what = format!("{} at {tolerance:e}, spike {i}: {error:e} {spike:?}", case.name);
                assert!(error.abs() <= spike.bound && (error - spike.predicted).abs() <= spike.uncertainty, "{what}");
            }
        }
        assert!(given > least, "{given} of {SPIKES}");
    }
}

/// The decimal and the binary problem differ by half an ulp of 0.02 and 0.04: two predictions differ by what that does to a
/// spike, which the tighter one of two solutions shows as well.
#[test]
fn the_reading_of_the_parameters_shows() {
    let case = cases().into_iter().find(|case| case.name == "RS_step_10").unwrap();
    let predicted = |tolerance: f64, reading: Reading| {
        taylor::solve(&case.problem, tolerance).residual_certificate(reading).spikes[22].unwrap().predicted
    };
    let difference = |tolerance| predicted(tolerance, Reading::Decimal) - predicted(tolerance, Reading::Binary);
    let (tight, loose) = (difference(1e-16), difference(1e-9));
    // A relative change of 2e-17 and more in the parameters over 1000 ms.
    assert!(tight.abs() > 1e-15 && tight.abs() < 1e-12, "{tight:e}");
    // Two runs whose errors are 1e-8 apart have Jacobians that differ by about as much.
    assert!((tight - loose).abs() < 1e-4 * tight.abs() + 1e-20, "{tight:e} {loose:e}");
}
