//! Euler, the split half-step and RK4 with spikes on the grid, rearranged and with fused multiply-adds: as fast as they can be had.
//!
//! The steps are those of `euler`, `half-step` and `rk4` on (W, K) (`model::normal_form`), which is affine in (v, u), so that they
//! are the same numbers but for rounding. In units of time τ = h (Euler) or h/2, y = τ W and κ = τ² K, the equations have three
//! coefficients:
//!
//! ```text
//! y' = y² + κ                     κ' = ε − α̂ κ − β̂ y           α̂ = τ α,  β̂ = τ² β,  ε = τ³ E
//!
//! Euler:      y ← y + (y² + κ),            κ ← (1 − α̂) κ − β̂ y + ε      at the old y
//! half-step:  y ← y + (y² + κ), twice,     κ ← (1 − 2α̂) κ − 2β̂ y + 2ε   at the new y
//! ```
//!
//! RK4 has the step 2 and is written as ever. A spike is y ≥ τ W_p; then y ← τ W_c, κ ← κ − τ² k2 d. Every operation is a
//! multiply-add or an addition: 4, 6 and 26 of them, and 3 for a reset, where the plain forms have 16, 25 and 72.
//!
//! **Rounding**: of y relative to v + k1/(2 k2) (62.5 mV less than v in magnitude at −125 mV, zero at −62.5 mV), of κ relative to
//! v' without its square: below that of the plain forms, which round terms of hundreds of mV/ms.
//!
//! **When not to use them:** where the numbers have to be those of another program or processor bit for bit: a multiply-add is
//! one rounding where the processor fuses it and two where not. And, as all schemes on the grid, for spike times.

use pulp::Simd;

use super::Real;
use super::block::{Aligned, BLOCK, Column, Results};
use super::kernel::{Kernel, SpikeLog, StepSequence};
use super::normal::{self, System};
use crate::lanes::{F, Mask, Steps};

/// A step of the smooth equations in its unit of time, spikes left out.
pub(super) trait Flow: std::fmt::Debug + Copy + Send + Sync + 'static {
    /// The unit of time as a part of the step.
    const UNIT: f64;

    /// Steps of a vector at one visit, of one narrower than 64 bytes and of one of 64: the more, the less is read and written, and the
    /// longer the chain of operations that wait for each other.
    const AT_ONCE: [usize; 2];

    /// The numbers that a step needs, from (−α̂, −β̂, ε).
    #[inline(always)]
    fn keep<S: Simd, T: Real>(rates: [F<S, T>; 3]) -> [F<S, T>; 3] {
        rates
    }

    /// (y, κ) at the end of the step, from what it keeps.
    fn end<S: Simd, T: Real>(kept: [F<S, T>; 3], start: [F<S, T>; 2]) -> [F<S, T>; 2];
}

/// The fused form of `euler`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Euler;

impl Flow for Euler {
    const UNIT: f64 = 1.0;
    const AT_ONCE: [usize; 2] = [2, 2];

    #[inline(always)]
    fn keep<S: Simd, T: Real>([a, b, e]: [F<S, T>; 3]) -> [F<S, T>; 3] {
        [a.of(1.0) + a, b, e]
    }

    #[inline(always)]
    fn end<S: Simd, T: Real>([a, b, e]: [F<S, T>; 3], [y, k]: [F<S, T>; 2]) -> [F<S, T>; 2] {
        [y + y.fma(y, k), a.fma(k, b.fma(y, e))]
    }
}

/// The fused form of `half-step`.
#[derive(Clone, Copy, Debug)]
pub(super) struct HalfStep;

impl Flow for HalfStep {
    const UNIT: f64 = 0.5;
    const AT_ONCE: [usize; 2] = [1, 2];

    #[inline(always)]
    fn keep<S: Simd, T: Real>([a, b, e]: [F<S, T>; 3]) -> [F<S, T>; 3] {
        [a.of(2.0).fma(a, a.of(1.0)), b + b, e + e]
    }

    #[inline(always)]
    fn end<S: Simd, T: Real>([a, b, e]: [F<S, T>; 3], [y, k]: [F<S, T>; 2]) -> [F<S, T>; 2] {
        let y = y + y.fma(y, k);
        let y = y + y.fma(y, k);
        [y, a.fma(k, b.fma(y, e))]
    }
}

/// The fused form of `rk4`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rk4;

impl Flow for Rk4 {
    const UNIT: f64 = 0.5;
    const AT_ONCE: [usize; 2] = [1, 1];

