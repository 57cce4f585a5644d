//! What a scheme does at each step, and what it gives: the traits that a scheme implements, and the types they speak in.

use super::account::ArithmeticAccount;
use crate::model::{Neuron, State, StepInput};
use crate::spike::SpikeTrain;

/// What a fixed-step scheme is started with. [`solve`](super::solve) makes it.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Setup {
    /// The neuron, with the peak that the scheme is to use.
    pub neuron: Neuron,
    /// Step dt \[ms\].
    pub dt: f64,
    /// Number of steps of the run: schemes with memory reserve it.
    pub steps: u64,
    /// State at t = 0.
    pub initial: State,
    /// Lower bound of v \[mV\], for the rules that have one (`bindsnet`).
    pub lower_bound: Option<f64>,
}

/// What a computation cost, counted rather than measured.
///
/// Flops are additions, subtractions, multiplications and divisions on the published 2003 form, with constants of the
/// run (dt/2, dt·a) formed beforehand; comparisons and the reset are free, an exponential or logarithm counts 20.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// Evaluations of the right-hand side (v' or the pair (v', u')).
    pub rhs_evaluations: u64,
    /// Floating-point operations.
    pub flops: u64,
}

impl Cost {
    /// Flops of one evaluation of (v', u'): 7 for v', 3 for u'.
    pub const FIELD: u64 = 10;

    /// A cost from evaluations and flops.
    pub const fn new(rhs_evaluations: u64, flops: u64) -> Self {
        Cost { rhs_evaluations, flops }
    }

    /// This cost `n` times.
    pub const fn times(self, n: u64) -> Self {
        Cost { rhs_evaluations: self.rhs_evaluations * n, flops: self.flops * n }
    }
}

impl std::ops::Add for Cost {
    type Output = Cost;
    fn add(self, other: Cost) -> Cost {
        Cost { rhs_evaluations: self.rhs_evaluations + other.rhs_evaluations, flops: self.flops + other.flops }
    }
}

/// One step of the smooth equations: what a scheme is when spikes are left out.
pub trait Flow: Send {
    /// The state `input.length()` ms after `from`. The location of a spike tries several lengths, so that a call must not change what the
    /// flow remembers.
    fn advance(&self, neuron: &Neuron, from: State, input: &StepInput<'_>) -> State;

    /// Cost of one [`advance`](Flow::advance).
    fn cost(&self) -> Cost;

    /// Is called when `from` → `to` over `length` ms has become part of the solution: a flow with memory keeps it here.
    fn accept(&mut self, _from: State, _to: State, _length: f64) {}

    /// Is called at a reset of v and a jump of u by `d` \[mV/ms\].
    fn jump(&mut self, _d: f64) {}

    /// Is called when a whole step of the grid has ended at `state`; may correct it from memory.
    fn end_step(&mut self, state: State) -> State {
        state
    }

    /// Cost of what memory took so far, beyond the advances.
    fn memory_cost(&self) -> Cost {
        Cost::default()
    }
}

/// One step of the grid as a scheme is given it.
#[derive(Clone, Copy, Debug)]
pub struct Step<'a> {
    /// Where it starts \[ms\].
    pub start: f64,
    /// Where it ends \[ms\]: the time of a spike that the scheme finds in it and leaves on the grid.
    pub end: f64,
    /// The input over it; its length is dt.
    pub input: StepInput<'a>,
}

/// Spikes came faster than [`MAX_SPIKES_PER_STEP`](super::MAX_SPIKES_PER_STEP) in one step, or a rule needs more parts of it
/// than it takes: the run is cut and flagged as diverged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Runaway;

/// A fixed-step scheme at work on a problem, spikes included.
pub trait Stepper: Send {
    /// Advances `state` over one step and appends the spikes found in it to `spikes` \[ms\]. The state returned is the one
    /// the scheme leaves (after the reset, unless the scheme resets at the start of the next step).
    ///
    /// # Errors
    /// [`Runaway`] when spikes accelerate without end inside the step.
    fn step(&mut self, state: State, step: &Step<'_>, spikes: &mut Vec<f64>) -> Result<State, Runaway>;

    /// What it cost so far.
    fn cost(&self) -> Cost;

    /// What its arithmetic did so far, where it is not that of the processor.
    fn account(&self) -> Option<ArithmeticAccount> {
        None
    }
}

/// The state at the end of a step, as an observer is given it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample {
    /// End of the step \[ms\].
    pub t: f64,
    /// State after it, as the scheme leaves it.
    pub state: State,
    /// Whether a spike fell into it.
    pub spike: bool,
}

/// The solution of a problem by a scheme: its spikes, how it ended, and what it cost.
#[derive(Clone, Debug, Default, PartialEq)]
#[must_use]
pub struct Trajectory {
    /// The spikes, up to the duration.
    pub spikes: SpikeTrain,
    /// The time \[ms\] at which v or u left the finite numbers or spikes accelerated without end; the run stops there.
    pub diverged_at: Option<f64>,
    /// The largest error of a spike time \[ms\] as the scheme itself estimates it; `None` for schemes that do not (of this crate all but
    /// `projective`).
    pub error_estimate: Option<f64>,
    /// What the arithmetic did, where the run was made in one of few bits.
    pub arithmetic: Option<ArithmeticAccount>,
    /// Steps taken.
    pub steps: u64,
    /// What they cost.
    pub cost: Cost,
}

/// Calls `observe` for the steps that end at `ends` \[ms\], for a solver that has its solution already: with the state at each end
/// and whether one of `spikes` \[ms\] fell into the step.
pub(super) fn observe_steps(
    ends: impl Iterator<Item = f64>,
    spikes: &SpikeTrain,
    mut state: impl FnMut(f64) -> State,
    mut observe: impl FnMut(Sample),
) {
    let mut spikes = spikes.times().iter().peekable();
    for t in ends {
        let mut spike = false;
        while spikes.next_if(|&&s| s <= t).is_some() {
            spike = true;
        }
        observe(Sample { t, state: state(t), spike });
    }
}
