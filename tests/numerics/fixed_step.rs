//! The fixed-step schemes that locate their own spikes: `projective-N` and `rk4-wk`.

use crate::common::cases::{cases, extra_cases};
use crate::common::{CELLS, certified_spikes, constant_input, largest_error, simulate, state};
use spikestep::truth::taylor;
use spikestep::{Neuron, Piece, Problem, Sinusoid, Stimulus};

const PROJECTIVE: [&str; 4] = ["projective-4", "projective-6", "projective-8", "projective-12"];

/// Largest spike-time error \[ms\] of a certified case of 1000 ms; every spike must be there.
fn error(name: &str, (case, neuron): (&str, Neuron), dt: f64) -> f64 {
    let truth = certified_spikes(case);
    let (trajectory, _) = simulate(name, &constant_input(neuron, 10.0, 1000.0), dt);
    assert_eq!(trajectory.spikes.len(), truth.len(), "{name} {case} at {dt}");
    largest_error(trajectory.spikes.times(), &truth)
}

#[test]
fn spikes_are_met_at_a_step_of_one_millisecond() {
    for (cell, bound) in CELLS.into_iter().zip([5e-4, 5e-3, 2e-2, 3e-2]) {
        let eighth = error("projective-8", cell, 1.0);
        assert!(eighth <= bound, "{}: {eighth:e}", cell.0);
        let best = error("projective-12", cell, 1.0);
        assert!(best <= 1e-3, "{}: {best:e}", cell.0);
    }
}

#[test]
fn the_order_is_kept_through_spikes() {
    // The error is A hᴺ (1 + c h), and c h moves the slope by 15 % of the order at the most (the rule of `ObservedOrder`) once h is
    // small against the approach to a spike (some ms), while errors are still ten times above 1e-12 ms, where rounding begins:
    // for each order a cell and steps between the two.
    let root = std::f64::consts::SQRT_2;
    for (name, order, cell, dts) in [
        ("projective-4", 4.0, CELLS[1], vec![1.0, 0.5, 0.25, 0.125]),
        ("projective-6", 6.0, CELLS[1], vec![1.0, 0.5, 0.25, 0.125]),
        ("projective-8", 8.0, CELLS[2], vec![0.25, 0.25 / root, 0.125]),
        ("projective-12", 12.0, CELLS[2], vec![0.25 * root, 0.25, 0.25 / root]),
    ] {
        let errors: Vec<f64> = dts.iter().map(|&dt| error(name, cell, dt)).collect();
        let slope = (errors[0] / errors[errors.len() - 1]).ln() / (dts[0] / dts[dts.len() - 1]).ln();
        assert!((slope - order).abs() < 0.15 * order, "{name}: {slope} from {errors:?}");
    }
}

#[test]
fn every_reference_case_has_its_spikes() {
    for case in cases().iter().chain(&extra_cases()) {
        // A spike that RK4 loses at this step counts as an error without bound.
        let error = |name: &str| {
            let (trajectory, _) = simulate(name, &case.problem, 0.5);
            let whole = trajectory.spikes.len() == case.spikes.len() && trajectory.diverged_at.is_none();
            let pairs = trajectory.spikes.times().iter().zip(&case.spikes);
            let largest = pairs.map(|(t, (exact, _))| exact.error_of(*t).abs()).fold(0.0, f64::max);
            if whole { largest } else { f64::INFINITY }
        };
        let rk4 = error("rk4+located");
        let errors = PROJECTIVE.map(error);
        // The same order with a smaller constant, and higher orders; a millisecond's thousandth is met by the highest.
        assert!(errors.iter().all(|&e| e <= rk4), "{}: {errors:?}, RK4 {rk4}", case.name);
        assert!(errors[3] < 1e-3, "{}: {errors:?}", case.name);
    }
}

/// Largest error of spike times against the Taylor solver, every spike being there.
fn error_against_taylor(name: &str, problem: &Problem, dt: f64) -> f64 {
    let truth = taylor::solve(problem, taylor::TOLERANCE);
    let (trajectory, _) = simulate(name, problem, dt);
    assert_eq!(trajectory.spikes.len(), truth.spikes.len(), "{name} at {dt} {:?}", problem.stimulus);
    largest_error(trajectory.spikes.times(), truth.spikes.times())
}

