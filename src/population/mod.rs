//! Many neurons at a fixed step, several in one register: uncoupled ([`Population`]), with weights ([`layer`]), or in a
//! [`network`].
//!
//! A [`Population`] holds its neurons as columns (one of each parameter and each state variable), in blocks. A kernel, written once
//! over lanes (`lanes`), advances as many neurons at a time as the processor's registers hold: 8 with AVX-512, 4 with AVX2, 2 with
//! NEON, 1 without (twice as many in single precision); which, is found when it runs ([`pulp`]). Blocks are shared out among the threads of [`rayon`].
//!
//! ```
//! use spikestep::population::{Population, Stepper};
//! use spikestep::Neuron;
//!
//! let neurons = [Neuron::new(0.02, 0.2, -65.0, 8.0), Neuron::new(0.1, 0.2, -65.0, 2.0)]; // RS and FS
//! let states = neurons.map(|neuron| neuron.resting_start());
//! let stepper: Stepper = "rk4+located".parse()?;
//! let mut population = Population::new(stepper, &neurons, &states)?;
//! let mut spikes = Vec::new();
//! for _ in 0..4000 {
//!     population.step(&[10.0, 10.0], 0.25, &mut spikes)?;
//! }
//! assert_eq!(population.time(), 1000.0);
//! assert_eq!(spikes.iter().filter(|spike| spike.neuron == 0).count(), 23);
//! # Ok::<(), spikestep::Error>(())
//! ```
//!
//! [`solve_many`] is for neurons without a common clock: each to a tolerance on its spike times.
//!
//! # What agrees with what
//!
//! * A neuron's result does not depend on its place, its neighbours, the number of neurons or of threads: to the bit, on one
//!   machine.
//! * `euler`, `half-step`, `rk4` and NEST's two rules fuse no operations: they are the schemes of [`crate::scheme`] to the bit, on every
//!   machine.
//! * `euler+fused`, `half-step+fused` and `rk4+fused` are the same schemes, rearranged and with fused multiply-adds where there are: equal
//!   to rounding only, and twice as fast.
//! * Both hold in single precision ([`Population::single`]) as well; there no operation on the grid is fused either, and the numbers
//!   are those of the scheme evaluated in `f32`.
//! * `rk4+located` and the projective kernels use fused multiply-adds where there are (AVX2, NEON). They agree with their unfused
//!   form to rounding: 1e-9 ms in the spike times of 1000 ms for the four usual cell types, of which tests are made.
//! * A solution that leaves the finite numbers is flagged ([`Population::diverged_at`]) and touches no other neuron.

mod block;
mod drive;
mod fused;
mod gather;
mod grid;
mod join;
mod lane;
mod lanes;
pub mod layer;
mod located;
mod many;
pub mod monitor;
pub mod network;
mod normal;
mod projective;
mod real;
#[cfg(feature = "files")]
pub mod replay;
pub mod spurious;
mod stepper;
mod synapse;
mod team;
mod weights;

pub use layer::{Layer, LayerScheme, LayerSpec};
pub use many::{Spikes, solve_many};
pub use monitor::{Monitor, Variable};
pub use network::Network;
pub use real::Real;
pub use stepper::Stepper;
pub use synapse::{Arrival, Delivery, Synapse};
pub use weights::Weights;

use pulp::Arch;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::error::{Error, Result, finite, shown};
use crate::instructions::dispatch_256;
use crate::{Neuron, State};

use block::{BLOCK, Block, Clock, Kernel, Work};
use lane::Lane;

/// A spike of a population.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spike {
    /// Which neuron.
    pub neuron: u32,
    /// When \[ms\]: the crossing of the peak where the scheme locates it, or the end of its step.
    pub t: f64,
}

/// Blocks that a thread takes at a time, at least: about a microsecond's work for one step.
const CHUNK: usize = 2;

/// Times a thread comes for more in a call, where there are blocks enough.
const TURNS: usize = 16;

/// Neurons times steps below which threads cost more than they bring.
const SERIAL: u64 = 8192;

/// Many uncoupled neurons.
pub struct Population {
    neurons: Vec<Neuron>,
    engine: Box<dyn Engine>,
    /// The step in use, and the time and number of steps since it is.
    clock: Clock,
}

