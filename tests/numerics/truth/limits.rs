//! What must not break the solver: silence, divergence, runaway, stiffness, grazing, and numbers that are none.

use spikestep::truth::taylor::{self, TOLERANCE};
use spikestep::truth::{Outcome, Truth};
use spikestep::{Neuron, Piece, Problem, State, Stimulus};

const RS: Neuron = Neuron::new(0.02, 0.2, -65.0, 8.0);

fn problem(neuron: Neuron, stimulus: Stimulus, initial: State, duration: f64) -> Problem {
    Problem { neuron, stimulus, initial, duration }
}

fn run(neuron: Neuron, input: f64, initial: State, duration: f64) -> Truth {
    taylor::solve_certified(&problem(neuron, Stimulus::constant(input), initial, duration), TOLERANCE)
}

#[test]
fn a_neuron_at_rest_stays_silent_and_is_certain_of_it() {
    // −70 mV, −14 mV/ms is an equilibrium without input: 0.04·4900 − 350 + 140 + 14 = 0.
    let truth = run(RS, 0.0, State::new(-70.0, -14.0), 10_000.0);
    assert_eq!(truth.outcome, Outcome::Completed);
    assert_eq!(truth.bound(), Some(0.0));
    let end = truth.state(10_000.0);
    // 0.04 is not a binary fraction; the equilibrium of the f64 parameters is about 1e-14 away.
    assert!((end.v + 70.0).abs() < 1e-12 && (end.u + 14.0).abs() < 1e-12, "{end:?}");
}

#[test]
fn strong_inhibition_settles_where_the_equations_do() {
    let truth = run(RS, -10_000.0, State::new(-70.0, -14.0), 1000.0);
    assert_eq!(truth.outcome, Outcome::Completed);
    assert!(truth.spikes.is_empty());
    // v = −62.5 − 5 √(16.25 + u + 10000), u = 0.2 v, by fixed-point iteration; u has 20 time constants to settle.
    let mut v = -500.0f64;
    for _ in 0..100 {
        v = -62.5 - 5.0 * (16.25 + 0.2 * v + 10_000.0).sqrt();
    }
    let end = truth.state(1000.0);
    assert!((end.v - v).abs() < 1e-6, "{} {v}", end.v);
}

#[test]
fn strong_excitation_is_followed_spike_by_spike() {
    let truth = run(RS, 1000.0, RS.resting_start(), 300.0);
    assert_eq!(truth.outcome, Outcome::Completed);
    assert!(truth.bound().is_some_and(|b| b < 1e-10));
    // u rises by 8 a spike until it has caught up with most of the input; mean u' = 0 gives 8 n = 300 · 0.02 (u − 0.2 v)
    // with u below 1000 + 140 + ...: between 300 and 1200 spikes.
    assert!((300..1200).contains(&truth.spikes.len()), "{}", truth.spikes.len());
}

#[test]
fn unstable_recovery_diverges_at_a_time() {
    // u' = 0.1 (u − 0.2 v): from u = 50 u grows tenfold every 23 ms, and v follows −√u.
    let truth = run(Neuron::new(-0.1, 0.2, -65.0, 8.0), 0.0, State::new(-70.0, 50.0), 1000.0);
    let Outcome::Diverged { at } = truth.outcome else { panic!("{:?}", truth.outcome) };
    // ln(1e8/(50 + 14))/0.1 = 143 ms, u being a little faster at first.
    assert!((at - 143.0).abs() < 10.0, "{at}");
    assert_eq!(truth.end(), at);
    assert!(truth.state(at / 2.0).is_finite());
    assert!(!truth.state(at + 1.0).is_finite());
    assert_eq!(truth.bound(), None);
}

#[test]
fn accelerating_spikes_are_cut() {
    // Pattern T with its published d = −2: each spike lowers u, which brings the next one sooner.
    let pieces =
        [(0.0, 80.0), (50.0, 75.0), (250.0, 80.0)].map(|(start, value)| Piece { start, value, slope: 0.0 }).to_vec();
    let neuron = Neuron::new(-0.026, -1.0, -45.0, -2.0);
    let input = Stimulus::piecewise_linear(pieces).unwrap();
    let truth = taylor::solve_certified(&problem(neuron, input, State::new(-63.8, 63.8), 1000.0), TOLERANCE);
    let Outcome::Runaway { at } = truth.outcome else { panic!("{:?}", truth.outcome) };
    let times = truth.spikes.times();
    assert!(at > 50.0 && at < 1000.0 && *times.last().unwrap() == at);
    assert!(at - times[times.len() - 1001] < 1.0);
    assert!(times.windows(2).all(|w| w[0] < w[1]));
    assert_eq!(truth.bound(), None);
}

