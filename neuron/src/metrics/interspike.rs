//! What ISI-distance, SPIKE-distance and SPIKE-synchronization share: spikes inside an interval, and its inter-spike
//! intervals with PySpike's conventions at the edges.

use crate::SpikeTrain;
use crate::error::{Result, positive, refuse_if};

/// Refuses an interval \[0, `duration_ms`\] without a length, and spikes outside it.
pub(super) fn check_within(trains: [&SpikeTrain; 2], duration_ms: f64) -> Result<()> {
    positive("duration in ms", duration_ms, "Give the length of the recording, such as 1000.")?;
    for t in trains.iter().flat_map(|train| [train.times().first(), train.times().last()]).flatten() {
        let allowed = || format!("times in the compared interval, 0 to {duration_ms} ms");
        let mend = "Give the duration of the recording, or leave spikes outside it out.";
        refuse_if!(!(0.0..=duration_ms).contains(t), "spike time", format!("{t} ms"), allowed(), mend);
    }
    Ok(())
}

/// The times of a train, a time that occurs repeatedly taken once: for these three measures simultaneous spikes of one
/// neuron are one event.
pub(super) fn distinct(train: &SpikeTrain) -> Vec<f64> {
    let mut times = train.times().to_vec();
    times.dedup();
    times
}

/// A stretch of \[0, duration\] on which the current inter-spike interval of a train is constant.
pub(super) struct Interval {
    pub(super) start: f64,
    pub(super) end: f64,
    /// Length of the inter-spike interval \[ms\]: `end − start` except at the edges.
    pub(super) isi: f64,
    /// Whether the start counts as a spike of the train.
    pub(super) from_spike: bool,
    /// Whether the end counts as a spike of the train.
    pub(super) to_spike: bool,
}

/// The intervals of distinct spike times, covering \[0, `duration`\] without gaps.
///
/// Edges (PySpike; T. Kreuz et al., J. Neurophysiol. 113 (2015) 3432–3445): before the first and after the last spike the
/// interval is at least as long as the one beside it, max(to the edge, neighbouring interval). A train without spikes
/// counts as one with spikes at both edges, a train whose only spike is at 0 likewise.
pub(super) fn intervals(times: &[f64], duration: f64) -> Vec<Interval> {
    let (Some(&first), Some(&last)) = (times.first(), times.last()) else {
        return vec![Interval { start: 0.0, end: duration, isi: duration, from_spike: true, to_spike: true }];
    };
    let n = times.len();
    let mut all = Vec::with_capacity(n + 1);
    if first > 0.0 {
        let beside = if n > 1 { times[1] - first } else { 0.0 };
        all.push(Interval { start: 0.0, end: first, isi: first.max(beside), from_spike: false, to_spike: true });
    }
    all.extend(times.windows(2).map(|w| Interval {
        start: w[0],
        end: w[1],
        isi: w[1] - w[0],
        from_spike: true,
        to_spike: true,
    }));
    if last < duration {
        let beside = if n > 1 { last - times[n - 2] } else { 0.0 };
        let isi = (duration - last).max(beside);
        all.push(Interval { start: last, end: duration, isi, from_spike: true, to_spike: n == 1 && last == 0.0 });
    }
    all
}

/// Sum of `integral(i, j, from, to)` over the stretches on which both trains are inside one interval, the i-th of `a` and
/// the j-th of `b`.
pub(super) fn sweep(a: &[Interval], b: &[Interval], mut integral: impl FnMut(usize, usize, f64, f64) -> f64) -> f64 {
    let (mut i, mut j, mut from, mut sum) = (0, 0, 0.0, 0.0);
    while i < a.len() && j < b.len() {
        let to = a[i].end.min(b[j].end);
        sum += integral(i, j, from, to);
        i += usize::from(a[i].end == to);
        j += usize::from(b[j].end == to);
        from = to;
    }
    sum
}
