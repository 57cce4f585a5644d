//! What must hold for any neuron and input: a coarse solution is as far from a tight one as is said of both.

use proptest::prelude::*;
use spikestep::SpikeTrain;
use spikestep::scheme::projective;
use spikestep::truth::residual::{Certificate, Reading};
use spikestep::truth::taylor::{self, TOLERANCE};

use crate::common::random::PULSED;

/// Spikes of two solutions of one problem, as far as both have bounds; how many.
fn agree(a: (&SpikeTrain, &Certificate), b: (&SpikeTrain, &Certificate)) -> Result<usize, TestCaseError> {
    let duration = PULSED.duration;
    if a.1.certain_until >= duration && b.1.certain_until >= duration {
        prop_assert_eq!(a.0.len(), b.0.len());
    }
    let times = a.0.times().iter().zip(b.0.times());
    let mut compared = 0;
    for ((t_a, t_b), spikes) in times.zip(a.1.spikes.iter().zip(&b.1.spikes)) {
        let (Some(x), Some(y)) = spikes else { break };
        let difference = t_a - t_b;
        prop_assert!(difference.abs() <= x.bound + y.bound, "{} {:e} {:?} {:?}", t_a, difference, x, y);
        // Both corrected are the same time; the subtractions here round at 2⁻⁵³ of the difference.
        let left = (difference - (x.predicted - y.predicted)).abs();
        let allowed =
            x.uncertainty + y.uncertainty + f64::EPSILON * (difference.abs() + x.predicted.abs() + y.predicted.abs());
        prop_assert!(left <= allowed, "{} {:e} {:?} {:?}", t_a, left, x, y);
        compared += 1;
    }
    Ok(compared)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn a_coarse_solution_is_within_its_bound_of_the_tight_one(problem in PULSED.problem(), digits in 3.0..15.0f64) {
        let tight = taylor::solve(&problem, TOLERANCE);
        let coarse = taylor::solve(&problem, 10f64.powf(-digits));
        for reading in [Reading::Binary, Reading::Decimal] {
            let (x, y) = (coarse.residual_certificate(reading), tight.residual_certificate(reading));
            agree((&coarse.spikes, &x), (&tight.spikes, &y))?;
        }
    }

    /// Another solver, whose steps are series of another function and whole upstrokes.
    #[test]
    fn a_projective_solution_is_within_its_bound_of_the_tight_one(problem in PULSED.problem(), digits in 2.0..13.5f64) {
        let tight = taylor::solve(&problem, TOLERANCE);
        let other = projective::solve_step_by_step(&problem, 10f64.powf(-digits));
        for reading in [Reading::Binary, Reading::Decimal] {
            let (x, y) = (other.residual_certificate(reading), tight.residual_certificate(reading));
            agree((&other.spikes, &x), (&tight.spikes, &y))?;
        }
    }

    /// Two independent bounds of one solution: the residuals' is the sharper, and what it predicts lies within the other.
    #[test]
    fn what_is_predicted_is_within_the_other_bound(problem in PULSED.problem()) {
        let solution = taylor::solve_certified(&problem, TOLERANCE);
        let certificate = solution.residual_certificate(Reading::Binary);
        for (other, spike) in solution.error_bounds.iter().zip(&certificate.spikes) {
            let (Some(other), Some(spike)) = (other, spike) else { break };
            prop_assert!(spike.predicted.abs() <= other.t, "{:?} {:?}", spike, other);
        }
    }
}

/// Bounds must not only hold but be there.
#[test]
fn most_random_problems_have_bounds() {
    for other in ["taylor", "projective"] {
        let (mut certain, mut spikes, mut bounded, mut compared) = (0, 0, 0, 0);
        for problem in PULSED.problems(100) {
            let coarse = taylor::solve(&problem, 1e-8);
            let y = coarse.residual_certificate(Reading::Binary);
            let (train, x) = if other == "taylor" {
                let tight = taylor::solve(&problem, TOLERANCE);
                let x = tight.residual_certificate(Reading::Binary);
                (tight.spikes, x)
            } else {
                let tight = projective::solve_step_by_step(&problem, 1e-13);
                let x = tight.residual_certificate(Reading::Binary);
                (tight.spikes, x)
            };
            certain += usize::from(x.certain_until == problem.duration);
            spikes += x.spikes.len();
            bounded += x.spikes.iter().flatten().filter(|s| s.bound < 1e-10).count();
            compared += agree((&coarse.spikes, &y), (&train, &x)).unwrap();
        }
        let what =
            format!("{other}: {certain} of 100 certain; of {spikes} spikes {bounded} bounded, {compared} compared");
        assert!(certain >= 95 && spikes > 500 && 20 * bounded >= 19 * spikes && 20 * compared >= 18 * spikes, "{what}");
    }
}
