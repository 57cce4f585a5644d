//! Brian2 (recorded with 2.9): its state updaters `euler`, `rk2` (midpoint) and `rk4` on (v, u), then the threshold and the
//! reset at the end of the step.
//!
//! **Names:** `brian2-euler`, `brian2-rk2`, `brian2-rk4`, `brian2-rk4-array`.
//!
//! ```text
//! euler:  y ← y + dt f(y)
//! rk2:    k = dt f(y);                         y ← y + dt f(y + k/2)
//! rk4:    k1 = dt f(y), k2 = dt f(y + k1/2), k3 = dt f(y + k2/2), k4 = dt f(y + k3);   y ← y + (k1 + 2 k2 + 2 k3 + k4)/6
//! then    if v ≥ 30:  v ← c,  u ← u + d
//! ```
//!
//! Brian2's input is constant over a step where it is a variable: all stages use I(t_n), where [`Rk4`] samples it
//! at the stage. For an input that varies its rk2 and rk4 are of order 1. Where it is a function in the equations each stage samples it at
//! its own time, so that with an array of values (`TimedArray`) of the step's own spacing the last stage of rk4 sees the
//! next value, a step early: `brian2-rk4-array`. (rk2 ends at the middle, and sees the value of the step.)
//! A refractory period (`unless refractory` after v') is counted from
//! the start of the step that spikes, rounded down to whole steps: v is held in the ⌊period/dt⌋ − 1 steps after it.
//! **When not to use them:** with the grid's spikes the order over a train is 1; see `rk4+located`.

use crate::scheme::rule::{Coefficients, Number, Rule, Span};
use crate::scheme::{Cost, Midpoint, Rk4};

/// `rk2`: the midpoint rule under the input of the start. (`euler` is [`Euler`](crate::scheme::Euler).)
#[derive(Clone, Copy, Debug, Default)]
pub struct Brian2Rk2;

/// `rk4`: increments dt·f, summed and then divided by 6, under the input of the start.
#[derive(Clone, Copy, Debug, Default)]
pub struct Brian2Rk4;

/// `rk4` under an array of inputs, whose last stage sees the next value.
#[derive(Clone, Copy, Debug, Default)]
pub struct Brian2Rk4Array;

/// A step under the input of its start.
struct Held<'a, S>(&'a mut S);

impl<N: Number, S: Span<N>> Span<N> for Held<'_, S> {
    #[inline(always)]
    fn dt(&self) -> N {
        self.0.dt()
    }

    #[inline(always)]
    fn input(&self, _theta: f64) -> N {
        self.0.input(0.0)
    }

    #[inline(always)]
    fn stage<const V: usize>(&mut self, values: [N; V]) -> [N; V] {
        self.0.stage(values)
    }
}

impl Rule for Brian2Rk2 {
    const COST: Cost = Midpoint::COST;
    const STAGES: usize = Midpoint::STAGES;

    #[inline(always)]
    fn step<N: Number>(self, c: &Coefficients<N>, state: [N; 2], span: &mut impl Span<N>) -> [N; 2] {
        Midpoint.step(c, state, &mut Held(span))
    }
}

impl Rule for Brian2Rk4 {
    const COST: Cost = Rk4::COST;
    const STAGES: usize = Rk4::STAGES;

    #[inline(always)]
    fn step<N: Number>(self, c: &Coefficients<N>, state: [N; 2], span: &mut impl Span<N>) -> [N; 2] {
        let input = span.input(0.0);
        increments(c, state, [input; 3], span)
    }
}

impl Rule for Brian2Rk4Array {
    const COST: Cost = Rk4::COST;
    const STAGES: usize = Rk4::STAGES;

    #[inline(always)]
    fn step<N: Number>(self, c: &Coefficients<N>, state: [N; 2], span: &mut impl Span<N>) -> [N; 2] {
        let inputs = [span.input(0.0), span.input(0.5), span.input_after()];
        increments(c, state, inputs, span)
    }
}

/// A step of rk4 under the inputs of its start, middle and end.
#[inline(always)]
fn increments<N: Number>(
    c: &Coefficients<N>,
    [v, u]: [N; 2],
    [start, middle, end]: [N; 3],
    span: &mut impl Span<N>,
) -> [N; 2] {
    let dt = span.dt();
    let (half, two, six) = (dt.constant(0.5), dt.constant(2.0), dt.constant(6.0));
    let (v1, u1) = (dt * c.dv(v, u, start), dt * c.du(v, u));
    let [y, z, p, q] = span.stage([v + half * v1, u + half * u1, v1, u1]);
    let (v2, u2) = (dt * c.dv(y, z, middle), dt * c.du(y, z));
    let [y, z, p, q] = span.stage([v + half * v2, u + half * u2, p + two * v2, q + two * u2]);
    let (v3, u3) = (dt * c.dv(y, z, middle), dt * c.du(y, z));
    let [y, z, p, q] = span.stage([v + v3, u + u3, p + two * v3, q + two * u3]);
    let (v4, u4) = (dt * c.dv(y, z, end), dt * c.du(y, z));
    let [p, q] = span.stage([p + v4, q + u4]);
    [v + p / six, u + q / six]
}
