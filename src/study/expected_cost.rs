//! What a run is expected to cost, from what its scheme costs on a short run of regular spiking.

use crate::model::{Neuron, Problem, Stimulus};
use crate::scheme::{Scheme, SchemeSet, StepSize, solve, solve_with};

/// Steps of a fixed-step scheme that are counted.
const STEPS: u64 = 16;
/// Simulated time over which an adaptive scheme is counted \[ms\]: the first spikes, which are its dearest.
const DURATION: f64 = 50.0;
/// Flops a step that measuring takes beside the scheme: the true state at the end of the step and the residual, each some tens.
const MEASURING: f64 = 100.0;

/// Expected flops per simulated ms of a run and its measurement. It weighs runs against each other, for shares of equal cost and
/// the time left; it is no result.
pub fn expected_flops_per_ms(scheme: &Scheme, setting: StepSize) -> f64 {
    match setting {
        StepSize::Tolerance(_) => {
            let mut samples = 0.0;
            let counted = solve_with(&regular_spiking(DURATION), scheme, setting, |_| samples += 1.0);
            counted.map_or(MEASURING, |counted| (counted.cost.flops as f64 + MEASURING * samples) / DURATION)
        }
        StepSize::Fixed(dt) => {
            let counted = solve(&regular_spiking(STEPS as f64 * dt), scheme, setting);
            let flops = counted.map_or(0.0, |counted| counted.cost.flops as f64 / counted.steps.max(1) as f64);
            (flops + MEASURING) / dt
        }
    }
}

/// What a step of a fixed-step scheme costs.
#[derive(Clone, Copy, Debug)]
pub struct StepCost {
    /// Evaluations of the right-hand side.
    pub rhs_evaluations: f64,
    /// Floating-point operations.
    pub flops: f64,
}

/// The cost a step of every scheme of a set, counted over 1000 ms of RS at input 10 and dt 0.5; none for adaptive ones.
pub fn step_costs(set: &SchemeSet) -> Vec<(Scheme, Option<StepCost>)> {
    let cost = |scheme: &Scheme| {
        let counted = solve(&regular_spiking(1000.0), scheme, StepSize::Fixed(0.5)).ok()?;
        let per_step = |total: u64| total as f64 / counted.steps as f64;
        Some(StepCost { rhs_evaluations: per_step(counted.cost.rhs_evaluations), flops: per_step(counted.cost.flops) })
    };
    set.iter().map(|scheme| (scheme.clone(), cost(scheme))).collect()
}

/// Regular spiking at input 10 over `duration` \[ms\].
fn regular_spiking(duration: f64) -> Problem {
    let neuron = Neuron::new(0.02, 0.2, -65.0, 8.0);
    Problem { neuron, stimulus: Stimulus::constant(10.0), initial: neuron.resting_start(), duration }
}
