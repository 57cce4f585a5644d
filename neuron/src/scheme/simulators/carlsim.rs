//! CARLsim, its neurons of 2003 (recorded with 6.1.0 on a CPU), in single precision.
//!
//! **Names:** `carlsim`, `carlsim-rk4`.
//!
//! ```text
//! f(v, u) = ((0.04 v + 5) v + 140 − u + I) h,   g(v, u) = a (b v − u) h
//! carlsim:      w = v + f(v, u)
//! carlsim-rk4:  w = v + (k1 + 2 k2 + 2 k3 + k4)/6,   with the stages of the classical Runge-Kutta method
//! then          if w > 30:  w ← c,  u ← u + d;   v ← max(w, −90)
//! carlsim:      u ← u + g(v, u)                             with the reset v
//! carlsim-rk4:  u ← u + (l1 + 2 l2 + 2 l3 + l4)/6           whose stages are of before the reset
//! ```
//!
//! Order 1 and 4 on smooth stretches. The step here is CARLsim's substep, 1/n ms (n = 2 by default). Its spikes are known to the ms alone:
//! each has the time of the end of its ms, and two in one ms are one. v is kept above −90 mV, which hides what strong inhibition does.
//! **When not to use them:** where a spike time matters to less than 1 ms, whatever the substep, or a neuron fires twice in one.

use crate::scheme::grid_rule::{Cell, GridRule, Past, Scalar, Stamp, Stepped};
use crate::scheme::rule::{Coefficients, Span};
use crate::scheme::{Cost, Euler, Rk4, Rule};

/// Forward Euler with u from the reset v, CARLsim's default.
#[derive(Clone, Copy, Debug, Default)]
pub struct Carlsim;

/// The classical Runge-Kutta method.
#[derive(Clone, Copy, Debug, Default)]
pub struct CarlsimRk4;

/// v is kept above it \[mV\].
const LEAST_V: f64 = -90.0;

/// v' dt.
#[inline(always)]
fn f<N: Scalar>(c: &Coefficients<N>, [v, u]: [N; 2], span: &impl Span<N>) -> N {
    ((c.k2 * v + c.k1) * v + c.k0 - u + span.input(0.0)) * span.dt()
}

/// u' dt.
#[inline(always)]
fn g<N: Scalar>(c: &Coefficients<N>, [v, u]: [N; 2], span: &impl Span<N>) -> N {
    c.du(v, u) * span.dt()
}

/// The step whose v has reached `reached`: with v and u after the reset, u to be moved.
#[inline(always)]
fn reset<N: Scalar>(cell: &Cell<N>, reached: N, u: N) -> Stepped<N> {
    let spike = reached > cell.peak;
    let [v, u] = cell.start(spike, [reached, u]);
    let state = [v.at_least(reached.constant(LEAST_V)), u];
    Stepped { state, reached, spike: spike.then_some(Stamp::Millisecond) }
}

impl GridRule for Carlsim {
    const COST: Cost = Euler::COST;

    #[inline(always)]
    fn step<N: Scalar>(self, cell: &Cell<N>, _: Past, [v, u]: [N; 2], span: &mut impl Span<N>) -> Stepped<N> {
        let c = &cell.coefficients;
        let mut stepped = reset(cell, v + f(c, [v, u], span), u);
        stepped.state[1] = stepped.state[1] + g(c, stepped.state, span);
        stepped
    }
}

impl GridRule for CarlsimRk4 {
    const COST: Cost = Rk4::COST;

    #[inline(always)]
    fn step<N: Scalar>(self, cell: &Cell<N>, _: Past, [v, u]: [N; 2], span: &mut impl Span<N>) -> Stepped<N> {
        let c = &cell.coefficients;
        let (two, sixth) = (v.constant(2.0), v.constant(1.0 / 6.0));
        let moved = |state: [N; 2]| [f(c, state, &*span), g(c, state, &*span)];
        let [k1, l1] = moved([v, u]);
        let [k2, l2] = moved([v + k1 / two, u + l1 / two]);
        let [k3, l3] = moved([v + k2 / two, u + l2 / two]);
        let [k4, l4] = moved([v + k3, u + l3]);
        let mut stepped = reset(cell, v + sixth * (k1 + two * k2 + two * k3 + k4), u);
        stepped.state[1] = stepped.state[1] + sixth * (l1 + two * l2 + two * l3 + l4);
        stepped
    }
}
