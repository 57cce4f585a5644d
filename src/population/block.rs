//! The loop that all kernels share: blocks of neurons, steps, dispatch to the processor's instructions.

use pulp::{Arch, Simd, WithSimd};

use super::lane::Lane;
use super::lanes::{Mask, F};
use super::Spike;
use crate::{Neuron, State};

/// Neurons in a block: their columns fill the first-level cache, and several vectors are under way at once, which hides the
/// latency of the long chain of operations in each.
pub(super) const BLOCK: usize = 32;

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

    /// One step of `dt` \[ms\] of all lanes of a vector, from `x` under `input` \[mV/ms\]. Spikes are told to `log`. A lane whose
    /// solution leaves the finite numbers ends at something that is not finite, and starts the next step there.
    fn step<S: Simd>(
        &self,
        p: &[F<S, T>; P],
        x: [F<S, T>; 2],
        input: F<S, T>,
        dt: f64,
        log: &mut Log<'_, S, T>,
    ) -> [F<S, T>; 2];
}

/// Where a kernel tells its spikes.
pub(super) struct Log<'a, S: Simd, T: Lane> {
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
        let (mut found, mut at_ends) = (Vec::new(), Vec::new());
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
                let mut at_end = Aligned([T::zero(); BLOCK]);
                for k in 0..steps {
                    let start = self.clock.start(n + k);
                    let digit = F::splat(simd, (1u64 << k) as f64);
                    // 0 · x is 0 where x is finite, and not a number elsewhere.
                    let mut lost = zero;
                    for i in 0..vectors {
                        let p = std::array::from_fn(|c| F::load(simd, &block.parameters[c], i));
                        let x = std::array::from_fn(|c| F::load(simd, &block.x[c], i));
                        let (first, at) = ((i * lanes) as u32, F::load(simd, &at_end.0, i));
                        let mut log = Log { inside: &mut found, first, start, at_end: at, digit };
                        let next = self.kernel.step(&p, x, F::load(simd, &input.0, i), self.clock.dt, &mut log);
                        log.at_end.store(&mut at_end.0, i);
                        next[0].store(&mut block.x[0], i);
                        next[1].store(&mut block.x[1], i);
                        lost = (next[0] + next[1]).fma(zero, lost);
                    }
                    if lost.is_finite().not().any() {
                        block.mark(self.clock.start(n + k + 1));
                    }
                }
                at_ends.push(at_end);
                n += steps;
            }
            // A kernel has spikes at the ends of steps or inside them, not both.
            for i in 0..vectors {
                let spiked = zero.lt(at_ends.iter().fold(zero, |sum, at_end| sum + F::load(simd, &at_end.0, i)));
                if !spiked.any() {
                    continue;
                }
                spiked.for_each(|lane| {
                    let lane = i * lanes + lane;
                    if lane < given.len() {
                        unfold(&at_ends, lane, self.clock, first + lane as u32, self.spikes);
                    }
                });
            }
            append(&found, given.len(), first, self.spikes);
        }
    }
}

/// A column where vectors do not straddle lines of the cache.
#[repr(align(64))]
struct Aligned<T>(Column<T>);

/// Appends the spikes inside the steps of a block, whose neurons are counted from the `first` on, in the order of neurons; those of
/// a neuron are in order already. Lanes from `given` on have no neuron.
fn append(found: &[Spike], given: usize, first: u32, spikes: &mut Vec<Spike>) {
    if found.is_empty() {
        return;
    }
    // Where the spikes of each lane go: a sort by counting.
    let mut next = [0usize; BLOCK + 1];
    for spike in found {
        next[spike.neuron as usize + 1] += 1;
    }
    for lane in 0..BLOCK {
        next[lane + 1] += next[lane];
    }
    let start = spikes.len();
    spikes.resize(start + next[given], Spike { neuron: 0, t: 0.0 });
    let to = &mut spikes[start..];
    for spike in found {
        let place = &mut next[spike.neuron as usize];
        if let Some(to) = to.get_mut(*place) {
            *to = Spike { neuron: first + spike.neuron, t: spike.t };
        }
        *place += 1;
    }
}

/// Appends the spikes that `lane` had at the ends of steps.
#[inline(always)]
fn unfold<T: Lane>(at_ends: &[Aligned<T>], lane: usize, clock: Clock, neuron: u32, spikes: &mut Vec<Spike>) {
    let mut n = clock.first;
    for at_end in at_ends {
        let mut steps = at_end.0[lane].double() as u64;
        while steps != 0 {
            spikes.push(Spike { neuron, t: clock.start(n + u64::from(steps.trailing_zeros()) + 1) });
            steps &= steps - 1;
        }
        n += T::DIGITS;
    }
}