impl Population {
    /// The `neurons`, neuron i at `states[i]` (v in mV, u in mV/ms), at time 0.
    ///
    /// # Errors
    /// No neuron, more than u32 can number, lists of different lengths, a neuron that cannot be solved
    /// ([`Neuron::validate`]), a state that is not finite.
    pub fn new(stepper: Stepper, neurons: &[Neuron], states: &[State]) -> Result<Self> {
        check(neurons, states)?;
        Ok(Self::with(stepper.engine::<f64>(neurons, states), neurons))
    }

    /// The same in single precision: parameters, states and inputs are rounded to `f32` and computed with there; times stay `f64`.
    ///
    /// Twice as many neurons fit a register, and a neuron takes half the memory. The price: rounding alone moves the spikes of
    /// `rk4+located` by up to 1e-2 ms in 300 ms (of which tests are made; it grows with the length of the run, and the most in neurons
    /// that adapt little). Spikes on the grid move by whole steps where v passes the peak a step earlier or later, and stay apart
    /// from then on. That is below the error of the scheme itself at the steps for which these schemes are in use, and far above
    /// what double precision leaves.
    ///
    /// # Errors
    /// As [`new`](Population::new), and a projective scheme: its order is lost in single precision.
    pub fn single(stepper: Stepper, neurons: &[Neuron], states: &[State]) -> Result<Self> {
        check(neurons, states)?;
        if stepper.is_double() {
            let allowed = "a scheme on the grid (such as half-step or rk4+fused) or rk4+located";
            let mend = "Take one of these, or double precision (`Population::new`).";
            return Err(Error::invalid("scheme in single precision", stepper, allowed, mend));
        }
        Ok(Self::with(stepper.engine::<f32>(neurons, states), neurons))
    }

    fn with(engine: Box<dyn Engine>, neurons: &[Neuron]) -> Self {
        let clock = Clock { origin: 0.0, dt: 0.0, first: 0, steps: 0 };
        Population { neurons: neurons.to_vec(), engine, clock }
    }

    /// One step of `dt` \[ms\] under `input` \[mV/ms\], one value a neuron, constant over the step. The spikes found are appended
    /// in the order of neurons, those of one neuron in the order of time.
    ///
    /// # Errors
    /// As [`advance`](Population::advance).
    pub fn step(&mut self, input: &[f64], dt: f64, spikes: &mut Vec<Spike>) -> Result<()> {
        self.advance(input, dt, 1, spikes)
    }

    /// `steps` steps of `dt` under one `input`: the same numbers as as many calls of [`step`](Population::step) (of the fused schemes:
    /// to rounding), and faster, because a block stays in the cache. The spikes of the call are appended in the order of neurons, those of one in the order of time.
    ///
    /// # Errors
    /// `dt` is not positive, or `input` is not one finite number a neuron; nothing has been advanced then.
    pub fn advance(&mut self, input: &[f64], dt: f64, steps: u64, spikes: &mut Vec<Spike>) -> Result<()> {
        same_length("inputs", input.len(), self.neurons.len())?;
        if !(dt > 0.0 && dt.is_finite()) {
            return Err(Error::invalid("step dt", shown(dt), "a positive number of ms", "Give a step such as 0.25."));
        }
        finite_inputs("input of neuron", input)?;
        if dt != self.clock.dt {
            self.clock = Clock { origin: self.time(), dt, first: 0, steps: 0 };
        }
        self.clock.steps = steps;
        self.engine.advance(&self.neurons, input, self.clock, spikes);
        self.clock.first += steps;
        Ok(())
    }

    /// The time reached \[ms\]: a product over equal steps, not a running sum.
    pub fn time(&self) -> f64 {
        self.clock.start(self.clock.first)
    }

    /// Number of neurons.
    pub fn len(&self) -> usize {
        self.neurons.len()
    }

    /// Never: a population has at least one neuron.
    pub fn is_empty(&self) -> bool {
        self.neurons.is_empty()
    }

    /// v \[mV\] and u \[mV/ms\] of neuron `i`, as the last step left them; without meaning once it has diverged.
    ///
    /// # Panics
    /// Where there is no such neuron.
    pub fn state(&self, i: usize) -> State {
        self.engine.state(i, &self.neurons[i])
    }