    #[inline(always)]
    fn end<S: Simd, T: Real>([a, b, e]: [F<S, T>; 3], [y, k]: [F<S, T>; 2]) -> [F<S, T>; 2] {
        let rates = [a, b, e];
        let two = y.of(2.0);
        let [y1, k1] = field(rates, y, k);
        let [y2, k2] = field(rates, y + y1, k + k1);
        let [y3, k3] = field(rates, y + y2, k + k2);
        let [y4, k4] = field(rates, two.fma(y3, y), two.fma(k3, k));
        [end(y, [y1, y2, y3, y4]), end(k, [k1, k2, k3, k4])]
    }
}

/// (y', κ') from (−α̂, −β̂, ε).
#[inline(always)]
fn field<S: Simd, T: Real>([a, b, e]: [F<S, T>; 3], y: F<S, T>, k: F<S, T>) -> [F<S, T>; 2] {
    [y.fma(y, k), a.fma(k, b.fma(y, e))]
}

/// The end of a step of length 2 by RK4.
#[inline(always)]
fn end<S: Simd, T: Real>(x: F<S, T>, slopes: [F<S, T>; 4]) -> F<S, T> {
    let [x1, x2, x3, x4] = slopes;
    x.of(1.0 / 3.0).fma(x.of(2.0).fma(x2 + x3, x1 + x4), x)
}

/// A flow with spikes on the grid.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fused<R>(pub(super) R);

/// Steps after which is looked whether a lane has left the finite numbers: a whole number of words.
const LOOK: u64 = 128;

/// The number of columns that [`Scaled`] takes.
const COLUMNS: usize = 6;

/// A neuron in the unit of time of a flow, over steps of one length under one input.
#[derive(Clone, Copy)]
struct Scaled<S: Simd, T: Real> {
    kept: [F<S, T>; 3],
    peak: F<S, T>,
    reset: F<S, T>,
    jump: F<S, T>,
}

/// The unit of time and the square of it.
#[derive(Clone, Copy)]
struct Unit<S: Simd, T: Real>(F<S, T>, F<S, T>);

impl<S: Simd, T: Real> Unit<S, T> {
    #[inline(always)]
    fn new<R: Flow>(simd: S, dt: f64) -> Self {
        let unit = R::UNIT * dt;
        Unit(F::splat(simd, unit), F::splat(simd, unit * unit))
    }

    /// (y, κ) of (W, K).
    #[inline(always)]
    fn scale(self, [w, k]: [F<S, T>; 2]) -> [F<S, T>; 2] {
        [w * self.0, k * self.1]
    }
}

impl<S: Simd, T: Real> Scaled<S, T> {
    #[inline(always)]
    fn new<R: Flow>(system: &System<S, T>, unit: Unit<S, T>) -> Self {
        let Unit(first, second) = unit;
        let kept = R::keep([-system.alpha * first, -system.beta * second, system.source * first * second]);
        Scaled { kept, peak: system.peak * first, reset: system.reset * first, jump: system.jump * second }
    }

    /// One step, and the lanes that spike at its end.
    #[inline(always)]
    fn step<R: Flow>(&self, x: [F<S, T>; 2]) -> ([F<S, T>; 2], Mask<S, T>) {
        let [y, k] = R::end(self.kept, x);
        let spike = y.ge(self.peak);
        ([spike.select(self.reset, y), k - spike.select(self.jump, k.of(0.0))], spike)
    }

    #[inline(always)]
    fn load(simd: S, columns: &[Column<T>; COLUMNS], i: usize) -> Self {
        let [a, b, e, peak, reset, jump] = columns;
        Scaled {
            kept: [F::load(simd, a, i), F::load(simd, b, i), F::load(simd, e, i)],
            peak: F::load(simd, peak, i),
            reset: F::load(simd, reset, i),
            jump: F::load(simd, jump, i),
        }
    }

    #[inline(always)]
    fn store(self, columns: &mut [Column<T>; COLUMNS], i: usize) {
        let [a, b, e] = self.kept;
        for (column, x) in columns.iter_mut().zip([a, b, e, self.peak, self.reset, self.jump]) {
            x.store(column, i);
        }
    }
}

impl<T: Real, R: Flow> Kernel<T, { normal::PARAMETERS }> for Fused<R> {
    const WIDE: bool = true;

    normal::in_normal_form!();

    #[inline(always)]
    fn step<S: Simd>(
        &self,
        p: &[F<S, T>; normal::PARAMETERS],
        [w, q]: [F<S, T>; 2],
        input: F<S, T>,
        dt: f64,
        log: &mut SpikeLog<'_, S, T>,
    ) -> [F<S, T>; 2] {
        let system = System::new(p, input);
        let unit = Unit::new::<R>(log.simd, dt);
        let (x, spike) = Scaled::new::<R>(&system, unit).step::<R>(unit.scale([w, system.k(q)]));
        log.at_end(spike);
        unscale::<R, S, T>(&system, x, dt)
    }

