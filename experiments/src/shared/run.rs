//! Schemes at a fixed step.

use spikestep::scheme::registry::{SchemeId, Setup};
use spikestep::scheme::{Row, Trajectory, run, step_count};
use spikestep::{Problem, Result};

/// The schemes of a list such as "euler,rk4+located".
pub(crate) fn schemes(list: &str) -> Result<Vec<SchemeId>> {
    SchemeId::parse_list(list)
}

/// Solves `problem` by a fixed-step scheme at `dt` \[ms\] with the neuron's own peak, whatever the scheme's default is, and
/// calls `observe` after every step.
pub(crate) fn fixed_step(scheme: SchemeId, problem: &Problem, dt: f64, observe: impl FnMut(Row)) -> Trajectory {
    let steps = step_count(problem.duration, dt);
    let setup = Setup { neuron: problem.neuron, dt, steps, initial: problem.initial, lbound: None };
    let mut scheme = scheme.build(&setup).expect("an experiment names fixed-step schemes");
    run(scheme.as_mut(), problem, dt, observe)
}
