//! The loop that all kernels share: blocks of neurons, steps, dispatch to the processor's instructions.

use std::ops::Range;

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

/// Vectors below which passes over all of them have no others to keep the processor busy with.
const FEW: usize = 4;

/// Numbers that the passes of a step may leave for each neuron.
const NOTES: usize = 4;

/// One value for every neuron of a block.
pub(super) type Column<T> = [T; BLOCK];

/// A scheme over lanes that hold T, with P parameters a neuron.
pub(super) trait Kernel<T: Lane, const P: usize>: std::fmt::Debug + Copy + Send + Sync {
    /// The parameters of a neuron, in the kernel's own order.
    fn parameters(&self, neuron: &Neuron) -> [f64; P];

    /// The two numbers in which the kernel keeps a state.
    fn encode(&self, neuron: &Neuron, state: State) -> [f64; 2];

    /// The state they stand for.
    fn decode(&self, neuron: &Neuron, x: [f64; 2]) -> State;

    /// Passes that are made over all vectors of a block, one after the other, before [`step`](Kernel::step) ends the step.
    ///
    /// Each operation of an unfused scheme waits for the one before it, some 4 cycles. A processor has others to do meanwhile only
    /// among the next 64 or so: not those of the next vector, where a step of one is longer than that. Short passes over many
    /// vectors keep it busy, at the price of numbers that go through the first-level cache ([`Notes`]). (Interleaving vectors in
    /// the source does not: the compiler takes them apart again to save registers.)
    const PASSES: usize = 0;

    /// Whether it is compiled for registers of 512 bits, too: see [`crate::instructions`].
    const WIDE: bool = false;

    /// Pass number `pass` over a vector whose step starts from `x` under `input` \[mV/ms\].
    #[inline(always)]
    fn pass<S: Simd>(
        &self,
        _pass: usize,
        _p: &[F<S, T>; P],
        _x: [F<S, T>; 2],
        _input: F<S, T>,
        _dt: f64,
        _notes: &mut Notes<'_, S, T>,
    ) {
    }

    /// One step of `dt` \[ms\] of all lanes of a vector, from `x` under `input` \[mV/ms\], or what the passes have left to do of it.
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

    /// The steps of a block in a call: an entry in `course.at_ends` for each [`Lane::DIGITS`] of them.
    #[inline(always)]
    fn march<S: Simd>(&self, simd: S, course: &mut Course<'_, T, P>, notes: &mut Room<T>) {
        course.step_by_step(simd, *self, notes);
    }
}

/// What the passes of a step leave for later ones, of one vector.
pub(super) struct Notes<'a, S: Simd, T: Lane> {
    pub(super) simd: S,
    columns: &'a mut [Column<T>],
    /// The number of the vector.
    i: usize,
}

impl<S: Simd, T: Lane> Notes<'_, S, T> {
    /// Number `k`.
    #[inline(always)]
    pub(super) fn get(&self, k: usize) -> F<S, T> {
        F::load(self.simd, &self.columns[k], self.i)
    }

    /// Number `k` is `x` from now on.
    #[inline(always)]
    pub(super) fn put(&mut self, k: usize, x: F<S, T>) {
        x.store(&mut self.columns[k], self.i);
    }
}

/// Where a kernel tells its spikes.
pub(super) struct Log<'a, S: Simd, T: Lane> {
    /// What the passes of the step have left.
    pub(super) notes: Notes<'a, S, T>,
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
    parameters: [Column<T>; P],
    /// The time \[ms\] at which each left the finite numbers; not a number where it has not.
    diverged_at: Column<f64>,
}

