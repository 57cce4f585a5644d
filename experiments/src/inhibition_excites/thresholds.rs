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

use spikestep::{Neuron, State};

/// The least inhibition \[mV/ms\] over one step of `dt` \[ms\] that makes a neuron at `rest` spike under `scheme`, by the formulas above,
/// after the number of steps in which the spike comes.
pub(super) fn derived(scheme: &str, n: &Neuron, rest: State, dt: f64) -> Option<(u32, f64)> {
    let State { v: v0, u: u0 } = rest;
    // The rate of rest, zero but for rounding, is left out.
    let h = 0.5 * dt;
    let root = |k: f64, l: f64, m: f64| {
        let under = l * l - 4.0 * k * m;
        (under >= 0.0).then(|| (-l - under.sqrt()) / (2.0 * k))
    };
    let (steps, y, reach) = match scheme {
        // (y − v₀)/h for g: y + h f(y) − h u₀ + y − v₀ − P.
        "half-step" | "bindsnet" | "nest-published" => {
            (1, root(h * n.k2, 2.0 + h * n.k1, h * (n.k0 - u0) - v0 - n.peak)?, h)
        }
        "rk2" | "brian2-rk2" => (1, root(dt * n.k2, 2.0 + dt * n.k1, dt * (n.k0 - u0) - v0 - n.peak)?, h),
        "heun" => (1, root(h * n.k2, 1.0 + h * n.k1, h * (n.k0 - u0) - n.peak)?, dt),
        "euler" | "nest-consistent" | "brian2-euler" => {
            (2, root(dt * n.k2, 1.0 + dt * n.k1, dt * (n.k0 - u0) - n.peak)?, dt)
        }
        "euler-semi-implicit" => {
            let fed = dt * dt * n.a;
            let l = 1.0 + dt * n.k1 - fed * n.b;
            let m = dt * (n.k0 - u0) - fed * (n.b0 - n.leak * u0) - n.peak;
            (2, root(dt * n.k2, l, m)?, dt)
        }
        _ => return None,
    };
    Some((steps, (y - v0) / reach))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shared::{least_inhibition, scheme};

    fn resting() -> (Neuron, State) {
        (Neuron::new(0.02, 0.2, -65.0, 8.0).with_peak(45.0), State::new(-70.0, -14.0))
    }

    #[test]
    fn formulas_and_steps_agree() {
        let (neuron, rest) = resting();
        for name in
            ["half-step", "bindsnet", "rk2", "brian2-rk2", "heun", "euler", "nest-consistent", "euler-semi-implicit"]
        {
            for dt in [1.0, 0.5, 0.25, 0.1] {
                let (steps, least) = derived(name, &neuron, rest, dt).unwrap();
                let found = least_inhibition(scheme(name), &neuron, rest, dt, steps).unwrap();
                // It is searched for to 1e-3.
                assert!((found - least).abs() < 2e-3, "{name} at {dt}: {found}, derived {least}");
            }
        }
    }

    #[test]
    fn the_known_thresholds() {
        let (neuron, rest) = resting();
        // The first whole number that makes a spike.
        let least = |name, dt| least_inhibition(scheme(name), &neuron, rest, dt, 1).unwrap().floor();
        assert_eq!([1.0, 0.5, 0.25].map(|dt| least("half-step", dt)), [-259.0, -937.0, -3501.0]);
        assert_eq!([1.0, 0.5, 0.25].map(|dt| least("rk4", dt)), [-176.0, -715.0, -2876.0]);
        // Euler: from a v below −129 mV.
        let (_, g) = derived("euler", &neuron, rest, 1.0).unwrap();
        assert_eq!((-70.0 + g).floor(), -129.0);
        assert!(least_inhibition(scheme("projective-8"), &neuron, rest, 0.5, 2).is_none());
    }
}
