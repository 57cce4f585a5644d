//! SPIKE-synchronization: the share of spikes that coincide, the window set by the trains themselves.
//!
//! Source: T. Kreuz, M. Mulansky and N. Bozanic, *SPIKY: a graphical user interface for monitoring spike train synchrony*,
//! J. Neurophysiol. 113 (2015) 3432–3445; the adaptive window is that of R. Quian Quiroga, T. Kreuz and P. Grassberger,
//! *Event synchronization*, Phys. Rev. E 66 (2002) 041904.

use super::interspike::{check_within, distinct};
use super::matching::pairs;
use crate::SpikeTrain;
use crate::error::Result;

/// SPIKE-synchronization over \[0, `duration_ms`\]: the share of all spikes that coincide with one of the other train, from
/// 0 to 1. Two spikes coincide when they are closer than half of each of the up to four inter-spike intervals around them
/// (and than half the duration); each spike then has at most one partner. Two trains without spikes give 1.
///
/// A similarity, not a distance. Spikes at one time in one train count once. Time O(n + m).
///
/// # Errors
/// A duration that is not positive and finite, or spikes outside \[0, `duration_ms`\].
///
/// ```
/// use spikestep::{metrics::spike_sync, SpikeTrain};
/// let a = SpikeTrain::new(vec![10.0, 20.0]).unwrap();
/// let b = SpikeTrain::new(vec![12.0, 27.0]).unwrap(); // 2 < 5, but 7 > 5
/// assert_eq!(spike_sync(&a, &b, 100.0).unwrap(), 0.5);
/// ```
pub fn spike_sync(a: &SpikeTrain, b: &SpikeTrain, duration_ms: f64) -> Result<f64> {
    check_within([a, b], duration_ms)?;
    let (a, b) = (distinct(a), distinct(b));
    if a.is_empty() && b.is_empty() {
        return Ok(1.0);
    }
    let near = |i: usize, j: usize| (a[i] - b[j]).abs() < reach(&a, i, duration_ms).min(reach(&b, j, duration_ms));
    Ok((2 * pairs(&a, &b, near)) as f64 / (a.len() + b.len()) as f64)
}

/// Half the shorter interval beside spike k; the whole duration stands for one that is missing.
fn reach(times: &[f64], k: usize, duration: f64) -> f64 {
    let before = if k > 0 { times[k] - times[k - 1] } else { duration };
    let after = times.get(k + 1).map_or(duration, |t| t - times[k]);
    0.5 * before.min(after)
}
