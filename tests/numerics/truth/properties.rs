//! What must hold for any neuron: solutions made in different ways agree within their bounds.

use proptest::prelude::*;
use spikestep::truth::Truth;
use spikestep::truth::residual::Reading;
use spikestep::truth::taylor::{self, TOLERANCE};
use spikestep::{Neuron, Piece, Problem, Sinusoid, State, Stimulus};

use crate::common::random::PUBLISHED;

/// The spikes of `b`, moved by `shift` ms, are those of `a` as far as both have bounds.
fn agree(a: &Truth, b: &Truth, shift: f64) -> Result<(), TestCaseError> {
    if a.bound().is_some() && b.bound().is_some() {
        prop_assert_eq!(a.spikes.len(), b.spikes.len());
    }
    let spikes = a.spikes.times().iter().zip(b.spikes.times());
    for ((t_a, t_b), bounds) in spikes.zip(a.error_bounds.iter().zip(&b.error_bounds)) {
        let (Some(bound_a), Some(bound_b)) = bounds else { break };
        let difference = (t_a - (t_b - shift)).abs();
        prop_assert!(difference <= bound_a.t + bound_b.t, "{} {} {:?}", t_a, difference, bounds);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn another_tolerance_and_order_agree_within_the_bounds(problem in PUBLISHED.problem(), digits in 3.0..15.0f64) {
        let truth = taylor::solve_certified(&problem, TOLERANCE);
        agree(&truth, &taylor::solve_certified(&problem, 10f64.powf(-digits)), 0.0)?;
    }

    #[test]
    fn a_breakpoint_that_changes_nothing_changes_nothing(
        mut problem in PUBLISHED.problem(), splits in prop::collection::vec(61.0..300.0, 1..5),
    ) {
        let truth = taylor::solve_certified(&problem, TOLERANCE);
        let mut pieces = problem.stimulus.pieces().to_vec();
        let last = *pieces.last().unwrap();
        let mut splits = splits;
        splits.sort_by(f64::total_cmp);
        splits.dedup();
        pieces.extend(splits.iter().map(|&t| Piece { start: t, value: last.value + last.slope * (t - last.start), ..last }));
        let split = Stimulus::piecewise_linear(pieces).unwrap();
        problem.stimulus = match problem.stimulus.sinusoid() {
            Some(s) => split.with_sinusoid(s),
            None => split,
        };
        agree(&truth, &taylor::solve_certified(&problem, TOLERANCE), 0.0)?;
    }

    /// (−70 mV, −14 mV/ms) is the rest of every neuron with b = 0.2 without input, so a later input gives later spikes.
    #[test]
    fn a_later_input_gives_the_same_spikes_later(
        a in 0.005..0.15, c in -70.0..-45.0, d in 0.0..9.0, value in 5.0..30.0, slope in -0.05..0.05,
        amplitude in 0.0..8.0, omega in 0.01..0.5, shift in 1..100,
    ) {
        // In whole milliseconds, so that the shifted times are exact.
        let shift = f64::from(shift);
        let run = |onset: f64| {
            let linear = Stimulus::piecewise_linear(vec![Piece { start: onset, value, slope }]).unwrap();
            taylor::solve_certified(&Problem {
                neuron: Neuron::new(a, 0.2, c, d),
                stimulus: linear.with_sinusoid(Sinusoid { start: onset, amplitude, omega, phase: 0.0 }),
                initial: State::new(-70.0, -14.0),
                duration: onset + 200.0,
            }, TOLERANCE)
        };
        agree(&run(10.0), &run(10.0 + shift), shift)?;
    }
}

/// Bounds must not only hold but be there: random neurons get them, for nearly all spikes.
#[test]
fn most_random_problems_have_bounds() {
    let (mut good, mut spikes) = (0, 0);
    for problem in PUBLISHED.problems(200) {
        let truth = taylor::solve_certified(&problem, TOLERANCE);
        spikes += truth.spikes.len();
        good += usize::from(truth.bound().is_some_and(|b| b < 1e-9));
    }
    assert!(spikes > 1000 && good >= 190, "{good} of 200 with bounds below 1e-9 ms; {spikes} spikes");
}

/// Why there are two kinds of bounds: on numbers of 17 digits the residuals' is lost for some problems whose local errors still
/// bound every spike, and never the other way round.
#[test]
fn local_errors_bound_spikes_that_residuals_do_not() {
    let (mut alone, mut missing) = (0, 0);
    for problem in PUBLISHED.problems(100) {
        let truth = taylor::solve_certified(&problem, TOLERANCE);
        let certificate = truth.residual_certificate(Reading::Decimal);
        let complete = certificate.certain_until >= problem.duration && certificate.spikes.iter().all(Option::is_some);
        alone += usize::from(truth.bound().is_some() && !complete);
        missing += usize::from(truth.bound().is_none() && complete);
    }
    assert!(alone > 0 && missing == 0, "{alone} of 100 by local errors alone, {missing} by residuals alone");
}
