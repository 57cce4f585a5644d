//! Random neurons and inputs against the certified Taylor solver, and breakpoints around spikes.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{RngAlgorithm, RngSeed, TestRng, TestRunner};
use spikestep::scheme::projective::{self, Advancing};
use spikestep::truth::taylor::{self, TOLERANCE};
use spikestep::{Neuron, Piece, Problem, Stimulus};

use crate::common::random::{BEYOND, PULSED};

/// Compares with the truth where the bound of that is known; a spike may move across the end of the run.
fn keeps(problem: &Problem, tolerance: f64) -> Result<(), TestCaseError> {
    let truth = taylor::solve_certified(problem, TOLERANCE);
    let Some(bound) = truth.bound() else { return Ok(()) };
    let solution = projective::solve(problem, tolerance);
    if !solution.keeps_tolerance() {
        return Ok(());
    }
    let (times, exact) = (solution.spikes.times(), truth.spikes.times());
    let end = problem.duration - tolerance;
    prop_assert!(times.len() >= exact.iter().filter(|t| **t < end).count(), "{} of {}", times.len(), exact.len());
    prop_assert!(exact.len() >= times.iter().filter(|t| **t < end).count(), "{} of {}", times.len(), exact.len());
    for (t, e) in times.iter().zip(exact) {
        prop_assert!((t - e).abs() <= tolerance + bound, "{t} for {e}: {:e} of {tolerance:e}", (t - e).abs());
    }
    Ok(())
}

proptest! {
    // The same problems in every run. About one in 10,000 of others is missed by a little: an interval interpolated among those before
    // can err three times more than estimated (a = 0.07296, c = -50.656, d = 8.2519, value 21.669 and a pulse at the sixth spike).
    #![proptest_config(ProptestConfig {
        cases: 300, failure_persistence: None, rng_seed: RngSeed::Fixed(1), ..ProptestConfig::default()
    })]

    #[test]
    fn a_random_problem_keeps_its_tolerance(
        problem in prop_oneof![3 => BEYOND.problem(), 1 => PULSED.problem(), 4 => BEYOND.varying()], digits in 1.0..11.0f64,
    ) {
        keeps(&problem, 10f64.powf(-digits))?;
    }

    /// Pulses that begin or end at, just before or just after a spike, and inside the upstroke before it.
    #[test]
    fn breakpoints_around_spikes(
        a in 0.01..0.15, c in -65.0..-50.0, d in 1.0..9.0, value in 8.0..30.0, index in 0usize..6, later in -3.0..3.0f64,
        magnitude in -14.0..0.0f64, sign in prop::bool::ANY, length in 0.01..3.0, kick in -30.0..30.0, digits in 1.0..11.0f64,
    ) {
        let neuron = Neuron::new(a, 0.2, c, d);
        let mut problem = Problem {
            neuron, stimulus: Stimulus::constant(value), initial: neuron.resting_start(), duration: 150.0,
        };
        let spikes = taylor::solve(&problem, TOLERANCE).spikes;
        let Some(&spike) = spikes.times().get(index) else { return Ok(()) };
        // Exactly at the spike as rounded to f64, a distance of 1e-14 to 1 ms from it, or anywhere in the upstroke.
        let shift = if sign { 10f64.powf(magnitude) } else { -10f64.powf(magnitude) };
        let at = if magnitude < -13.5 { spike } else if later > 2.0 { spike - length } else { spike + shift };
        let at = at.max(0.5);
        let pieces = [(0.0, value), (at, value + kick), (at + length, value)];
        problem.stimulus = Stimulus::piecewise_linear(
            pieces.map(|(start, value)| Piece { start, value, slope: 0.0 }).to_vec(),
        ).unwrap();
        keeps(&problem, 10f64.powf(-digits))?;
    }
}

