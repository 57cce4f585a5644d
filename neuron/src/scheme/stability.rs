//! The largest step at which the resting state is still stable.

use nalgebra::Matrix2;

use super::{Scheme, Step, start};
use crate::model::{Neuron, Problem, State, StepInput, Stimulus};

/// Steps looked at \[ms\]: from where every explicit scheme is stable to where none is.
const SMALLEST_DT: f64 = 1e-3;
const LARGEST_DT: f64 = 1e3;

/// Spectral radius of one step of `scheme`, linearised about the equilibrium `rest` under the constant `input` \[mV/ms\].
/// Below 1 a small perturbation dies out. `None` for an adaptive scheme, or where a step leaves the finite numbers.
pub fn spectral_radius(scheme: &Scheme, neuron: &Neuron, rest: State, input: f64, dt: f64) -> Option<f64> {
    // Central differences: the step is a polynomial, so the error is of order δ²; single precision adds 1e-7 |v| / δ.
    const DELTA: f64 = 1e-3;
    let step_from = |initial: State| {
        let problem = Problem { neuron: *neuron, stimulus: Stimulus::constant(input), initial, duration: dt };
        let step = Step { start: 0.0, end: dt, input: StepInput::new(&problem.stimulus, 0.0, dt) };
        start(&problem, &scheme.without_lower_bound(), dt).ok()?.step(initial, &step, &mut Vec::new()).ok()
    };
    let column = |dv: f64, du: f64| {
        let plus = step_from(State { v: rest.v + dv, u: rest.u + du })?;
        let minus = step_from(State { v: rest.v - dv, u: rest.u - du })?;
        Some([(plus.v - minus.v) / (2.0 * DELTA), (plus.u - minus.u) / (2.0 * DELTA)])
    };
    let (by_v, by_u) = (column(DELTA, 0.0)?, column(0.0, DELTA)?);
    let jacobian = Matrix2::new(by_v[0], by_u[0], by_v[1], by_u[1]);
    let radius = jacobian.complex_eigenvalues().iter().map(|z| z.norm()).fold(0.0, f64::max);
    radius.is_finite().then_some(radius)
}

/// The least step \[ms\] at which the equilibrium `rest` loses its stability under `scheme`, to three digits: below it, a small
/// perturbation of the resting state dies out as it does in the equations. `None` for an adaptive scheme, where `rest` is
/// not stable at small steps either, or where it is stable at all steps up to 1000 ms.
pub fn largest_stable_dt(scheme: &Scheme, neuron: &Neuron, rest: State, input: f64) -> Option<f64> {
    let stable = |dt: f64| spectral_radius(scheme, neuron, rest, input, dt).is_some_and(|radius| radius < 1.0);
    if !stable(SMALLEST_DT) {
        return None;
    }
    // A stability region need not be an interval: the first loss is looked for, at 5 % spacing.
    let (mut low, mut high) = (SMALLEST_DT, SMALLEST_DT);
    while stable(high) {
        low = high;
        high *= 1.05;
        if high > LARGEST_DT {
            return None;
        }
    }
    while high / low > 1.0 + 1e-4 {
        let middle = (low * high).sqrt();
        if stable(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
    Some(low)
}
