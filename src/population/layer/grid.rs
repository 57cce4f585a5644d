//! Neurons under a rule with spikes on the grid, in blocks of columns.

use std::sync::Arc;

use pulp::{Arch, Simd, WithSimd};

use super::cells::Cells;
use crate::Neuron;
use crate::instructions::dispatch_256;
use crate::population::clock::Clock;
use crate::population::real::Real;
use crate::population::spike::Spike;
use crate::scheme::rule::{Coefficients, Constant, Rule};

/// Neurons in a block: several vectors of any processor, so that the compiler writes no remainder.
const BLOCK: usize = 32;

type Column<T> = [T; BLOCK];

/// Numbers of a neuron: the coefficients of a step, then peak, c and d.
const PARAMETERS: usize = Coefficients::COUNT + 3;

/// The numbers that a rule needs of the neurons of a block; the rows of a batch share them.
#[derive(Debug)]
struct Constants<T> {
    parameters: [Column<T>; PARAMETERS],
}

/// The state of the neurons of a block.
#[derive(Clone, Debug)]
struct Block<T> {
    v: Column<T>,
    u: Column<T>,
}

/// The neurons of a shard under the rule R.
pub(super) struct Grid<T, R> {
    rule: R,
    constants: Arc<[Constants<T>]>,
    blocks: Vec<Block<T>>,
    n: usize,
    lbound: T,
    /// The end \[ms\] of the step in which each left the finite numbers; not a number where it has not.
    diverged_at: Vec<f64>,
}

impl<T: Real, R: Rule> Grid<T, R> {
    /// The rows of a batch: `neurons` at rest, `rows` times.
    pub(super) fn rows(
        rule: R,
        neurons: &[Neuron],
        dt: f64,
        lbound: Option<f64>,
        rows: usize,
    ) -> Vec<Box<dyn Cells<T>>> {
        let constants = Self::constants(rule, neurons, dt);
        let blocks = vec![Block { v: [T::zero(); BLOCK], u: [T::zero(); BLOCK] }; constants.len()];
        let n = neurons.len();
        let lbound = lbound.map_or(T::neg_infinity(), T::of);
        let row = |_| {
            let (constants, blocks) = (constants.clone(), blocks.clone());
            Box::new(Grid { rule, constants, blocks, n, lbound, diverged_at: vec![f64::NAN; n] }) as Box<dyn Cells<T>>
        };
        (0..rows).map(row).collect()
    }

    /// What the rule keeps of `neurons`.
    fn constants(rule: R, neurons: &[Neuron], dt: f64) -> Arc<[Constants<T>]> {
        neurons
            .chunks(BLOCK)
            .map(|neurons| {
                let mut parameters = [[T::zero(); BLOCK]; PARAMETERS];
                for lane in 0..BLOCK {
                    // Lanes without a neuron repeat the last one.
                    let neuron = &neurons[lane.min(neurons.len() - 1)];
                    let coefficients = rule.coefficients(neuron, dt).to_array();
                    let all = coefficients.into_iter().chain([neuron.peak, neuron.c, neuron.d]);
                    for (column, value) in parameters.iter_mut().zip(all) {
                        column[lane] = T::of(value);
                    }
                }
                Constants { parameters }
            })
            .collect()
    }
}

impl<T: Real, R: Rule> Cells<T> for Grid<T, R> {
    fn step(&mut self, input: &[T], clock: Clock, spikes: &mut Vec<Spike>) {
        dispatch_256(Arch::new(), Step { grid: self, input, clock, spikes });
    }

    fn jump(&mut self, jumps: &[T], end: f64, spikes: &mut Vec<Spike>) {
        for (i, jump) in jumps.iter().enumerate() {
            let [.., peak, c, d] = self.constants[i / BLOCK].parameters.map(|column| column[i % BLOCK]);
            let (v, mut u) = self.get(i);
            // A v at the peak is there to be seen until the reset, which takes the jump away.
            if *jump == T::zero() || !self.diverged_at[i].is_nan() || v >= peak {
                continue;
            }
            let mut v = v + *jump;
            if v >= peak {
                spikes.push(Spike { neuron: i as u32, t: end });
                if !R::RESETS_NEXT {
                    (v, u) = (c, u + d);
                }
            }
            v = if v < self.lbound { self.lbound } else { v };
            self.set(i, v, u);
            if is_lost(v, u) {
                self.diverged_at[i] = end;
            }
        }
    }

