//! Euler, the split half-step and RK4 with spikes on the grid: what simulators do, here as the measure of the others.
//!
//! The order of operations is that of the same scheme alone ([`crate::scheme`]), and no multiply-add is fused, so that a neuron
//! of a population is the neuron alone bit for bit, on every processor. Formulas, orders and sources are in the schemes' files.
//! **When not to use them:** for spike times: a spike is late by up to dt, which leaves order 1.

use pulp::Simd;

use super::block::{Kernel, Log, Notes};
use super::lane::Lane;
use super::lanes::F;
use crate::{Neuron, State};

/// One step of the smooth equations from (v, u), spikes left out, in passes: as [`Kernel`].
pub(super) trait Flow: std::fmt::Debug + Copy + Send + Sync {
    const PASSES: usize = 0;

    #[inline(always)]
    fn pass<S: Simd, T: Lane>(
        self,
        _pass: usize,
        _cell: &Cell<S, T>,
        _start: [F<S, T>; 2],
        _dt: f64,
        _notes: &mut Notes<'_, S, T>,
    ) {
    }

    /// (v, u) at the end of the step.
    fn end<S: Simd, T: Lane>(
        self,
        cell: &Cell<S, T>,
        start: [F<S, T>; 2],
        dt: f64,
        notes: &Notes<'_, S, T>,
    ) -> [F<S, T>; 2];
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
    /// From the parameters of [`Grid`].
    #[inline(always)]
    fn new(&[a, b, b0, leak, k2, k1, k0, ..]: &[F<S, T>; 10], input: F<S, T>) -> Self {
        Cell { a, b, b0, leak, k2, k1, k0, input }
    }

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

    const PASSES: usize = R::PASSES;

    #[inline(always)]
    fn pass<S: Simd>(
        &self,
        pass: usize,
        p: &[F<S, T>; 10],
        x: [F<S, T>; 2],
        input: F<S, T>,
        dt: f64,
        notes: &mut Notes<'_, S, T>,
    ) {
        self.0.pass(pass, &Cell::new(p, input), x, dt, notes);
    }

    #[inline(always)]
    fn step<S: Simd>(
        &self,
        p: &[F<S, T>; 10],
        x: [F<S, T>; 2],
        input: F<S, T>,
        dt: f64,
        log: &mut Log<'_, S, T>,
    ) -> [F<S, T>; 2] {
        let [.., peak, c, d] = *p;
        let [v, u] = self.0.end(&Cell::new(p, input), x, dt, &log.notes);
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
    fn end<S: Simd, T: Lane>(
        self,
        cell: &Cell<S, T>,
        [v, u]: [F<S, T>; 2],
        dt: f64,
        _: &Notes<'_, S, T>,
    ) -> [F<S, T>; 2] {
        let h = v.of(dt);
        [v + h * cell.dv(v, u), u + h * cell.du(v, u)]
    }
}

/// As [`scheme::HalfStep`](crate::scheme::HalfStep): a pass for each half step of v, the first note.
#[derive(Clone, Copy, Debug)]
pub(super) struct HalfStep;

impl Flow for HalfStep {
    const PASSES: usize = 2;

    #[inline(always)]
    fn pass<S: Simd, T: Lane>(
        self,
        pass: usize,
        cell: &Cell<S, T>,
        [v, u]: [F<S, T>; 2],
        dt: f64,
        notes: &mut Notes<'_, S, T>,
    ) {
        let v = if pass == 0 { v } else { notes.get(0) };
        notes.put(0, v + v.of(0.5 * dt) * cell.dv(v, u));
    }

    #[inline(always)]
    fn end<S: Simd, T: Lane>(
        self,
        cell: &Cell<S, T>,
        [_, u]: [F<S, T>; 2],
        dt: f64,
        notes: &Notes<'_, S, T>,
    ) -> [F<S, T>; 2] {
        let v = notes.get(0);
        [v, u + v.of(dt) * cell.du(v, u)]
    }
}

/// As [`RungeKutta::CLASSICAL`](crate::scheme::RungeKutta::CLASSICAL): a pass for each stage. The notes are the point of the next
/// stage and the sum of slopes so far, in v and in u.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rk4;

impl Flow for Rk4 {
    const PASSES: usize = 4;

    #[inline(always)]
    fn pass<S: Simd, T: Lane>(
        self,
        stage: usize,
        cell: &Cell<S, T>,
        [v, u]: [F<S, T>; 2],
        dt: f64,
        notes: &mut Notes<'_, S, T>,
    ) {
        let [x, y] = if stage == 0 { [v, u] } else { [notes.get(0), notes.get(1)] };
        let (dv, du) = (cell.dv(x, y), cell.du(x, y));
        let weight = v.of([1.0 / 6.0, 1.0 / 3.0, 1.0 / 3.0, 1.0 / 6.0][stage]);
        let (dv_part, du_part) = (dv * weight, du * weight);
        let first = stage == 0;
        notes.put(2, if first { dv_part } else { notes.get(2) + dv_part });
        notes.put(3, if first { du_part } else { notes.get(3) + du_part });
        if stage < 3 {
            let length = v.of([0.5 * dt, 0.5 * dt, dt][stage]);
            notes.put(0, v + dv * length);
            notes.put(1, u + du * length);
        }
    }

    #[inline(always)]
    fn end<S: Simd, T: Lane>(
        self,
        _: &Cell<S, T>,
        [v, u]: [F<S, T>; 2],
        dt: f64,
        notes: &Notes<'_, S, T>,
    ) -> [F<S, T>; 2] {
        let h = v.of(dt);
        [v + notes.get(2) * h, u + notes.get(3) * h]
    }
}

/// As [`Nest`](crate::scheme::simulators::Nest) in its published form: the half-step, but for the order of the products in u.
#[derive(Clone, Copy, Debug)]
pub(super) struct NestPublished;

impl Flow for NestPublished {
    const PASSES: usize = HalfStep::PASSES;

    #[inline(always)]
    fn pass<S: Simd, T: Lane>(
        self,
        pass: usize,
        cell: &Cell<S, T>,
        start: [F<S, T>; 2],
        dt: f64,
        notes: &mut Notes<'_, S, T>,
    ) {
        HalfStep.pass(pass, cell, start, dt, notes);
    }

    #[inline(always)]
    fn end<S: Simd, T: Lane>(
        self,
        cell: &Cell<S, T>,
        [_, u]: [F<S, T>; 2],
        dt: f64,
        notes: &Notes<'_, S, T>,
    ) -> [F<S, T>; 2] {
        let v = notes.get(0);
        let rate = v.of(dt) * cell.a;
        [v, u + rate * (cell.b * v + cell.b0 - cell.leak * u)]
    }
}

/// As [`Nest`](crate::scheme::simulators::Nest) in its consistent form: Euler, but for the order of the products in u.
#[derive(Clone, Copy, Debug)]
pub(super) struct NestConsistent;

impl Flow for NestConsistent {
    #[inline(always)]
    fn end<S: Simd, T: Lane>(
        self,
        cell: &Cell<S, T>,
        [v, u]: [F<S, T>; 2],
        dt: f64,
        _: &Notes<'_, S, T>,
    ) -> [F<S, T>; 2] {
        let h = v.of(dt);
        [v + h * cell.dv(v, u), u + h * cell.a * (cell.b * v + cell.b0 - cell.leak * u)]
    }
}
