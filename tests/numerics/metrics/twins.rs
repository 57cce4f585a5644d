//! Slow obvious twins of the metrics: the definitions, by recursion and by search, to judge the fast versions.

use spikestep::SpikeTrain;

/// Length of the compared interval \[ms\].
pub(super) const DURATION: f64 = 100.0;

/// The least cost by the definition: every choice for the first spike of each train, without a table.
pub(super) fn victor_purpura_by_recursion(a: &[f64], b: &[f64], cost: f64) -> f64 {
    match (a, b) {
        ([], rest) | (rest, []) => rest.len() as f64,
        ([x, a_rest @ ..], [y, b_rest @ ..]) => {
            let delete = 1.0 + victor_purpura_by_recursion(a_rest, b, cost);
            let insert = 1.0 + victor_purpura_by_recursion(a, b_rest, cost);
            let shift = cost * (x - y).abs() + victor_purpura_by_recursion(a_rest, b_rest, cost);
            delete.min(insert).min(shift)
        }
    }
}

/// The same by the whole table.
pub(super) fn victor_purpura_by_table(a: &[f64], b: &[f64], cost: f64) -> f64 {
    let mut row: Vec<f64> = (0..=b.len()).map(|j| j as f64).collect();
    for (i, x) in a.iter().enumerate() {
        let mut next = vec![(i + 1) as f64];
        for (j, y) in b.iter().enumerate() {
            next.push((row[j + 1].min(next[j]) + 1.0).min(row[j] + cost * (x - y).abs()));
        }
        row = next;
    }
    row[b.len()]
}

pub(super) fn van_rossum_by_double_sums(a: &[f64], b: &[f64], tau: f64) -> f64 {
    let sum = |x: &[f64], y: &[f64]| -> f64 {
        x.iter().flat_map(|s| y.iter().map(move |t| (-(s - t).abs() / tau).exp())).sum()
    };
    (sum(a, a) + sum(b, b) - 2.0 * sum(a, b)).max(0.0).sqrt()
}

/// The measures of Kreuz at one time, found by looking through the whole train.
struct AtTime {
    isi: f64,
    to_other: f64,
}

/// Interval around `t`, and distance to the other train's nearest spike, for distinct spike times.
fn at_time(own: &[f64], other: &[f64], t: f64) -> AtTime {
    let with_edges = |times: &[f64]| if times.is_empty() { vec![0.0, DURATION] } else { times.to_vec() };
    let own = if own == [0.0] { vec![0.0, DURATION] } else { with_edges(own) };
    let mut far = with_edges(other);
    let n = far.len();
    let step_before = if n > 1 { far[1] - far[0] } else { f64::INFINITY };
    let step_after = if n > 1 { far[n - 1] - far[n - 2] } else { f64::INFINITY };
    let before = if n > 1 { f64::min(0.0, far[0] - step_before) } else { 0.0 };
    let after = if n > 1 { f64::max(DURATION, far[n - 1] + step_after) } else { DURATION };
    far.extend([before, after]);
    let distance = |s: f64| far.iter().map(|x| (x - s).abs()).fold(f64::INFINITY, f64::min);
    let previous = own.iter().copied().filter(|s| *s <= t).reduce(f64::max);
    let next = own.iter().copied().filter(|s| *s > t).reduce(f64::min);
    match (previous, next) {
        (Some(p), Some(f)) => {
            AtTime { isi: f - p, to_other: (distance(p) * (f - t) + distance(f) * (t - p)) / (f - p) }
        }
        (None, Some(f)) => {
            let beside = if own.len() > 1 { own[1] - own[0] } else { 0.0 };
            AtTime { isi: f.max(beside), to_other: distance(f) }
        }
        (Some(p), None) => {
            let beside = if own.len() > 1 { p - own[own.len() - 2] } else { 0.0 };
            AtTime { isi: (DURATION - p).max(beside), to_other: distance(p) }
        }
        (None, None) => unreachable!("a train without spikes has spikes at both edges"),
    }
}

/// ISI- and SPIKE-distance by the midpoint rule between all spike times: exact, as both profiles are linear there.
pub(super) fn profiles_by_midpoints(a: &SpikeTrain, b: &SpikeTrain) -> (f64, f64) {
    let (a, b) = (distinct(a), distinct(b));
    let mut cuts = [&a[..], &b[..], &[0.0, DURATION]].concat();
    cuts.sort_by(f64::total_cmp);
    let (mut isi, mut spike) = (0.0, 0.0);
    for w in cuts.windows(2).filter(|w| w[1] > w[0]) {
        let t = 0.5 * (w[0] + w[1]);
        let (x, y) = (at_time(&a, &b, t), at_time(&b, &a, t));
        isi += (w[1] - w[0]) * (x.isi - y.isi).abs() / x.isi.max(y.isi);
        spike += (w[1] - w[0]) * (x.to_other * y.isi + y.to_other * x.isi) / (0.5 * (x.isi + y.isi) * (x.isi + y.isi));
    }
    (isi / DURATION, spike / DURATION)
}

/// Every pair of spikes, by the definition.
pub(super) fn spike_sync_by_all_pairs(a: &SpikeTrain, b: &SpikeTrain) -> f64 {
    let (a, b) = (distinct(a), distinct(b));
    let gaps = |s: &[f64], k: usize| {
        let others = s.iter().enumerate().filter(|(i, _)| *i != k).map(|(_, t)| (t - s[k]).abs());
        others.fold(DURATION, f64::min)
    };
    let mut coincident = 0;
    for i in 0..a.len() {
        for j in 0..b.len() {
            if (a[i] - b[j]).abs() < 0.5 * gaps(&a, i).min(gaps(&b, j)) {
                coincident += 2;
            }
        }
    }
    if a.is_empty() && b.is_empty() { 1.0 } else { f64::from(coincident) / (a.len() + b.len()) as f64 }
}

/// Largest matching of spikes within the window, by trying every partner of the first spike.
pub(super) fn coincidences_by_recursion(a: &[f64], b: &[f64], window: f64) -> usize {
    let [x, rest @ ..] = a else { return 0 };
    let mut best = coincidences_by_recursion(rest, b, window);
    for (k, y) in b.iter().enumerate() {
        if (x - y).abs() <= window {
            let others = [&b[..k], &b[k + 1..]].concat();
            best = best.max(1 + coincidences_by_recursion(rest, &others, window));
        }
    }
    best
}

/// Times that occur repeatedly taken once.
fn distinct(train: &SpikeTrain) -> Vec<f64> {
    let mut times = train.times().to_vec();
    times.dedup();
    times
}
