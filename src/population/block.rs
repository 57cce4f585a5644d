//! The loop that all kernels share: blocks of neurons, steps, dispatch to the processor's instructions.

use pulp::{Arch, Simd, WithSimd};

use super::Spike;
use super::gather::{append, single, unfold};
use super::lane::Lane;
use super::lanes::{F, Mask};
use crate::instructions::dispatch_256;
use crate::{Neuron, State};

/// Neurons in a block: their columns fit the first-level cache, with what the passes of a step leave, and each pass is long enough
/// for its ends to cost little.
pub(super) const BLOCK: usize = 128;

/// One value for every neuron of a block.
pub(super) type Column<T> = [T; BLOCK];

/// Numbers that the stages of a step may leave of each neuron.
pub(super) const RESULTS: usize = 8;

/// What the stages of a step leave of all neurons of a block.
pub(super) type Results<T> = [Column<T>; RESULTS];

/// A scheme over lanes that hold T, with P parameters a neuron.
pub(super) trait Kernel<T: Lane, const P: usize>: std::fmt::Debug + Copy + Send + Sync {
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
    /// Spikes are told to `log`. A lane whose solution leaves the finite numbers ends at something that is not finite, and starts
    /// the next step there.
    fn step<S: Simd>(
        &self,
        p: &[F<S, T>; P],
        x: [F<S, T>; 2],
        input: F<S, T>,
        dt: f64,
        log: &mut Log<'_, S, T>,
    ) -> [F<S, T>; 2];

    /// One step of all vectors of a block. Returns a number that is not finite if a lane has left the finite numbers.
    #[inline(always)]
    fn step_block<S: Simd>(
        &self,
        simd: S,
        course: &mut Course<'_, T, P>,
        step: &Step<S, Self, T>,
        _results: &mut Option<Aligned<Results<T>>>,
        at_end: &mut Aligned<Column<T>>,
    ) -> F<S, T> {
        let mut lost = F::splat(simd, 0.0);
        // A loop, not a closure: those are not always compiled for the processor's instructions.
        for i in 0..course.vectors {
            lost = course.step_vector(simd, step, i, None, at_end, lost);
        }
        lost
    }

    /// The steps of a block in a call: an entry in `course.at_ends` for each [`Lane::DIGITS`] of them.
    #[inline(always)]
    fn march<S: Simd>(&self, simd: S, course: &mut Course<'_, T, P>, results: &mut Option<Aligned<Results<T>>>) {
        course.step_by_step(simd, *self, results);
    }
}

/// Where a kernel tells its spikes.
pub(super) struct Log<'a, S: Simd, T: Lane> {
    pub(super) simd: S,
    /// The number of the vector.
    pub(super) i: usize,
    /// What the stages of the step have left, where they have been made before.
    pub(super) results: Option<&'a mut Results<T>>,
    /// Spikes inside steps, numbered by lanes of the block.
    inside: &'a mut Vec<Spike>,
    /// The first lane.
    first: u32,
    /// Start of the step \[ms\].
    start: f64,
    /// The steps at whose ends lanes spiked: a binary number with one digit for each of some steps.
    at_end: F<S, T>,
    /// The digit of this step.
    digit: F<S, T>,
}

