//! What must not break the solver.

use spikestep::model::{CELL_TYPES, StimulusSpec};
use spikestep::scheme::projective::{self, Solution};
use spikestep::truth::{Outcome, taylor};
use spikestep::{Neuron, Piece, Problem, State, Stimulus};

const RS: Neuron = Neuron::new(0.02, 0.2, -65.0, 8.0);

fn run(neuron: Neuron, input: f64, initial: State, duration: f64, tolerance: f64) -> Solution {
    let problem = Problem { neuron, stimulus: Stimulus::constant(input), initial, duration };
    projective::solve(&problem, tolerance)
}

#[test]
fn a_neuron_at_rest_stays_silent() {
    let solution = run(RS, 0.0, State::new(-70.0, -14.0), 10_000.0, 1e-6);
    assert_eq!(solution.outcome, Outcome::Completed);
    assert!(solution.spikes.is_empty() && solution.keeps_tolerance());
    let end = solution.cursor().state(10_000.0);
    // A stable equilibrium, to which rounding is drawn back.
    assert!((end.v + 70.0).abs() < 1e-10 && (end.u + 14.0).abs() < 1e-10, "{end:?}");
}

/// Sines that turn several times within a step: what a shift of a spike meets of them is no matter of its ends.
#[test]
fn fast_sines_are_not_taken_for_slow_ones() {
    for (cell, input, duration, tolerance, kept) in [
        ("CH", "sine:11.76:2.61:1500", 1000.0, 1e-7, None), // rounding moves its spikes by more
        ("RS", "sine:17.59:6.79:150", 2000.0, 1e-8, Some(true)),
        ("FS", "sine:18.45:6.67:4000", 1000.0, 1e-8, Some(true)),
        ("RS", "sine:2.96:14.79:150", 2000.0, 1e-4, Some(true)),
    ] {
        let cell = CELL_TYPES.iter().find(|known| known.name == cell).unwrap();
        let stimulus = StimulusSpec::parse(input).and_then(|spec| spec.stimulus(duration)).unwrap();
        let problem = Problem { neuron: cell.neuron, stimulus, initial: cell.initial, duration };
        let solution = projective::solve(&problem, tolerance);
        let truth = taylor::solve(&problem, taylor::TOLERANCE).spikes;
        let apart = truth.times().iter().zip(solution.spikes.times()).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        assert!(!solution.keeps_tolerance() || apart <= tolerance, "{input}: {apart:e}, vouched for");
        assert!(kept.is_none_or(|kept| kept == solution.keeps_tolerance()), "{input}: {solution:?}");
    }
}

#[test]
fn strong_inhibition_settles_where_the_equations_do() {
    for (tolerance, room) in [(1e-1, 1e-2), (1e-6, 1e-6)] {
        let solution = run(RS, -10_000.0, State::new(-70.0, -14.0), 1000.0, tolerance);
        assert_eq!(solution.outcome, Outcome::Completed);
        assert!(solution.spikes.is_empty());
        // v = −62.5 − 5 √(16.25 + u + 10000), u = 0.2 v, by fixed-point iteration.
        let v = (0..100).fold(-500.0f64, |v, _| -62.5 - 5.0 * (16.25 + 0.2 * v + 10_000.0).sqrt());
        let end = solution.cursor().state(1000.0);
        // The solver measures by spike times, of which this neuron has none: v comes out to what a spike would need.
        assert!((end.v - v).abs() < room, "{} {v}", end.v);
    }
}

#[test]
fn strong_excitation_is_followed_spike_by_spike() {
    let problem =
        Problem { neuron: RS, stimulus: Stimulus::constant(1000.0), initial: RS.resting_start(), duration: 300.0 };
    let truth = taylor::solve_certified(&problem, taylor::TOLERANCE);
    for tolerance in [1e-1, 1e-3, 1e-6, 1e-9] {
        let solution = projective::solve(&problem, tolerance);
        assert!(solution.keeps_tolerance());
        assert_eq!(solution.spikes.len(), truth.spikes.len());
        for (t, exact) in solution.spikes.times().iter().zip(truth.spikes.times()) {
            assert!((t - exact).abs() <= tolerance, "{t} {exact}");
        }
    }
}

