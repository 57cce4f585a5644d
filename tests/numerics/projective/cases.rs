//! The reference cases at every tolerance.

use crate::common::cases::{cases, extra_cases};
use spikestep::scheme::projective;
use spikestep::truth::{Outcome, taylor};

const TOLERANCES: [f64; 7] = [1e-1, 1e-2, 1e-3, 1e-4, 1e-6, 1e-9, 1e-11];

#[test]
fn every_tolerance_is_kept_on_every_case() {
    let (mut number, mut not_vouched_for) = (0, vec![]);
    for case in cases().into_iter().chain(extra_cases()) {
        number += 1;
        for tolerance in TOLERANCES {
            let solution = projective::solve(&case.problem, tolerance);
            let what = format!("{} at {tolerance:e}", case.name);
            assert_eq!(solution.outcome, Outcome::Completed, "{what}");
            assert_eq!(solution.spikes.len(), case.spikes.len(), "{what}");
            let times = solution.spikes.times().iter().zip(&case.spikes);
            let error = times.map(|(t, (exact, _))| exact.error_of(*t).abs()).fold(0.0, f64::max);
            assert!(error <= tolerance, "{what}: {error:e}");
            assert!(error <= solution.error_estimate, "{what}: {error:e} of {:e}", solution.error_estimate);
            if !solution.keeps_tolerance() {
                not_vouched_for.push((case.name.clone(), tolerance));
            }
        }
    }
    assert_eq!(number, 33);
    // The estimate of rounding is generous: where spikes are many or errors grow between them it is above 1e-11, in patterns K
    // and Q, which magnify it most, above 1e-9.
    assert!(not_vouched_for.iter().all(|(_, tolerance)| *tolerance < 1e-8), "{not_vouched_for:?}");
    assert!(not_vouched_for.len() <= 10, "{not_vouched_for:?}");
}

#[test]
fn u_before_the_reset_and_dense_output_are_those_of_the_truth() {
    for case in cases().into_iter().chain(extra_cases()) {
        let tolerance = 1e-9;
        let solution = projective::solve(&case.problem, tolerance);
        let truth = taylor::solve(&case.problem, taylor::TOLERANCE);
        // u' = a (b v − u) is below 5 mV/ms² at the peak of these neurons (a ≤ 1, |v|, |u| ≤ 70 but for pattern Q, a = 1), and an
        // error of K weighs at least a millisecond³ in the time.
        for (u, exact) in solution.u_before_reset.iter().zip(&truth.u_before_reset) {
            assert!((u - exact).abs() < 1e3 * tolerance, "{}: {u} {exact}", case.name);
        }
        let (mut cursor, mut reference) = (solution.cursor(), truth.cursor());
        let neuron = case.problem.neuron;
        for i in 0..=400 {
            let t = solution.end() * f64::from(i) / 400.0;
            // Next to a spike the two are on different sides of the reset.
            if truth.spikes.times().iter().any(|s| (s - t).abs() < 1e-6) {
                continue;
            }
            let (state, exact) = (cursor.state(t), reference.state(t));
            let field = neuron.field(exact, case.problem.stimulus.value(t, spikestep::Side::After));
            // A shift by the tolerance along the trajectory, and the local accuracy across it (steps are cut by their effect on
            // spike times, which W has a hundredth of on the slow manifold).
            let (v, u) = ((state.v - exact.v).abs(), (state.u - exact.u).abs());
            let (room_v, room_u) =
                (field.v.abs() * tolerance + 1e3 * tolerance, field.u.abs() * tolerance + 1e3 * tolerance);
            assert!(v <= room_v && u <= room_u, "{} at {t}: {v:e} of {room_v:e}, {u:e} of {room_u:e}", case.name);
        }
    }
}

#[test]
fn dense_output_does_not_depend_on_the_order_of_the_queries() {
    let case = cases().into_iter().find(|case| case.name == "RS_step_10").unwrap();
    let solution = projective::solve(&case.problem, 1e-6);
    let times: Vec<f64> = (0..=2000).map(|i| 0.5 * f64::from(i)).collect();
    let mut cursor = solution.cursor();
    let forwards: Vec<_> = times.iter().map(|&t| cursor.state(t)).collect();
    let backwards: Vec<_> = times.iter().rev().map(|&t| cursor.state(t)).collect();
    assert!(forwards.iter().eq(backwards.iter().rev()));
    assert!(cursor.state(-1.0).v.is_nan() && cursor.state(1000.1).v.is_nan());
    let spike = solution.spikes.times()[3];
    let after = cursor.state(spike);
    // At most half an ulp of time has passed since the reset.
    assert!((after.v + 65.0).abs() < 1e-9, "{after:?}");
}
