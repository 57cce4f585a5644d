//! The 31 reference cases.

use crate::reference::cases;
use spikestep::truth::taylor::{self, TOLERANCE};
use spikestep::truth::Outcome;

#[test]
fn every_spike_of_every_case_is_within_1e_10_ms_and_within_its_bound() {
    let mut report = String::new();
    let mut failures = 0;
    for case in cases() {
        let truth = taylor::solve_certified(&case.problem, TOLERANCE);
        assert_eq!(truth.outcome, Outcome::Completed, "{}", case.name);
        assert_eq!(truth.spikes.len(), case.spikes.len(), "{}", case.name);
        let (mut worst_t, mut worst_u, mut bound_t, mut bound_u, mut closest) =
            (0.0f64, 0.0f64, 0.0f64, 0.0f64, 0.0f64);
        for (i, (t, u)) in case.spikes.iter().enumerate() {
            let error_t = t.error_of(truth.spikes.times()[i]).abs();
            let error_u = u.error_of(truth.u_before_reset[i]).abs();
            let bound = truth.error_bounds[i].unwrap_or_else(|| panic!("{} spike {i}: no bound", case.name));
            worst_t = worst_t.max(error_t);
            worst_u = worst_u.max(error_u);
            bound_t = bound_t.max(bound.t);
            bound_u = bound_u.max(bound.u);
            closest = closest.max(error_t / bound.t).max(error_u / bound.u);
            failures += usize::from(error_t > bound.t || error_u > bound.u || error_t > 1e-10);
        }
        report += &format!(
            "{:32} {:4} spikes, {:5} steps  t: error {worst_t:.1e} bound {bound_t:.1e}  u: error {worst_u:.1e} bound \
             {bound_u:.1e}  error/bound {closest:.2}\n",
            case.name,
            case.spikes.len(),
            truth.steps
        );
        if truth.bound().is_none_or(|b| b > 1e-10) {
            report += "   ^ no bound, or above 1e-10\n";
        }
    }
    assert_eq!(failures, 0, "{report}");
    panic!("{report}");
}
