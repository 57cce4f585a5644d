//! SPIKE-distance: do two trains fire at the same times, measured on their own time scale.
//!
//! Source: T. Kreuz, D. Chicharro, C. Houghton, R. G. Andrzejak and F. Mormann, *Monitoring spike train synchrony*,
//! J. Neurophysiol. 109 (2013) 1457–1472; edges as in E. Satuvuori et al., J. Neurosci. Methods 287 (2017) 25–38.

use super::interspike::{Interval, check_within, distinct, intervals, sweep};
use crate::SpikeTrain;
use crate::error::Result;

/// SPIKE-distance over \[0, `duration_ms`\]: the mean over time of
///
/// ```text
/// S(t) = (S_a y + S_b x) / ((x + y)² / 2)
/// ```
///
/// with x, y the inter-spike intervals of `a` and `b` around t, and S_a (S_b likewise) going linearly, between two spikes of
/// `a`, from the distance of the one to its nearest spike in `b` to that of the other. 0 for equal trains, always below 1.
///
/// Edges as in PySpike: before the first and after the last spike S_a is constant and the interval is max(distance to the
/// edge, neighbouring interval); spikes of the other train are also compared with an auxiliary spike on or beyond each
/// edge, one neighbouring interval from the outermost spike; a train without spikes counts as one with spikes at both edges.
/// Time O(n log m + m log n).
///
/// # Errors
/// A duration that is not positive and finite, or spikes outside \[0, `duration_ms`\].
///
/// ```
/// use spikestep::{metrics::spike_distance, SpikeTrain};
/// let a = SpikeTrain::new(vec![0.0, 10.0, 20.0]).unwrap();
/// let b = SpikeTrain::new(vec![0.0, 9.0, 20.0]).unwrap();
/// assert_eq!(spike_distance(&a, &a, 20.0).unwrap(), 0.0);
/// assert!(spike_distance(&a, &b, 20.0).unwrap() < 0.06);
/// ```
pub fn spike_distance(a: &SpikeTrain, b: &SpikeTrain, duration_ms: f64) -> Result<f64> {
    check_within([a, b], duration_ms)?;
    let (a, b) = (distinct(a), distinct(b));
    let (in_a, in_b) = (intervals(&a, duration_ms), intervals(&b, duration_ms));
    let ramp_a = ramps(&in_a, &with_auxiliary(&b, duration_ms));
    let ramp_b = ramps(&in_b, &with_auxiliary(&a, duration_ms));
    let sum = sweep(&in_a, &in_b, |i, j, from, to| {
        let (x, y) = (in_a[i].isi, in_b[j].isi);
        let s = |t| ramp_a[i].at(&in_a[i], t) * y + ramp_b[j].at(&in_b[j], t) * x;
        // S is linear here, so the trapezoid is exact.
        (to - from) * (s(from) + s(to)) / ((x + y) * (x + y))
    });
    Ok(sum / duration_ms)
}

/// Distance to the other train's nearest spike, linear across an interval.
struct Ramp {
    at_start: f64,
    at_end: f64,
}

impl Ramp {
    fn at(&self, interval: &Interval, t: f64) -> f64 {
        let fraction = (t - interval.start) / (interval.end - interval.start);
        self.at_start + (self.at_end - self.at_start) * fraction
    }
}

fn ramps(intervals: &[Interval], other: &[f64]) -> Vec<Ramp> {
    let ramp = |interval: &Interval| {
        let (start, end) = (nearest(interval.start, other), nearest(interval.end, other));
        // An edge without a spike takes over the distance of the spike at the interval's other side.
        Ramp {
            at_start: if interval.from_spike { start } else { end },
            at_end: if interval.to_spike { end } else { start },
        }
    };
    intervals.iter().map(ramp).collect()
}

/// The times with an auxiliary spike before and after them.
fn with_auxiliary(times: &[f64], duration: f64) -> Vec<f64> {
    let (mut before, mut after) = (0.0_f64, duration);
    if let [.., second_last, last] = times {
        before = before.min(2.0 * times[0] - times[1]);
        after = after.max(2.0 * last - second_last);
    }
    std::iter::once(before).chain(times.iter().copied()).chain(std::iter::once(after)).collect()
}

/// Distance from `t` to the nearest of sorted times, of which there is at least one.
fn nearest(t: f64, times: &[f64]) -> f64 {
    let k = times.partition_point(|&s| s < t);
    let after = times.get(k).map_or(f64::INFINITY, |s| s - t);
    let before = if k > 0 { t - times[k - 1] } else { f64::INFINITY };
    before.min(after)
}
