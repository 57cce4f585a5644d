//! κ ∗ x of what lies before a window, and inside it: whole-window sums by FFT.

use std::sync::Arc;

use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};
use rustfft::num_complex::Complex;

use super::super::kernel::Kernel;
use super::super::panel_convolution::dot;

/// x on a panel: Σ c_k yᵏ, y the lag from its end over its length.
pub(super) type Coefficients = [f64; 4];

/// Up to this many products a sum is formed directly: FFTs of that size cost more.
const DIRECT: usize = 4096;

/// A sequence of weights M_k(n), k = 0 … 3, for sums y_m = Σ_p Σ_k M_k(m − p) c_{p,k}, by one FFT for each k.
pub(super) struct Toeplitz {
    weights: Vec<[f64; 4]>,
    plan: Option<Plan>,
}

struct Plan {
    forward: Arc<dyn RealToComplex<f64>>,
    inverse: Arc<dyn ComplexToReal<f64>>,
    /// Spectra of the four sequences, divided by the length.
    spectra: Vec<Vec<Complex<f64>>>,
}

impl Toeplitz {
    /// For at most `terms` coefficients.
    pub(super) fn new(weights: Vec<[f64; 4]>, terms: usize) -> Self {
        let plan = (weights.len() * terms > DIRECT).then(|| {
            let size = (weights.len() + terms).next_power_of_two();
            let mut planner = RealFftPlanner::new();
            let (forward, inverse) = (planner.plan_fft_forward(size), planner.plan_fft_inverse(size));
            let scale = 1.0 / size as f64;
            let spectra = (0..4).map(|k| spectrum(forward.as_ref(), weights.iter().map(|w| w[k] * scale))).collect();
            Plan { forward, inverse, spectra }
        });
        Toeplitz { weights, plan }
    }

    /// y_m for m below the number of weights.
    pub(super) fn apply(&self, c: &[Coefficients]) -> Vec<f64> {
        let Some(plan) = &self.plan else {
            return (0..self.weights.len())
                .map(|m| c.iter().take(m + 1).enumerate().map(|(p, &c)| dot(self.weights[m - p], c)).sum())
                .collect();
        };
        let mut sum = plan.forward.make_output_vec();
        for (k, weights) in plan.spectra.iter().enumerate() {
            if c.iter().any(|c| c[k] != 0.0) {
                let x = spectrum(plan.forward.as_ref(), c.iter().map(|c| c[k]));
                sum.iter_mut().zip(weights).zip(x).for_each(|((s, w), x)| *s += w * x);
            }
        }
        // Real at both ends, whatever rounding says.
        let last = sum.len() - 1;
        (sum[0].im, sum[last].im) = (0.0, 0.0);
        let mut y = plan.inverse.make_output_vec();
        plan.inverse.process(&mut sum, &mut y).expect("buffers are made for the plan");
        y.truncate(self.weights.len());
        y
    }
}

fn spectrum(forward: &dyn RealToComplex<f64>, values: impl Iterator<Item = f64>) -> Vec<Complex<f64>> {
    let (mut time, mut out) = (forward.make_input_vec(), forward.make_output_vec());
    time.iter_mut().zip(values).for_each(|(t, v)| *t = v);
    forward.process(&mut time, &mut out).expect("buffers are made for the plan");
    out
}

/// All of x before the present window.
pub(super) enum History {
    /// Sums of exponentials: (weight, rate, value at `at`).
    Exponentials { terms: Vec<(f64, f64, f64)>, at: f64 },
    /// Any kernel: runs of whole steps, and single panels.
    General { kernel: Kernel, runs: Vec<Run>, panels: Vec<(f64, f64, Coefficients)> },
}

/// Whole steps that follow each other.
pub(super) struct Run {
    end: f64,
    c: Vec<Coefficients>,
}

impl History {
    pub(super) fn new(kernel: &Kernel) -> Self {
        match kernel.as_exponentials() {
            Some(pairs) => History::Exponentials {
                terms: pairs.into_iter().map(|(weight, rate)| (weight, rate, 0.0)).collect(),
                at: 0.0,
            },
            None => History::General { kernel: kernel.clone(), runs: Vec::new(), panels: Vec::new() },
        }
    }

    /// Adds `c.len()` steps of `dt` ms from `start` on, the end of what is there.
    pub(super) fn push_steps(&mut self, start: f64, dt: f64, c: &[Coefficients]) {
        if c.is_empty() {
            return;
        }
        let end = start + c.len() as f64 * dt;
        match self {
            History::Exponentials { .. } => {
                for (n, &c) in c.iter().enumerate() {
                    self.push(start + (n + 1) as f64 * dt, dt, c);
                }
            }
            History::General { runs, .. } => match runs.last_mut() {
                Some(run) if (run.end - start).abs() < 1e-9 * dt => {
                    run.c.extend(c);
                    run.end = end;
                }
                _ => runs.push(Run { end, c: c.to_vec() }),
            },
        }
    }

    /// Adds a panel of `length` ms that ends at `end`.
    pub(super) fn push(&mut self, end: f64, length: f64, c: Coefficients) {
        match self {
            History::Exponentials { terms, at } => {
                for (weight, rate, value) in terms {
                    let moments =
                        Kernel::exponential(*weight, *rate).map_or([f64::NAN; 4], |kernel| kernel.moments(0.0, length));
                    *value = *value * (-*rate * length).exp() + dot(moments, c);
                }
                *at = end;
            }
            History::General { panels, .. } => panels.push((end, length, c)),
        }
    }

    /// (κ ∗ x)(t) at one time.
    pub(super) fn at(&self, t: f64, dt: f64) -> f64 {
        match self {
            History::Exponentials { terms, at } => {
                terms.iter().map(|(_, rate, value)| value * (-rate * (t - at)).exp()).sum()
            }
            History::General { kernel, runs, panels } => {
                let panel =
                    |&(end, length, c): &(f64, f64, Coefficients)| dot(kernel.moments(lag(t - end, dt), length), c);
                let run = |run: &Run| -> f64 {
                    let last = run.c.len() - 1;
                    let step = |(p, &c): (usize, &Coefficients)| {
                        dot(kernel.moments(lag(t - run.end, dt) + (last - p) as f64 * dt, dt), c)
                    };
                    run.c.iter().enumerate().map(step).sum()
                };
                panels.iter().map(panel).sum::<f64>() + runs.iter().map(run).sum::<f64>()
            }
        }
    }

    /// (κ ∗ x) at `start` + i `dt`, i = 0 … `steps`.
    pub(super) fn on_grid(&self, start: f64, dt: f64, steps: usize) -> Vec<f64> {
        let History::General { kernel, runs, panels } = self else {
            return (0..=steps).map(|i| self.at(start + i as f64 * dt, dt)).collect();
        };
        let mut y = vec![0.0; steps + 1];
        for &(end, length, c) in panels {
            for (i, y) in y.iter_mut().enumerate() {
                *y += dot(kernel.moments(lag(start - end, dt) + i as f64 * dt, length), c);
            }
        }
        for run in runs {
            let count = run.c.len();
            let first = lag(start - run.end, dt);
            let weights = (0..count + steps).map(|m| kernel.moments(first + m as f64 * dt, dt)).collect();
            let sums = Toeplitz::new(weights, count).apply(&run.c);
            y.iter_mut().zip(&sums[count - 1..]).for_each(|(y, s)| *y += s);
        }
        y
    }
}

/// A lag that rounding has made not quite 0 is 0, where a kernel may be singular.
fn lag(t: f64, dt: f64) -> f64 {
    if t.abs() < 1e-9 * dt { 0.0 } else { t }
}