    fn get(&self, i: usize) -> (T, T) {
        let block = &self.blocks[i / BLOCK];
        (block.v[i % BLOCK], block.u[i % BLOCK])
    }

    fn set(&mut self, i: usize, v: T, u: T) {
        self.diverged_at[i] = f64::NAN;
        // With the last one, the lanes that repeat it.
        let last = if i + 1 == self.n { self.blocks.len() * BLOCK } else { i + 1 };
        for lane in i..last {
            let block = &mut self.blocks[lane / BLOCK];
            (block.v[lane % BLOCK], block.u[lane % BLOCK]) = (v, u);
        }
    }

    fn diverged_at(&self, i: usize) -> Option<f64> {
        let t = self.diverged_at[i];
        (!t.is_nan()).then_some(t)
    }

    fn resets_next(&self) -> bool {
        R::RESETS_NEXT
    }

    fn reset(&mut self, i: usize) {
        if self.diverged_at[i].is_nan() {
            let [.., _, c, d] = self.constants[i / BLOCK].parameters.map(|column| column[i % BLOCK]);
            let (_, u) = self.get(i);
            self.set(i, c, u + d);
        }
    }
}

/// One step of a shard, on the instructions it is dispatched to.
struct Step<'a, T, R> {
    grid: &'a mut Grid<T, R>,
    input: &'a [T],
    clock: Clock,
    spikes: &'a mut Vec<Spike>,
}

impl<T: Real, R: Rule> WithSimd for Step<'_, T, R> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Step { grid, input, clock, spikes } = self;
        let end = clock.start(clock.first + 1);
        let dt = T::of(clock.dt);
        for (b, (block, constants)) in grid.blocks.iter_mut().zip(grid.constants.iter()).enumerate() {
            let first = b * BLOCK;
            let (events, lost) = match input[first..].first_chunk::<BLOCK>() {
                Some(input) => step_block(grid.rule, constants, block, input, PARTS, dt, grid.lbound),
                None => {
                    let rest = &input[first..];
                    let mut input = [rest[rest.len() - 1]; BLOCK];
                    input[..rest.len()].copy_from_slice(rest);
                    step_block(grid.rule, constants, block, &input, rest.len().div_ceil(PART), dt, grid.lbound)
                }
            };
            // Most lanes did not spike: eight at a time.
            for (k, eight) in events.as_chunks::<8>().0.iter().enumerate() {
                if u64::from_ne_bytes(*eight) == 0 {
                    continue;
                }
                for (lane, event) in (8 * k..grid.n - first).zip(eight) {
                    if *event != 0 {
                        spikes.push(Spike { neuron: (first + lane) as u32, t: end });
                    }
                }
            }
            if lost {
                for lane in 0..BLOCK.min(grid.n - first) {
                    if is_lost(block.v[lane], block.u[lane]) && grid.diverged_at[first + lane].is_nan() {
                        grid.diverged_at[first + lane] = end;
                    }
                }
            }
        }
    }
}

/// 0 · x is 0 for a finite x, and not a number elsewhere.
#[inline(always)]
fn is_lost<T: Real>(v: T, u: T) -> bool {
    (v + u) * T::zero() != T::zero()
}

/// Lanes that a loop of fixed length takes, so that the compiler makes vectors of it.
const PART: usize = 16;
const PARTS: usize = BLOCK / PART;

