//! The program of 2004 (figure1.m), step for step.
//!
//! **Names:** `izhikevich-2004`.
//!
//! ```text
//! v ← v + τ (0.04 v² + 5 v + 140 − u + I(t_n))
//! u ← u + τ a (b v − u)                                   with the new v
//! if v > peak:  a spike;  v ← c,  u ← u + d               in the same step
//! ```
//!
//! Order 1: [`EulerSemiImplicit`](super::EulerSemiImplicit) with another rounding and a peak that must be passed, not met. The program
//! draws 30 mV where a spike was, whatever v had reached, and draws the state after a step at the step's start; here a spike has the
//! time of the end of its step, as with every other scheme. τ is 0.1 to 0.5 ms, panel by panel, and the program leaves out the very
//! edges of its pulses: see [`FiringPattern::published`](crate::model::FiringPattern::published).
//!
//! Source: the program published with E. M. Izhikevich, *Which model to use for cortical spiking neurons?*, IEEE Trans. Neural Networks
//! 15 (2004) 1063–1070, fig. 1.
//! **When not to use it:** to learn what the model does: some panels show the step (`experiments/src/patterns.rs`).

use super::Cost;
use super::grid_rule::{Cell, GridRule, Past, Scalar, Stepped};
use super::rule::Span;

/// The rule; see the [module](self).
#[derive(Clone, Copy, Debug, Default)]
pub struct Izhikevich2004;

impl GridRule for Izhikevich2004 {
    const COST: Cost = Cost::new(1, 13);

    #[inline(always)]
    fn step<N: Scalar>(self, cell: &Cell<N>, _: Past, [v, u]: [N; 2], span: &mut impl Span<N>) -> Stepped<N> {
        let c = &cell.coefficients;
        let v = v + span.dt() * c.dv_of_square(v, u, span.input(0.0));
        let u = u + c.du_over(span.dt(), v, u);
        cell.reset_if(v > cell.peak, [v, u])
    }
}
