//! The residual: how far v is from satisfying the evolution equation.
//!
//! **Definition.** The equation is integrated over each panel between two samples and divided by its length, so that δ' ∗ v
//! becomes the difference quotient of two samples and nothing is differentiated:
//!
//! ```text
//! ρ_j = 1/h ∫ (left side − right side) dt
//!     = (v_{j+1} − v_j)/h + mean( −k1 v + κ ∗ v + S₂(κ₂ ∗∗ (v ⊗ v)) ) − k0 − mean(g) + mean(r₀ + Σ_k r(t − t_k))    [mV/ms]
//! ```
//!
//! v between samples is a [`Reconstruction`], whose order is that of the residual of a true solution. The mean of g is exact.
//! No panel reaches across a reset: the impulses there are compared by themselves, v(t_k⁺) − v(t_k⁻) with c − peak, and v at
//! the start with v(0) δ. In words: ρ is the input, in mV/ms, that would have to be added over the panel for v to be right.

use super::evolution_operator::{EvolutionOperator, input_integral};
use super::impulse_response::ImpulseResponse;
use super::panel_convolution::{Impulses, PanelConvolution};
use super::reconstruction::{Reconstruction, means};
use super::riccati::RiccatiArc;
use super::signal::Signal;
use crate::error::{Error, Result};
use crate::model::{Problem, Stimulus};

/// The two sides of the equation on one panel.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PanelResidual {
    /// The time at which the panel starts \[ms\].
    pub start: f64,
    /// The length of the panel \[ms\].
    pub length: f64,
    /// Mean of the left side \[mV/ms\].
    pub left: f64,
    /// Mean of the right side \[mV/ms\].
    pub right: f64,
}

impl PanelResidual {
    /// The left side of the equation minus the right, averaged over the panel \[mV/ms\].
    pub fn value(&self) -> f64 {
        self.left - self.right
    }
}

/// The residual of a signal: what is left of the equation when v is put into it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Residual {
    /// Both sides of the equation on each panel, in order of time.
    pub panels: Vec<PanelResidual>,
    /// For t = 0 and each spike, (t \[ms\], jump of v minus that of the right side \[mV\]).
    pub jumps: Vec<(f64, f64)>,
}

impl Residual {
    /// Root mean square of the panels' residuals over time \[mV/ms\]; `None` without panels or where it is not finite.
    pub fn rms(&self) -> Option<f64> {
        Some(self.mean(|p| p.length * p.value() * p.value()).sqrt()).filter(|r| r.is_finite())
    }

    /// Mean of |residual| over time \[mV/ms\]: the measure with a clean order, as no single panel dominates it.
    pub fn mean_absolute(&self) -> f64 {
        self.mean(|p| p.length * p.value().abs())
    }

    /// The sum of `weighted` over the time of all panels.
    fn mean(&self, weighted: fn(&PanelResidual) -> f64) -> f64 {
        self.panels.iter().map(weighted).sum::<f64>() / self.panels.iter().map(|p| p.length).sum::<f64>()
    }

    /// Root mean square residual of each stretch between spikes: (middle \[ms\], residual \[mV/ms\]).
    pub fn between_spikes(&self) -> Vec<(f64, f64)> {
        let mut ends: Vec<f64> = self.jumps.iter().map(|j| j.0).filter(|&t| t > 0.0).collect();
        ends.push(f64::INFINITY);
        let mut panels = self.panels.iter().peekable();
        let stretch = |end: f64| {
            let first = panels.peek()?.start;
            let (mut last, mut sum) = (first, 0.0);
            while let Some(p) = panels.next_if(|p| p.start < end) {
                last = p.start + p.length;
                sum += p.length * p.value() * p.value();
            }
            (last > first).then(|| (0.5 * (first + last), (sum / (last - first)).sqrt()))
        };
        ends.into_iter().filter_map(stretch).collect()
    }

    /// Largest |residual| of a panel \[mV/ms\].
    pub fn largest(&self) -> f64 {
        self.panels.iter().fold(0.0, |m, p| m.max(p.value().abs()))
    }
}

/// The residual that a fixed-step scheme leaves: of its values on the grid `v` \[mV\] and its spikes, with v at the peak and then
/// at c at each of them. Between samples v is [`Reconstruction::Arc`]: the measure is of order 2, and what it shows of the truth on
/// the same grid is its own error. The values of an adaptive scheme are too far apart for it.
///
/// # Errors
/// Parameters that are not finite.
pub fn grid_residual(problem: &Problem, v: &[f64], dt: f64, spikes: &[f64]) -> Result<Residual> {
    let operator = EvolutionOperator::of(problem)?;
    let signal = Signal::on_grid(problem.initial.v, v, dt, spikes, problem.neuron.peak, problem.neuron.c);
    operator.residual(&signal, &problem.stimulus, Reconstruction::Arc)
}

