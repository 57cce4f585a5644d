//! Euler, the split half-step and RK4 with spikes on the grid: what simulators do, here as the measure of the others.
//!
//! The order of operations is that of the same scheme alone ([`crate::scheme`]), and no multiply-add is fused, so that a neuron
//! of a population is the neuron alone bit for bit, on every processor. Formulas, orders and sources are in the schemes' files.
//! **When not to use them:** for spike times: a spike is late by up to dt, which leaves order 1.

use pulp::Simd;

use super::block::{Kernel, Log};
use super::lane::Lane;
use super::lanes::F;
use crate::{Neuron, State};

/// One step of the smooth equations from (v, u), spikes left out.
pub(super) trait Flow: std::fmt::Debug + Copy + Send + Sync {
    fn advance<S: Simd, T: Lane>(self, cell: &Cell<S, T>, v: F<S, T>, u: F<S, T>, dt: f64) -> [F<S, T>; 2];
}

/// The coefficients of the vector field, as in [`Neuron`], and the input.
pub(super) struct Cell<S: Simd, T: Lane> {
    a: F<S, T>,
    b: F<S, T>,
    b0: F<S, T>,
    leak: F<S, T>,
    k2: F<S, T>,
    k1: F<S, T>,
    k0: F<S, T>,
    input: F<S, T>,
}

impl<S: Simd, T: Lane> Cell<S, T> {
    /// As [`Neuron::dv`].
    #[inline(always)]
    fn dv(&self, v: F<S, T>, u: F<S, T>) -> F<S, T> {
        self.k2 * v * v + self.k1 * v + self.k0 - u + self.input
    }

    /// As [`Neuron::du`].
    #[inline(always)]
    fn du(&self, v: F<S, T>, u: F<S, T>) -> F<S, T> {
        self.a * (self.b * v + self.b0 - self.leak * u)
    }
}

/// A flow with spikes on the grid: as [`OnGrid`](crate::scheme::OnGrid).
#[derive(Clone, Copy, Debug)]
pub(super) struct Grid<R>(pub(super) R);

impl<T: Lane, R: Flow> Kernel<T, 10> for Grid<R> {
    fn parameters(&self, n: &Neuron) -> [f64; 10] {
        [n.a, n.b, n.b0, n.leak, n.k2, n.k1, n.k0, n.peak, n.c, n.d]
    }

    fn encode(&self, _: &Neuron, state: State) -> [f64; 2] {
        [state.v, state.u]
    }

    fn decode(&self, _: &Neuron, [v, u]: [f64; 2]) -> State {
        State { v, u }
    }

    #[inline(always)]
    fn step<S: Simd>(
        &self,
        &[a, b, b0, leak, k2, k1, k0, peak, c, d]: &[F<S, T>; 10],
        [v, u]: [F<S, T>; 2],
        input: F<S, T>,
        dt: f64,
        log: &mut Log<'_, S, T>,
    ) -> [F<S, T>; 2] {
        let [v, u] = self.0.advance(&Cell { a, b, b0, leak, k2, k1, k0, input }, v, u, dt);
        let spike = v.ge(peak);
        log.at_end(spike);
        [spike.select(c, v), spike.select(u + d, u)]
    }
}

/// As [`scheme::Euler`](crate::scheme::Euler).
#[derive(Clone, Copy, Debug)]
pub(super) struct Euler;

impl Flow for Euler {
    #[inline(always)]
    fn advance<S: Simd, T: Lane>(self, cell: &Cell<S, T>, v: F<S, T>, u: F<S, T>, dt: f64) -> [F<S, T>; 2] {
        let h = v.of(dt);
        [v + h * cell.dv(v, u), u + h * cell.du(v, u)]
    }
}

/// As [`scheme::HalfStep`](crate::scheme::HalfStep).
#[derive(Clone, Copy, Debug)]
pub(super) struct HalfStep;

impl Flow for HalfStep {
    #[inline(always)]
    fn advance<S: Simd, T: Lane>(self, cell: &Cell<S, T>, v: F<S, T>, u: F<S, T>, dt: f64) -> [F<S, T>; 2] {
        let (h, half) = (v.of(dt), v.of(0.5 * dt));
        let v = v + half * cell.dv(v, u);
        let v = v + half * cell.dv(v, u);
        [v, u + h * cell.du(v, u)]
    }
}

/// As [`RungeKutta::CLASSICAL`](crate::scheme::RungeKutta::CLASSICAL).
#[derive(Clone, Copy, Debug)]
pub(super) struct Rk4;

impl Flow for Rk4 {
    #[inline(always)]
    fn advance<S: Simd, T: Lane>(self, cell: &Cell<S, T>, v: F<S, T>, u: F<S, T>, dt: f64) -> [F<S, T>; 2] {
        let (h, half) = (v.of(dt), v.of(0.5 * dt));
        let (sixth, third) = (v.of(1.0 / 6.0), v.of(1.0 / 3.0));
        let (v1, u1) = (cell.dv(v, u), cell.du(v, u));
        let (x, y) = (v + v1 * half, u + u1 * half);
        let (v2, u2) = (cell.dv(x, y), cell.du(x, y));
        let (x, y) = (v + v2 * half, u + u2 * half);
        let (v3, u3) = (cell.dv(x, y), cell.du(x, y));
        let (x, y) = (v + v3 * h, u + u3 * h);
        let (v4, u4) = (cell.dv(x, y), cell.du(x, y));
        let v = v + (v1 * sixth + v2 * third + v3 * third + v4 * sixth) * h;
        let u = u + (u1 * sixth + u2 * third + u3 * third + u4 * sixth) * h;
        [v, u]
    }
}

/// As [`Nest`](crate::scheme::simulators::Nest) in its published form: the half-step, but for the order of the products in u.
#[derive(Clone, Copy, Debug)]
pub(super) struct NestPublished;

impl Flow for NestPublished {
    #[inline(always)]
    fn advance<S: Simd, T: Lane>(self, cell: &Cell<S, T>, v: F<S, T>, u: F<S, T>, dt: f64) -> [F<S, T>; 2] {
        let [v, _] = HalfStep.advance(cell, v, u, dt);
        let rate = v.of(dt) * cell.a;
        [v, u + rate * (cell.b * v + cell.b0 - cell.leak * u)]
    }
}