    /// The end \[ms\] of the step in which v or u of neuron `i` left the finite numbers or spikes accelerated without end; `None`
    /// where that has not happened.
    ///
    /// # Panics
    /// Where there is no such neuron.
    pub fn diverged_at(&self, i: usize) -> Option<f64> {
        assert!(i < self.len(), "neuron {i} of {}", self.len());
        self.engine.diverged_at(i)
    }
}

impl std::fmt::Debug for Population {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Population").field("neurons", &self.len()).field("time", &self.time()).finish_non_exhaustive()
    }
}

/// Refuses what [`Population::new`] says.
fn check(neurons: &[Neuron], states: &[State]) -> Result<()> {
    if neurons.is_empty() || u32::try_from(neurons.len()).is_err() {
        let allowed = "1 to 4294967295 neurons";
        return Err(Error::invalid("number of neurons", neurons.len(), allowed, "Give at least one neuron."));
    }
    same_length("states", states.len(), neurons.len())?;
    for (i, (neuron, state)) in neurons.iter().zip(states).enumerate() {
        neuron.validate()?;
        finite(&format!("v of neuron {i}"), state.v)?;
        finite(&format!("u of neuron {i}"), state.u)?;
    }
    Ok(())
}

/// Refuses a list that has not one entry a neuron.
fn same_length(what: &str, given: usize, neurons: usize) -> Result<()> {
    if given == neurons {
        return Ok(());
    }
    let mend = format!("Give one of the {what} for each neuron.");
    Err(Error::invalid(format!("number of {what}"), given, format!("{neurons}, as there are neurons"), mend))
}

/// Refuses an input that is not finite; `what` it is, without its number.
fn finite_inputs<T: Real>(what: &str, input: &[T]) -> Result<()> {
    // Without a way out of the loop, it takes several at once; 0 · x is 0 for a finite x alone.
    if dispatch_256(Arch::new(), || input.iter().fold(true, |all, x| all & (*x * T::zero() == T::zero()))) {
        return Ok(());
    }
    input.iter().enumerate().try_for_each(|(i, x)| finite(&format!("{what} {i}"), x.double()).map(drop))
}

/// A population without the names of its kernel.
trait Engine: Send + Sync {
    fn advance(&mut self, neurons: &[Neuron], input: &[f64], clock: Clock, spikes: &mut Vec<Spike>);
    fn state(&self, i: usize, neuron: &Neuron) -> State;
    fn diverged_at(&self, i: usize) -> Option<f64>;
    /// The two numbers that stand for a state; the first grows with v and depends on it alone.
    fn encode(&self, neuron: &Neuron, state: State) -> [f64; 2];
    /// Puts neuron `i` at `state`; it counts as not diverged again.
    fn set(&mut self, i: usize, neuron: &Neuron, state: State);
    /// Raises v where its number is below the one in `least`.
    fn raise(&mut self, least: &[f64]);
}

/// A thread that panics leaves nothing half-done that another would go on with: the panic ends the call.
fn hold<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The blocks of a population and their kernel.
struct Blocks<T, K, const P: usize> {
    kernel: K,
    blocks: Vec<Block<T, P>>,
    /// The step \[ms\] of the parameters, where they depend on it.
    dt: f64,
    /// Spikes of each chunk of blocks during a call, kept to use the memory again.
    found: Vec<Vec<Spike>>,
}

impl<T: Lane, K: Kernel<T, P>, const P: usize> Blocks<T, K, P> {
    fn new(kernel: K, neurons: &[Neuron], states: &[State]) -> Self {
        let blocks: Vec<_> =
            neurons.chunks(BLOCK).zip(states.chunks(BLOCK)).map(|(n, s)| Block::new(&kernel, n, s)).collect();
        let found = vec![Vec::new(); blocks.len().div_ceil(CHUNK)];
        Blocks { kernel, blocks, dt: 0.0, found }
    }
}

