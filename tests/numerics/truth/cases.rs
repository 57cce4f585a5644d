//! The 31 reference cases, and two more.

use crate::common::cases::{Case, cases, extra_cases};
use spikestep::Side;
use spikestep::truth::taylor::{self, TOLERANCE};
use spikestep::truth::{Outcome, Truth};

fn certified() -> impl Iterator<Item = (Case, Truth)> {
    cases().into_iter().chain(extra_cases()).map(|case| {
        let truth = taylor::solve_certified(&case.problem, TOLERANCE);
        assert_eq!(truth.outcome, Outcome::Completed, "{}", case.name);
        assert_eq!(truth.spikes.len(), case.spikes.len(), "{}", case.name);
        (case, truth)
    })
}

#[test]
fn every_spike_is_within_its_bound_and_every_bound_below_1e_10_ms() {
    let mut number = 0;
    for (case, truth) in certified() {
        number += 1;
        for (i, (t, u)) in case.spikes.iter().enumerate() {
            let error_t = t.error_of(truth.spikes.times()[i]).abs();
            let error_u = u.error_of(truth.u_before_reset[i]).abs();
            let bound = truth.error_bounds[i].unwrap_or_else(|| panic!("{} spike {i}: no bound", case.name));
            let what = format!("{} spike {i}: errors {error_t:e} ms, {error_u:e} mV/ms, {bound:?}", case.name);
            assert!(error_t <= bound.t && error_u <= bound.u, "{what}");
            assert!(bound.t <= 1e-10, "{what}");
            // Rounding alone: an ulp of 1000 ms is 1.1e-13, the resonators magnify theirs about ten times.
            assert!(error_t <= 1e-12, "{what}");
        }
        assert!(truth.bound().is_some_and(|b| b <= 1e-10), "{}", case.name);
    }
    assert_eq!(number, 33);
}

#[test]
fn without_bounds_the_same_spikes_are_found() {
    for (case, truth) in certified() {
        let plain = taylor::solve(&case.problem, TOLERANCE);
        assert_eq!(plain.spikes, truth.spikes, "{}", case.name);
        assert_eq!(plain.bound(), None);
    }
}

#[test]
fn a_bound_holds_at_loose_tolerances_too() {
    let mut bounded = 0;
    for case in cases().into_iter().chain(extra_cases()) {
        for tolerance in [1e-4, 1e-7, 1e-10, 1e-13] {
            let solution = taylor::solve_certified(&case.problem, tolerance);
            // Spikes are compared as far as bounds are given: with them their number is certain.
            let times = solution.spikes.times().iter().zip(&solution.error_bounds);
            for ((t, _), (time, bound)) in case.spikes.iter().zip(times) {
                let Some(bound) = bound else { break };
                bounded += 1;
                let error = t.error_of(*time).abs();
                assert!(error <= bound.t, "{} at {tolerance:e}: {error:e} against {:e}", case.name, bound.t);
            }
        }
    }
    // Of about 5200 spikes: at 1e-4 the error soon grows beyond what a linear bound can follow.
    assert!(bounded > 3000, "{bounded}");
}

/// The error of a state is a shift along the trajectory, of the error of a spike time, plus an error across it: that of u,
/// and of v on the slow manifold, where dv = du/(2 k2 v + k1) and the slope is at least 0.1/ms in magnitude but near the
/// fold, where the shift outweighs it. v and u are read off W and K with a few roundings of numbers up to 160.
#[test]
fn dense_output_gives_the_state_at_101_times() {
    for (case, truth) in certified() {
        let neuron = case.problem.neuron;
        let bound_t = truth.bound().unwrap();
        let bound_u = truth.error_bounds.iter().flatten().fold(0.0f64, |m, b| m.max(b.u));
        let rounding = 4.0 * 160.0 * f64::EPSILON;
        let mut cursor = truth.cursor();
        assert!(case.states.len() == 101 || extra_cases().iter().any(|extra| extra.name == case.name));
        for (t, v, u) in &case.states {
            let state = cursor.state(*t);
            let field = neuron.field(state, case.problem.stimulus.value(*t, Side::After));
            let (error_v, error_u) = (v.error_of(state.v).abs(), u.error_of(state.u).abs());
            let tolerance_v = field.v.abs() * bound_t + 10.0 * bound_u + rounding;
            let tolerance_u = field.u.abs() * bound_t + bound_u + rounding;
            assert!(
                error_v <= tolerance_v && error_u <= tolerance_u,
                "{} at {t} ms: v is off by {error_v:e} (allowed {tolerance_v:e}), u by {error_u:e} ({tolerance_u:e})",
                case.name
            );
        }
    }
}

#[test]
fn dense_output_is_right_continuous_and_does_not_depend_on_the_order_of_the_queries() {
    let (case, truth) = certified().find(|(case, _)| case.name == "RS_step_10").unwrap();
    let neuron = case.problem.neuron;
    for (t, u) in truth.spikes.times().iter().zip(&truth.u_before_reset) {
        let after = truth.state(*t);
        // At the spike time as rounded to f64 at most half an ulp of time, 5.7e-14 ms, has passed since the reset, at
        // slopes of up to 50 mV/ms.
        assert!((after.v - neuron.c).abs() < 4e-12 && (after.u - (u + neuron.d)).abs() < 1e-12);
        // A microsecond before, v is on its way to the peak at up to 350 mV/ms, and below it.
        let before = truth.state(t - 1e-3);
        assert!(before.v > 29.0 && before.v < 30.0, "{before:?}");
    }
    let times: Vec<f64> = (0..=5000).map(|i| 0.2 * f64::from(i)).collect();
    let mut cursor = truth.cursor();
    let forwards: Vec<_> = times.iter().map(|&t| cursor.state(t)).collect();
    let backwards: Vec<_> = times.iter().rev().map(|&t| cursor.state(t)).collect();
    assert!(forwards.iter().eq(backwards.iter().rev()));
    assert!(cursor.state(-1.0).v.is_nan() && cursor.state(1000.1).v.is_nan());
}

#[test]
fn the_cost_is_counted() {
    let (_, truth) = certified().find(|(case, _)| case.name == "RS_step_10").unwrap();
    // The order at this tolerance is 31; an evaluation of the right-hand side is one order.
    assert_eq!(truth.evaluations, 31 * truth.steps as u64);
    // A series takes about n²/2 + 14 n operations, the rest of a step a few dozen more.
    let per_step = truth.flops / truth.steps as u64;
    assert!((900..2000).contains(&per_step), "{per_step}");
}
