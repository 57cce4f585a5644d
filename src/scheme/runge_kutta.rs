//! Explicit Runge-Kutta methods on y = (v, u), from their Butcher tableaux.
//!
//! ```text
//! k_i = f(y_n + h Σ_{j<i} a_ij k_j, I(t_n + c_i h)),    y_{n+1} = y_n + h Σ_i b_i k_i
//! ```
//!
//! Order 2 (`rk2`, `heun`) and 4 (`rk4`) on smooth stretches. With spikes on the grid the order over a spike train is 1
//! whatever the tableau; located spikes keep it. Flops: 10 an evaluation and 2 per component for each coefficient that is
//! not zero: 28 and 68 a step, the counts of de Alteriis & Oddo (2021).
//! **When not to use them:** `rk4` with spikes on the grid buys little over `rk2`: the grid is the error.

use nalgebra::Vector2;

use super::{ButcherTableau, Cost, Flow};
use crate::model::{Neuron, State, StepInput};

/// An explicit Runge-Kutta method; see the [module](self) for the formula.
#[derive(Clone, Copy, Debug)]
pub struct RungeKutta<const S: usize> {
    tableau: ButcherTableau<S>,
}

impl<const S: usize> RungeKutta<S> {
    /// The method of a tableau.
    pub const fn new(tableau: ButcherTableau<S>) -> Self {
        RungeKutta { tableau }
    }
}

impl RungeKutta<2> {
    /// The explicit midpoint rule.
    pub const MIDPOINT: Self = Self::new(super::tableau::MIDPOINT);
    /// Heun's method.
    pub const HEUN: Self = Self::new(super::tableau::HEUN);
}

impl RungeKutta<4> {
    /// The classical Runge-Kutta method.
    pub const CLASSICAL: Self = Self::new(super::tableau::CLASSICAL);
}

impl<const S: usize> Flow for RungeKutta<S> {
    #[inline]
    fn advance(&self, neuron: &Neuron, from: State, input: &StepInput<'_>) -> State {
        let h = input.length();
        let start = Vector2::new(from.v, from.u);
        let mut k = [Vector2::zeros(); S];
        for i in 0..S {
            let mut y = start;
            for (a, k) in self.tableau.a[i].iter().zip(&k[..i]) {
                if *a != 0.0 {
                    y += k * (h * a);
                }
            }
            let rate = neuron.field(State::new(y.x, y.y), input.at(self.tableau.c[i]));
            k[i] = Vector2::new(rate.v, rate.u);
        }
        let end = start + k.iter().zip(&self.tableau.b).map(|(k, b)| k * *b).sum::<Vector2<f64>>() * h;
        State::new(end.x, end.y)
    }

    fn cost(&self) -> Cost {
        Cost::new(S as u64, S as u64 * Cost::FIELD + 4 * self.tableau.nonzero_coefficients())
    }
}