impl<T: Lane, K: Kernel<T, P>, const P: usize> Engine for Blocks<T, K, P> {
    fn advance(&mut self, neurons: &[Neuron], input: &[f64], clock: Clock, spikes: &mut Vec<Spike>) {
        let kernel = self.kernel;
        if K::DEPENDS_ON_DT && clock.dt != self.dt {
            self.dt = clock.dt;
            for (block, neurons) in self.blocks.iter_mut().zip(neurons.chunks(BLOCK)) {
                block.set_parameters(&kernel, neurons, clock.dt);
            }
        }
        let threads = rayon::current_num_threads();
        if threads == 1 || input.len() as u64 * clock.steps <= SERIAL {
            Work { kernel, blocks: &mut self.blocks, first: 0, input, clock, spikes }.run();
            return;
        }
        let size = (self.blocks.len() / (TURNS * threads)).max(CHUNK);
        let chunks = self.blocks.chunks_mut(size).zip(input.chunks(size * BLOCK)).zip(&mut self.found).enumerate();
        let chunks = Mutex::new(chunks);
        let (first, last) = (|| hold(&chunks).next(), || hold(&chunks).next_back());
        let work = |i, blocks, input, spikes: &mut _| {
            Work { kernel, blocks, first: i * size * BLOCK, input, clock, spikes }.run();
        };
        // This thread takes chunks from the front and has their spikes in place; the others take them from the back.
        rayon::in_place_scope(|scope| {
            for _ in 1..threads {
                scope.spawn(|_| {
                    while let Some((i, ((blocks, input), found))) = last() {
                        work(i, blocks, input, found);
                    }
                });
            }
            while let Some((i, ((blocks, input), _))) = first() {
                work(i, blocks, input, spikes);
            }
        });
        join::join(&mut self.found, spikes);
    }

    fn state(&self, i: usize, neuron: &Neuron) -> State {
        self.kernel.decode(neuron, self.blocks[i / BLOCK].x(i % BLOCK))
    }

    fn diverged_at(&self, i: usize) -> Option<f64> {
        self.blocks[i / BLOCK].diverged_at(i % BLOCK)
    }

    fn encode(&self, neuron: &Neuron, state: State) -> [f64; 2] {
        self.kernel.encode(neuron, state)
    }

    fn set(&mut self, i: usize, neuron: &Neuron, state: State) {
        self.blocks[i / BLOCK].set(i % BLOCK, self.kernel.encode(neuron, state));
    }

