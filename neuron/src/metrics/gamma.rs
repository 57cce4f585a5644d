//! The coincidence factor Γ: the share of spikes predicted, beyond chance.
//!
//! Source: W. M. Kistler, W. Gerstner and J. L. van Hemmen, *Reduction of the Hodgkin–Huxley equations to a
//! single-variable threshold model*, Neural Computation 9 (1997) 1015–1045; notation of R. Jolivet, T. J. Lewis and
//! W. Gerstner, J. Neurophysiol. 92 (2004) 959–976.

use super::interspike::check_within;
use super::matching::pairs;
use crate::SpikeTrain;
use crate::error::{Result, refuse_if};

/// Coincidence factor of `other` with `reference`, precision Δ = `window_ms` \[ms\], over \[0, `duration_ms`\]:
///
/// ```text
/// Γ = (N_coinc − 2 ν Δ N_ref) / ((N_ref + N_other) / 2) / (1 − 2 ν Δ),     ν = N_other / duration
/// ```
///
/// 1 for equal trains, 0 on average for a Poisson train of the other's rate ν, negative below chance. Not symmetric.
///
/// N_coinc is the largest number of pairs at most Δ apart (|δ| ≤ Δ, as the subtraction of the times rounds) in which each
/// spike of either train stands once. Two trains without spikes give 1; one without and one with spikes give 0.
/// `None` where 2νΔ ≥ 1: the windows then fill the recording, chance explains every coincidence, and Γ has no meaning;
/// choose a smaller window. Time O(n + m).
///
/// # Errors
/// A window that is negative or not finite, a duration that is not positive and finite, or spikes outside
/// \[0, `duration_ms`\].
///
/// ```
/// use spikestep::{metrics::gamma, SpikeTrain};
/// let a = SpikeTrain::new(vec![10.0, 50.0]).unwrap();
/// let b = SpikeTrain::new(vec![11.0, 70.0]).unwrap();
/// // nu = 0.02 per ms, chance 2 * 0.02 * 2 = 0.08 per spike: (1 - 0.16) / 2 / 0.92
/// assert!((gamma(&a, &b, 2.0, 100.0).unwrap().unwrap() - 0.84 / 2.0 / 0.92).abs() < 1e-15);
/// ```
pub fn gamma(reference: &SpikeTrain, other: &SpikeTrain, window_ms: f64, duration_ms: f64) -> Result<Option<f64>> {
    check_within([reference, other], duration_ms)?;
    let mend = "Give a window such as 2: spikes at most 2 ms apart coincide.";
    let bad = !window_ms.is_finite() || window_ms < 0.0;
    refuse_if!(bad, "coincidence window in ms", window_ms, "a finite number from 0", mend);
    let (n_reference, n_other) = (reference.len() as f64, other.len() as f64);
    if n_reference + n_other == 0.0 {
        return Ok(Some(1.0));
    }
    let chance = 2.0 * n_other / duration_ms * window_ms;
    if chance >= 1.0 {
        return Ok(None);
    }
    let coincidences = coincidences(reference.times(), other.times(), window_ms) as f64;
    Ok(Some((coincidences - chance * n_reference) / (0.5 * (n_reference + n_other)) / (1.0 - chance)))
}

/// Largest one-to-one matching of spikes at most `window` apart.
fn coincidences(a: &[f64], b: &[f64], window: f64) -> usize {
    pairs(a, b, |i, j| (a[i] - b[j]).abs() <= window)
}
