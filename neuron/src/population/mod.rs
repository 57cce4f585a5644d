//! Many neurons at a fixed step, several in one register: uncoupled ([`Population`]), with weights ([`layer`]), or in a
//! [`network`].
//!
//! A [`Population`] holds its neurons as columns (one of each parameter and each state variable), in blocks. A kernel, written once
//! over lanes (`lanes`), advances as many neurons at a time as the processor's registers hold: 8 with AVX-512, 4 with AVX2, 2 with
//! NEON, 1 without (twice as many in single precision); which, is found when it runs ([`pulp`]). Blocks are shared out among the threads of [`rayon`].
//!
//! ```
//! use spikestep::population::Population;
//! use spikestep::{Neuron, Scheme};
//!
//! let neurons = [Neuron::new(0.02, 0.2, -65.0, 8.0), Neuron::new(0.1, 0.2, -65.0, 2.0)]; // RS and FS
//! let states = neurons.map(|neuron| neuron.resting_start());
//! let scheme: Scheme = "rk4+located".parse()?;
//! let mut population = Population::new(&scheme, &neurons, &states)?;
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
//! * Rules with spikes on the grid fuse no operations: they are the schemes of [`crate::scheme`] to the bit, on every machine, because
//!   the same code ([`Rule`]) steps both.
//! * The [fused](Population::fused) forms of `euler`, `half-step` and `rk4` are the same schemes, rearranged and with fused multiply-adds
//!   where there are: equal to rounding only, and twice as fast.
//! * Both hold in single precision ([`Population::single`]) as well; there no operation on the grid is fused either, and the numbers
//!   are those of the scheme evaluated in `f32`.
//! * `rk4+located` and the projective kernels use fused multiply-adds where there are (AVX2, NEON). They agree with their unfused
//!   form to rounding: 1e-9 ms in the spike times of 1000 ms for the four usual cell types, of which tests are made.
//! * A solution that leaves the finite numbers is flagged ([`Population::diverged_at`]) and touches no other neuron.

mod block;
mod clock;
mod engine;
pub mod exact;
mod fused;
mod gather;
mod grid;
mod in_order;
mod kernel;
mod kernels;
pub mod layer;
mod located;
mod many;
pub mod monitor;
pub mod network;
mod network_2003;
mod normal;
mod projective;
mod real;
#[cfg(feature = "files")]
pub mod replay;
mod rows;
mod rows_mut;
mod spike;
pub mod spurious;
mod steps;
mod synapse;
mod team;
mod variable;
mod weights;

pub use kernels::{scheme, schemes};
pub use layer::{Layer, LayerSpec};
pub use many::{Spikes, solve_many};
pub use monitor::Monitor;
pub use network::Network;
pub use network_2003::Network2003;
pub use real::Real;
pub use spike::Spike;
pub use synapse::{Arrival, Delivery, Synapse};
pub use variable::Variable;
pub use weights::Weights;

use crate::error::{Error, Result, finite, refuse_if};
use crate::scheme::{Rule, Scheme};
use crate::{Neuron, State};

use clock::{Clock, checked_step};
use engine::{Blocks, Engine};
use grid::Grid;
use real::finite_inputs;

/// Many uncoupled neurons, stepped together with one dt; see the [module](self).
pub struct Population {
    neurons: Vec<Neuron>,
    engine: Box<dyn Engine<f64>>,
    /// The step in use, and the time and number of steps since it is.
    clock: Clock,
}

