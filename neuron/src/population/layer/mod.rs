//! A layer of Izhikevich neurons with lateral weights, batches and spike traces: BindsNET's `IzhikevichNodes`, under any scheme.
//!
//! One step of row r of the batch, x the input, s the spikes of row r in the last step:
//!
//! ```text
//! x ← Σ over connections (weights · spikes, a delay ago) + external input          see `network`
//! x ← x + S·s                                                                      S_ij: from j onto i, BindsNET's
//! (v, u, s) by the scheme;   v ← max(v, lbound)
//! trace ← e^{−dt/tc} trace;   where it spiked: trace ← scale, or trace + scale
//! summed ← summed + x
//! ```
//!
//! Under `bindsnet` this is BindsNET's step, operation for operation: the reset of a spike waits for the next step,
//! and v shows the peak until then. The sum S·s is formed first, in ascending order of j (see [`Weights`]), which replays torch's
//! results to rounding. The other schemes leave v and u after the reset. A scheme that locates its spikes may find several in a step:
//! each counts in x and in an additive trace.
//!
//! ```
//! use spikestep::population::layer::{Layer, LayerSpec, RandomWeights, Traces};
//!
//! let mut spec = LayerSpec::random(100, 0.8, RandomWeights::Dense, 1)?;
//! spec.traces = Some(Traces::default());
//! let mut layer: Layer<f32> = Layer::new(spec, 1.0, 1)?; // dt = 1 ms, one row
//! let mut count = 0;
//! for _ in 0..200 {
//!     layer.step(&[8.0; 100])?;
//!     count += layer.spikes(0).len();
//! }
//! assert!(count > 100);
//! # Ok::<(), spikestep::Error>(())
//! ```
//!
//! Layers run in `f64` or `f32`. What a layer computes does not depend on threads, nor on the processor for the schemes with spikes
//! on the grid.

mod core;
mod random;
mod shard;
mod signals;
mod spec;
mod traces;

pub use random::RandomWeights;
pub use spec::LayerSpec;
pub use traces::Traces;

pub(super) use core::Core;
pub(super) use shard::{Presynaptic, Shard};
pub(super) use signals::{Signals, checked_batch};
pub(super) use traces::TraceStep;

use super::clock::{Clock, checked_step};
use super::monitor::Monitor;
use super::real::Real;
use super::spike::Spike;
use super::steps::{NodeState, RunningNode, StepView, run_steps};
use super::variable::Variable;
use super::weights::Weights;
use crate::error::{Error, Result, finite, refuse_if};

/// A layer of neurons in precision T; see the [module](self).
pub struct Layer<T> {
    core: Core<T>,
    signals: Signals<T>,
    shards: Vec<Shard<T>>,
}

impl<T: Real> Layer<T> {
    /// The layer of `spec` at rest, with steps of `dt` \[ms\] and `batch` rows that have nothing to do with each other.
    ///
    /// # Errors
    /// A description that cannot be used ([`LayerSpec::validate`]), a step that is not positive, no row.
    pub fn new(mut spec: LayerSpec, dt: f64, batch: usize) -> Result<Self> {
        spec.validate()?;
        checked_step(dt)?;
        checked_batch(batch, spec.n())?;
        let lateral = spec.lateral.take().map(|weights| weights.cast());
        let traces = spec.traces.map(|traces| TraceStep::new(traces, dt));
        // Four shards or more where that leaves each some thirty vectors or more.
        let shard = spec.n().div_ceil(4).next_multiple_of(32).clamp(128, 512);
        let synapse = spec.synapse.at_step(dt);
        let clock = Clock { origin: 0.0, dt, first: 0, steps: 1 };
        let core = Core { spec, lateral, synapse, traces, clock, rows: batch, shard, clamps: Vec::new() };
        let shards = core.shards(batch);
        let signals = Signals::new(core.n(), batch, 1);
        Ok(Layer { core, signals, shards })
    }

    /// One step under `input` \[mV/ms\], row by row of the batch.
    ///
    /// # Errors
    /// Not one finite number for each neuron of each row; nothing has been advanced then.
    pub fn step(&mut self, input: &[T]) -> Result<()> {
        let expected = self.signals.input.len();
        if input.len() != expected {
            let allowed = format!("{expected}, {} rows of {} neurons", self.batch(), self.n());
            return Err(Error::invalid("number of inputs", input.len(), allowed, "Give one input for each neuron."));
        }
        self.run(1, |_, to| {
            to.copy_from_slice(input);
            Ok(())
        })
    }

    /// `steps` steps; before each, `feed` is given the number of the step since the start and the input \[mV/ms\] of all rows as the
    /// step before had it (zero at first), to be changed. The numbers are those of as many calls of [`step`](Layer::step), and
    /// threads share the work of each step.
    ///
    /// # Errors
    /// Those of `feed`, and an input that is not finite; the steps before it have been taken.
    pub fn run(&mut self, steps: u64, feed: impl FnMut(u64, &mut [T]) -> Result<()>) -> Result<()> {
        self.run_recorded(steps, feed, &mut [])
    }

