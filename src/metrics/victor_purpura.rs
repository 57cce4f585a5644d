//! The distance of Victor and Purpura: the least cost of turning one train into the other.
//!
//! Source: J. D. Victor and K. P. Purpura, *Nature and precision of temporal coding in visual cortex: a metric-space
//! analysis*, J. Neurophysiol. 76 (1996) 1310–1326; the recursion is that of P. H. Sellers (1974) for sequences.

use crate::error::{Error, Result};
use crate::SpikeTrain;

/// Victor–Purpura distance: the least total cost of turning `a` into `b`, where a spike is deleted or inserted for 1 and
/// moved by δ for `cost_per_ms`·|δ|, `cost_per_ms` in 1/ms.
///
/// At cost 0 this is the difference of the spike counts; as the cost grows it rises to the number of spikes that have no
/// partner at exactly the same time. A metric for every positive cost. Two spikes are worth pairing only within
/// 2/`cost_per_ms` of each other, so only a band of the table is filled: time O(n + m + pairs in the band).
///
/// # Errors
/// A cost that is negative or not finite.
///
/// ```
/// use spikestep::{metrics::victor_purpura, SpikeTrain};
/// let a = SpikeTrain::new(vec![100.0]).unwrap();
/// let b = SpikeTrain::new(vec![103.5]).unwrap();
/// assert_eq!(victor_purpura(&a, &b, 0.1).unwrap(), 0.1 * 3.5);
/// assert_eq!(victor_purpura(&a, &b, 10.0).unwrap(), 2.0); // cheaper to delete and insert
/// ```
pub fn victor_purpura(a: &SpikeTrain, b: &SpikeTrain, cost_per_ms: f64) -> Result<f64> {
    if !cost_per_ms.is_finite() || cost_per_ms < 0.0 {
        return Err(Error::invalid(
            "cost per ms",
            cost_per_ms,
            "a finite number from 0",
            "Give a cost such as 0.1, which makes a shift by 20 ms as dear as a lost and an extra spike.",
        ));
    }
    let (a, b) = (a.times(), b.times());
    if cost_per_ms == 0.0 {
        return Ok(a.len().abs_diff(b.len()) as f64);
    }
    let shift = |x: f64, y: f64| cost_per_ms * (x - y).abs();

    // row[j]: least cost of turning the first i spikes of a into the first j of b, valid for lo <= j <= hi. Spikes of b
    // before lo are too early to be worth a shift for spike i and all later ones, those from hi on too late for all so far.
    let mut row = vec![0.0_f64; b.len() + 1];
    let (mut lo, mut hi) = (0, 0);
    for &x in a {
        while hi < b.len() && (b[hi] <= x || shift(x, b[hi]) < 2.0) {
            row[hi + 1] = row[hi] + 1.0;
            hi += 1;
        }
        while lo < hi && b[lo] < x && shift(x, b[lo]) >= 2.0 {
            lo += 1;
        }
        let mut diagonal = row[lo];
        row[lo] += 1.0;
        for j in lo..hi {
            let above = row[j + 1];
            row[j + 1] = (above.min(row[j]) + 1.0).min(diagonal + shift(x, b[j]));
            diagonal = above;
        }
    }
    Ok(row[hi] + (b.len() - hi) as f64)
}
