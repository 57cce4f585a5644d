//! The residual: zero on true solutions, at the order of the quadrature.

use crate::common::{CELLS, constant_input};
use spikestep::metrics::ObservedOrder;
use spikestep::operator::{EvolutionOperator, Reconstruction, Signal};
use spikestep::truth::taylor;
use spikestep::{Neuron, Problem, Sinusoid, Stimulus};

const ALL: [Reconstruction; 4] =
    [Reconstruction::Constant, Reconstruction::Linear, Reconstruction::Cubic, Reconstruction::Arc];

/// Mean |residual| of the truth of `problem` at each panel length.
fn truth_residuals(problem: &Problem, how: Reconstruction, lengths: &[f64]) -> Vec<(f64, f64)> {
    let truth = taylor::solve(problem, taylor::TOLERANCE);
    let operator = EvolutionOperator::of(problem).unwrap();
    let residual = |h: f64| {
        let signal = Signal::of_truth(&truth, h).unwrap();
        let residual = operator.residual(&signal, &problem.stimulus, how).unwrap();
        assert_eq!(residual.jumps.len(), truth.spikes.len() + 1);
        // v(0), c and the peak are exact in the truth: only subtraction rounds.
        assert!(residual.jumps.iter().all(|j| j.1.abs() < 1e-11), "{:?}", residual.jumps);
        (h, residual.mean_absolute())
    };
    lengths.iter().map(|&h| residual(h)).collect()
}

fn check_orders(problem: &Problem, lengths: &[f64]) {
    for how in ALL {
        let points = truth_residuals(problem, how, lengths);
        let observed = ObservedOrder::of(&points, 0.0).unwrap_or_else(|| panic!("{how:?} bends: {points:?}"));
        let order = f64::from(how.order());
        // A panel of length h is cut from a stretch of about 40 ms whose upstroke has a time scale of 0.2 ms: at these
        // lengths the next term is a fifth of the first, and the slope is off by less than a quarter.
        assert!((observed.order - order).abs() < 0.25, "{how:?}: {observed:?} {points:?}");
    }
}

#[test]
fn the_truth_satisfies_the_equation_at_the_order_of_the_quadrature() {
    for (_, neuron) in CELLS {
        check_orders(&constant_input(neuron, 10.0, 200.0), &[0.02, 0.01, 0.005, 0.0025]);
    }
}

#[test]
fn input_jumps_offset_and_no_leak_are_in_the_equation() {
    let mut neuron = Neuron::new(0.02, 0.2, -65.0, 6.0);
    (neuron.k1, neuron.k0, neuron.b0) = (4.1, 108.0, 3.0);
    let sine = Sinusoid { start: 12.3, amplitude: 4.0, omega: 0.4, phase: 0.3 };
    let mut problem = Problem {
        neuron,
        stimulus: Stimulus::step(14.0, 7.7).with_sinusoid(sine),
        initial: neuron.resting_start(),
        duration: 100.0,
    };
    check_orders(&problem, &[0.02, 0.01, 0.005, 0.0025]);
    problem.neuron.leak = 0.0;
    (problem.neuron.a, problem.neuron.b0) = (0.002, 13.0);
    check_orders(&problem, &[0.02, 0.01, 0.005, 0.0025]);
}

#[test]
fn a_wrong_sign_or_a_missing_reset_term_is_seen() {
    let problem = constant_input(CELLS[0].1, 10.0, 200.0);
    let truth = taylor::solve(&problem, taylor::TOLERANCE);
    let signal = Signal::of_truth(&truth, 0.005).unwrap();
    let right = EvolutionOperator::of(&problem).unwrap();
    let of = |operator: &EvolutionOperator| {
        operator.residual(&signal, &problem.stimulus, Reconstruction::Cubic).unwrap().mean_absolute()
    };
    let small = of(&right);
    let without_resets = right.clone().with_recovery(
        right.first.kernel.clone(),
        right.initial.clone(),
        spikestep::operator::Kernel::zero(),
    );
    let wrong_sign =
        right.clone().with_recovery(right.first.kernel.clone().scaled(-1.0), right.initial.clone(), right.jump.clone());
    // The reset term is d e^{-a t}, several mV/ms on average; the convolution is of the size of u, some ten.
    assert!(small < 1e-4 && of(&without_resets) > 1.0 && of(&wrong_sign) > 1.0);
}