    /// As [`run`](Layer::run), every step recorded by the `monitors`.
    ///
    /// # Errors
    /// As [`run`](Layer::run), and a monitor that does not fit the layer or cannot write.
    pub fn run_recorded(
        &mut self,
        steps: u64,
        mut feed: impl FnMut(u64, &mut [T]) -> Result<()>,
        monitors: &mut [Monitor<'_>],
    ) -> Result<()> {
        for monitor in monitors.iter_mut() {
            monitor.begin(&[self.shape_of()])?;
        }
        let clock = self.core.clock;
        let nodes = vec![self.running()];
        let before = |n: u64, nodes: &mut [RunningNode<'_, T>]| feed(n, &mut nodes[0].signals.input);
        let after =
            |n: u64, view: &StepView<'_, '_, T>, _: &mut [_]| monitors.iter_mut().try_for_each(|m| m.record(n, view));
        run_steps(nodes, &mut [], clock, steps, before, after)?;
        monitors.iter_mut().try_for_each(Monitor::flush)
    }

    /// Back to rest: v, u, spikes, traces and the summed input, and the time to 0. Weights and the external input stay.
    pub fn reset(&mut self) {
        let core = &self.core;
        self.shards.iter_mut().for_each(|shard| core.rest(shard));
        self.signals.clear();
        self.core.clock.first = 0;
    }

    /// Changes the number of rows; all are at rest then, without input, as after [`reset`](Layer::reset).
    ///
    /// # Errors
    /// No row.
    pub fn set_batch(&mut self, batch: usize) -> Result<()> {
        checked_batch(batch, self.n())?;
        self.core.rows = batch;
        self.core.clock.first = 0;
        self.shards = self.core.shards(batch);
        self.signals = Signals::new(self.n(), batch, self.signals.depth());
        Ok(())
    }

    /// Puts the neurons of `row` at `v` \[mV\] and `u` \[mV/ms\]. Under `bindsnet` a v at or above the peak is reset at
    /// the next step.
    ///
    /// # Errors
    /// No such row, not one finite number for each neuron.
    pub fn set_state(&mut self, row: usize, v: &[T], u: &[T]) -> Result<()> {
        self.core.checked_row(row)?;
        for (name, list) in [("v", v), ("u", u)] {
            refuse_if!(
                list.len() != self.n(),
                format!("number of values of {name}"),
                list.len(),
                format!("{}, as there are neurons", self.n()),
                "Give one each."
            );
            if let Some(i) = list.iter().position(|x| !x.is_finite()) {
                finite(&format!("{name} of neuron {i}"), list[i].double())?;
            }
        }
        for shard in self.shards.iter_mut().filter(|shard| shard.row == row) {
            shard.clamped.clear();
            for i in 0..shard.n() {
                shard.set(i, v[shard.first + i], u[shard.first + i]);
            }
        }
        Ok(())
    }

    /// The values of `variable` of the neurons of `row`, as the last step left them; zero where traces are not kept or the input is
    /// not summed.
    ///
    /// # Panics
    /// Where there is no such row.
    pub fn values(&self, variable: Variable, row: usize) -> Vec<T> {
        assert!(row < self.batch(), "row {row} of {}", self.batch());
        let mut values = Vec::with_capacity(self.n());
        for shard in self.shards.iter().filter(|shard| shard.row == row) {
            values.extend((0..shard.n()).map(|i| shard.value(variable, i)));
        }
        values
    }

    /// v \[mV\] of the neurons of `row`.
    ///
    /// # Panics
    /// Where there is no such row.
    pub fn v(&self, row: usize) -> Vec<T> {
        self.values(Variable::V, row)
    }

    /// u \[mV/ms\] of the neurons of `row`.
    ///
    /// # Panics
    /// Where there is no such row.
    pub fn u(&self, row: usize) -> Vec<T> {
        self.values(Variable::U, row)
    }

    /// Spikes of the last step in `row`, in the order of neurons.
    ///
    /// # Panics
    /// Where there is no such row.
    pub fn spikes(&self, row: usize) -> &[Spike] {
        self.signals.fired(1, row)
    }

    /// The end \[ms\] of the step in which neuron `i` of `row` left the finite numbers, which touches only those its spikes reach.
    ///
    /// # Panics
    /// Where there is no such row or neuron.
    pub fn diverged_at(&self, row: usize, i: usize) -> Option<f64> {
        let (shard, i) = self.core.locate(row, i);
        self.shards[shard].diverged_at(i)
    }

    /// Lateral weights \[mV/ms\], where there are any.
    pub fn lateral(&self) -> Option<&Weights<T>> {
        self.core.lateral.as_ref()
    }

    /// The description it was made from, without the lateral weights.
    pub fn spec(&self) -> &LayerSpec {
        &self.core.spec
    }

    /// The number of neurons in a row.
    pub fn n(&self) -> usize {
        self.core.n()
    }

    /// The number of rows of the batch.
    pub fn batch(&self) -> usize {
        self.core.rows
    }

    /// The length of a step \[ms\].
    pub fn dt(&self) -> f64 {
        self.core.clock.dt
    }

    /// Steps taken since the start or the last reset.
    #[allow(clippy::misnamed_getters)] // The first step to come has the number of those taken.
    pub fn steps(&self) -> u64 {
        self.core.clock.first
    }

    /// The time reached \[ms\].
    pub fn time(&self) -> f64 {
        self.core.clock.start(self.steps())
    }

    pub(super) fn running(&mut self) -> RunningNode<'_, T> {
        let Layer { core, signals, shards } = self;
        RunningNode { signals, state: NodeState::Neurons { core, shards } }
    }

    pub(super) fn signals_mut(&mut self) -> &mut Signals<T> {
        &mut self.signals
    }

    /// Drops what the connection at `place` among those onto this layer still has to deliver.
    pub(super) fn forget_current(&mut self, place: usize) {
        self.shards.iter_mut().for_each(|shard| shard.forget_current(place));
    }

    /// Rows and neurons.
    pub(super) fn shape_of(&self) -> (usize, usize) {
        (self.batch(), self.n())
    }
}

impl<T: Real> std::fmt::Debug for Layer<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let scheme = &self.core.spec.scheme;
        f.debug_struct("Layer")
            .field("neurons", &self.n())
            .field("batch", &self.batch())
            .field("scheme", scheme)
            .field("time", &self.time())
            .finish_non_exhaustive()
    }
}