/// A spike of 1e8 mV multiplies W by 1e7 between its last steps, and K, which goes on to the next spike, by nothing.
#[test]
fn tolerances_are_kept_and_vouched_for_at_high_peaks() {
    for cell in CELL_TYPES.iter().filter(|cell| ["RS", "IB", "CH", "FS"].contains(&cell.name)) {
        for peak in [30.0, 1e3, 7e3, 9e3, 1e5, 1e6, 1e8] {
            let neuron = cell.neuron.with_peak(peak);
            let problem =
                Problem { neuron, stimulus: Stimulus::constant(10.0), initial: cell.initial, duration: 200.0 };
            let truth = taylor::solve_certified(&problem, taylor::TOLERANCE);
            let bound = truth.bound().expect("200 ms of a published cell are certified");
            for tolerance in [1e-1, 1e-3, 1e-6, 1e-9, 1e-11] {
                let solution = projective::solve_step_by_step(&problem, tolerance);
                let what = format!("{} with a peak of {peak:e} at {tolerance:e}", cell.name);
                // Rounding, estimated generously, is at 1e-11 ms after 17 spikes.
                assert!(solution.keeps_tolerance() || tolerance < 1e-10, "{what}: {:e}", solution.error_estimate);
                assert_eq!(solution.spikes.len(), truth.spikes.len(), "{what}");
                for (t, exact) in solution.spikes.times().iter().zip(truth.spikes.times()) {
                    assert!((t - exact).abs() <= tolerance + bound, "{what}: {:e}", (t - exact).abs());
                }
            }
        }
    }
}

/// Half an ulp of 5000 ms is 4.5e-13.
#[test]
fn what_an_f64_cannot_hold_is_not_vouched_for() {
    let problem =
        Problem { neuron: RS, stimulus: Stimulus::constant(10.0), initial: RS.resting_start(), duration: 5000.0 };
    let solution = projective::solve(&problem, 4e-13);
    assert!(!solution.keeps_tolerance() && solution.error_estimate < 1e-10, "{:e}", solution.error_estimate);
}

/// At the peak that v reaches in its first swing, a little more or less decides whether there is a spike. Both sides are right where they
/// are vouched for, and at the peak itself no tolerance is.
#[test]
fn a_near_miss_is_not_vouched_for() {
    let base = Problem { neuron: RS, stimulus: Stimulus::constant(3.0), initial: RS.resting_start(), duration: 60.0 };
    let silent = Problem { neuron: RS.with_peak(1e3), ..base.clone() };
    let truth = taylor::solve_certified(&silent, taylor::TOLERANCE);
    assert!(truth.spikes.is_empty());
    let mut cursor = truth.cursor();
    let highest = (0..60_000).map(|i| cursor.state(1e-3 * f64::from(i)).v).fold(f64::NEG_INFINITY, f64::max);
    for above in [1e-2, 1e-5, -1e-5, -1e-2] {
        let problem = Problem { neuron: RS.with_peak(highest + above), ..base.clone() };
        let truth = taylor::solve_certified(&problem, taylor::TOLERANCE);
        for tolerance in [1.0, 1e-2, 1e-5] {
            let solution = projective::solve(&problem, tolerance);
            assert!(solution.keeps_tolerance(), "{above:e} {tolerance:e}: {:e}", solution.error_estimate);
            assert_eq!(solution.spikes.len(), truth.spikes.len(), "{above:e} {tolerance:e}");
        }
    }
    for tolerance in [1.0, 1e-2, 1e-5] {
        let problem = Problem { neuron: RS.with_peak(highest), ..base.clone() };
        assert!(!projective::solve(&problem, tolerance).keeps_tolerance(), "{tolerance:e}");
    }
}

