//! How the neuron is stepped.
//!
//! A problem, a [`Scheme`] and a [`StepSize`] give a [`Trajectory`] ([`solve`]); an observer is called after every step
//! ([`solve_with`]). A scheme is a value with a name; a [`SchemeSet`] holds those that a program knows.
//!
//! Most schemes are a [`Flow`]: one step of the smooth equations that knows nothing of spikes. The two ways of handling a spike, on
//! the grid ([`OnGrid`]) and inside the step ([`Located`]), are written once for all of them. The rules of simulators
//! ([`simulators`]) bring their own handling of spikes and are a [`Stepper`]. Recording, input and metrics are not a scheme's
//! business. Adding a scheme is adding a file here and an entry in `table.rs`, or in another crate calling [`SchemeSet::with`].

pub mod adaptive;
pub mod euler;
pub mod euler_semi_implicit;
pub mod evolution;
pub mod half_step;
pub mod izhikevich_2003;
pub mod izhikevich_2004;
pub mod located;
pub mod midpoint_v;
pub mod on_grid;
pub mod projective;
pub mod rk4_wk;
pub mod rule;
pub mod runge_kutta;
mod set;
pub mod simulators;
mod solve;
pub mod stability;
mod table;
pub mod tableau;
pub mod taylor;
mod value;

pub use adaptive::{solve_dop853, solve_dopri5};
pub use euler::Euler;
pub use euler_semi_implicit::EulerSemiImplicit;
pub use evolution::{Evolution, EvolutionOrder, RecursiveEvolution};
pub use half_step::HalfStep;
pub use izhikevich_2003::Izhikevich2003;
pub use izhikevich_2004::Izhikevich2004;
pub use located::Located;
pub use midpoint_v::MidpointV;
pub use on_grid::OnGrid;
pub use rk4_wk::Rk4Wk;
pub use rule::Rule;
pub use runge_kutta::{Heun, Midpoint, Rk4};
pub use set::{GROUPS, SchemeSet};
pub use solve::{MAX_STEPS, StepSize, solve, solve_with, start};
pub use tableau::ButcherTableau;
pub use taylor::solve_taylor;
pub use value::{Scheme, SchemeInfo, Setup};

pub use crate::model::step_count;
pub use crate::spike::MAX_SPIKES_PER_STEP;

use solve::observe_steps;
pub(crate) use solve::prepare;

use crate::model::{Neuron, State, StepInput};
use crate::spike::SpikeTrain;

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
    /// The state `input.length()` ms after `from`. A trial: it must not change what the flow remembers.
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

/// Spikes came faster than [`MAX_SPIKES_PER_STEP`] in one step: the run is cut and flagged as diverged.
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
    /// Steps taken.
    pub steps: u64,
    /// What they cost.
    pub cost: Cost,
}
