//! Parker-Sochacki: the power series of the solution, order by order, at a fixed step.
//!
//! **Names:** `parker-sochacki-4`, `parker-sochacki-8`, `parker-sochacki-12`.
//!
//! ```text
//! v_{k+1} = (k2 Σ_{j≤k} v_j v_{k−j} + k1 v_k + k0 δ_{k0} − u_k + I_k)/(k + 1),   u_{k+1} = a (b v_k + b0 δ_{k0} − leak u_k)/(k + 1)
//! v(h) = Σ_{k≤N} v_k h^k,   u(h) = Σ_{k≤N} u_k h^k
//! ```
//!
//! Order N, the number in the name, of any size by [`ParkerSochacki::new`]. The input enters by its own series, so that a step is split
//! where the input jumps, and a jump costs no order. `taylor` is the same series with order and step from a tolerance.
//! Source: G. E. Parker, J. S. Sochacki, Neural, Parallel & Scientific Computations 4 (1996) 97–114; R. Stewart, W. Bair, J. Comput.
//! Neurosci. 27 (2009) 115–133 for this neuron.
//! **When not to use it:** at steps where the upstroke is shorter than the step: the series of v ends at its pole. `projective-N` sums the
//! series of the linear form, which has none.

use super::{Cost, Flow};
use crate::model::{Neuron, State, StepInput};

/// The power series at a fixed order; see the [module](self) for the formula.
#[derive(Clone, Copy, Debug)]
pub struct ParkerSochacki {
    order: usize,
}

impl ParkerSochacki {
    /// The highest order: beyond it a step of a power series gains less than it costs.
    pub const MOST: usize = 32;

    /// The rule of `order`, 1 to [`MOST`](Self::MOST): what is outside is taken for the nearest.
    pub fn new(order: usize) -> Self {
        ParkerSochacki { order: order.clamp(1, Self::MOST) }
    }

    /// The state after `h` ms under the smooth piece of input with which `input` begins.
    fn smooth(self, n: &Neuron, from: State, input: &StepInput<'_>, h: f64) -> State {
        let (mut v, mut u, mut i) = ([0.0; Self::MOST + 1], [0.0; Self::MOST + 1], [0.0; Self::MOST + 1]);
        (v[0], u[0]) = (from.v, from.u);
        let known = input.series(&mut i[..self.order]);
        i[known..].fill(0.0);
        for k in 0..self.order {
            let square: f64 = (0..=k).map(|j| v[j] * v[k - j]).sum();
            let (k0, b0) = if k == 0 { (n.k0, n.b0) } else { (0.0, 0.0) };
            let next = (k + 1) as f64;
            v[k + 1] = (n.k2 * square + n.k1 * v[k] + k0 - u[k] + i[k]) / next;
            u[k + 1] = n.a * (n.b * v[k] + b0 - n.leak * u[k]) / next;
        }
        let sum = |series: &[f64]| series[..=self.order].iter().rev().fold(0.0, |sum, term| sum * h + term);
        State { v: sum(&v), u: sum(&u) }
    }
}

impl Flow for ParkerSochacki {
    fn advance(&self, neuron: &Neuron, from: State, input: &StepInput<'_>) -> State {
        let (mut state, mut rest) = (from, *input);
        loop {
            let h = rest.smooth_length();
            state = self.smooth(neuron, state, &rest, h);
            if h == rest.length() {
                return state;
            }
            rest = rest.part(h / rest.length(), rest.length() - h);
        }
    }

    fn cost(&self) -> Cost {
        // Products and sums of a square 2k + 1, 12 more for each order, 4 to sum it.
        let n = self.order as u64;
        Cost::new(n, n * n + 16 * n)
    }
}
