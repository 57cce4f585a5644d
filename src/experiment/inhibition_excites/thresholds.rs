//! From which inhibition on a step makes a resting neuron spike, where that is a quadratic equation.
//!
//! The neuron rests at (v₀, u₀), where v' = u' = 0 without input; P is the peak and f(v) = k2 v² + k1 v + k0. One step dt of input g:
//!
//! ```text
//! half-step   y = v₀ + (dt/2) g                 spikes in this step where   y + (dt/2) (f(y) − u₀ + g) ≥ P
//! midpoint    y = v₀ + (dt/2) g                                             v₀ + dt (f(y) − u₀ + g) ≥ P
//! Heun        y = v₀ + dt g                                                 v₀ + (dt/2) (g + f(y) − u₀ + g) ≥ P
//! Euler       y = v₀ + dt g                     spikes in the next where    y + dt (f(y) − u₁) ≥ P
//! ```
//!
//! with u₁ = u₀, or u₁ = u₀ + dt a (b y + b0 − leak u₀) where u follows the new v. With g put in from the first column each is a
//! quadratic inequality k y² + l y + m ≥ 0 with k > 0; the lower root is where inhibition becomes excitation. As dt → 0 it is
//! −4/(k2 dt) for the half-step, which half a step must pass: g → −8/(k2 dt²), four times as much at half the step. RK4 squares
//! three times: a polynomial of degree eight, without such a formula.

use crate::model::{Neuron, Problem, State, StepInput, Stimulus};
use crate::scheme::{Scheme, Step, start};

/// In which step the spike comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comes {
    InTheStep,
    InTheNext,
}

/// The least inhibition \[mV/ms\] over one step of `dt` \[ms\] that makes a neuron at `rest` spike under `scheme`, by the formulas above.
pub(super) fn derived(scheme: &str, n: &Neuron, rest: State, dt: f64) -> Option<(Comes, f64)> {
    let State { v: v0, u: u0 } = rest;
    // The rate of rest, zero but for rounding, is left out.
    let h = 0.5 * dt;
    let root = |k: f64, l: f64, m: f64| {
        let under = l * l - 4.0 * k * m;
        (under >= 0.0).then(|| (-l - under.sqrt()) / (2.0 * k))
    };
    let (comes, y, reach) = match scheme {
        "half-step" | "bindsnet" | "nest-published" => {
            // (y − v₀)/h for g: y + h f(y) − h u₀ + y − v₀ − P.
            let y = root(h * n.k2, 2.0 + h * n.k1, h * (n.k0 - u0) - v0 - n.peak)?;
            (Comes::InTheStep, y, h)
        }
        "rk2" | "brian2-rk2" => {
            let y = root(dt * n.k2, 2.0 + dt * n.k1, dt * (n.k0 - u0) - v0 - n.peak)?;
            (Comes::InTheStep, y, h)
        }
        "heun" => {
            let y = root(h * n.k2, 1.0 + h * n.k1, h * (n.k0 - u0) - n.peak)?;
            (Comes::InTheStep, y, dt)
        }
        "euler" | "nest-consistent" | "brian2-euler" => {
            let y = root(dt * n.k2, 1.0 + dt * n.k1, dt * (n.k0 - u0) - n.peak)?;
            (Comes::InTheNext, y, dt)
        }
        "euler-semi-implicit" => {
            let fed = dt * dt * n.a;
            let l = 1.0 + dt * n.k1 - fed * n.b;
            let m = dt * (n.k0 - u0) - fed * (n.b0 - n.leak * u0) - n.peak;
            (Comes::InTheNext, root(dt * n.k2, l, m)?, dt)
        }
        _ => return None,
    };
    Some((comes, (y - v0) / reach))
}

/// The negative input of one step \[mV/ms\] nearest to 0 from which `scheme`, at `rest` and with no input after it, spikes within `steps`
/// steps of `dt` \[ms\]; `None` where none down to −1e5 does. The equations never do within a few ms: from however low a v they come
/// back from below.
pub(super) fn least_inhibition(scheme: &Scheme, neuron: &Neuron, rest: State, dt: f64, steps: usize) -> Option<f64> {
    let fires = |input: f64| {
        let stimulus = Stimulus::constant(0.0);
        let problem = Problem { neuron: *neuron, stimulus, initial: rest, duration: steps as f64 * dt };
        let Ok(mut scheme) = start(&problem, &scheme.at_peak_of_neuron(), dt) else { return false };
        let (mut state, mut spikes) = (rest, Vec::new());
        for n in 0..steps {
            let stimulus = Stimulus::constant(if n == 0 { input } else { 0.0 });
            let (start, end) = (n as f64 * dt, (n + 1) as f64 * dt);
            let step = Step { start, end, input: StepInput::new(&stimulus, start, dt) };
            match scheme.step(state, &step, &mut spikes) {
                Ok(next) if next.is_finite() => state = next,
                _ => break,
            }
        }
        !spikes.is_empty()
    };
    // What fires need not be an interval (a polynomial of high degree in the input): the first is looked for, at 2 % spacing.
    const LEAST: f64 = -1e5;
    let (mut fired, mut silent) = (-1.0, 0.0);
    while !fires(fired) {
        (silent, fired) = (fired, 1.02 * fired);
        if fired < LEAST {
            return None;
        }
    }
    while silent - fired > 1e-3 {
        let middle = 0.5 * (fired + silent);
        if fires(middle) {
            fired = middle;
        } else {
            silent = middle;
        }
    }
    Some(fired)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resting() -> (Neuron, State) {
        (Neuron::new(0.02, 0.2, -65.0, 8.0).with_peak(45.0), State::new(-70.0, -14.0))
    }

    #[test]
    fn formulas_and_steps_agree() {
        let (neuron, rest) = resting();
        for scheme in
            ["half-step", "bindsnet", "rk2", "brian2-rk2", "heun", "euler", "nest-consistent", "euler-semi-implicit"]
        {
            for dt in [1.0, 0.5, 0.25, 0.1] {
                let (comes, least) = derived(scheme, &neuron, rest, dt).unwrap();
                let steps = if comes == Comes::InTheStep { 1 } else { 2 };
                let found = least_inhibition(&scheme.parse().unwrap(), &neuron, rest, dt, steps).unwrap();
                // It is searched for to 1e-3.
                assert!((found - least).abs() < 2e-3, "{scheme} at {dt}: {found}, derived {least}");
            }
        }
    }

    #[test]
    fn the_known_thresholds() {
        let (neuron, rest) = resting();
        // The first whole number that makes a spike.
        let least =
            |scheme: &str, dt| least_inhibition(&scheme.parse().unwrap(), &neuron, rest, dt, 1).unwrap().floor();
        assert_eq!([1.0, 0.5, 0.25].map(|dt| least("half-step", dt)), [-259.0, -937.0, -3501.0]);
        assert_eq!([1.0, 0.5, 0.25].map(|dt| least("rk4", dt)), [-176.0, -715.0, -2876.0]);
        // Euler: from a v below −129 mV.
        let (_, g) = derived("euler", &neuron, rest, 1.0).unwrap();
        assert_eq!((-70.0 + g).floor(), -129.0);
        assert!(least_inhibition(&"projective-8".parse().unwrap(), &neuron, rest, 0.5, 2).is_none());
    }
}
