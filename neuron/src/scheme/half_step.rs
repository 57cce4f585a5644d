//! The split half-step, as Izhikevich published it.
//!
//! **Names:** `half-step`.
//!
//! ```text
//! v  ← v + h/2 (k2 v² + k1 v + k0 − u + I(t_n))      twice, with the same u and I
//! u  ← u + h a (b v + b0 − leak u)                    with the new v
//! ```
//!
//! Order 1: v is better resolved ("for numerical stability", says the paper), u is still Euler and v sees an old u.
//! Source: the program in E. M. Izhikevich, IEEE Trans. Neural Networks 14 (2003) 1569–1572, where h = 1 ms and a spike is
//! reset at the start of the next step; resetting at the end of the step, as here, gives the same trajectory and spikes.
//! **When not to use it:** for spike times, and for strong inhibition: one step of a large negative input throws v so low
//! that the square in the second half makes it a spike.

use super::Cost;
use super::rule::{Coefficients, Number, Rule, Span};

/// Izhikevich's split half-step; see the [module](self) for the formula.
#[derive(Clone, Copy, Debug, Default)]
pub struct HalfStep;

impl Rule for HalfStep {
    const COST: Cost = Cost::new(2, 22);
    const STAGES: usize = 2;

    #[inline(always)]
    fn step<N: Number>(self, c: &Coefficients<N>, [v, u]: [N; 2], span: &mut impl Span<N>) -> [N; 2] {
        let v = half_steps(c, [v, u], span);
        [v, u + span.dt() * c.du(v, u)]
    }
}

/// v \[mV\] after the two halves of a step, with u and the input of its start.
#[inline(always)]
pub(super) fn half_steps<N: Number>(c: &Coefficients<N>, [v, u]: [N; 2], span: &mut impl Span<N>) -> N {
    let (half, input) = (span.fraction(1.0, 2.0), span.input(0.0));
    let [v] = span.stage([v + half * c.dv(v, u, input)]);
    let [v] = span.stage([v + half * c.dv(v, u, input)]);
    v
}
