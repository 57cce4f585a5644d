//! ISI-distance: do two trains fire at the same rate at the same time.
//!
//! Source: T. Kreuz, J. S. Haas, A. Morelli, H. D. I. Abarbanel and A. Politi, *Measuring spike train synchrony*,
//! J. Neurosci. Methods 165 (2007) 151–161.

use super::interspike::{check_within, distinct, intervals, sweep};
use crate::SpikeTrain;
use crate::error::Result;

/// ISI-distance over \[0, `duration_ms`\]: the mean over time of |x − y| / max(x, y), where x and y are the inter-spike
/// intervals of the two trains around t. From 0 (same intervals) to below 1.
///
/// Before the first and after the last spike the interval is max(distance to the edge, neighbouring interval); a train
/// without spikes has one interval, the whole. Blind to *when* inside equal intervals the spikes fall: two regular trains
/// of one rate in antiphase differ only at the edges. Time O(n + m).
///
/// # Errors
/// A duration that is not positive and finite, or spikes outside \[0, `duration_ms`\].
///
/// ```
/// use spikestep::{metrics::isi_distance, SpikeTrain};
/// let a = SpikeTrain::new(vec![0.0, 10.0, 20.0]).unwrap();
/// let b = SpikeTrain::new(vec![0.0, 20.0]).unwrap();
/// assert_eq!(isi_distance(&a, &b, 20.0).unwrap(), 0.5); // intervals of 10 and 20 ms throughout
/// ```
pub fn isi_distance(a: &SpikeTrain, b: &SpikeTrain, duration_ms: f64) -> Result<f64> {
    check_within([a, b], duration_ms)?;
    let (a, b) = (intervals(&distinct(a), duration_ms), intervals(&distinct(b), duration_ms));
    let sum = sweep(&a, &b, |i, j, from, to| {
        let (x, y) = (a[i].isi, b[j].isi);
        (to - from) * (x - y).abs() / x.max(y)
    });
    Ok(sum / duration_ms)
}
