//! Butcher tableaux as data.

/// An explicit Runge-Kutta method of `S` stages: k_i = f(t + c_i h, y + h Σ_{j<i} a_ij k_j), y ← y + h Σ b_i k_i.
///
/// Source: E. Hairer, S. P. Nørsett, G. Wanner, *Solving Ordinary Differential Equations I* (1993), II.1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ButcherTableau<const S: usize> {
    /// Stage weights a_ij, zero on and above the diagonal.
    pub a: [[f64; S]; S],
    /// Quadrature weights b_i, summing to 1.
    pub b: [f64; S],
    /// Stage times c_i = Σ_j a_ij as fractions of the step.
    pub c: [f64; S],
}

/// The explicit midpoint rule, order 2 (Runge 1895).
pub const MIDPOINT: ButcherTableau<2> = ButcherTableau { a: [[0.0, 0.0], [0.5, 0.0]], b: [0.0, 1.0], c: [0.0, 0.5] };

/// Heun's method, the explicit trapezoidal rule, order 2 (Heun 1900); also called improved Euler.
pub const HEUN: ButcherTableau<2> = ButcherTableau { a: [[0.0, 0.0], [1.0, 0.0]], b: [0.5, 0.5], c: [0.0, 1.0] };

/// The classical method of order 4 (Kutta 1901).
pub const CLASSICAL: ButcherTableau<4> = ButcherTableau {
    a: [[0.0, 0.0, 0.0, 0.0], [0.5, 0.0, 0.0, 0.0], [0.0, 0.5, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0]],
    b: [1.0 / 6.0, 1.0 / 3.0, 1.0 / 3.0, 1.0 / 6.0],
    c: [0.0, 0.5, 0.5, 1.0],
};

impl<const S: usize> ButcherTableau<S> {
    /// Number of coefficients that are not zero: each costs a multiplication and an addition per component.
    pub const fn nonzero_coefficients(&self) -> u64 {
        let (mut count, mut i) = (0, 0);
        while i < S {
            let mut j = 0;
            while j < S {
                count += (self.a[i][j] != 0.0) as u64;
                j += 1;
            }
            count += (self.b[i] != 0.0) as u64;
            i += 1;
        }
        count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