impl Population {
    /// The `neurons` under one of the [`schemes`], neuron i at `states[i]` (v in mV, u in mV/ms), at time 0. A scheme with a peak of
    /// its own (`bindsnet`) uses that.
    ///
    /// # Errors
    /// A scheme that populations have no kernel for, no neuron, more than u32 can number, lists of different lengths, a neuron that
    /// cannot be solved ([`Neuron::validate`]), a state that is not finite.
    pub fn new(scheme: &Scheme, neurons: &[Neuron], states: &[State]) -> Result<Self> {
        let neurons = check(neurons, states, scheme.own_peak())?;
        Ok(Self::with(kernels::engine::<f64>(scheme, &neurons, states)?, neurons))
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
    pub fn single(scheme: &Scheme, neurons: &[Neuron], states: &[State]) -> Result<Self> {
        let neurons = check(neurons, states, scheme.own_peak())?;
        let allowed = "a scheme on the grid (such as half-step) or rk4+located";
        let mend = "Take one of these, or double precision (`Population::new`).";
        refuse_if!(scheme.to_string().starts_with("projective"), "scheme in single precision", scheme, allowed, mend);
        Ok(Self::with(kernels::engine::<f32>(scheme, &neurons, states)?, neurons))
    }

    /// The fused form of `euler`, `half-step` or `rk4`: the same scheme rearranged and with fused multiply-adds, equal to rounding only
    /// and about twice as fast.
    ///
    /// Take it for large or long runs where nothing is to be compared bit for bit. Its numbers are the same for any number of threads,
    /// but not on processors with and without fused multiply-adds; and rounding moves a spike to the next step where v comes that near
    /// to the peak, after which trains on the grid stay apart.
    ///
    /// # Errors
    /// As [`new`](Population::new); a scheme that has no fused form.
    pub fn fused(scheme: &Scheme, neurons: &[Neuron], states: &[State]) -> Result<Self> {
        let neurons = check(neurons, states, None)?;
        Ok(Self::with(kernels::fused_engine::<f64>(scheme, &neurons, states)?, neurons))
    }

    /// The [fused](Population::fused) form in [single](Population::single) precision.
    ///
    /// # Errors
    /// As [`fused`](Population::fused).
    pub fn fused_single(scheme: &Scheme, neurons: &[Neuron], states: &[State]) -> Result<Self> {
        let neurons = check(neurons, states, None)?;
        Ok(Self::with(kernels::fused_engine::<f32>(scheme, &neurons, states)?, neurons))
    }

    /// The `neurons` under a rule of your own, with spikes on the grid.
    ///
    /// # Errors
    /// As [`new`](Population::new).
    pub fn of_rule<R: Rule>(rule: R, neurons: &[Neuron], states: &[State]) -> Result<Self> {
        let neurons = check(neurons, states, None)?;
        let engine = Box::new(Blocks::<f64, _, _>::new(Grid(rule), &neurons, states, 0.0));
        Ok(Self::with(engine, neurons))
    }

    fn with(engine: Box<dyn Engine<f64>>, neurons: Vec<Neuron>) -> Self {
        let clock = Clock { origin: 0.0, dt: 0.0, first: 0, steps: 0 };
        Population { neurons, engine, clock }
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
        checked_step(dt)?;
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

    /// The number of neurons.
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

/// The neurons with the `peak` \[mV\] that takes the place of theirs, where there is one; what [`Population::new`] says is refused.
fn check(neurons: &[Neuron], states: &[State], peak: Option<f64>) -> Result<Vec<Neuron>> {
    if neurons.is_empty() || u32::try_from(neurons.len()).is_err() {
        let allowed = "1 to 4294967295 neurons";
        return Err(Error::invalid("number of neurons", neurons.len(), allowed, "Give at least one neuron."));
    }
    same_length("states", states.len(), neurons.len())?;
    let neurons: Vec<_> = neurons.iter().map(|neuron| peak.map_or(*neuron, |peak| neuron.with_peak(peak))).collect();
    for (i, (neuron, state)) in neurons.iter().zip(states).enumerate() {
        neuron.validate()?;
        neuron.require_plain("a population")?;
        finite(&format!("v of neuron {i}"), state.v)?;
        finite(&format!("u of neuron {i}"), state.u)?;
    }
    Ok(neurons)
}

/// Refuses a list that has not one entry a neuron.
fn same_length(what: &str, given: usize, neurons: usize) -> Result<()> {
    if given == neurons {
        return Ok(());
    }
    let mend = format!("Give one of the {what} for each neuron.");
    Err(Error::invalid(format!("number of {what}"), given, format!("{neurons}, as there are neurons"), mend))
}