impl<S: Simd, T: Lane> Log<'_, S, T> {
    /// A spike in each lane of `mask`, at the end of the step. No branch: a processor foresees none of these spikes, and what it has
    /// begun of other vectors would be lost.
    #[inline(always)]
    pub(super) fn at_end(&mut self, mask: Mask<S, T>) {
        self.at_end = self.at_end + mask.select(self.digit, self.digit.of(0.0));
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

/// A block of neurons, as columns.
#[derive(Clone, Debug)]
#[repr(align(64))]
pub(super) struct Block<T, const P: usize> {
    pub(super) x: [Column<T>; 2],
    pub(super) parameters: [Column<T>; P],
    /// The time \[ms\] at which each left the finite numbers; not a number where it has not.
    diverged_at: Column<f64>,
}

impl<T: Lane, const P: usize> Block<T, P> {
    /// The block of up to [`BLOCK`] neurons. Lanes without a neuron of their own repeat the last one; their spikes are dropped.
    pub(super) fn new(kernel: &impl Kernel<T, P>, neurons: &[Neuron], states: &[State]) -> Self {
        let (x, parameters) = ([[T::zero(); BLOCK]; 2], [[T::zero(); BLOCK]; P]);
        let mut block = Block { x, parameters, diverged_at: [f64::NAN; BLOCK] };
        block.set_parameters(kernel, neurons, 0.0);
        for lane in 0..BLOCK {
            let i = lane.min(neurons.len() - 1);
            for (column, value) in block.x.iter_mut().zip(kernel.encode(&neurons[i], states[i])) {
                column[lane] = T::of(value);
            }
        }
        block
    }

    /// Takes the parameters of the neurons for steps of `dt` \[ms\].
    pub(super) fn set_parameters(&mut self, kernel: &impl Kernel<T, P>, neurons: &[Neuron], dt: f64) {
        for lane in 0..BLOCK {
            let neuron = &neurons[lane.min(neurons.len() - 1)];
            for (column, value) in self.parameters.iter_mut().zip(kernel.parameters(neuron, dt)) {
                column[lane] = T::of(value);
            }
        }
    }

    /// The numbers that stand for the state in `lane`.
    pub(super) fn x(&self, lane: usize) -> [f64; 2] {
        self.x.map(|column| column[lane].double())
    }

    /// Puts `lane` at the numbers that stand for a state.
    pub(super) fn set(&mut self, lane: usize, x: [f64; 2]) {
        for (column, x) in self.x.iter_mut().zip(x) {
            column[lane] = T::of(x);
        }
        self.diverged_at[lane] = f64::NAN;
    }

    /// Raises the first number of each lane to `least`; one that is not a number stays so.
    pub(super) fn raise(&mut self, least: &[f64]) {
        for (x, least) in self.x[0].iter_mut().zip(least) {
            *x = if *x < T::of(*least) { T::of(*least) } else { *x };
        }
    }

    /// Notes the first step, until `end` \[ms\], in which a neuron left the finite numbers.
    #[cold]
    pub(super) fn mark(&mut self, end: f64) {
        for (lane, at) in self.diverged_at.iter_mut().enumerate() {
            if at.is_nan() && !self.x.iter().all(|column| column[lane].is_finite()) {
                *at = end;
            }
        }
    }

    /// Whether a lane has left the finite numbers of which that is not noted yet.
    #[cold]
    pub(super) fn has_new_losses(&self) -> bool {
        let lost = |lane: usize| !self.x.iter().all(|column| column[lane].is_finite());
        (0..BLOCK).any(|lane| self.diverged_at[lane].is_nan() && lost(lane))
    }

    /// When `lane` diverged \[ms\].
    pub(super) fn diverged_at(&self, lane: usize) -> Option<f64> {
        let t = self.diverged_at[lane];
        (!t.is_nan()).then_some(t)
    }
}

/// The parameters and the state of a vector.
type Loaded<S, T, const P: usize> = ([F<S, T>; P], [F<S, T>; 2]);

impl<T: Lane, const P: usize> Block<T, P> {
    /// The `i`-th vector.
    #[inline(always)]
    pub(super) fn load<S: Simd>(&self, simd: S, i: usize) -> Loaded<S, T, P> {
        // A loop, not `from_fn`, whose numbers the compiler leads through memory once more.
        let mut p = [F::splat(simd, 0.0); P];
        for (p, column) in p.iter_mut().zip(&self.parameters) {
            *p = F::load(simd, column, i);
        }
        (p, [F::load(simd, &self.x[0], i), F::load(simd, &self.x[1], i)])
    }
}

/// The times of some steps: step n of them is from origin + n dt to origin + (n + 1) dt.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    /// The time \[ms\] that n counts from.
    pub(super) origin: f64,
    /// \[ms\].
    pub(super) dt: f64,
    /// The first step.
    pub(super) first: u64,
    /// How many.
    pub(super) steps: u64,
}

impl Clock {
    /// Where step `n` starts \[ms\].
    pub(super) fn start(&self, n: u64) -> f64 {
        self.origin + n as f64 * self.dt
    }
}

/// Some blocks in a row, to be advanced by one thread.
pub(super) struct Work<'a, K, T, const P: usize> {
    pub(super) kernel: K,
    pub(super) blocks: &'a mut [Block<T, P>],
    /// The number of the first neuron.
    pub(super) first: usize,
    /// Input of each neuron of the blocks \[mV/ms\], over all steps.
    pub(super) input: &'a [f64],
    pub(super) clock: Clock,
    pub(super) spikes: &'a mut Vec<Spike>,
}

impl<K: Kernel<T, P>, T: Lane, const P: usize> Work<'_, K, T, P> {
    /// Does it with the best instructions of the processor.
    pub(super) fn run(self) {
        if K::WIDE {
            Arch::new().dispatch(self);
        } else {
            dispatch_256(Arch::new(), self);
        }
    }
}

