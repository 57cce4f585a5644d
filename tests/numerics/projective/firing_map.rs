//! Interspike intervals interpolated from the firing map.

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use spikestep::scheme::projective::{self, Solution, solve_projective};
use spikestep::truth::{Outcome, taylor};
use spikestep::{Neuron, Piece, Problem, Sinusoid, State, Stimulus};

const RS: Neuron = Neuron::new(0.02, 0.2, -65.0, 8.0);
const IB: Neuron = Neuron::new(0.02, 0.2, -55.0, 4.0);
const CH: Neuron = Neuron::new(0.02, 0.2, -50.0, 2.0);
const FS: Neuron = Neuron::new(0.1, 0.2, -65.0, 2.0);

fn constant(neuron: Neuron, input: f64, duration: f64) -> Problem {
    Problem { neuron, stimulus: Stimulus::constant(input), initial: neuron.resting_start(), duration }
}

fn steps(neuron: Neuron, levels: &[(f64, f64)], duration: f64) -> Problem {
    let pieces = levels.iter().map(|&(start, value)| Piece { start, value, slope: 0.0 }).collect();
    let stimulus = Stimulus::piecewise_linear(pieces).unwrap();
    Problem { neuron, stimulus, initial: neuron.resting_start(), duration }
}

/// Every spike within the tolerance of the certified one.
fn assert_kept(problem: &Problem, tolerance: f64) -> Solution {
    let truth = taylor::solve_certified(problem, taylor::TOLERANCE);
    let bound = truth.bound().expect("a bound of the truth");
    let solution = projective::solve(problem, tolerance);
    assert_eq!(solution.outcome, Outcome::Completed);
    assert!(solution.keeps_tolerance(), "{tolerance:e}: {:e}", solution.error_estimate);
    assert_eq!(solution.spikes.len(), truth.spikes.len(), "{tolerance:e}");
    for (t, exact) in solution.spikes.times().iter().zip(truth.spikes.times()) {
        assert!((t - exact).abs() <= tolerance + bound, "{tolerance:e}: {t} {exact}");
    }
    solution
}

#[test]
fn most_intervals_of_regular_firing_and_of_bursts_are_interpolated() {
    for (neuron, input) in [(RS, 10.0), (IB, 10.0), (CH, 10.0), (FS, 10.0)] {
        for tolerance in [1e-1, 1e-3, 1e-6, 1e-9] {
            let solution = assert_kept(&constant(neuron, input, 1000.0), tolerance);
            let intervals = solution.spikes.len() as u64 - 1;
            assert!(2 * solution.interpolated > intervals, "{neuron:?} {tolerance:e}: {}", solution.interpolated);
            let every = projective::solve_step_by_step(&constant(neuron, input, 1000.0), tolerance);
            assert_eq!(every.interpolated, 0);
            assert!(2 * solution.steps < every.steps && 2 * solution.flops < every.flops);
        }
    }
}

#[test]
fn a_varying_input_interpolates_nothing() {
    let ramp = Stimulus::piecewise_linear(vec![Piece { start: 0.0, value: 10.0, slope: 0.01 }]).unwrap();
    let sinusoid =
        Stimulus::constant(10.0).with_sinusoid(Sinusoid { start: 0.0, amplitude: 1.0, omega: 0.1, phase: 0.0 });
    for stimulus in [ramp, sinusoid] {
        let problem = Problem { stimulus, ..constant(FS, 10.0, 300.0) };
        let solution = projective::solve(&problem, 1e-3);
        assert_eq!(solution.interpolated, 0);
        assert_eq!(solution.spikes, projective::solve_step_by_step(&problem, 1e-3).spikes);
    }
}

#[test]
fn each_level_of_the_input_has_its_own_map() {
    // Back and forth between two levels, which are learnt once each; jumps fall inside intervals.
    let levels: Vec<_> = (0..10).map(|i| (100.0 * f64::from(i), if i % 2 == 0 { 10.0 } else { 14.0 })).collect();
    // More levels than are kept.
    let stairs: Vec<_> = (0..20).map(|i| (100.0 * f64::from(i), 6.0 + f64::from((7 * i) % 11))).collect();
    // FS settles within a few intervals of each stretch; bursts of CH take longer.
    let cases = [(FS, &levels, 1000.0, 2), (CH, &levels, 1000.0, 8), (FS, &stairs, 2000.0, 8)];
    for (neuron, levels, duration, part) in cases {
        for tolerance in [1e-1, 1e-3, 1e-6, 1e-9] {
            let solution = assert_kept(&steps(neuron, levels, duration), tolerance);
            let (taken, spikes) = (solution.interpolated, solution.spikes.len() as u64);
            assert!(part * taken > spikes, "{tolerance:e}: {taken} of {spikes}");
        }
    }
}