#[test]
fn a_reset_just_below_the_peak_is_a_runaway() {
    let truth = run(Neuron::new(0.02, 0.2, 29.999_999_999, 0.0), 10.0, RS.resting_start(), 100.0);
    assert!(matches!(truth.outcome, Outcome::Runaway { .. }), "{:?}", truth.outcome);
    assert!(truth.spikes.len() < 2000);
}

#[test]
fn a_problem_too_stiff_ends_at_the_step_limit() {
    let truth = run(RS, -1e13, RS.resting_start(), 1000.0);
    assert!(matches!(truth.outcome, Outcome::Diverged { .. }), "{:?}", truth.outcome);
    // Recovery at 1e7 per ms would take 3e9 steps.
    let truth = taylor::solve(
        &problem(Neuron::new(1e7, 0.2, -65.0, 8.0), Stimulus::constant(0.0), RS.resting_start(), 1000.0),
        TOLERANCE,
    );
    assert!(matches!(truth.outcome, Outcome::StepLimit { .. }), "{:?}", truth.outcome);
}

#[test]
fn what_cannot_be_solved_is_refused() {
    let cases = [
        run(RS, 10.0, State::new(f64::NAN, 0.0), 100.0),
        run(RS, 10.0, RS.resting_start(), f64::INFINITY),
        run(Neuron { k2: 0.0, ..RS }, 10.0, RS.resting_start(), 100.0),
        run(Neuron { c: 30.0, ..RS }, 10.0, RS.resting_start(), 100.0),
    ];
    for truth in cases {
        assert_eq!(truth.outcome, Outcome::Refused);
        assert!(truth.spikes.is_empty() && truth.bound().is_none() && truth.state(0.0).v.is_nan());
    }
}

#[test]
fn any_tolerance_is_accepted() {
    let reference = run(RS, 10.0, RS.resting_start(), 100.0);
    for tolerance in [f64::NAN, 0.0, -1.0, 1.0, f64::INFINITY, 1e-30] {
        let p = problem(RS, Stimulus::constant(10.0), RS.resting_start(), 100.0);
        let truth = taylor::solve(&p, tolerance);
        assert_eq!(truth.spikes.len(), reference.spikes.len(), "{tolerance}");
    }
}

#[test]
fn a_start_at_the_peak_spikes_at_once() {
    let truth = run(RS, 10.0, State::new(30.0, -13.0), 50.0);
    assert_eq!(truth.spikes.times()[0], 0.0);
    assert_eq!(truth.state(0.0), State::new(-65.0, -5.0));
    let after = run(RS, 10.0, State::new(-65.0, -5.0), 50.0);
    assert_eq!(truth.spikes.times()[1..], *after.spikes.times());
    assert!(truth.bound().is_some());
}

#[test]
fn an_empty_run_has_its_start() {
    let truth = run(RS, 10.0, State::new(-65.0, -13.0), 0.0);
    assert_eq!((truth.outcome, truth.steps), (Outcome::Completed, 0));
    assert!((truth.state(0.0).v + 65.0).abs() < 1e-13);
}

/// A pulse lifts v to a maximum and no further. With the peak there, whether it spikes hangs on the last digits: no bound.
/// With the peak well above or below, all is certain.
#[test]
fn a_grazing_crossing_has_no_bound() {
    let pieces = [(0.0, 0.0), (20.0, 2.0), (21.0, 0.0)].map(|(start, value)| Piece { start, value, slope: 0.0 });
    let input = Stimulus::piecewise_linear(pieces.to_vec()).unwrap();
    let neuron = Neuron::new(0.05, 0.26, -70.0, 0.0);
    let with_peak = |peak: f64| {
        let p = problem(neuron.with_peak(peak), input.clone(), State::new(-62.0, -16.12), 60.0);
        taylor::solve_certified(&p, TOLERANCE)
    };
    let silent = with_peak(30.0);
    assert!(silent.spikes.is_empty() && silent.bound() == Some(0.0));
    let mut cursor = silent.cursor();
    let top = (20_000..60_000).map(|i| cursor.state(1e-3 * f64::from(i)).v).fold(f64::MIN, f64::max);
    assert!(top < -50.0, "{top}");
    // The maximum is known to v'' · (0.5 µs)² = 1e-8 mV at worst; refine it by halving between spike and silence.
    let (mut spikes, mut silent) = (top - 1e-3, top + 1e-3);
    assert_eq!((with_peak(spikes).spikes.len().min(1), with_peak(silent).spikes.len()), (1, 0));
    assert!(with_peak(spikes).bound().is_some() && with_peak(silent).bound().is_some());
    for _ in 0..60 {
        let middle = 0.5 * (spikes + silent);
        if with_peak(middle).spikes.is_empty() {
            silent = middle;
        } else {
            spikes = middle;
        }
    }
    assert!(with_peak(spikes).bound().is_none() && with_peak(silent).bound().is_none());
}