impl<K: Kernel<T, P>, T: Lane, const P: usize> WithSimd for Work<'_, K, T, P> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Work { kernel, blocks, first, input, clock, spikes } = self;
        let lanes = T::lanes::<S>();
        // Taken when they are needed: a step of a few neurons takes less than they do.
        let (mut at_ends, mut found, mut room) = (Vec::new(), Vec::new(), Vec::new());
        let mut results = None;
        for (b, block) in blocks.iter_mut().enumerate() {
            let given = &input[b * BLOCK..input.len().min((b + 1) * BLOCK)];
            let mut input = Aligned([T::zero(); BLOCK]);
            for (to, from) in input.0.iter_mut().zip(given) {
                *to = T::of(*from);
            }
            // The second bound is never met: with it the compiler leaves out those of the columns.
            let vectors = given.len().div_ceil(lanes).min(BLOCK / lanes);
            input.0[given.len()..vectors * lanes].fill(T::of(given[given.len() - 1]));
            let first = (first + b * BLOCK) as u32;
            kernel.march(
                simd,
                &mut Course { block, input: &input.0, clock, vectors, at_ends: &mut at_ends, inside: &mut found },
                &mut results,
            );
            // A kernel has spikes at the ends of steps or inside them, not both.
            if clock.steps == 1 {
                single(
                    simd,
                    &at_ends[0],
                    given.len(),
                    Spike { neuron: first, t: clock.start(clock.first + 1) },
                    spikes,
                );
            } else {
                let zero = F::splat(simd, 0.0);
                let mut used = 0;
                for i in 0..vectors {
                    let mut all = zero;
                    for at_end in &at_ends {
                        all = all + F::load(simd, &at_end.0, i);
                    }
                    if zero.lt(all).any() {
                        let lanes = i * lanes..given.len().min((i + 1) * lanes);
                        used = unfold(&at_ends, lanes, clock, first, &mut room, used);
                    }
                }
                spikes.extend_from_slice(&room[..used]);
            }
            at_ends.clear();
            append(&found, given.len(), first, spikes);
            found.clear();
        }
    }
}

/// The steps of a block in a call.
pub(super) struct Course<'a, T, const P: usize> {
    pub(super) block: &'a mut Block<T, P>,
    /// \[mV/ms\].
    pub(super) input: &'a Column<T>,
    pub(super) clock: Clock,
    /// Vectors with neurons in them.
    pub(super) vectors: usize,
    /// Of each [`Lane::DIGITS`] steps, the binary digits of those at whose ends lanes spiked.
    pub(super) at_ends: &'a mut Vec<Aligned<Column<T>>>,
    /// Spikes inside steps, numbered by lanes.
    inside: &'a mut Vec<Spike>,
}

impl<T: Lane, const P: usize> Course<'_, T, P> {
    /// All steps, one after the other.
    #[inline(always)]
    pub(super) fn step_by_step<S: Simd, K: Kernel<T, P>>(
        &mut self,
        simd: S,
        kernel: K,
        results: &mut Option<Aligned<Results<T>>>,
    ) {
        let mut done = 0;
        while done < self.clock.steps {
            let steps = (self.clock.steps - done).min(T::DIGITS);
            let mut at_end = Aligned([T::zero(); BLOCK]);
            for k in 0..steps {
                self.step(simd, kernel, results, done + k, &mut at_end);
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
        results: &mut Option<Aligned<Results<T>>>,
        k: u64,
        at_end: &mut Aligned<Column<T>>,
    ) {
        let start = self.clock.start(self.clock.first + k);
        let digit = F::splat(simd, (1u64 << (k % T::DIGITS)) as f64);
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
        at_end: &mut Aligned<Column<T>>,
        lost: F<S, T>,
    ) -> F<S, T> {
        let (p, x) = self.block.load(simd, i);
        let mut log = Log {
            simd,
            i,
            results,
            inside: self.inside,
            first: (i * T::lanes::<S>()) as u32,
            start: step.start,
            at_end: F::load(simd, &at_end.0, i),
            digit: step.digit,
        };
        let next = step.kernel.step(&p, x, F::load(simd, self.input, i), step.dt, &mut log);
        log.at_end.store(&mut at_end.0, i);
        next[0].store(&mut self.block.x[0], i);
        next[1].store(&mut self.block.x[1], i);
        next[0].fma(next[1], lost)
    }
}

/// One step of a block.
pub(super) struct Step<S: Simd, K, T: Lane> {
    kernel: K,
    pub(super) dt: f64,
    /// Where it starts \[ms\].
    start: f64,
    /// Its digit among those of spikes.
    pub(super) digit: F<S, T>,
}

/// Columns where vectors do not straddle lines of the cache.
#[repr(align(64))]
pub(super) struct Aligned<C>(pub(super) C);