    #[inline(always)]
    fn march<S: Simd>(
        &self,
        simd: S,
        sequence: &mut StepSequence<'_, T, { normal::PARAMETERS }>,
        results: &mut Option<Box<Aligned<Results<T>>>>,
    ) {
        let clock = sequence.clock;
        if clock.steps == 1 {
            // Nothing to keep: scaled on the way.
            sequence.step_by_step(simd, *self, results);
            return;
        }
        let unit = Unit::new::<R>(simd, clock.dt);
        let mut columns = Aligned([[T::zero(); BLOCK]; COLUMNS]);
        for i in 0..sequence.vectors {
            let (p, [w, q]) = sequence.load(simd, i);
            let system = System::new(&p, F::load(simd, sequence.input, i));
            Scaled::new::<R>(&system, unit).store(&mut columns.0, i);
            put(sequence, i, unit.scale([w, system.k(q)]));
        }
        let wide = T::lanes::<S>() * size_of::<T>() == 64;
        let at_once = R::AT_ONCE[usize::from(wide)] as u64;
        let mut done = 0;
        while done < clock.steps {
            let steps = (clock.steps - done).min(LOOK);
            let (before, words) = (sequence.block.x, sequence.at_ends.len());
            let mut look = false;
            loop {
                let mut at_end = Aligned([T::Word::default(); BLOCK]);
                let mut k = 0;
                while k < steps {
                    let left = (steps - k).min(T::DIGITS - k % T::DIGITS);
                    if at_once > 1 && at_once <= left && !look {
                        visit::<R, S, T>(simd, sequence, &columns.0, &mut at_end.0, k % T::DIGITS, at_once);
                        k += at_once;
                    } else {
                        visit::<R, S, T>(simd, sequence, &columns.0, &mut at_end.0, k % T::DIGITS, 1);
                        k += 1;
                    }
                    if look {
                        sequence.block.mark(clock.start(clock.first + done + k));
                    }
                    if k % T::DIGITS == 0 || k == steps {
                        sequence.at_ends.push(at_end);
                        at_end = Aligned([T::Word::default(); BLOCK]);
                    }
                }
                if look || !has_new_losses(simd, sequence) {
                    break;
                }
                // What is not finite stays so: once more, to see in which step it began.
                sequence.block.x = before;
                sequence.at_ends.truncate(words);
                look = true;
            }
            done += steps;
        }
        for i in 0..sequence.vectors {
            let (p, x) = sequence.load(simd, i);
            let system = System::new(&p, F::load(simd, sequence.input, i));
            put(sequence, i, unscale::<R, S, T>(&system, x, clock.dt));
        }
    }
}

/// Whether a lane has left the finite numbers of which that is not noted yet.
#[inline(always)]
fn has_new_losses<S: Simd, T: Real, const P: usize>(simd: S, sequence: &StepSequence<'_, T, P>) -> bool {
    let mut lost = F::splat(simd, 0.0);
    for i in 0..sequence.vectors {
        lost = F::load(simd, &sequence.block.x[0], i).fma(F::load(simd, &sequence.block.x[1], i), lost);
    }
    lost.is_finite().not().any() && sequence.block.has_new_losses()
}

/// (W, Q) of (y, κ).
#[inline(always)]
fn unscale<R: Flow, S: Simd, T: Real>(system: &System<S, T>, [y, k]: [F<S, T>; 2], dt: f64) -> [F<S, T>; 2] {
    let unit = 1.0 / (R::UNIT * dt);
    [y * y.of(unit), system.q(k * y.of(unit * unit))]
}

/// The numbers of vector `i` are `x` from now on.
#[inline(always)]
fn put<S: Simd, T: Real, const P: usize>(sequence: &mut StepSequence<'_, T, P>, i: usize, [y, k]: [F<S, T>; 2]) {
    y.store(&mut sequence.block.x[0], i);
    k.store(&mut sequence.block.x[1], i);
}

/// `steps` steps of all vectors, the first with digit `k`.
#[inline(always)]
fn visit<R: Flow, S: Simd, T: Real>(
    simd: S,
    sequence: &mut StepSequence<'_, T, { normal::PARAMETERS }>,
    columns: &[Column<T>; COLUMNS],
    at_end: &mut Column<T::Word>,
    k: u64,
    steps: u64,
) {
    for i in 0..sequence.vectors {
        let scaled = Scaled::load(simd, columns, i);
        let mut x = [F::load(simd, &sequence.block.x[0], i), F::load(simd, &sequence.block.x[1], i)];
        let mut at = Steps::load(simd, at_end, i);
        for step in 0..steps {
            let (next, spike) = scaled.step::<R>(x);
            at = at.mark(spike, Steps::only(simd, k + step));
            x = next;
        }
        at.store(at_end, i);
        put(sequence, i, x);
    }
}
