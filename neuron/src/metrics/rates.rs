//! What a train says without its times: its rate, and its interspike intervals.

use crate::SpikeTrain;

/// Mean rate \[Hz\] of a train over `duration` \[ms\]; `None` where that is not positive.
///
/// ```
/// use spikestep::{SpikeTrain, metrics::rate};
/// assert_eq!(rate(&SpikeTrain::new(vec![100.0, 300.0])?, 500.0), Some(4.0));
/// # Ok::<(), spikestep::Error>(())
/// ```
pub fn rate(train: &SpikeTrain, duration: f64) -> Option<f64> {
    (duration > 0.0).then(|| 1000.0 * train.len() as f64 / duration)
}

/// Mean interspike interval \[ms\]; `None` below two spikes.
pub fn mean_interval(train: &SpikeTrain) -> Option<f64> {
    match train.times() {
        [first, .., last] => Some((last - first) / (train.len() - 1) as f64),
        _ => None,
    }
}

/// How many interspike intervals lie in each bin of `width` \[ms\], the first from 0 on, up to the last that holds one. An interval on
/// an edge is in the bin above it.
///
/// ```
/// use spikestep::{SpikeTrain, metrics::interval_counts};
/// assert_eq!(interval_counts(&SpikeTrain::new(vec![0.0, 1.0, 4.0, 5.5])?, 1.0), [0, 2, 0, 1]);
/// # Ok::<(), spikestep::Error>(())
/// ```
pub fn interval_counts(train: &SpikeTrain, width: f64) -> Vec<u64> {
    let mut counts = Vec::new();
    for pair in train.times().windows(2) {
        let bin = ((pair[1] - pair[0]) / width) as usize;
        counts.resize(counts.len().max(bin + 1), 0);
        counts[bin] += 1;
    }
    counts
}

/// Coefficient of variation of the interspike intervals: their standard deviation (the root of the mean square, with no correction for
/// a small sample) over their mean. `None` below three spikes, or where all of them come at once.
///
/// ```
/// use spikestep::{SpikeTrain, metrics::coefficient_of_variation};
/// // Intervals of 1 and 3 ms: 1/2.
/// assert_eq!(coefficient_of_variation(&SpikeTrain::new(vec![0.0, 1.0, 4.0])?), Some(0.5));
/// # Ok::<(), spikestep::Error>(())
/// ```
pub fn coefficient_of_variation(train: &SpikeTrain) -> Option<f64> {
    let mean = mean_interval(train).filter(|mean| train.len() > 2 && *mean > 0.0)?;
    let squares: f64 = train.times().windows(2).map(|w| (w[1] - w[0] - mean).powi(2)).sum();
    Some((squares / (train.len() - 1) as f64).sqrt() / mean)
}