impl<T: Lane, const P: usize> Block<T, P> {
    /// The block of up to [`BLOCK`] neurons. Lanes without a neuron of their own repeat the last one; their spikes are dropped.
    pub(super) fn new(kernel: &impl Kernel<T, P>, neurons: &[Neuron], states: &[State]) -> Self {
        let (x, parameters) = ([[T::zero(); BLOCK]; 2], [[T::zero(); BLOCK]; P]);
        let mut block = Block { x, parameters, diverged_at: [f64::NAN; BLOCK] };
        for lane in 0..BLOCK {
            let i = lane.min(neurons.len() - 1);
            for (column, value) in block.parameters.iter_mut().zip(kernel.parameters(&neurons[i])) {
                column[lane] = T::of(value);
            }
            for (column, value) in block.x.iter_mut().zip(kernel.encode(&neurons[i], states[i])) {
                column[lane] = T::of(value);
            }
        }
        block
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
        let mut notes = None;
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
                &mut notes,
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

/// What the passes of a step leave, once a kernel has any.
pub(super) type Room<T> = Option<Aligned<[Column<T>; NOTES]>>;

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
    pub(super) fn step_by_step<S: Simd, K: Kernel<T, P>>(&mut self, simd: S, kernel: K, notes: &mut Room<T>) {
        let mut done = 0;
        while done < self.clock.steps {
            let steps = (self.clock.steps - done).min(T::DIGITS);
            let mut at_end = Aligned([T::zero(); BLOCK]);
            for k in 0..steps {
                self.step(simd, kernel, notes, done + k, &mut at_end);
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
        notes: &mut Room<T>,
        k: u64,
        at_end: &mut Aligned<Column<T>>,
    ) {
        let start = self.clock.start(self.clock.first + k);
        let digit = F::splat(simd, (1u64 << (k % T::DIGITS)) as f64);
        let step = Step { kernel, dt: self.clock.dt, start, digit };
        // Not finite as soon as one of the numbers is not. (Nor where it overflows, which is looked into.)
        let mut lost = F::splat(simd, 0.0);
        // Loops, not closures: those are not always compiled for the processor's instructions.
        if K::PASSES == 0 {
            for i in 0..self.vectors {
                lost = self.end(simd, &step, &mut [], i, at_end, lost);
            }
        } else {
            if notes.is_none() {
                *notes = Some(Aligned([[T::zero(); BLOCK]; NOTES]));
            }
            let Some(Aligned(notes)) = notes else { return };
            // Written out, so that the compiler sees each number.
            const { assert!(K::PASSES <= 4) };
            if self.vectors < FEW {
                // Nothing to do in the meantime.
                for i in 0..self.vectors {
                    self.pass::<S, K, 0>(simd, &step, notes, i..i + 1);
                    self.pass::<S, K, 1>(simd, &step, notes, i..i + 1);
                    self.pass::<S, K, 2>(simd, &step, notes, i..i + 1);
                    self.pass::<S, K, 3>(simd, &step, notes, i..i + 1);
                    lost = self.end(simd, &step, notes, i, at_end, lost);
                }
            } else {
                self.pass::<S, K, 0>(simd, &step, notes, 0..self.vectors);
                self.pass::<S, K, 1>(simd, &step, notes, 0..self.vectors);
                self.pass::<S, K, 2>(simd, &step, notes, 0..self.vectors);
                self.pass::<S, K, 3>(simd, &step, notes, 0..self.vectors);
                for i in 0..self.vectors {
                    lost = self.end(simd, &step, notes, i, at_end, lost);
                }
            }
        }
        if lost.is_finite().not().any() {
            self.block.mark(self.clock.start(self.clock.first + k + 1));
        }
    }

    /// Pass number `PASS` of a step over `vectors`; nothing where the kernel has no such pass.
    #[inline(always)]
    fn pass<S: Simd, K: Kernel<T, P>, const PASS: usize>(
        &self,
        simd: S,
        step: &Step<S, K, T>,
        notes: &mut [Column<T>; NOTES],
        vectors: Range<usize>,
    ) {
        if PASS < K::PASSES {
            for i in vectors {
                let (p, x) = self.block.load(simd, i);
                let input = F::load(simd, self.input, i);
                step.kernel.pass(PASS, &p, x, input, step.dt, &mut Notes { simd, columns: notes, i });
            }
        }
    }

    /// What the passes have left to do of a step of vector `i`. Returns `lost`, not finite if a lane is not.
    #[inline(always)]
    fn end<S: Simd, K: Kernel<T, P>>(
        &mut self,
        simd: S,
        step: &Step<S, K, T>,
        notes: &mut [Column<T>],
        i: usize,
        at_end: &mut Aligned<Column<T>>,
        lost: F<S, T>,
    ) -> F<S, T> {
        let (p, x) = self.block.load(simd, i);
        let mut log = Log {
            notes: Notes { simd, columns: notes, i },
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
struct Step<S: Simd, K, T: Lane> {
    kernel: K,
    dt: f64,
    /// Where it starts \[ms\].
    start: f64,
    /// Its digit among those of spikes.
    digit: F<S, T>,
}

/// Columns where vectors do not straddle lines of the cache.
#[repr(align(64))]
pub(super) struct Aligned<C>(pub(super) C);