#[test]
fn breakpoints_inside_a_step_cost_nothing() {
    // Jumps, a ramp and a pulse of 0.3 ms between grid points, and a sinusoid that starts inside a step: the error is that of the
    // smooth case at this step, below 1e-5 ms for order 8 (2e-6 ms was met under constant input on every cell but CH).
    let (_, rs) = CELLS[0];
    let mut pieces = vec![(0.0, 4.0, 0.0), (20.3, 14.0, 0.0), (60.7, 14.0, 0.1), (111.9, 5.0, 0.0)];
    pieces.extend([(150.45, 90.0, 0.0), (150.75, 6.0, 0.0)]);
    let pieces = pieces.into_iter().map(|(start, value, slope)| Piece { start, value, slope }).collect();
    let linear = Stimulus::piecewise_linear(pieces).unwrap();
    let sine = Sinusoid { start: 31.1, amplitude: 3.0, omega: 0.2, phase: 1.0 };
    for stimulus in [linear.clone(), linear.with_sinusoid(sine)] {
        let problem = Problem { neuron: rs, stimulus, initial: rs.resting_start(), duration: 300.0 };
        for dt in [1.0, 0.7, 0.5] {
            let error = error_against_taylor("projective-8", &problem, dt);
            assert!(error < 1e-5, "{dt}: {error:e}");
        }
    }
}

#[test]
fn a_breakpoint_at_a_spike_is_honoured() {
    let (_, rs) = CELLS[0];
    let spike = certified_spikes(CELLS[0].0)[2];
    for away in [-1e-3, -1e-10, 0.0, 1e-10, 1e-3] {
        let pieces =
            vec![Piece { start: 0.0, value: 10.0, slope: 0.0 }, Piece { start: spike + away, value: 20.0, slope: 0.0 }];
        let stimulus = Stimulus::piecewise_linear(pieces).unwrap();
        let problem = Problem { neuron: rs, stimulus, initial: rs.resting_start(), duration: 400.0 };
        // A jump missed would move the next spike by tens of ms; one misplaced by 1e-10 ms by as much.
        let error = error_against_taylor("projective-8", &problem, 0.5);
        assert!(error < 1e-6, "{away:e}: {error:e}");
    }
}

#[test]
fn strong_inhibition_is_not_a_spike_and_strong_drive_is_many() {
    let (_, rs) = CELLS[0];
    for name in PROJECTIVE {
        for input in [-300.0, -10_000.0, -1e6] {
            for dt in [0.25, 1.0, 5.0] {
                let (trajectory, rows) = simulate(name, &constant_input(rs, input, 50.0), dt);
                assert!(trajectory.spikes.is_empty(), "{name} {input} {dt}");
                assert!(rows.iter().all(|row| row.state.is_finite() && row.state.v < -60.0), "{name} {input} {dt}");
            }
        }
        // 1000 mV/ms: a spike every 0.4 ms and less, several in a step.
        let problem = constant_input(rs, 1000.0, 20.0);
        let found = error_against_taylor(name, &problem, 1.0);
        assert!(found < 0.05, "{name}: {found:e}");
    }
    // On the slow manifold, q = √|K| = 3.4/ms, a step of 1 ms is taken in parts of q h < π/4. Each leaves q (q h)⁹/9! out of y':
    // 1e-6/ms of W, 3e-5 mV, which the next part forgets; u follows with b = 0.2 of that at the most.
    let problem = constant_input(rs, -300.0, 50.0);
    let exact = taylor::solve(&problem, taylor::TOLERANCE).state(50.0);
    let end = simulate("projective-8", &problem, 1.0).1.last().unwrap().state;
    assert!((end.v - exact.v).abs() < 3e-5 && (end.u - exact.u).abs() < 6e-6, "{end:?} {exact:?}");
}

#[test]
fn spikes_without_end_cut_the_run() {
    // The reset a hair below the peak, and nothing to slow it down.
    let neuron = Neuron::new(0.02, 0.2, 29.999_999, 0.0);
    for name in PROJECTIVE.into_iter().chain(["rk4-wk"]) {
        let (trajectory, _) = simulate(name, &constant_input(neuron, 100.0, 10.0), 1.0);
        assert!(trajectory.diverged_at.is_some(), "{name}");
    }
    // A start at the peak spikes at once.
    let mut problem = constant_input(CELLS[0].1, 10.0, 5.0);
    problem.initial = state(30.0, -8.0);
    for name in PROJECTIVE.into_iter().chain(["rk4-wk"]) {
        assert_eq!(simulate(name, &problem, 1.0).0.spikes.times()[0], 0.0, "{name}");
    }
}

#[test]
fn rk4_on_w_and_k_is_rk4_to_rounding_without_spikes() {
    let (_, rs) = CELLS[0];
    let sine = Sinusoid { start: 0.0, amplitude: 2.0, omega: 0.3, phase: 0.5 };
    let general = Neuron { k2: 0.03, k1: 4.0, k0: 120.0, b0: 3.0, leak: 0.7, ..rs };
    for (neuron, start) in [(rs, state(-68.0, -14.0)), (general, state(-68.0, -10.0))] {
        let stimulus = Stimulus::constant(-5.0).with_sinusoid(sine);
        let problem = Problem { neuron, stimulus, initial: start, duration: 100.0 };
        let (silent, plain) = simulate("rk4+located", &problem, 0.25);
        assert!(silent.spikes.is_empty());
        let (_, normal) = simulate("rk4-wk", &problem, 0.25);
        // Per step v and u, of sizes 70 and 15, are rounded some ten times by an ulp (1.4e-14, and 2.8e-14 of k0 + I − u); v
        // forgets within two ms, u within 1/a = 50 ms = 200 steps, and passes on to v with a factor below 2.
        for (a, b) in plain.iter().zip(&normal) {
            let close = (a.state.v - b.state.v).abs() < 2e-12 && (a.state.u - b.state.u).abs() < 1e-12;
            assert!(close, "{:?} {:?}", a, b);
        }
    }
}

