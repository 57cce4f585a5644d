//! How the neuron is stepped.
//!
//! A problem, a [`Scheme`] and a [`StepSize`] give a [`Trajectory`] ([`solve`]); an observer is called after every step
//! ([`solve_with`]). A scheme is a value with a name; a [`SchemeSet`] holds those that a program knows.
//!
//! Most schemes are a [`Flow`]: one step of the smooth equations that knows nothing of spikes. The two ways of handling a spike, on
//! the grid ([`OnGrid`]) and inside the step ([`Located`]), are written once for all of them. The rules of simulators
//! ([`simulators`]) bring their own handling of spikes and are a [`GridRule`], or a [`Stepper`] where they remember more. Recording,
//! input and metrics are not a scheme's business. Adding a scheme is adding a file here and an entry in `table.rs`, or in another crate
//! calling [`SchemeSet::with`].

mod account;
pub mod adams_bashforth;
pub mod adaptive;
pub mod chan_tsai;
pub mod euler;
pub mod euler_semi_implicit;
pub mod evolution;
pub mod explicit_reduction;
pub mod exponential_euler;
pub mod grid_rule;
mod gridded;
pub mod half_step;
pub mod implicit;
mod in_arithmetic;
mod info;
pub mod izhikevich_2003;
pub mod izhikevich_2004;
pub mod located;
pub mod midpoint_v;
pub mod on_grid;
pub mod parker_sochacki;
pub mod projective;
pub mod rk4_wk;
pub mod rosenbrock_euler;
pub mod rule;
pub mod rules;
pub mod runge_kutta;
mod set;
pub mod simulators;
mod solve;
pub mod stability;
mod step;
pub mod strang;
mod table;
pub mod tableau;
pub mod taylor;
pub mod theta_neuron;
mod value;

pub use account::ArithmeticAccount;
pub use adams_bashforth::AdamsBashforth2;
pub use adaptive::{solve_dop853, solve_dopri5};
pub use chan_tsai::ChanTsai;
pub use euler::Euler;
pub use euler_semi_implicit::EulerSemiImplicit;
pub use evolution::{Evolution, EvolutionOrder, RecursiveEvolution};
pub use explicit_reduction::ExplicitReduction;
pub use exponential_euler::ExponentialEuler;
pub use grid_rule::GridRule;
pub use gridded::Gridded;
pub use half_step::HalfStep;
pub use implicit::{ImplicitMidpoint, ImplicitTrapezoid};
pub use in_arithmetic::InArithmetic;
pub use info::SchemeInfo;
pub use izhikevich_2003::Izhikevich2003;
pub use izhikevich_2004::Izhikevich2004;
pub use located::Located;
pub use midpoint_v::MidpointV;
pub use on_grid::OnGrid;
pub use parker_sochacki::ParkerSochacki;
pub use rk4_wk::Rk4Wk;
pub use rosenbrock_euler::RosenbrockEuler;
pub use rule::Rule;
pub use runge_kutta::{Heun, Midpoint, Rk4};
pub use set::{GROUPS, SchemeSet, applicable};
pub use solve::{MAX_STEPS, StepSize, check_form, run, solve, solve_with, start};
pub use step::{Cost, Flow, Runaway, Sample, Setup, Step, Stepper, Trajectory};
pub use strang::Strang;
pub use tableau::ButcherTableau;
pub use taylor::solve_taylor;
pub use theta_neuron::ThetaNeuron;
pub use value::Scheme;

pub use crate::model::step_count;
pub use crate::spike::MAX_SPIKES_PER_STEP;

pub use solve::prepare;
use step::observe_steps;
