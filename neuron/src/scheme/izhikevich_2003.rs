//! The program of 2003 (net.m), step for step.
//!
//! **Names:** `izhikevich-2003`.
//!
//! ```text
//! if v ≥ peak:  a spike at t_n;  v ← c,  u ← u + d        at the start of the step
//! v ← v + 0.5 h (0.04 v² + 5 v + 140 − u + I)             twice, with the u and I of the start
//! u ← u + h a (b v − u)                                   with the new v
//! ```
//!
//! Order 1. Published with h = 1 ms, where 0.5 h is its "step 0.5 ms". The trajectory is that of [`HalfStep`](super::HalfStep) to
//! rounding; what differs is when a spike is seen. A v above the peak stands until the next step begins, and only then is it a spike,
//! is it reset, and do its weights act. A v above the peak at the end of a run is therefore no spike yet. (The program counts its
//! steps from 1: what it prints as t is t_n/h + 1.)
//!
//! Source: the program in E. M. Izhikevich, *Simple model of spiking neurons*, IEEE Trans. Neural Networks 14 (2003) 1569–1572.
//! **When not to use it:** for anything but his network's figure. See [`HalfStep`](super::HalfStep) for what its step does.

use super::Cost;
use super::grid_rule::{Cell, GridRule, Past, Scalar, Stamp, Stepped};
use super::rule::{Rule, Span};
use super::simulators::IzhikevichNodes;

/// The rule; see the [module](self).
#[derive(Clone, Copy, Debug, Default)]
pub struct Izhikevich2003;

impl GridRule for Izhikevich2003 {
    const COST: Cost = IzhikevichNodes::COST;

    #[inline(always)]
    fn step<N: Scalar>(self, cell: &Cell<N>, _: Past, state: [N; 2], span: &mut impl Span<N>) -> Stepped<N> {
        let spike = state[0] >= cell.peak;
        // BindsNET does these operations in this order, too.
        let [v, u] = IzhikevichNodes.step(&cell.coefficients, cell.start(spike, state), span);
        Stepped { state: [v, u], reached: v, spike: spike.then_some(Stamp::Start) }
    }
}