/// The step of the first `parts` of a block: 1 for each lane that spiked, and whether any is at no finite state.
#[inline(always)]
fn step_block<T: Real, R: Rule>(
    rule: R,
    constants: &Constants<T>,
    block: &mut Block<T>,
    input: &Column<T>,
    parts: usize,
    dt: T,
    lbound: T,
) -> ([u8; BLOCK], bool) {
    let (mut events, mut lost) = ([0; BLOCK], false);
    for at in 0..parts.min(PARTS) {
        let (vs, us): (&mut [T; PART], &mut [T; PART]) =
            (&mut block.v.as_chunks_mut().0[at], &mut block.u.as_chunks_mut().0[at]);
        let input: &[T; PART] = &input.as_chunks().0[at];
        let events: &mut [u8; PART] = &mut events.as_chunks_mut().0[at];
        for i in 0..PART {
            // Not `from_fn`, which the compiler may leave a call.
            let mut p = [T::zero(); PARAMETERS];
            #[expect(clippy::needless_range_loop, reason = "an iterator over both is not always inlined")]
            for k in 0..PARAMETERS {
                p[k] = constants.parameters[k].as_chunks::<PART>().0[at][i];
            }
            let [a, b, b0, leak, k2, k1, k0, peak, c, d] = p;
            let coefficients = Coefficients::from_array([a, b, b0, leak, k2, k1, k0]);
            let (mut v, mut u) = (vs[i], us[i]);
            if R::RESETS_NEXT {
                // The peak stays visible until now.
                let spiked = v >= peak;
                v = if spiked { c } else { v };
                u = if spiked { u + d } else { u };
            }
            [v, u] = rule.step(&coefficients, [v, u], &mut Constant { dt, input: input[i] });
            let spike = v >= peak;
            if !R::RESETS_NEXT {
                v = if spike { c } else { v };
                u = if spike { u + d } else { u };
            }
            // The bound is below the peak, so that it hides no spike.
            v = if v < lbound { lbound } else { v };
            (vs[i], us[i]) = (v, u);
            events[i] = u8::from(spike);
            lost |= is_lost(v, u);
        }
    }
    (events, lost)
}

#[cfg(test)]
mod tests {
    use pulp::{Scalar, Scalar256b, Scalar512b};

    use super::*;
    use crate::model::CELL_TYPES;
    use crate::scheme::simulators::{IzhikevichNodes, NestConsistent, NestPublished};
    use crate::scheme::{Euler, EulerSemiImplicit, HalfStep, Heun, Midpoint, RecursiveEvolution, Rk4};

    /// v and u of 70 neurons of all types after 500 steps at inputs from 6 to 20 mV/ms, and their spikes.
    fn run<T: Real, R: Rule>(rule: R, simd: Option<impl Simd>) -> (Vec<(T, T)>, Vec<Spike>) {
        let neurons: Vec<Neuron> = (0..70).map(|i| CELL_TYPES[i % 7].neuron).collect();
        let input: Vec<T> = (0..70).map(|i| T::of(6.0 + f64::from(i * 5 % 15))).collect();
        let constants = Grid::<T, R>::constants(rule, &neurons, 0.25);
        let blocks = vec![Block { v: [T::zero(); BLOCK], u: [T::zero(); BLOCK] }; constants.len()];
        let lbound = T::of(-80.0);
        let mut grid = Grid { rule, constants, blocks, n: 70, lbound, diverged_at: vec![f64::NAN; 70] };
        for (i, neuron) in neurons.iter().enumerate() {
            grid.set(i, T::of(-65.0), T::of(-65.0 * neuron.b));
        }
        let mut spikes = Vec::new();
        for first in 0..500 {
            let clock = Clock { origin: 0.0, dt: 0.25, first, steps: 1 };
            let step = Step { grid: &mut grid, input: &input, clock, spikes: &mut spikes };
            match simd {
                Some(simd) => step.with_simd(simd),
                None => Arch::new().dispatch(step),
            }
        }
        ((0..70).map(|i| grid.get(i)).collect(), spikes)
    }

    #[test]
    fn with_and_without_simd_every_rule_is_the_same() {
        fn same<T: Real, R: Rule>(rule: R) {
            let best = run::<T, R>(rule, None::<Scalar>);
            assert!(best.1.len() > 200);
            assert_eq!(best, run::<T, R>(rule, Some(Scalar::new())));
            assert_eq!(best, run::<T, R>(rule, Some(Scalar256b)));
            assert_eq!(best, run::<T, R>(rule, Some(Scalar512b)));
        }
        fn both<R: Rule>(rule: R) {
            same::<f64, R>(rule);
            same::<f32, R>(rule);
        }
        both(IzhikevichNodes);
        both(HalfStep);
        both(NestPublished);
        both(Euler);
        both(NestConsistent);
        both(EulerSemiImplicit);
        both(Midpoint);
        both(Heun);
        both(Rk4);
        both(RecursiveEvolution::<1>);
        both(RecursiveEvolution::<2>);
    }
}
