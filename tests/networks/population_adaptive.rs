//! Many neurons by the adaptive solver: the tolerance is kept, and a neuron is solved as it is alone.

use spikestep::model::CELL_TYPES;
use spikestep::population::{Spikes, solve_many};
use spikestep::truth::{Outcome, taylor};
use spikestep::{Neuron, Piece, Problem, Sinusoid, State, Stimulus};

/// RS, IB, CH and FS in turn, their inputs spread over 5 to 15 mV/ms by the golden ratio.
fn problems(n: usize, duration: f64) -> Vec<Problem> {
    let input = |i: usize| Stimulus::constant(5.0 + 10.0 * (0.618_034 * i as f64).fract());
    let cell = |i: usize| &CELL_TYPES[i % 4];
    let problem = |i: usize| Problem { neuron: cell(i).neuron, stimulus: input(i), initial: cell(i).initial, duration };
    (0..n).map(problem).collect()
}

/// The largest difference of the spike times from the truth \[ms\].
fn error(spikes: &Spikes, problem: &Problem) -> f64 {
    let truth = taylor::solve(problem, taylor::TOLERANCE);
    let (times, exact) = (spikes.train.times(), truth.spikes.times());
    assert_eq!(times.len(), exact.len(), "{problem:?}");
    times.iter().zip(exact).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

#[test]
fn the_tolerance_is_kept() {
    let mut problems = problems(20, 300.0);
    // An input that jumps, up and down, the second time inside upstrokes.
    let piece = |start: f64, value: f64| Piece { start, value, slope: 0.0 };
    let steps = Stimulus::piecewise_linear(vec![piece(20.0, 12.0), piece(61.3, 4.0), piece(150.0, 9.0)]).unwrap();
    for cell in &CELL_TYPES {
        let (neuron, initial) = (cell.neuron, cell.initial);
        problems.push(Problem { neuron, stimulus: steps.clone(), initial, duration: 300.0 });
    }
    // One whose input changes all the time.
    let sinusoid = Sinusoid { start: 0.0, amplitude: 3.0, omega: 0.1, phase: 0.0 };
    problems[7].stimulus = Stimulus::constant(8.0).with_sinusoid(sinusoid);
    for tolerance in [1e-1, 1e-3, 1e-6] {
        let solved = solve_many(&problems, tolerance);
        assert_eq!(solved.len(), problems.len());
        for (spikes, problem) in solved.iter().zip(&problems) {
            assert_eq!(spikes.outcome, Outcome::Completed);
            assert!(spikes.error_estimate <= tolerance);
            let error = error(spikes, problem);
            // The truth is good to 1e-11 ms.
            assert!(error <= spikes.error_estimate + 1e-11, "{tolerance:e}: {error:e} {:e}", spikes.error_estimate);
        }
    }
}

#[test]
fn a_neuron_does_not_depend_on_its_neighbours_or_the_threads() {
    let problems = problems(300, 100.0);
    let pool = |threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    let one = pool(1).install(|| solve_many(&problems, 1e-2));
    assert_eq!(one, pool(3).install(|| solve_many(&problems, 1e-2)));
    assert!(one.iter().map(|spikes| spikes.train.len()).sum::<usize>() > 1000);
    for i in [0, 1, 127, 128, 299] {
        assert_eq!(solve_many(&problems[i..=i], 1e-2)[0], one[i]);
    }
    let reversed: Vec<_> = problems.iter().rev().cloned().collect();
    assert!(solve_many(&reversed, 1e-2).iter().rev().eq(&one));
}

#[test]
fn runs_that_end_early_say_so_and_disturb_nobody() {
    let mut problems = problems(9, 100.0);
    let calm = solve_many(&problems, 1e-2);
    // u grows like e^{200 t}; the resets raise the drive without end; a neuron that cannot be solved; spikes from the start.
    problems[1].neuron.a = -200.0;
    problems[2].neuron = Neuron { d: -1000.0, ..problems[2].neuron };
    problems[4].neuron.a = f64::NAN;
    problems[6].initial = State::new(40.0, 0.0);
    let solved = solve_many(&problems, 1e-2);
    // Which of v, u and the spikes is the first to leave all bounds, is the solver's.
    assert!(solved[1].outcome.cut_at().is_some_and(|at| at < 10.0), "{:?}", solved[1].outcome);
    assert!(solved[2].outcome.cut_at().is_some(), "{:?}", solved[2].outcome);
    assert_eq!(solved[4].outcome, Outcome::Refused);
    assert_eq!(solved[6].train.times()[0], 0.0);
    for i in [0, 3, 5, 7, 8] {
        assert_eq!(solved[i], calm[i]);
    }
    assert!(solve_many(&[], 1e-2).is_empty());
}