#[test]
fn rk4_on_w_and_k_locates_as_well_as_rk4_itself() {
    // Two corrections leave the first guess's error times the square of the slope's relative error. The guess is off by the local
    // error of the step, and so is the slope; RK4's own error is one local error a step. The difference between the two
    // locations must therefore be a higher order of h than RK4's error, 1/100 of it at the steps looked at.
    for cell in CELLS {
        let truth = certified_spikes(cell.0);
        let problem = constant_input(cell.1, 10.0, 1000.0);
        for dt in [0.25, 0.125, 0.0625] {
            let (exact, two) = (simulate("rk4+located", &problem, dt).0, simulate("rk4-wk", &problem, dt).0);
            assert_eq!(exact.spikes.len(), two.spikes.len(), "{} {dt}", cell.0);
            let difference = largest_error(two.spikes.times(), exact.spikes.times());
            let error = largest_error(exact.spikes.times(), &truth);
            assert!(difference < 0.02 * error, "{} {dt}: {difference:e} of {error:e}", cell.0);
        }
    }
}

#[test]
fn neurons_nobody_chose_have_their_spikes() {
    // 300 neurons with a from 0.01 to 1/ms and any b, c, d and peak, under an input with jumps and a ramp inside steps, against the
    // independent Taylor solver. At ¼ ms the highest order loses no spike.
    let mut bits = 12345u64;
    let mut uniform = |low: f64, high: f64| {
        bits = bits.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        low + (high - low) * ((bits >> 11) as f64 / (1u64 << 53) as f64)
    };
    let mut spikes = 0;
    for _ in 0..300 {
        let a = 10f64.powf(uniform(-2.0, 0.0));
        let neuron = Neuron::new(a, uniform(-0.2, 1.5), uniform(-75.0, -40.0), uniform(-4.0, 12.0));
        let neuron = neuron.with_peak(uniform(10.0, 60.0));
        let mut piece = |start: f64, low: f64, high: f64, steepest: f64| Piece {
            start,
            value: uniform(low, high),
            slope: uniform(-steepest, steepest),
        };
        let pieces = vec![
            piece(0.0, -20.0, 60.0, 0.0),
            piece(33.37, -20.0, 60.0, 0.2),
            piece(77.71, -200.0, 100.0, 0.0),
            piece(91.3, 0.0, 30.0, 0.0),
        ];
        let stimulus = Stimulus::piecewise_linear(pieces).unwrap();
        let problem = Problem { neuron, stimulus, initial: neuron.resting_start(), duration: 150.0 };
        let error = error_against_taylor("projective-12", &problem, 0.25);
        // Errors of 1e-4 ms were the worst of 600 such neurons: those that fire more than once a millisecond.
        assert!(error < 1e-3, "{error:e} {problem:?}");
        spikes += taylor::solve(&problem, taylor::TOLERANCE).spikes.len();
    }
    assert!(spikes > 3000, "{spikes}");
}

/// Hundreds of mV below rest ln y turns within 1/|W| ms: a step that took no notice of it made spikes there that the equations do not have.
#[test]
fn far_below_rest_there_is_no_spike_that_the_equations_do_not_have() {
    for v in [-100.0, -200.0, -400.0, -1000.0] {
        let mut problem = constant_input(CELLS[0].1, 0.0, 30.0);
        problem.initial = state(v, -14.0);
        let truth = taylor::solve_certified(&problem, taylor::TOLERANCE);
        assert_eq!(truth.spikes.len(), 0, "{v}");
        for name in PROJECTIVE {
            for dt in [0.5, 1.0, 2.0] {
                let (trajectory, rows) = simulate(name, &problem, dt);
                assert_eq!(trajectory.spikes.len(), 0, "{name} from {v} at {dt}");
                // It settles on the equations' path: order N over parts of a quarter of the radius of convergence leave 4^-4 of some mV
                // at the worst, and the path forgets it.
                let last = rows.last().unwrap();
                let exact = truth.cursor().state(last.t);
                assert!((last.state.v - exact.v).abs() < 0.05, "{name} from {v} at {dt}: {}", last.state.v - exact.v);
            }
        }
    }
}