#[test]
fn k_near_zero_and_of_both_signs() {
    // With a tiny a, K = k2 (k0 + I − u) − k1²/4 hardly moves; I sets it to exactly 0 or a little to either side.
    for offset in [0.0, 1e-9, -1e-9, 1e-3, -1e-3] {
        let neuron = Neuron::new(1e-6, 0.2, -55.0, 0.0);
        let problem = Problem {
            neuron,
            stimulus: Stimulus::constant(16.25 - 14.0 + offset),
            initial: State::new(-60.0, -14.0),
            duration: 200.0,
        };
        let truth = taylor::solve_certified(&problem, taylor::TOLERANCE);
        let solution = projective::solve(&problem, 1e-6);
        assert_eq!(solution.spikes.len(), truth.spikes.len(), "{offset}");
        for (t, exact) in solution.spikes.times().iter().zip(truth.spikes.times()) {
            assert!((t - exact).abs() <= 1e-6, "{offset}: {t} {exact}");
        }
    }
}

#[test]
fn unstable_recovery_diverges_at_a_time() {
    let solution = run(Neuron::new(-0.1, 0.2, -65.0, 8.0), 0.0, State::new(-70.0, 50.0), 1000.0, 1e-3);
    let Outcome::Diverged { at } = solution.outcome else { panic!("{:?}", solution.outcome) };
    // As in the truth: ln(1e8/(50 + 14))/0.1 = 143 ms.
    assert!((at - 143.0).abs() < 10.0, "{at}");
    assert!(solution.cursor().state(at / 2.0).is_finite());
}

#[test]
fn accelerating_spikes_are_cut() {
    let pieces =
        [(0.0, 80.0), (50.0, 75.0), (250.0, 80.0)].map(|(start, value)| Piece { start, value, slope: 0.0 }).to_vec();
    let neuron = Neuron::new(-0.026, -1.0, -45.0, -2.0);
    let stimulus = Stimulus::piecewise_linear(pieces).unwrap();
    let problem = Problem { neuron, stimulus, initial: State::new(-63.8, 63.8), duration: 1000.0 };
    let solution = projective::solve(&problem, 1e-3);
    let Outcome::Runaway { at } = solution.outcome else { panic!("{:?}", solution.outcome) };
    let truth = taylor::solve(&problem, taylor::TOLERANCE);
    assert!((at - truth.end()).abs() < 0.1, "{at} {}", truth.end());
    let close = run(Neuron::new(0.02, 0.2, 29.999_999_999, 0.0), 10.0, RS.resting_start(), 100.0, 1e-3);
    assert!(matches!(close.outcome, Outcome::Runaway { .. }), "{:?}", close.outcome);
}

#[test]
fn a_start_above_the_peak_spikes_at_once() {
    let solution = run(RS, 10.0, State::new(35.0, -13.0), 100.0, 1e-6);
    assert_eq!(solution.spikes.times()[0], 0.0);
    assert_eq!(solution.u_before_reset[0], -13.0);
}

#[test]
fn numbers_that_are_none_are_refused() {
    assert_eq!(run(RS, 0.0, State::new(f64::NAN, 0.0), 10.0, 1e-3).outcome, Outcome::Refused);
    assert_eq!(run(Neuron { k2: -1.0, ..RS }, 0.0, RS.resting_start(), 10.0, 1e-3).outcome, Outcome::Refused);
    let solution = run(RS, 10.0, RS.resting_start(), 100.0, f64::NAN);
    assert_eq!(solution.outcome, Outcome::Completed);
    assert_eq!(solution.spikes.len(), 3);
    assert_eq!(run(RS, 10.0, RS.resting_start(), 0.0, 1e-3).outcome, Outcome::Completed);
}
