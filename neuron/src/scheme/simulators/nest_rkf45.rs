//! The neuron as NEST's models with a GSL solver are written: adaptive Runge-Kutta-Fehlberg 4(5) inside each step.
//!
//! **Names:** `nest-rkf45`.
//!
//! ```text
//! while t < h:  one accepted step of RKF45 from t, at most to h, with an absolute tolerance of 1e-6 on v and u
//!               if v ≥ V_th:  v ← c,  u ← u + d      at once; the spike is stamped with the end of the step of the grid
//! ```
//!
//! NEST's `izhikevich` is *not* written so; its `aeif_cond_alpha` and the other adaptive exponential models are (`gsl_error_tol` is
//! 1e-6 there), and NEST issue 2654 asks whether it should be. The internal step is kept from one step of the grid to the next;
//! control as in `gsl_odeiv_control_y_new`: accepted up to 1.1 tolerances, then h·0.9·(tolerance/error)^(1/5), between a fifth and five
//! times. The input is that of the step's start.
//! Sources: E. Fehlberg, NASA TR R-315 (1969), formula 2; GNU Scientific Library manual, "Ordinary Differential Equations".
//! **When not to use it:** where `rk4+located` or `projective-8` can be had: the same spikes, off the grid, for less.

use crate::model::{Neuron, State};
use crate::scheme::tableau::FEHLBERG;
use crate::scheme::{Cost, MAX_SPIKES_PER_STEP, Runaway, Step, Stepper};

/// The rule; see the [module](self).
#[derive(Clone, Copy, Debug)]
pub struct NestRkf45 {
    neuron: Neuron,
    /// Length of the next internal step \[ms\]; none before the first step of the grid.
    internal: Option<f64>,
    attempts: u64,
}

/// The weights of Fehlberg's formula of order 5, which goes on, less those of order 4: the error.
pub const ERROR: [f64; 6] = [1.0 / 360.0, 0.0, -128.0 / 4275.0, -2197.0 / 75240.0, 1.0 / 50.0, 2.0 / 55.0];

impl NestRkf45 {
    /// Absolute tolerance of an internal step, in mV and in mV/ms.
    pub const TOLERANCE: f64 = 1e-6;

    /// Most trials of internal steps in one step of the grid: a neuron that needs more is too stiff for this rule.
    pub const MOST_ATTEMPTS: u64 = 100_000;

    /// The rule for `neuron`, whose peak is NEST's `V_th`.
    pub fn new(neuron: Neuron) -> Self {
        NestRkf45 { neuron, internal: None, attempts: 0 }
    }

    /// The state after `h` ms under a constant input, and its error in tolerances.
    fn attempt(&mut self, from: State, input: f64, h: f64) -> (State, f64) {
        self.attempts += 1;
        let mut k = [State::new(0.0, 0.0); 6];
        let sum = |weights: &[f64], k: &[State; 6]| {
            weights.iter().zip(k).fold((0.0, 0.0), |(v, u), (w, k)| (v + w * k.v, u + w * k.u))
        };
        for (i, weights) in FEHLBERG.a.iter().enumerate() {
            let (v, u) = sum(weights, &k);
            k[i] = self.neuron.field(State { v: from.v + h * v, u: from.u + h * u }, input);
        }
        let ((v, u), (error_v, error_u)) = (sum(&FEHLBERG.b, &k), sum(&ERROR, &k));
        let error = (h * error_v).abs().max((h * error_u).abs()) / Self::TOLERANCE;
        (State { v: from.v + h * v, u: from.u + h * u }, error)
    }
}

/// The step GSL takes after one of length `h` with that many tolerances of error.
fn adjusted(h: f64, error: f64) -> f64 {
    if error > 1.1 {
        h * (0.9 / error.powf(1.0 / 5.0)).max(0.2)
    } else if error < 0.5 {
        // GSL divides by the least positive number where the error is none.
        h * (0.9 / error.max(f64::MIN_POSITIVE).powf(1.0 / 6.0)).clamp(1.0, 5.0)
    } else {
        h
    }
}

impl Stepper for NestRkf45 {
    fn step(&mut self, state: State, step: &Step<'_>, spikes: &mut Vec<f64>) -> Result<State, Runaway> {
        let (length, input) = (step.input.length(), step.input.at(0.0));
        let (mut t, mut y) = (0.0, state);
        let mut found = 0;
        let most = self.attempts + Self::MOST_ATTEMPTS;
        while t < length {
            let asked = self.internal.unwrap_or(length);
            let (mut h, mut last) = if asked >= length - t { (length - t, true) } else { (asked, false) };
            loop {
                if self.attempts >= most {
                    return Err(Runaway);
                }
                let (next, error) = self.attempt(y, input, h);
                let proposed = adjusted(h, error);
                self.internal = Some(proposed);
                if proposed < h && t + proposed > t {
                    (h, last) = (proposed, false);
                    continue;
                }
                (t, y) = (if last { length } else { t + h }, next);
                break;
            }
            if !y.is_finite() {
                return Ok(y);
            }
            if y.v >= self.neuron.peak {
                found += 1;
                if found > MAX_SPIKES_PER_STEP {
                    return Err(Runaway);
                }
                spikes.push(step.end);
                y = self.neuron.reset(y);
            }
        }
        Ok(y)
    }

    fn cost(&self) -> Cost {
        // Six evaluations; 15 + 5 + 5 weights on two components, each a product and a sum.
        Cost::new(6, 6 * Cost::FIELD + 100).times(self.attempts)
    }
}
