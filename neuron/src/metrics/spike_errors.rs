//! Spike-time errors: spike k of a scheme against spike k of the truth.

use serde::Serialize;

use super::line;
use crate::SpikeTrain;

/// Errors of the spike times of a scheme, spikes matched by their order, not by nearness.
///
/// That is how "drift" and "lost spikes" are meant in the literature on this neuron: a scheme that fires too slowly falls
/// behind spike by spike, and once it is a whole interval behind, the nearest spike of the truth is the wrong one.
///
/// ```
/// use spikestep::{metrics::SpikeErrors, SpikeTrain};
/// let truth = SpikeTrain::new(vec![10.0, 20.0, 30.0, 40.0]).unwrap();
/// let scheme = SpikeTrain::new(vec![10.5, 21.0, 31.5]).unwrap();
/// let errors = SpikeErrors::between(&scheme, &truth);
/// assert_eq!((errors.matched, errors.missed, errors.extra), (3, 1, 0));
/// assert_eq!(errors.max_abs, Some(1.5));
/// assert_eq!(errors.drift.unwrap().per_spike, 0.5);
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SpikeErrors {
    /// Number of spikes compared: the smaller of the two counts.
    pub matched: usize,
    /// Spikes the scheme lost: how many more the truth has, or 0.
    pub missed: usize,
    /// Spikes the scheme added: how many more it has, or 0.
    pub extra: usize,
    /// Signed error of the first spike, scheme − truth \[ms\]; `None` when nothing is matched.
    pub first: Option<f64>,
    /// Root mean square error of the matched spikes \[ms\]; `None` when nothing is matched.
    pub rms: Option<f64>,
    /// Largest absolute error of the matched spikes \[ms\]; `None` when nothing is matched.
    pub max_abs: Option<f64>,
    /// Signed error of each matched spike, scheme − truth \[ms\].
    pub errors: Vec<f64>,
    /// How the error grows from spike to spike; `None` below 3 matched spikes.
    pub drift: Option<Drift>,
}

/// Slope of the least-squares line, with intercept, through error against spike number.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Drift {
    /// Error gained per spike \[ms\]; positive when the scheme falls behind.
    pub per_spike: f64,
    /// Standard error of that slope \[ms\]: √(residual sum of squares / (n − 2) / Σ(k − k̄)²). The usual formula, for
    /// residuals independent of each other; where errors accumulate like a random walk it understates.
    pub standard_error: f64,
}

impl SpikeErrors {
    /// Compares a scheme's spikes with the true ones.
    pub fn between(scheme: &SpikeTrain, truth: &SpikeTrain) -> Self {
        let errors: Vec<f64> = scheme.times().iter().zip(truth.times()).map(|(s, t)| s - t).collect();
        let matched = errors.len();
        let numbered: Vec<(f64, f64)> = errors.iter().enumerate().map(|(k, e)| (k as f64, *e)).collect();
        SpikeErrors {
            matched,
            missed: truth.len() - matched,
            extra: scheme.len() - matched,
            first: errors.first().copied(),
            rms: (matched > 0).then(|| (errors.iter().map(|e| e * e).sum::<f64>() / matched as f64).sqrt()),
            max_abs: errors.iter().map(|e| e.abs()).reduce(f64::max),
            drift: line::fit(&numbered)
                .map(|line| Drift { per_spike: line.slope, standard_error: line.standard_error }),
            errors,
        }
    }
}
