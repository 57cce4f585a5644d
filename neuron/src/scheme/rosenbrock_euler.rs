//! Exponential Rosenbrock-Euler: the linear part of the equations at the start of the step, solved exactly.
//!
//! **Names:** `rosenbrock-euler`.
//!
//! ```text
//! y ← y + h φ(h J) f(y),   J = ((2 k2 v + k1, −1), (a b, −a leak)),   φ(z) = (e^z − 1)/z,   I in f at the middle of the step
//! ```
//!
//! Order 2, with one evaluation of f and the φ of a matrix, which is summed as a series of J/2^m and doubled m times. Exact where the
//! equations are linear, and stable at rest at every step. On the upstroke v grows like e^{hJ}, as in `exponential-euler`.
//! Source: D. A. Pope, Communications of the ACM 6 (1963) 491–493; M. Hochbruck, A. Ostermann, J. Schweitzer, *Exponential Rosenbrock-type
//! methods*, SIAM J. Numer. Anal. 47 (2009) 786–803.
//! **When not to use it:** for speed. The matrix function costs some ten evaluations, and the equations are not stiff: see `heun` and
//! `rk4`.

use nalgebra::{Matrix2, Vector2};

use super::{Cost, Flow};
use crate::model::{Neuron, State, StepInput};

/// Exponential Rosenbrock-Euler; see the [module](self) for the formula.
#[derive(Clone, Copy, Debug, Default)]
pub struct RosenbrockEuler;

/// φ(A) = (e^A − 1) A⁻¹.
fn phi(a: Matrix2<f64>) -> Matrix2<f64> {
    const TERMS: u32 = 14;
    let one = Matrix2::identity();
    // A norm of 1/2 leaves 0.5^14/15! < 1e-16; beyond 2^64 every number overflows.
    let doublings = (2.0 * a.abs().max()).log2().ceil().clamp(0.0, 64.0) as i32 + 1;
    let a = a * 0.5f64.powi(doublings);
    let mut phi = (2..=TERMS).rev().fold(one, |sum, k| one + a * sum / f64::from(k));
    let mut exponential = one + a * phi;
    for _ in 0..doublings {
        phi = (exponential + one) * phi * 0.5;
        exponential *= exponential;
    }
    phi
}

impl Flow for RosenbrockEuler {
    fn advance(&self, neuron: &Neuron, from: State, input: &StepInput<'_>) -> State {
        let (n, h) = (neuron, input.length());
        let State { v, u } = n.field(from, input.at(0.5));
        let jacobian = Matrix2::new(2.0 * n.k2 * from.v + n.k1, -1.0, n.a * n.b, -n.a * n.leak);
        let moved = phi(jacobian * h) * Vector2::new(v, u) * h;
        State { v: from.v + moved.x, u: from.u + moved.y }
    }

    fn cost(&self) -> Cost {
        // f 10, series 13·16, exponential 12, two doublings 2·28, product and sum 10.
        Cost::new(1, 296)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheme::evolution::phi1;

    #[test]
    fn phi_of_a_matrix_is_phi_of_its_eigenvalues() {
        // A = S diag(x, y) S⁻¹ with S = ((1, 1), (1, 2)): the products lose a few bits, doubling one each.
        for (x, y) in [(0.0, 0.0), (-0.3, 0.2), (5.0, -7.0), (-20.0, 1e-9)] {
            let s = Matrix2::new(1.0, 1.0, 1.0, 2.0);
            let inverse = Matrix2::new(2.0, -1.0, -1.0, 1.0);
            let of = |x: f64, y: f64| s * Matrix2::new(x, 0.0, 0.0, y) * inverse;
            let (found, expected) = (phi(of(x, y)), of(phi1(x), phi1(y)));
            let bound = 256.0 * f64::EPSILON * expected.abs().max();
            assert!((found - expected).abs().max() <= bound, "{x} {y}: {found} instead of {expected}");
        }
    }
}
