//! What a kernel is, and the loop over steps and vectors that all kernels share.

use pulp::{Arch, Simd, WithSimd};

use super::Real;
use super::block::{Aligned, BLOCK, Block, Column, Results};
use super::clock::Clock;
use super::gather::{append, join, single, unfold};
use super::spike::Spike;
use crate::instructions::dispatch_256;
use crate::lanes::{F, Mask, Steps};
use crate::{Neuron, State};

/// A scheme over lanes that hold T, with P parameters a neuron.
pub(super) trait Kernel<T: Real, const P: usize>: std::fmt::Debug + Copy + Send + Sync + 'static {
    /// Whether the reset of a spike waits for the next step.
    const RESETS_NEXT: bool = false;

    /// Whether the parameters depend on the length of the step.
    const DEPENDS_ON_DT: bool = false;

    /// The parameters of a neuron at steps of `dt` \[ms\], in the kernel's own order.
    fn parameters(&self, neuron: &Neuron, dt: f64) -> [f64; P];

    /// The two numbers in which the kernel keeps a state.
    fn encode(&self, neuron: &Neuron, state: State) -> [f64; 2];

    /// The state they stand for.
    fn decode(&self, neuron: &Neuron, x: [f64; 2]) -> State;

    /// Whether it is compiled for registers of 512 bits, too: see [`crate::instructions`].
    const WIDE: bool = false;

    /// One step of `dt` \[ms\] of all lanes of a vector, from `x` under `input` \[mV/ms\].
    /// Spikes are added to `log`. A lane whose solution leaves the finite numbers ends at something that is not finite, and starts
    /// the next step there.
    fn step<S: Simd>(
        &self,
        p: &[F<S, T>; P],
        x: [F<S, T>; 2],
        input: F<S, T>,
        dt: f64,
        log: &mut SpikeLog<'_, S, T>,
    ) -> [F<S, T>; 2];

    /// One step of all vectors of a block. Returns a number that is not finite if a lane has left the finite numbers.
    #[inline(always)]
    fn step_block<S: Simd>(
        &self,
        simd: S,
        sequence: &mut StepSequence<'_, T, P>,
        step: &Step<S, Self, T>,
        _results: &mut Option<Box<Aligned<Results<T>>>>,
        at_end: &mut Column<T::Word>,
    ) -> F<S, T> {
        let mut lost = F::splat(simd, 0.0);
        // A loop, not a closure: those are not always compiled for the processor's instructions.
        for i in 0..sequence.vectors {
            lost = sequence.step_vector(simd, step, i, None, at_end, lost);
        }
        lost
    }

    /// The steps of a block in a call: an entry in `sequence.at_ends` for each [`DIGITS`](crate::lanes::lane::Lane::DIGITS) of them.
    #[inline(always)]
    fn march<S: Simd>(
        &self,
        simd: S,
        sequence: &mut StepSequence<'_, T, P>,
        results: &mut Option<Box<Aligned<Results<T>>>>,
    ) {
        sequence.step_by_step(simd, *self, results);
    }
}

/// The spikes of a vector in a step, as a kernel finds them.
pub(super) struct SpikeLog<'a, S: Simd, T: Real> {
    pub(super) simd: S,
    /// The number of the vector.
    pub(super) i: usize,
    /// What the stages of the step have left, where they have been made before.
    pub(super) results: Option<&'a mut Results<T>>,
    /// Spikes inside steps, numbered by lanes of the block.
    inside: &'a mut Vec<Spike>,
    /// The number of the first lane in the block.
    first: u32,
    /// Start of the step \[ms\].
    start: f64,
    /// The steps at whose ends lanes spiked.
    at_end: Steps<S, T>,
    /// This step.
    digit: Steps<S, T>,
}

impl<S: Simd, T: Real> SpikeLog<'_, S, T> {
    /// A spike in each lane of `mask`, at the end of the step. No branch: a processor foresees none of these spikes, and what it has
    /// begun of other vectors would be lost.
    #[inline(always)]
    pub(super) fn at_end(&mut self, mask: Mask<S, T>) {
        self.at_end = self.at_end.mark(mask, self.digit);
    }

    /// A spike in each lane of `mask`, `elapsed` \[ms\] after the start of the step.
    #[inline(always)]
    pub(super) fn inside(&mut self, mask: Mask<S, T>, elapsed: F<S, T>) {
        let elapsed = elapsed.to_array();
        mask.for_each(|lane| {
            self.inside.push(Spike { neuron: self.first + lane as u32, t: self.start + elapsed[lane].double() });
        });
    }
}

