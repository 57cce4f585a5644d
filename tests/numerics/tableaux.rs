//! The order conditions of the Butcher tableaux.

use spikestep::scheme::ButcherTableau;
use spikestep::scheme::simulators::nest_rkf45::ERROR;
use spikestep::scheme::tableau::{CLASSICAL, FEHLBERG, HEUN, MIDPOINT};

/// The conditions of order 1 to 4 for a scalar-autonomous system, each with its left and right side.
fn order_conditions<const S: usize>(t: &ButcherTableau<S>) -> Vec<(u8, f64, f64)> {
    let sum = |f: &dyn Fn(usize) -> f64| (0..S).map(|i| t.b[i] * f(i)).sum::<f64>();
    let ac = |i: usize, p: i32| (0..S).map(|j| t.a[i][j] * t.c[j].powi(p)).sum::<f64>();
    let aac = |i: usize| (0..S).map(|j| t.a[i][j] * ac(j, 1)).sum::<f64>();
    vec![
        (1, sum(&|_| 1.0), 1.0),
        (2, sum(&|i| t.c[i]), 1.0 / 2.0),
        (3, sum(&|i| t.c[i].powi(2)), 1.0 / 3.0),
        (3, sum(&|i| ac(i, 1)), 1.0 / 6.0),
        (4, sum(&|i| t.c[i].powi(3)), 1.0 / 4.0),
        (4, sum(&|i| t.c[i] * ac(i, 1)), 1.0 / 8.0),
        (4, sum(&|i| ac(i, 2)), 1.0 / 12.0),
        (4, sum(&aac), 1.0 / 24.0),
    ]
}

fn assert_order<const S: usize>(t: &ButcherTableau<S>, order: u8) {
    for (i, row) in t.a.iter().enumerate() {
        assert!((row.iter().sum::<f64>() - t.c[i]).abs() < 1e-15, "row sum {i}");
    }
    // Sums of at most eight products of numbers below 1: a few rounding errors of 1.1e-16.
    let satisfied = |p: u8| order_conditions(t).iter().all(|c| c.0 > p || (c.1 - c.2).abs() < 1e-15);
    assert!(satisfied(order), "order {order} conditions");
    assert!(order == 4 || !satisfied(order + 1), "it is of higher order than claimed");
}

#[test]
fn the_tableaux_satisfy_the_conditions_of_their_order_and_of_no_higher_one() {
    assert_order(&MIDPOINT, 2);
    assert_order(&HEUN, 2);
    assert_order(&CLASSICAL, 4);
}

#[test]
fn both_formulas_of_fehlberg_are_of_order_four_and_differ_by_the_error() {
    let fourth = ButcherTableau { b: std::array::from_fn(|i| FEHLBERG.b[i] - ERROR[i]), ..FEHLBERG };
    for tableau in [&FEHLBERG, &fourth] {
        // Sums of up to twenty products below 10: rounding below 1e-14.
        for (order, left, right) in order_conditions(tableau) {
            assert!((left - right).abs() < 1e-14, "order {order}: {left} {right}");
        }
        for (row, c) in tableau.a.iter().zip(tableau.c) {
            assert!((row.iter().sum::<f64>() - c).abs() < 1e-14, "{row:?} {c}");
        }
    }
    // Order 5, of which one condition tells the two apart: Σ b c⁴ = 1/5; Σ E c⁴ is 4.8e-4.
    let fifth = |t: &ButcherTableau<6>| t.b.iter().zip(t.c).map(|(b, c)| b * c.powi(4)).sum::<f64>() - 0.2;
    assert!(fifth(&FEHLBERG).abs() < 1e-14 && fifth(&fourth).abs() > 4e-4);
}
