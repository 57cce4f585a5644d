//! The loop that all kernels share: blocks of neurons, steps, dispatch to the processor's instructions.

use pulp::{Arch, Simd, WithSimd};

use super::gather::{append, unfold};
use super::lane::Lane;
use super::lanes::{Mask, F};
use super::Spike;
use crate::{Neuron, State};

/// Neurons in a block: their columns fit the first-level cache, with what the passes of a step leave, and each pass is long enough
/// for its ends to cost little.
pub(super) const BLOCK: usize = 128;

/// The most passes of a step ([`Kernel::PASSES`]).
const MOST_PASSES: usize = 4;

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
}

/// What the passes of a step leave for later ones, of one vector.
pub(super) struct Notes<'a, S: Simd, T: Lane> {
    simd: S,
    columns: &'a mut [Column<T>; NOTES],
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
    x: [Column<T>; 2],
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
    fn mark(&mut self, end: f64) {
        for (lane, at) in self.diverged_at.iter_mut().enumerate() {
            if at.is_nan() && !self.x.iter().all(|column| column[lane].is_finite()) {
                *at = end;
            }
        }
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
    fn load<S: Simd>(&self, simd: S, i: usize) -> Loaded<S, T, P> {
        let p = std::array::from_fn(|c| F::load(simd, &self.parameters[c], i));
        (p, std::array::from_fn(|c| F::load(simd, &self.x[c], i)))
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
        Arch::new().dispatch(self);
    }
}

impl<K: Kernel<T, P>, T: Lane, const P: usize> WithSimd for Work<'_, K, T, P> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let lanes = T::lanes::<S>();
        let (mut found, mut at_ends, mut room) = (Vec::new(), Vec::new(), Vec::new());
        let mut notes = Aligned([[T::zero(); BLOCK]; NOTES]);
        for (b, block) in self.blocks.iter_mut().enumerate() {
            let given = &self.input[b * BLOCK..self.input.len().min((b + 1) * BLOCK)];
            let mut input = Aligned([T::of(given[given.len() - 1]); BLOCK]);
            for (to, from) in input.0.iter_mut().zip(given) {
                *to = T::of(*from);
            }
            let first = (self.first + b * BLOCK) as u32;
            found.clear();
            at_ends.clear();
            // The second bound is never met: with it the compiler leaves out those of the columns.
            let vectors = given.len().div_ceil(lanes).min(BLOCK / lanes);
            let zero = F::splat(simd, 0.0);
            let (mut n, last) = (self.clock.first, self.clock.first + self.clock.steps);
            while n < last {
                let steps = (last - n).min(T::DIGITS);
                let mut at_end: Aligned<Column<T>> = Aligned([T::zero(); BLOCK]);
                for k in 0..steps {
                    let start = self.clock.start(n + k);
                    let digit = F::splat(simd, (1u64 << k) as f64);
                    // Not finite as soon as one of the numbers is not. (Nor where it overflows, which is looked into.)
                    let mut lost = zero;
                    // Written out, so that the compiler sees each number.
                    const { assert!(MOST_PASSES == 4) };
                    sweep::<S, K, T, P, 0>(simd, self.kernel, block, &input, self.clock.dt, &mut notes, vectors);
                    sweep::<S, K, T, P, 1>(simd, self.kernel, block, &input, self.clock.dt, &mut notes, vectors);
                    sweep::<S, K, T, P, 2>(simd, self.kernel, block, &input, self.clock.dt, &mut notes, vectors);
                    sweep::<S, K, T, P, 3>(simd, self.kernel, block, &input, self.clock.dt, &mut notes, vectors);
                    for i in 0..vectors {
                        let (p, x) = block.load(simd, i);
                        let (first, at) = ((i * lanes) as u32, F::load(simd, &at_end.0, i));
                        let notes = Notes { simd, columns: &mut notes.0, i };
                        let mut log = Log { notes, inside: &mut found, first, start, at_end: at, digit };
                        let next = self.kernel.step(&p, x, F::load(simd, &input.0, i), self.clock.dt, &mut log);
                        log.at_end.store(&mut at_end.0, i);
                        next[0].store(&mut block.x[0], i);
                        next[1].store(&mut block.x[1], i);
                        lost = next[0].fma(next[1], lost);
                    }
                    if lost.is_finite().not().any() {
                        block.mark(self.clock.start(n + k + 1));
                    }
                }
                at_ends.push(at_end);
                n += steps;
            }
            // A kernel has spikes at the ends of steps or inside them, not both.
            let mut used = 0;
            for i in 0..vectors {
                let spiked = zero.lt(at_ends.iter().fold(zero, |sum, at_end| sum + F::load(simd, &at_end.0, i)));
                if spiked.any() {
                    let lanes = i * lanes..given.len().min((i + 1) * lanes);
                    used = unfold(&at_ends, lanes, self.clock, first, &mut room, used);
                }
            }
            self.spikes.extend_from_slice(&room[..used]);
            append(&found, given.len(), first, self.spikes);
        }
    }
}

/// Pass number `PASS` of a step over the vectors of a block; nothing where the kernel has no such pass.
#[inline(always)]
fn sweep<S: Simd, K: Kernel<T, P>, T: Lane, const P: usize, const PASS: usize>(
    simd: S,
    kernel: K,
    block: &Block<T, P>,
    input: &Aligned<Column<T>>,
    dt: f64,
    notes: &mut Aligned<[Column<T>; NOTES]>,
    vectors: usize,
) {
    const { assert!(K::PASSES <= MOST_PASSES) };
    if PASS < K::PASSES {
        for i in 0..vectors {
            let (p, x) = block.load(simd, i);
            kernel.pass(PASS, &p, x, F::load(simd, &input.0, i), dt, &mut Notes { simd, columns: &mut notes.0, i });
        }
    }
}

/// Columns where vectors do not straddle lines of the cache.
#[repr(align(64))]
pub(super) struct Aligned<C>(pub(super) C);
