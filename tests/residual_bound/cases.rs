//! The 33 reference cases: what is predicted is the error, and the safe sum lies above it.

use crate::reference::{cases, extra_cases};
use spikestep::truth::residual::{Reading, SpikeError};
use spikestep::truth::taylor;

/// The reference solutions have 25 digits: at 1000 ms the last is 1e-22.
const REFERENCE: f64 = 1e-22;

/// Every spike of every case at a tolerance: `check(what, error, residual's word on it, time)`.
fn each_spike(tolerance: f64, mut check: impl FnMut(&str, f64, SpikeError, f64)) {
    let mut number = 0;
    for case in cases().into_iter().chain(extra_cases()) {
        let solution = taylor::solve(&case.problem, tolerance);
        let certificate = solution.residual_certificate(Reading::Decimal);
        let name = &case.name;
        assert_eq!(certificate.certain_until, case.problem.duration, "{name} at {tolerance:e}");
        assert_eq!(certificate.spikes.len(), case.spikes.len(), "{name} at {tolerance:e}");
        for (i, ((t, _), spike)) in case.spikes.iter().zip(&certificate.spikes).enumerate() {
            let time = solution.spikes.times()[i];
            let spike = spike.unwrap_or_else(|| panic!("{name} at {tolerance:e}, spike {i}: no bound"));
            let error = t.error_of(time);
            check(&format!("{name} at {tolerance:e}, spike {i}: {error:e} against {spike:?}"), error, spike, time);
            number += 1;
        }
    }
    assert_eq!(number, 1118);
}

const TOLERANCES: [f64; 4] = [1e-16, 1e-12, 1e-9, 1e-6];

#[test]
fn the_safe_sum_is_above_the_error_of_every_spike() {
    for tolerance in TOLERANCES {
        each_spike(tolerance, |what, error, spike, _| assert!(error.abs() <= spike.bound, "{what}"));
    }
}

#[test]
fn the_predicted_error_is_the_error_within_its_uncertainty() {
    for tolerance in TOLERANCES {
        each_spike(tolerance, |what, error, spike, _| {
            assert!((error - spike.predicted).abs() <= spike.uncertainty + REFERENCE, "{what}");
            // What is known of the error is inside the safe sum.
            assert!(spike.predicted.abs() + spike.uncertainty <= spike.bound * (1.0 + 1e-9), "{what}");
        });
    }
}

#[test]
fn the_predicted_error_is_within_a_factor_of_two_and_mostly_to_four_digits() {
    let (mut seen, mut close) = (0, 0);
    for tolerance in TOLERANCES {
        each_spike(tolerance, |what, error, spike, time| {
            // Errors that a time in f64 can show.
            if error.abs() > f64::EPSILON * time {
                let ratio = spike.predicted / error;
                assert!(ratio > 0.5 && ratio < 2.0, "{what}");
                seen += 1;
                close += usize::from((ratio - 1.0).abs() < 1e-4);
            }
        });
    }
    // At 1e-9 and 1e-6 all of the 1118 are seen, at 1e-16 less than half. What is not close is one spike at three tolerances:
    // pattern L has input times of 17 digits, which no f64 tells.
    assert!(seen > 3 * 1118 && close + 3 >= seen, "{close} of {seen}");
}

/// How sharp the bound is: in the worst case of a cell some ten times the error, and at the tightest tolerance, where most of
/// it is the rounding of times up to 1000 ms, below 3e-12 ms.
#[test]
fn at_the_tightest_tolerance_no_bound_is_above_3e_12_ms() {
    each_spike(taylor::TOLERANCE, |what, _, spike, _| assert!(spike.bound < 3e-12, "{what}"));
}

/// At 1e-4 the errors of late spikes are large enough that second-order terms end some bounds; those given hold.
#[test]
fn what_is_said_at_a_loose_tolerance_is_true() {
    let (mut given, mut all) = (0, 0);
    for case in cases().into_iter().chain(extra_cases()) {
        let solution = taylor::solve(&case.problem, 1e-4);
        let certificate = solution.residual_certificate(Reading::Decimal);
        for (i, ((t, _), spike)) in case.spikes.iter().zip(&certificate.spikes).enumerate() {
            all += 1;
            let Some(spike) = spike else { break };
            given += 1;
            let error = t.error_of(solution.spikes.times()[i]);
            assert!(error.abs() <= spike.bound, "{} spike {i}: {error:e} {spike:?}", case.name);
            assert!(
                (error - spike.predicted).abs() <= spike.uncertainty,
                "{} spike {i}: {error:e} {spike:?}",
                case.name
            );
        }
    }
    assert!(given > 300, "{given} of {all}");
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
