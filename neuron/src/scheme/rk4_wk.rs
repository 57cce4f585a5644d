//! The classical Runge-Kutta method on (W, K), spikes located inside the step without trials.
//!
//! **Names:** `rk4-wk`.
//!
//! ```text
//! W' = W² + κ + k2 I(t)        κ' = e − α κ − β W        K = κ + k2 I        (model::normal_form; e is its `constant`)
//! ```
//!
//! W and κ are affine in v and u, and Runge-Kutta methods do not see an affine change of variables: on a step without a spike this
//! is `rk4` to rounding. A step that ends at W ≥ W_p has a spike after x ms, which in s = −1/W, s' = 1 + K s², is
//!
//! ```text
//! x = s_p − s_0 − K (s_p³ − s_0³)/3,          then twice, by RK4 over x:   x ← x + (s_p − s(x)) / (1 + K s_p²)
//! ```
//!
//! The first line drops K² s⁵ and serves while K s_0² < 1; before (W_0 near zero or negative) x is that of a frozen K,
//! (atan(W_p/q) − atan(W_0/q))/q with q = √K. Each correction gains a factor of the relative error of the slope, which is the
//! local truncation of RK4 and the change of K: where RK4 is accurate, two leave less than its own error. A fixed number of them
//! without branches is what many neurons in SIMD lanes need; one neuron may as well take `rk4+located`, whose root is exact.
//! After the reset RK4 is taken over what is left of the step, as often as spikes fall into it.
//!
//! Order 4 through spikes. Cost: 4 evaluations a step and 16 more with a spike. The input is sampled as `rk4` does, at the start,
//! middle and end. **When not to use it:** at steps at which RK4 itself is far off in the upstroke (0.5 ms and more), and where v
//! may pass the peak and turn back inside a step: only the ends of steps are looked at.
//!
//! Source of s: M. Hénon, Physica D 5 (1982) 412–414.

use crate::model::normal_form::NormalForm;
use crate::model::{Neuron, State, StepInput};

use super::{Cost, MAX_SPIKES_PER_STEP, Runaway, Step, Stepper};

/// Classical Runge-Kutta on (W, K) with located spikes; see the [module](self).
#[derive(Clone, Debug)]
pub struct Rk4Wk {
    system: NormalForm,
    cost: Cost,
}

impl Rk4Wk {
    /// Flops of a step: 7 for (W', κ') four times, 28 for the stages and the sum, 3 inputs.
    const STEP: Cost = Cost::new(4, 59);

    /// The scheme for `neuron`.
    pub fn new(neuron: Neuron) -> Self {
        Rk4Wk { system: NormalForm::new(&neuron), cost: Cost::default() }
    }

    /// RK4 over `h` ms with the values of k2 I at its start, middle and end.
    fn advance(&mut self, w: f64, kappa: f64, h: f64, drive: [f64; 3]) -> (f64, f64) {
        self.cost = self.cost + Self::STEP;
        let NormalForm { alpha, beta, constant, .. } = self.system;
        let field = |w: f64, kappa: f64, drive: f64| (w * w + (kappa + drive), constant - alpha * kappa - beta * w);
        let half = 0.5 * h;
        let a = field(w, kappa, drive[0]);
        let b = field(w + half * a.0, kappa + half * a.1, drive[1]);
        let c = field(w + half * b.0, kappa + half * b.1, drive[1]);
        let d = field(w + h * c.0, kappa + h * c.1, drive[2]);
        let sixth = h / 6.0;
        (w + sixth * (a.0 + 2.0 * (b.0 + c.0) + d.0), kappa + sixth * (a.1 + 2.0 * (b.1 + c.1) + d.1))
    }

    fn drive(&self, input: &StepInput<'_>) -> [f64; 3] {
        [0.0, 0.5, 1.0].map(|theta| self.system.k2 * input.at(theta))
    }

    /// The time \[ms\] from (w, K = `k`) to the peak with K frozen.
    fn first_guess(&self, w: f64, k: f64) -> f64 {
        let (s, target) = (-1.0 / w, -1.0 / self.system.peak);
        if w > 0.0 && k.abs() * s * s < 1.0 {
            target - s - k * (target * target * target - s * s * s) / 3.0
        } else {
            let q = k.abs().sqrt().max(f64::MIN_POSITIVE);
            ((self.system.peak / q).atan() - (w / q).atan()) / q
        }
    }

    /// The spike inside the step from (w, κ) over `input`: its time \[ms\] and κ there.
    fn locate(&mut self, w: f64, kappa: f64, input: &StepInput<'_>) -> (f64, f64) {
        let (h, peak) = (input.length(), self.system.peak);
        let k = kappa + self.system.k2 * input.at(0.0);
        let slope = 1.0 + k / (peak * peak);
        let mut x = self.first_guess(w, k).clamp(0.0, h);
        for _ in 0..2 {
            let drive = self.drive(&input.part(0.0, x));
            let (w_x, _) = self.advance(w, kappa, x, drive);
            self.cost = self.cost + Cost::new(0, 6);
            // Before the upstroke s says nothing about the peak.
            x = if w_x > 0.0 { x + (1.0 / w_x - 1.0 / peak) / slope } else { 0.5 * (x + h) };
            x = x.clamp(0.0, h);
        }
        let drive = self.drive(&input.part(0.0, x));
        let (_, kappa) = self.advance(w, kappa, x, drive);
        (x, kappa)
    }
}

impl Stepper for Rk4Wk {
    fn step(&mut self, state: State, step: &Step<'_>, spikes: &mut Vec<f64>) -> Result<State, Runaway> {
        let dt = step.input.length();
        let NormalForm { k2, half_k1, peak, reset, jump, .. } = self.system;
        let (mut w, mut kappa) = self.system.normalise(state, 0.0);
        let mut elapsed = 0.0;
        for _ in 0..MAX_SPIKES_PER_STEP {
            let input = if elapsed == 0.0 { step.input } else { step.input.part(elapsed / dt, dt - elapsed) };
            let crossed = if w >= peak {
                Some((0.0, kappa))
            } else {
                let drive = self.drive(&input);
                let end = self.advance(w, kappa, input.length(), drive);
                if end.0 < peak || end.0.is_nan() {
                    (w, kappa) = end;
                    None
                } else {
                    Some(self.locate(w, kappa, &input))
                }
            };
            if let Some((x, at_peak)) = crossed {
                elapsed += x;
                spikes.push(step.start + elapsed);
                (w, kappa) = (reset, at_peak - jump);
            }
            if crossed.is_none() || dt - elapsed <= dt * f64::EPSILON {
                let u = self.system.k0 - (kappa + half_k1 * half_k1) / k2;
                return Ok(State { v: self.system.v(w), u });
            }
        }
        Err(Runaway)
    }

    fn cost(&self) -> Cost {
        self.cost
    }
}