/// Some blocks in a row, to be advanced by one thread.
pub(super) struct Work<'a, K, T: Real, const P: usize> {
    pub(super) kernel: K,
    pub(super) parameters: &'a [Aligned<[Column<T>; P]>],
    pub(super) blocks: &'a mut [Block<T>],
    /// The number of the first neuron.
    pub(super) first: usize,
    /// How many neurons there are in the blocks.
    pub(super) n: usize,
    /// Writes the input of the neurons of a block \[mV/ms\], over all steps: whatever kind of number it comes in, a kernel is compiled
    /// once.
    pub(super) input: &'a dyn Fn(usize, &mut [T]),
    pub(super) clock: Clock,
    pub(super) scratch: &'a mut Scratch<T>,
    pub(super) spikes: &'a mut Vec<Spike>,
}

/// Memory of a call, used again by the next: a step of a few neurons takes less than to ask for it.
pub(super) struct Scratch<T: Real> {
    /// Of each [`DIGITS`](crate::lanes::lane::Lane::DIGITS) steps of a block, those at whose ends lanes spiked.
    at_ends: Vec<Aligned<Column<T::Word>>>,
    /// The same in long words.
    joined: Vec<[Column<u64>; 2]>,
    /// The ends of the steps \[ms\].
    times: Vec<[f64; 128]>,
    /// Spikes inside steps.
    found: Vec<Spike>,
    /// What the stages of a step leave.
    results: Option<Box<Aligned<Results<T>>>>,
}

impl<T: Real> Default for Scratch<T> {
    fn default() -> Self {
        Scratch { at_ends: Vec::new(), joined: Vec::new(), times: Vec::new(), found: Vec::new(), results: None }
    }
}

impl<T: Real> Clone for Scratch<T> {
    /// Memory of its own.
    fn clone(&self) -> Self {
        Scratch::default()
    }
}

impl<K: Kernel<T, P>, T: Real, const P: usize> Work<'_, K, T, P> {
    /// Does it with the best instructions of the processor.
    pub(super) fn run(self) {
        if K::WIDE {
            Arch::new().dispatch(self);
        } else {
            dispatch_256(Arch::new(), self);
        }
    }
}

impl<K: Kernel<T, P>, T: Real, const P: usize> WithSimd for Work<'_, K, T, P> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Work { kernel, parameters, blocks, first, n, input: write, clock, scratch, spikes } = self;
        let Scratch { at_ends, joined, times, found, results } = scratch;
        let lanes = T::lanes::<S>();
        if clock.steps > 1 {
            clock.ends(times);
        }
        for (b, (block, Aligned(parameters))) in blocks.iter_mut().zip(parameters).enumerate() {
            let given = (n - b * BLOCK).min(BLOCK);
            let mut input = Aligned([T::zero(); BLOCK]);
            write(b, &mut input.0[..given]);
            // The second bound is never met: with it the compiler leaves out those of the columns.
            let vectors = given.div_ceil(lanes).min(BLOCK / lanes);
            let last = input.0[given - 1];
            input.0[given..vectors * lanes].fill(last);
            let first = (first + b * BLOCK) as u32;
            let mut sequence = StepSequence {
                parameters,
                block,
                input: &input.0,
                clock,
                vectors,
                at_ends: &mut *at_ends,
                inside: &mut *found,
            };
            kernel.march(simd, &mut sequence, results);
            // A kernel has spikes at the ends of steps or inside them, not both.
            if clock.steps == 1 {
                let spike = Spike { neuron: first, t: clock.start(clock.first + 1) };
                single::<S, T>(simd, &at_ends[0].0, given, spike, spikes);
            } else {
                join::<T>(at_ends, joined);
                unfold(joined, given, times, first, spikes);
            }
            at_ends.clear();
            append(found, given, first, spikes);
            found.clear();
        }
    }
}

