//! What a run is expected to cost, from what its scheme costs on a short run of regular spiking.

use crate::model::{Neuron, Problem, Stimulus};
use crate::scheme::{Scheme, StepSize, solve, solve_with};

/// Steps of a fixed-step scheme that are counted.
const STEPS: u64 = 16;
/// Simulated time over which an adaptive scheme is counted \[ms\]: the first spikes, which are its dearest.
const DURATION: f64 = 50.0;
/// Flops a step that measuring takes beside the scheme: the true state at the end of the step and the residual, each some tens.
const MEASURING: f64 = 100.0;

/// Expected flops per simulated ms of a run and its measurement. It weighs runs against each other, for shares of equal cost and
/// the time left; it is no result.
pub fn expected_flops_per_ms(scheme: &Scheme, setting: StepSize) -> f64 {
    let neuron = Neuron::new(0.02, 0.2, -65.0, 8.0);
    let problem =
        |duration| Problem { neuron, stimulus: Stimulus::constant(10.0), initial: neuron.resting_start(), duration };
    match setting {
        StepSize::Tolerance(_) => {
            let mut samples = 0.0;
            let counted = solve_with(&problem(DURATION), scheme, setting, |_| samples += 1.0);
            counted.map_or(MEASURING, |counted| (counted.cost.flops as f64 + MEASURING * samples) / DURATION)
        }
        StepSize::Fixed(dt) => {
            let counted = solve(&problem(STEPS as f64 * dt), scheme, setting);
            let flops = counted.map_or(0.0, |counted| counted.cost.flops as f64 / counted.steps.max(1) as f64);
            (flops + MEASURING) / dt
        }
    }
}