impl EvolutionOperator {
    /// The residual of `signal` under the input `stimulus`; see the [module](self) for its definition.
    ///
    /// Costs O(N) for exponential kernels, O(N²) for others.
    ///
    /// # Errors
    /// [`Reconstruction::Arc`] with a second-order characteristic other than a positive multiple of −δ ⊗ δ.
    pub fn residual(&self, signal: &Signal, stimulus: &Stimulus, how: Reconstruction) -> Result<Residual> {
        let k2 = match (how, self.second.as_diagonal()) {
            (Reconstruction::Arc, Some(weight)) if weight < 0.0 && self.first.derivative == 1.0 => -weight,
            (Reconstruction::Arc, _) => {
                return Err(Error::invalid(
                    "reconstruction",
                    "Arc",
                    "Constant, Linear or Cubic for an operator that is not a local quadratic one",
                    "Take Cubic.",
                ));
            }
            _ => 0.0,
        };
        let mut memory = PanelConvolution::new(&self.first.kernel);
        let mut resets = Impulses::new(&self.jump);
        let mut factors: Vec<[PanelConvolution; 2]> = self
            .second
            .terms()
            .iter()
            .map(|(f, g)| [PanelConvolution::new(&f.kernel), PanelConvolution::new(&g.kernel)])
            .collect();
        // The convolutions at the present node: of κ, and of the factors of κ₂.
        let (mut convolved, mut factor_values) = (0.0, vec![[0.0; 2]; factors.len()]);
        let mut residual = Residual::default();
        let mut spikes = signal.spikes.iter().peekable();
        let mut before = 0.0;
        for stretch in &signal.stretches {
            let (times, v) = (&stretch.times, &stretch.values);
            let nodes = times.len();
            let at = times[0];
            if at == 0.0 {
                residual.jumps.push((0.0, v[0] - self.v0));
            } else if spikes.next_if(|&&s| s == at).is_some() {
                resets.kick();
                residual.jumps.push((at, v[0] - before - (self.reset - self.peak)));
            }
            before = v[nodes - 1];

            // At every node of the stretch: κ ∗ v, what v does not decide of u, and S₂ of the second-order part.
            let (mut conv, mut known, mut second) = (vec![convolved], Vec::new(), Vec::new());
            let arcs: Vec<RiccatiArc> = match how {
                Reconstruction::Arc => {
                    let w = |v: f64| k2 * v - 0.5 * self.first.delta;
                    (1..nodes).map(|i| RiccatiArc::between(w(v[i - 1]), w(v[i]), times[i] - times[i - 1])).collect()
                }
                _ => Vec::new(),
            };
            for i in 0..nodes {
                if i > 0 {
                    let length = times[i] - times[i - 1];
                    let mut c = how.polynomial(times, v, i - 1);
                    if let Some(arc) = arcs.get(i - 1) {
                        // The line of the arc's mean and of the samples' difference.
                        let mean = (arc.mean + 0.5 * self.first.delta) / k2;
                        c = [mean - 0.5 * c[1], c[1], 0.0, 0.0];
                    }
                    conv.push(memory.push(length, c));
                    resets.advance(length);
                    for (values, pair) in factor_values.iter_mut().zip(&mut factors) {
                        *values = [pair[0].push(length, c), pair[1].push(length, c)];
                    }
                }
                known.push(self.initial.value(times[i]) + resets.value());
                let product = |((f, g), [left, right]): (&(ImpulseResponse, ImpulseResponse), &[f64; 2])| {
                    (f.delta * v[i] + left) * (g.delta * v[i] + right)
                };
                second.push(self.second.terms().iter().zip(&factor_values).map(product).sum());
            }
            convolved = conv[nodes - 1];

            let (conv, known) = (means(how, stretch, &conv), means(how, stretch, &known));
            let (v_mean, second) = (means(how, stretch, v), means(how, stretch, &second));
            for j in 0..nodes - 1 {
                let length = times[j + 1] - times[j];
                let local = match arcs.get(j) {
                    // On the arc v' − k2 v² − k1 v = (K + k1²/4)/k2 at every time.
                    Some(arc) => (arc.k + 0.25 * self.first.delta * self.first.delta) / k2,
                    None => {
                        self.first.derivative * (v[j + 1] - v[j]) / length + self.first.delta * v_mean[j] + second[j]
                    }
                };
                let input = input_integral(stimulus, times[j], times[j + 1]) / length;
                residual.panels.push(PanelResidual {
                    start: times[j],
                    length,
                    left: local + conv[j],
                    right: self.constant + input - known[j],
                });
            }
        }
        Ok(residual)
    }
}