/// Fresh problems: `SEED=7 NUMBER=50000 cargo test --release --test numerics fresh_problems -- --ignored --nocapture`.
#[test]
#[ignore = "minutes, in a release build"]
fn fresh_problems_keep_their_tolerance() {
    let number = |name: &str, usual: u64| std::env::var(name).map_or(usual, |text| text.parse().expect("a number"));
    let (seed, count) = (number("SEED", 1), number("NUMBER", 50_000));
    let mut rng = [0; 32];
    rng[..8].copy_from_slice(&seed.to_le_bytes());
    let mut runner =
        TestRunner::new_with_rng(ProptestConfig::default(), TestRng::from_seed(RngAlgorithm::ChaCha, &rng));
    let problems = (prop_oneof![1 => BEYOND.problem(), 1 => PULSED.problem(), 3 => BEYOND.varying()], 1.0..11.0f64);
    let missed: Vec<_> = (0..count)
        .filter_map(|i| {
            let (problem, digits) = problems.new_tree(&mut runner).unwrap().current();
            let miss = keeps(&problem, 10f64.powf(-digits)).err()?;
            Some(format!("{i}: 1e-{digits} {problem:?}: {miss}"))
        })
        .collect();
    assert!(missed.is_empty(), "{} of {count}:\n{}", missed.len(), missed.join("\n"));
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 200, failure_persistence: None, rng_seed: RngSeed::Fixed(5), ..ProptestConfig::default()
    })]

    /// A neuron that is advanced in pieces has the spikes of one that is solved at once.
    #[test]
    fn pieces_are_the_whole(
        problem in BEYOND.varying(), digits in 1.0..10.0f64, mut ends in prop::collection::vec(0.0..300.0f64, 0..200),
    ) {
        let tolerance = 10f64.powf(-digits);
        let Problem { neuron, stimulus, initial, duration } = &problem;
        let whole = projective::solve(&problem, tolerance);
        let mut cell = Advancing::new(neuron, *initial, *duration, tolerance).unwrap();
        ends.push(*duration);
        ends.sort_by(f64::total_cmp);
        let mut spikes = vec![];
        for end in ends {
            spikes.extend_from_slice(cell.advance(end, stimulus));
        }
        prop_assert_eq!(&spikes[..], cell.spikes());
        if !whole.keeps_tolerance() || !cell.keeps_tolerance() || whole.outcome != cell.outcome() {
            return Ok(());
        }
        let end = duration - 2.0 * tolerance;
        let (times, inside) = (whole.spikes.times(), |times: &[f64]| times.iter().filter(|t| **t < end).count());
        prop_assert!(times.len() >= inside(&spikes) && spikes.len() >= inside(times), "{} {}", times.len(), spikes.len());
        for (t, e) in spikes.iter().zip(times) {
            prop_assert!((t - e).abs() <= 2.0 * tolerance, "{t} {e}: {:e} of {tolerance:e}", (t - e).abs());
        }
    }
}

/// An input given as jumps between the calls is that with its breakpoints inside; a synapse that lifts v to the peak is a spike, now.
#[test]
fn jumps_between_calls() {
    let neuron = Neuron::new(0.02, 0.2, -65.0, 8.0);
    let stimulus = Stimulus::frozen_noise(10.0, 4.0, 2.0, 1, 300.0).unwrap();
    let problem = Problem { neuron, stimulus, initial: neuron.resting_start(), duration: 300.0 };
    let whole = projective::solve(&problem, 1e-6);
    let mut cell = Advancing::new(&neuron, problem.initial, 300.0, 1e-6).unwrap();
    for piece in problem.stimulus.pieces() {
        cell.advance((piece.start + 2.0).min(300.0), &Stimulus::constant(piece.value));
    }
    assert!(cell.keeps_tolerance() && whole.spikes.len() > 3);
    assert_eq!(cell.spikes().len(), whole.spikes.len());
    for (t, e) in cell.spikes().iter().zip(whole.spikes.times()) {
        assert!((t - e).abs() <= 2e-6, "{t} {e}");
    }
    let before = cell.state();
    cell.jump(200.0, 1.0);
    assert_eq!(cell.spikes().last(), Some(&300.0));
    let after = cell.state();
    assert!((after.v + 65.0).abs() < 1e-12 && (after.u - before.u - 9.0).abs() < 1e-12, "{before:?} {after:?}");
    assert!(cell.advance(299.0, &problem.stimulus).is_empty() && cell.time() == 300.0);
    assert!(Advancing::new(&neuron, problem.initial, f64::NAN, 1e-6).is_err());
}

/// The comparison above must not be empty: most of its runs are vouched for, at every tolerance.
#[test]
fn most_random_problems_are_vouched_for() {
    let (mut kept, mut bounded, mut spikes) = (0, 0, 0);
    for (i, problem) in BEYOND.problems(200).into_iter().enumerate() {
        let tolerance = [1e-1, 1e-3, 1e-6, 1e-9][i % 4];
        let solution = projective::solve(&problem, tolerance);
        kept += usize::from(solution.keeps_tolerance());
        bounded += usize::from(taylor::solve_certified(&problem, TOLERANCE).bound().is_some());
        spikes += solution.spikes.len();
    }
    assert!(kept >= 180 && bounded >= 150 && spikes > 1000, "{kept} kept, {bounded} bounded, {spikes} spikes");
}