#[test]
fn a_pulse_inside_an_interval_that_could_be_interpolated_is_seen() {
    // 300 ms of regular firing, and then a millisecond of more input at every phase of the interval.
    let spikes = projective::solve(&constant(RS, 10.0, 1000.0), 1e-9).spikes;
    let (first, next) = (spikes.times()[8], spikes.times()[9]);
    for i in 0..=20 {
        let at = first + (next - first) * f64::from(i) / 20.0;
        let solution = assert_kept(&steps(RS, &[(0.0, 10.0), (at, 20.0), (at + 1.0, 10.0)], 600.0), 1e-6);
        assert!(solution.interpolated > 2);
    }
}

/// Dense output inside interpolated intervals, at a tolerance where they are most.
#[test]
fn dense_output_of_interpolated_intervals_is_that_of_the_truth() {
    for neuron in [RS, IB, CH, FS] {
        for tolerance in [1e-2, 1e-6, 1e-9] {
            let problem = constant(neuron, 10.0, 500.0);
            let solution = assert_kept(&problem, tolerance);
            assert!(solution.interpolated > 3);
            let truth = taylor::solve(&problem, taylor::TOLERANCE);
            let (mut cursor, mut reference) = (solution.cursor(), truth.cursor());
            for i in 0..=5000 {
                let t = 0.1 * f64::from(i);
                if truth.spikes.times().iter().any(|s| (s - t).abs() <= 2.0 * tolerance) {
                    continue;
                }
                let (state, exact) = (cursor.state(t), reference.state(t));
                // The trajectory may be shifted by the tolerance, which the largest slope within it says; across it the series are
                // cut by their effect on spike times, which is at least a millisecond per mV/ms of u, and of v a hundredth of that
                // on the slow manifold.
                let slope = |t: f64| neuron.field(reference.clone().state(t), 10.0);
                let (before, after) = (slope((t - tolerance).max(0.0)), slope((t + tolerance).min(500.0)));
                let steepest = |f: fn(State) -> f64| f(before).abs().max(f(after).abs());
                let rooms = [steepest(|s| s.v), steepest(|s| s.u)].map(|slope| tolerance * (1.1 * slope + 1e2));
                let (v, u) = ((state.v - exact.v).abs(), (state.u - exact.u).abs());
                assert!(v <= rooms[0] && u <= rooms[1], "{neuron:?} {tolerance:e} at {t}: {v:e} {u:e} of {rooms:?}");
            }
            // An interpolated interval ends where its spike is: v rises to the peak right before, at less than 1000 mV/ms for these
            // neurons. Where an upstroke was integrated the series of the cursor have errors of their own.
            let mut joined = 0;
            for &spike in solution.spikes.times() {
                let below = (cursor.state(spike - 1e-9).v - neuron.peak).abs();
                assert!(below < 1e3 * tolerance.max(2e-9), "{below} at {spike}");
                joined += u64::from(below < 2e-6);
                assert!((cursor.state(spike).v - neuron.c).abs() < 1e-9);
            }
            assert!(joined >= solution.interpolated);
        }
    }
}

#[test]
fn a_scheme_shows_the_inside_of_interpolated_intervals() {
    let mut rows = vec![];
    let trajectory = solve_projective(&constant(RS, 10.0, 1000.0), 1e-3, Some(&mut |row| rows.push(row)));
    assert!(rows.windows(2).all(|w| w[0].t < w[1].t) && rows.len() > 2 * trajectory.steps as usize);
    assert_eq!(rows.iter().filter(|row| row.spike).count(), trajectory.spikes.len());
    let gap = rows.windows(2).map(|w| w[1].t - w[0].t).fold(0.0, f64::max);
    // A step on the slow manifold is a few units of 1/|W| long, W = 0.08 v + 2.5.
    assert!(gap < 20.0, "{gap}");
}

