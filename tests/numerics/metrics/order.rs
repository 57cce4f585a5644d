//! Observed order of convergence: the range it chooses, and what it says there.

use proptest::prelude::*;
use rand::{RngExt, SeedableRng};
use spikestep::metrics::ObservedOrder;

/// dt = 1, 1/2, ... and the error there.
fn halvings(n: i32, error: impl Fn(f64) -> f64) -> Vec<(f64, f64)> {
    (0..n).map(|k| 0.5_f64.powi(k)).map(|dt| (dt, error(dt))).collect()
}

proptest! {
    #[test]
    fn a_power_law_is_recovered_over_all_points(order in 0.5..9.0, scale in 1e-6..1e3, n in 3_i32..12) {
        let observed = ObservedOrder::of(&halvings(n, |dt| scale * dt.powf(order)), 0.0).unwrap();
        // Logs of about 70 round to 1e-14, over a span of ln 2 or more.
        prop_assert!((observed.order - order).abs() < 1e-12);
        prop_assert!(observed.standard_error < 1e-12);
        prop_assert_eq!(observed.points, n as usize);
        prop_assert_eq!((observed.dt_min, observed.dt_max), (0.5_f64.powi(n - 1), 1.0));
    }

    /// The unit of the errors and of the steps, and the order in which points come, change nothing.
    #[test]
    fn units_and_sequence_do_not_matter(scale in 1e-3..1e3, stretch in 1e-3..1e3) {
        let points = halvings(8, |dt| dt * dt / (1.0 + 3.0 * dt));
        let plain = ObservedOrder::of(&points, 1e-4).unwrap();
        let scaled: Vec<_> = points.iter().rev().map(|&(dt, e)| (stretch * dt, scale * e)).collect();
        let other = ObservedOrder::of(&scaled, 1e-4 * scale).unwrap();
        prop_assert!((other.order - plain.order).abs() < 1e-12);
        prop_assert_eq!(other.points, plain.points);
    }
}

#[test]
fn errors_near_the_floor_do_not_count() {
    // Fourth order down to a floor of 1e-10, which is what the finest steps show.
    let points = halvings(12, |dt| 0.1 * dt.powi(4) + 1e-10);
    let observed = ObservedOrder::of(&points, 1e-10).unwrap();
    // The finest error kept is ten floors or more: its log is at most ln(1 + 1/9) too large, and one point of several.
    assert!((observed.order - 4.0).abs() < 0.05, "{observed:?}");
    assert!(observed.dt_min >= 0.5_f64.powi(7), "{observed:?}");
    // Without a floor the plateau belongs to the finest points and bends the line at once: no order of 4 is claimed of it.
    let unaware = ObservedOrder::of(&points, 0.0);
    assert!(unaware.is_none_or(|o| o.order < 1.0), "{unaware:?}");
}

#[test]
fn coarse_steps_that_saturate_are_left_out() {
    // First order, saturated above dt = 1/8.
    let points = halvings(10, |dt| 8.0 * dt.min(0.125));
    let observed = ObservedOrder::of(&points, 0.0).unwrap();
    assert!((observed.order - 1.0).abs() < 0.15, "{observed:?}");
    assert!(observed.dt_max <= 0.25, "{observed:?}");
    // A smooth change from order 1 at coarse steps to order 4: the slope at the coarse end is no longer that of the fine.
    let smooth = ObservedOrder::of(&halvings(12, |dt| dt.powi(4) / (1e-6 + dt.powi(3))), 0.0).unwrap();
    assert!((smooth.order - 4.0).abs() < 0.3, "{smooth:?}");
}

#[test]
fn leading_orders_are_seen_through_the_next_term() {
    for order in 1..=8 {
        let points = halvings(7, |dt| (0.25 * dt).powi(order) * (1.0 + 2.0 * dt));
        let observed = ObservedOrder::of(&points, 0.0).unwrap();
        // The rule lets the slope change by at most max(1/2, 15 %) across the range, about half of it beyond the mean.
        let allowed = 0.25_f64.max(0.075 * f64::from(order));
        assert!((observed.order - f64::from(order)).abs() < allowed, "{order}: {observed:?}");
    }
}

/// Spikes rounded up to the grid: the error is dt times a chance. The whole range must be used, since no part of it is more
/// regular, and the standard error must tell how little is known.
#[test]
fn errors_that_jump_keep_the_range_and_show_in_the_standard_error() {
    let mut rng = rand::rngs::ChaCha8Rng::seed_from_u64(7);
    let (mut whole, mut within, trials) = (0, 0, 200);
    for _ in 0..trials {
        let points: Vec<_> =
            (0..10).map(|k| 0.5_f64.powi(k)).map(|dt| (dt, 20.0 * dt * (0.2 + 0.8 * rng.random::<f64>()))).collect();
        if let Some(observed) = ObservedOrder::of(&points, 0.0) {
            whole += usize::from(observed.points == 10);
            within += usize::from((observed.order - 1.0).abs() < 3.0 * observed.standard_error);
        }
    }
    // A bend beyond twice its standard error comes by chance with probability 0.09 (t with 7 degrees of freedom).
    assert!(whole > trials * 8 / 10, "{whole} of {trials}");
    assert!(within > trials * 9 / 10, "{within} of {trials}");
}

#[test]
fn nothing_is_claimed_of_too_few_points() {
    assert_eq!(ObservedOrder::of(&[], 0.0), None);
    assert_eq!(ObservedOrder::of(&halvings(2, |dt| dt), 0.0), None);
    // Three points, but two at one step; unusable ones; and three that lie on no line.
    assert_eq!(ObservedOrder::of(&[(1.0, 1.0), (0.5, 0.5), (0.5, 0.4)], 0.0), None);
    assert_eq!(ObservedOrder::of(&[(1.0, 1.0), (0.5, 0.5), (0.25, 0.0), (0.125, f64::NAN), (-1.0, 1.0)], 0.0), None);
    assert_eq!(ObservedOrder::of(&[(1.0, 1.0), (0.5, 0.9), (0.25, 0.1)], 0.0), None);
}

/// ln error = p x + c x² with x = ln dt, on uneven steps: its slope changes by 2 c (x_max - x_min) across the range. For
/// three points nothing is left to drop, so the rule decides between an order and none.
#[test]
fn the_bend_allowed_is_half_an_order_or_a_share_of_a_high_one() {
    let steps = [1.0_f64, 0.7, 0.1];
    let span = 10.0_f64.ln();
    let with_change = |order: f64, change: f64| {
        let points = steps.map(|dt| (dt, (order * dt.ln() + change / (2.0 * span) * dt.ln().powi(2)).exp()));
        ObservedOrder::of(&points, 0.0)
    };
    assert!(with_change(2.0, 0.49).is_some() && with_change(2.0, -0.49).is_some());
    assert!(with_change(2.0, 0.51).is_none() && with_change(2.0, -0.51).is_none());
    // 15 % of 8 is 1.2; the fitted slope lies within half the change of 8.
    assert!(with_change(8.0, 1.0).is_some() && with_change(8.0, -1.0).is_some());
    assert!(with_change(8.0, 1.4).is_none() && with_change(8.0, -1.4).is_none());
}

#[test]
fn of_two_errors_at_one_step_the_larger_counts() {
    let observed = ObservedOrder::of(&[(1.0, 1.0), (0.5, 0.5), (0.25, 0.2), (0.25, 0.25)], 0.0).unwrap();
    assert_eq!((observed.points, observed.dt_min), (3, 0.25));
    assert!((observed.order - 1.0).abs() < 1e-14);
}
