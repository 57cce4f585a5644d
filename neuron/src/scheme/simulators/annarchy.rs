//! ANNarchy, `Izhikevich` (recorded with 5.0.4.1), and jNeuroML, `izhikevichCell` (recorded with 0.14.0; PyLEMS 0.6.9 does the same).
//!
//! **Names:** `annarchy`, `jneuroml`.
//!
//! ```text
//! v1 = v + h (0.04 v² + 5 v + 140 − u + I),   u1 = u + h a (b v − u)      with the old v
//! if v1 > 30:  v ← c,  u ← u1 + d             in the same step
//! ```
//!
//! Order 1: forward Euler with a peak that must be passed, where NEST's and Brian2's must be met; they differ where v is exactly 30.
//! ANNarchy's compiler may reorder sums, and jNeuroML computes in SI units and writes 8 digits: neither is met to the last bit. jNeuroML's
//! row 0 is the start, PyLEMS labels the state after the first step so.
//! **When not to use them:** as `euler`.

use crate::scheme::grid_rule::{Cell, GridRule, Past, Scalar, Stepped};
use crate::scheme::rule::Span;
use crate::scheme::{Cost, Euler, Rule};

/// The rule; see the [module](self).
#[derive(Clone, Copy, Debug, Default)]
pub struct EulerAbovePeak;

impl GridRule for EulerAbovePeak {
    const COST: Cost = Euler::COST;

    #[inline(always)]
    fn step<N: Scalar>(self, cell: &Cell<N>, _: Past, state: [N; 2], span: &mut impl Span<N>) -> Stepped<N> {
        let [v, u] = Euler.step(&cell.coefficients, state, span);
        cell.reset_if(v > cell.peak, [v, u])
    }
}