#[test]
fn adaptation_into_silence_ends_where_it_does() {
    // A few spikes, then rest: the K of successive resets run across the one from which the neuron never fires, the stable manifold of the
    // saddle, where the interval grows without bound.
    let mut silent = 0;
    for i in 0..40 {
        let neuron = Neuron::new(0.002, 0.2, -62.0, 1.0 + 0.1 * f64::from(i));
        let problem = Problem { initial: State::new(-65.0, -40.0), ..constant(neuron, 2.0, 600.0) };
        let truth = taylor::solve_certified(&problem, taylor::TOLERANCE);
        let spikes = truth.spikes.times();
        silent += usize::from(spikes.len() >= 4 && 600.0 - spikes[spikes.len() - 1] > 100.0);
        for tolerance in [1e-1, 1e-2, 1e-4] {
            assert_kept(&problem, tolerance);
        }
    }
    assert!(silent >= 10, "{silent}");
}

#[test]
fn a_chaotic_neuron_is_followed_as_far_as_its_estimate_says() {
    // a = 0.2, b = 2, c = −56, d = −16 at I = −99: the chaotic pattern of Izhikevich (2004).
    let neuron = Neuron::new(0.2, 2.0, -56.0, -16.0);
    let problem = Problem { initial: State::new(-64.0, -128.0), ..constant(neuron, -99.0, 300.0) };
    let truth = taylor::solve_certified(&problem, taylor::TOLERANCE);
    for tolerance in [1e-1, 1e-3, 1e-6] {
        let solution = projective::solve(&problem, tolerance);
        if !solution.keeps_tolerance() {
            continue;
        }
        assert_eq!(solution.spikes.len(), truth.spikes.len());
        for (t, exact) in solution.spikes.times().iter().zip(truth.spikes.times()) {
            assert!((t - exact).abs() <= tolerance, "{tolerance:e}: {t} {exact}");
        }
    }
}

#[test]
fn a_long_run_costs_in_proportion_and_keeps_its_tolerance() {
    let problem = constant(FS, 10.0, 20_000.0);
    let every = projective::solve_step_by_step(&problem, 1e-12);
    for tolerance in [1e-1, 1e-6, 1e-9] {
        let solution = projective::solve(&problem, tolerance);
        assert!(solution.keeps_tolerance());
        assert_eq!(solution.spikes.len(), every.spikes.len());
        assert!(solution.spikes.len() as u64 - solution.interpolated < 30, "{}", solution.interpolated);
        let pairs = solution.spikes.times().iter().zip(every.spikes.times());
        let error = pairs.map(|(t, exact)| (t - exact).abs()).fold(0.0, f64::max);
        assert!(error <= tolerance, "{error:e} of {tolerance:e}");
    }
}

// As in the other tests on random neurons the seed is fixed, since estimates are not bounds.
proptest! {
    #![proptest_config(ProptestConfig {
        cases: 200, failure_persistence: None, rng_seed: RngSeed::Fixed(11), ..ProptestConfig::default()
    })]

    /// Constant input: both ways are within the tolerance of the truth, thus within twice that of each other.
    #[test]
    fn interpolated_and_integrated_intervals_agree(
        a in prop_oneof![0.005..0.15f64, 0.15..1.0], b in -0.2..0.3, c in -70.0..-45.0, d in -1.0..9.0, peak in 20.0..60.0,
        input in 4.0..60.0, v in -75.0..-55.0, u in -20.0..0.0, digits in 1.0..10.0f64,
    ) {
        let neuron = Neuron::new(a, b, c, d).with_peak(peak);
        let problem = Problem { initial: State::new(v, u), ..constant(neuron, input, 500.0) };
        let tolerance = 10f64.powf(-digits);
        let solutions = [projective::solve(&problem, tolerance), projective::solve_step_by_step(&problem, tolerance)];
        if solutions.iter().any(|s| s.outcome != Outcome::Completed || !s.keeps_tolerance()) {
            return Ok(());
        }
        let [times, every] = [&solutions[0], &solutions[1]].map(|s| s.spikes.times());
        let end = problem.duration - 2.0 * tolerance;
        let inside = |times: &[f64]| times.iter().filter(|t| **t < end).count();
        prop_assert!(times.len() >= inside(every) && every.len() >= inside(times), "{} {}", times.len(), every.len());
        for (t, e) in times.iter().zip(every) {
            prop_assert!((t - e).abs() <= 2.0 * tolerance, "{t} {e}: {:e} of {tolerance:e}", (t - e).abs());
        }
    }
}