    fn raise(&mut self, least: &[f64]) {
        for (block, least) in self.blocks.iter_mut().zip(least.chunks(BLOCK)) {
            block.raise(least);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::fused::{self, Fused};
    use super::grid::Grid;
    use super::located::LocatedRk4;
    use super::projective::Projective;
    use super::*;
    use crate::model::CELL_TYPES;
    use crate::scheme::simulators::{NestConsistent, NestPublished};
    use crate::scheme::{Euler, HalfStep, Rk4};
    use pulp::{Scalar, Scalar256b, Scalar512b, Simd, WithSimd};

    /// The four usual cells, 1000 ms at an input of 10 mV/ms, on the best instructions or on those given.
    fn spikes<T: Lane, K: Kernel<T, P>, const P: usize>(kernel: K, dt: f64, simd: Option<impl Simd>) -> Vec<Spike> {
        let (neurons, states): (Vec<_>, Vec<_>) =
            CELL_TYPES[..4].iter().map(|cell| (cell.neuron, cell.initial)).unzip();
        let mut blocks = Blocks::<T, K, P>::new(kernel, &neurons, &states).blocks;
        let mut spikes = Vec::new();
        let clock = Clock { origin: 0.0, dt, first: 0, steps: (1000.0 / dt) as u64 };
        let work = Work { kernel, blocks: &mut blocks, first: 0, input: &[10.0; 4], clock, spikes: &mut spikes };
        match simd {
            Some(simd) => work.with_simd(simd),
            None => work.run(),
        }
        spikes
    }

    fn largest_difference(a: &[Spike], b: &[Spike]) -> f64 {
        assert_eq!(a.len(), b.len());
        assert!(a.iter().zip(b).all(|(a, b)| a.neuron == b.neuron));
        a.iter().zip(b).map(|(a, b)| (a.t - b.t).abs()).fold(0.0, f64::max)
    }

    #[test]
    fn kernels_without_fused_operations_are_the_same_at_every_width() {
        fn same<T: Lane, K: Kernel<T, 10>>(kernel: K) {
            let best = spikes::<T, _, _>(kernel, 0.1, None::<Scalar>);
            assert!(best.len() > 150);
            assert_eq!(best, spikes::<T, _, _>(kernel, 0.1, Some(Scalar::new())));
            assert_eq!(best, spikes::<T, _, _>(kernel, 0.1, Some(Scalar256b)));
            assert_eq!(best, spikes::<T, _, _>(kernel, 0.1, Some(Scalar512b)));
            #[cfg(target_arch = "x86_64")]
            if let Some(simd) = pulp::x86::V3::try_new() {
                assert_eq!(best, spikes::<T, _, _>(kernel, 0.1, Some(simd)));
            }
        }
        same::<f64, _>(Grid(Euler));
        same::<f64, _>(Grid(HalfStep));
        same::<f64, _>(Grid(NestPublished));
        same::<f64, _>(Grid(NestConsistent));
        same::<f64, _>(Grid(Rk4));
        same::<f32, _>(Grid(Euler));
        same::<f32, _>(Grid(Rk4));
    }

    /// Two steps in one call and in two, from states without a spike. (W, K) and what the stages make of them stay below 4, and each
    /// of up to 26 operations and of some 20 that scale them rounds half an ulp of that once or twice; a stage enlarges what it is
    /// given by less than 2, the scale is taken out again: below 2 · 2 · 46 · 2 · 4 · ε/2 < 800 ε, over (h/2)² = 1/16 in K.
    #[test]
    fn fused_kernels_agree_at_every_width_to_rounding() {
        fn after<T: Lane, R: fused::Flow>(flow: R, calls: u64, simd: Option<impl Simd>) -> Vec<[f64; 2]> {
            let (neurons, states): (Vec<_>, Vec<_>) =
                (0..37).map(|i| &CELL_TYPES[i % 4]).map(|cell| (cell.neuron, cell.initial)).unzip();
            let input: Vec<f64> = (0..37).map(|i| f64::from(i) / 3.0).collect();
            let kernel = Fused(flow);
            let mut blocks = Blocks::<T, _, { normal::PARAMETERS }>::new(kernel, &neurons, &states).blocks;
            let mut spikes = Vec::new();
            for first in 0..calls {
                let clock = Clock { origin: 0.0, dt: 0.5, first, steps: 2 / calls };
                let work = Work { kernel, blocks: &mut blocks, first: 0, input: &input, clock, spikes: &mut spikes };
                match simd {
                    Some(simd) => work.with_simd(simd),
                    None => work.run(),
                }
            }
            assert!(spikes.is_empty());
            (0..37).map(|i| blocks[0].x(i)).collect()
        }
        fn agree<T: Lane, R: fused::Flow>(flow: R) {
            let best = after::<T, _>(flow, 1, None::<Scalar>);
            let others = [
                after::<T, _>(flow, 2, None::<Scalar>),
                after::<T, _>(flow, 1, Some(Scalar::new())),
                after::<T, _>(flow, 1, Some(Scalar256b)),
                after::<T, _>(flow, 1, Some(Scalar512b)),
                after::<T, _>(flow, 2, Some(Scalar512b)),
            ];
            let room = 16.0 * 800.0 * T::epsilon().double();
            for (a, b) in others.iter().flat_map(|other| best.iter().zip(other)) {
                assert!((a[0] - b[0]).abs() < room && (a[1] - b[1]).abs() < room, "{flow:?} {a:?} {b:?}");
            }
        }
        agree::<f64, _>(fused::Euler);
        agree::<f64, _>(fused::HalfStep);
        agree::<f64, _>(fused::Rk4);
        agree::<f32, _>(fused::HalfStep);
        agree::<f32, _>(fused::Rk4);
    }

    /// Each step rounds K ≈ 0.3 and W by some 1e-16, which at most 4000 steps add up to 1e-14 between two resets (those do not
    /// forget K). On the slow manifold a change of K moves a spike by 1/K' ≈ 80 to 1/(α K) ≈ 200 ms, and 100 spikes add up:
    /// below 1e-9 ms.
    #[test]
    fn fused_and_unfused_paths_agree_to_rounding() {
        fn agree<K: Kernel<f64, { normal::PARAMETERS }>>(kernel: K) {
            let unfused = spikes::<f64, _, _>(kernel, 0.25, Some(Scalar::new()));
            let best = spikes::<f64, _, _>(kernel, 0.25, None::<Scalar>);
            let wide = spikes::<f64, _, _>(kernel, 0.25, Some(Scalar512b));
            let (d, e) = (largest_difference(&unfused, &best), largest_difference(&wide, &best));
            assert!(d < 1e-9 && e < 1e-9, "{kernel:?}: {d:e} {e:e}");
        }
        agree(LocatedRk4);
        agree(Projective::<8>);
        agree(Projective::<10>);
    }
}
