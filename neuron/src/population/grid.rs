//! Any [`Rule`] over lanes, with spikes on the grid: what simulators do.
//!
//! The step is the rule's own, and no multiply-add is fused, so that a neuron of a population is the neuron alone bit for bit, on every
//! processor. Where a rule has stages, one of them is made over all vectors of a block before the next ([`Span::stage`]): the step is
//! compiled once for each, and what does not belong to it falls away.
//! **When not to use it:** for spike times: a spike is late by up to dt, which leaves order 1.

use pulp::Simd;

use super::Real;
use super::block::{Aligned, BLOCK, Column, RESULTS, Results};
use super::kernel::{Kernel, SpikeLog, Step, StepSequence};
use crate::lanes::F;
use crate::scheme::rule::{Coefficients, Constant, Number, Rule, Span};
use crate::{Neuron, State};

/// A rule with spikes on the grid: as [`OnGrid`](crate::scheme::OnGrid), or with the reset at the next step where the rule says so.
#[derive(Clone, Copy, Debug)]
pub(super) struct Grid<R>(pub(super) R);

/// Numbers of a neuron: the coefficients of a step, then peak, c and d.
const PARAMETERS: usize = Coefficients::COUNT + 3;

/// Vectors below which a stage has no others to keep the processor busy with.
const FEW: usize = 4;

impl<S: Simd, T: Real> Number for F<S, T> {
    #[inline(always)]
    fn constant(self, x: f64) -> Self {
        self.of(x)
    }
}

/// A step of which one stage is made, from the results of the one before.
struct Staged<'a, S: Simd, T: Real> {
    simd: S,
    step: Constant<F<S, T>>,
    results: &'a mut Results<T>,
    /// The number of the vector.
    i: usize,
    /// The number of the stage to be made, whose results are kept.
    wanted: usize,
    /// The number of stages so far.
    stages: usize,
}

impl<S: Simd, T: Real> Span<F<S, T>> for Staged<'_, S, T> {
    #[inline(always)]
    fn dt(&self) -> F<S, T> {
        self.step.dt
    }

    #[inline(always)]
    fn input(&self, _theta: f64) -> F<S, T> {
        self.step.input
    }

    #[inline(always)]
    fn stage<const V: usize>(&mut self, mut values: [F<S, T>; V]) -> [F<S, T>; V] {
        self.stages += 1;
        // What finds no place is computed again.
        if V <= RESULTS {
            #[expect(clippy::needless_range_loop, reason = "one index into the values and the results")]
            for k in 0..V {
                if self.stages == self.wanted {
                    values[k] = F::load(self.simd, &self.results[k], self.i);
                } else if self.stages == self.wanted + 1 {
                    values[k].store(&mut self.results[k], self.i);
                }
            }
        }
        values
    }
}

impl<R: Rule> Grid<R> {
    /// Stage number `STAGE` of a step of all vectors; nothing where the rule has no such stage.
    #[inline(always)]
    fn stage<S: Simd, T: Real, const STAGE: usize>(
        self,
        simd: S,
        sequence: &StepSequence<'_, T, PARAMETERS>,
        dt: f64,
        results: &mut Results<T>,
    ) {
        if STAGE < R::STAGES {
            for i in 0..sequence.vectors {
                let (p, x) = sequence.load(simd, i);
                let step = Constant { dt: F::splat(simd, dt), input: F::load(simd, sequence.input, i) };
                self.smooth(&p, x, &mut Staged { simd, step, results, i, wanted: STAGE, stages: 0 });
            }
        }
    }

    /// (v, u) at the end of a step, spikes left out.
    #[inline(always)]
    fn smooth<S: Simd, T: Real>(
        self,
        &[a, b, b0, leak, k2, k1, k0, peak, c, d]: &[F<S, T>; PARAMETERS],
        [mut v, mut u]: [F<S, T>; 2],
        span: &mut impl Span<F<S, T>>,
    ) -> [F<S, T>; 2] {
        if R::RESETS_NEXT {
            let spiked = v.ge(peak);
            (v, u) = (spiked.select(c, v), spiked.select(u + d, u));
        }
        self.0.step(&Coefficients::from_array([a, b, b0, leak, k2, k1, k0]), [v, u], span)
    }
}

impl<T: Real, R: Rule> Kernel<T, PARAMETERS> for Grid<R> {
    const RESETS_NEXT: bool = R::RESETS_NEXT;
    const DEPENDS_ON_DT: bool = R::DEPENDS_ON_DT;

    fn parameters(&self, n: &Neuron, dt: f64) -> [f64; PARAMETERS] {
        let [a, b, b0, leak, k2, k1, k0] = self.0.coefficients(n, dt).to_array();
        [a, b, b0, leak, k2, k1, k0, n.peak, n.c, n.d]
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
        p: &[F<S, T>; PARAMETERS],
        x: [F<S, T>; 2],
        input: F<S, T>,
        dt: f64,
        log: &mut SpikeLog<'_, S, T>,
    ) -> [F<S, T>; 2] {
        let (simd, i, mut step) = (log.simd, log.i, Constant { dt: input.of(dt), input });
        let [v, u] = match &mut log.results {
            None => self.smooth(p, x, &mut step),
            Some(results) => self.smooth(p, x, &mut Staged { simd, step, results, i, wanted: R::STAGES, stages: 0 }),
        };
        let [.., peak, c, d] = *p;
        let spike = v.ge(peak);
        log.at_end(spike);
        if R::RESETS_NEXT { [v, u] } else { [spike.select(c, v), spike.select(u + d, u)] }
    }

    #[inline(always)]
    fn step_block<S: Simd>(
        &self,
        simd: S,
        sequence: &mut StepSequence<'_, T, PARAMETERS>,
        step: &Step<S, Self, T>,
        results: &mut Option<Box<Aligned<Results<T>>>>,
        at_end: &mut Column<T::Word>,
    ) -> F<S, T> {
        let mut lost = F::splat(simd, 0.0);
        if R::STAGES == 0 || sequence.vectors < FEW {
            for i in 0..sequence.vectors {
                lost = sequence.step_vector(simd, step, i, None, at_end, lost);
            }
            return lost;
        }
        if results.is_none() {
            *results = Some(Box::new(Aligned([[T::zero(); BLOCK]; RESULTS])));
        }
        let Some(results) = results else { return lost };
        let Aligned(results) = &mut **results;
        // Written out, so that the compiler sees each number.
        const { assert!(R::STAGES <= 4, "a rule of more stages than are written out here") };
        self.stage::<S, T, 0>(simd, sequence, step.dt, results);
        self.stage::<S, T, 1>(simd, sequence, step.dt, results);
        self.stage::<S, T, 2>(simd, sequence, step.dt, results);
        self.stage::<S, T, 3>(simd, sequence, step.dt, results);
        for i in 0..sequence.vectors {
            lost = sequence.step_vector(simd, step, i, Some(results), at_end, lost);
        }
        lost
    }
}