/// The steps of a block in a call.
pub(super) struct StepSequence<'a, T: Real, const P: usize> {
    pub(super) parameters: &'a [Column<T>; P],
    pub(super) block: &'a mut Block<T>,
    /// The input of each neuron \[mV/ms\].
    pub(super) input: &'a Column<T>,
    pub(super) clock: Clock,
    /// Vectors with neurons in them.
    pub(super) vectors: usize,
    /// Of each [`DIGITS`](crate::lanes::lane::Lane::DIGITS) steps, those at whose ends lanes spiked.
    pub(super) at_ends: &'a mut Vec<Aligned<Column<T::Word>>>,
    /// Spikes inside steps, numbered by lanes.
    inside: &'a mut Vec<Spike>,
}

/// The parameters and the state of a vector.
type Loaded<S, T, const P: usize> = ([F<S, T>; P], [F<S, T>; 2]);

impl<T: Real, const P: usize> StepSequence<'_, T, P> {
    /// The parameters and the state of the `i`-th vector.
    #[inline(always)]
    pub(super) fn load<S: Simd>(&self, simd: S, i: usize) -> Loaded<S, T, P> {
        // Neither `from_fn`, whose numbers the compiler leads through memory once more, nor `zip`, which it may leave a call.
        let mut p = [F::splat(simd, 0.0); P];
        #[expect(clippy::needless_range_loop, reason = "an iterator over both is not always inlined")]
        for k in 0..P {
            p[k] = F::load(simd, &self.parameters[k], i);
        }
        (p, [F::load(simd, &self.block.x[0], i), F::load(simd, &self.block.x[1], i)])
    }

    /// All steps, one after the other.
    #[inline(always)]
    pub(super) fn step_by_step<S: Simd, K: Kernel<T, P>>(
        &mut self,
        simd: S,
        kernel: K,
        results: &mut Option<Box<Aligned<Results<T>>>>,
    ) {
        let mut done = 0;
        while done < self.clock.steps {
            let steps = (self.clock.steps - done).min(T::DIGITS);
            let mut at_end = Aligned([T::Word::default(); BLOCK]);
            for k in 0..steps {
                self.step(simd, kernel, results, done + k, &mut at_end.0);
            }
            self.at_ends.push(at_end);
            done += steps;
        }
    }

    /// Step number `k` of the call.
    #[inline(always)]
    fn step<S: Simd, K: Kernel<T, P>>(
        &mut self,
        simd: S,
        kernel: K,
        results: &mut Option<Box<Aligned<Results<T>>>>,
        k: u64,
        at_end: &mut Column<T::Word>,
    ) {
        let start = self.clock.start(self.clock.first + k);
        let digit = Steps::only(simd, k % T::DIGITS);
        let step = Step { kernel, dt: self.clock.dt, start, digit };
        let lost = kernel.step_block(simd, self, &step, results, at_end);
        if lost.is_finite().not().any() {
            self.block.mark(self.clock.start(self.clock.first + k + 1));
        }
    }

    /// One step of vector `i`. Returns `lost`, not finite if a lane is not.
    #[inline(always)]
    pub(super) fn step_vector<S: Simd, K: Kernel<T, P>>(
        &mut self,
        simd: S,
        step: &Step<S, K, T>,
        i: usize,
        results: Option<&mut Results<T>>,
        at_end: &mut Column<T::Word>,
        lost: F<S, T>,
    ) -> F<S, T> {
        let (p, x) = self.load(simd, i);
        let mut log = SpikeLog {
            simd,
            i,
            results,
            inside: self.inside,
            first: (i * T::lanes::<S>()) as u32,
            start: step.start,
            at_end: Steps::load(simd, at_end, i),
            digit: step.digit,
        };
        let next = step.kernel.step(&p, x, F::load(simd, self.input, i), step.dt, &mut log);
        log.at_end.store(at_end, i);
        next[0].store(&mut self.block.x[0], i);
        next[1].store(&mut self.block.x[1], i);
        next[0].fma(next[1], lost)
    }
}

/// One step of a block.
pub(super) struct Step<S: Simd, K, T: Real> {
    kernel: K,
    pub(super) dt: f64,
    /// The time at which it starts \[ms\].
    start: f64,
    /// Its place among the steps of a word.
    digit: Steps<S, T>,
}
