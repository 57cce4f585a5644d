//! What a run is expected to cost, from what its scheme costs on a short run of regular spiking.

use super::Setting;
use crate::model::{Neuron, Problem, Stimulus};
use crate::scheme::registry::{Method, SchemeId, Setup};
use crate::scheme::run;

/// Steps of a fixed-step scheme that are counted.
const STEPS: u64 = 16;
/// Simulated time over which an adaptive scheme is counted \[ms\]: the first spikes, which are its dearest.
const DURATION: f64 = 50.0;
/// Flops a step that measuring takes beside the scheme: the true state at the end of the step and the residual, each some tens.
const MEASURING: f64 = 100.0;

/// Expected flops per simulated ms of a run and its measurement. It weighs runs against each other, for shares of equal cost and
/// the time left; it is no result.
pub fn expected_flops_per_ms(scheme: SchemeId, setting: Setting) -> f64 {
    let neuron = Neuron::new(0.02, 0.2, -65.0, 8.0);
    let problem =
        |duration| Problem { neuron, stimulus: Stimulus::constant(10.0), initial: neuron.resting_start(), duration };
    match (setting, scheme.info.method) {
        (Setting::Tolerance(tolerance), Method::Adaptive(solve)) => {
            let mut rows = 0.0;
            let counted = solve(&problem(DURATION), tolerance, Some(&mut |_| rows += 1.0));
            (counted.cost.flops as f64 + MEASURING * rows) / DURATION
        }
        (Setting::Step(dt), _) => {
            let problem = problem(STEPS as f64 * dt);
            let setup = Setup { neuron, dt, steps: STEPS, initial: problem.initial, lbound: None };
            let flops = scheme.build(&setup).map_or(0.0, |mut fixed| {
                let counted = run(fixed.as_mut(), &problem, dt, |_| {});
                counted.cost.flops as f64 / counted.steps.max(1) as f64
            });
            (flops + MEASURING) / dt
        }
        // A tolerance of a fixed-step scheme is no run.
        (Setting::Tolerance(_), _) => MEASURING,
    }
}
