//! The distance of Victor and Purpura: the least cost of turning one train into the other.
//!
//! Source: J. D. Victor and K. P. Purpura, *Nature and precision of temporal coding in visual cortex: a metric-space
//! analysis*, J. Neurophysiol. 76 (1996) 1310–1326; the recursion is that of P. H. Sellers (1974) for sequences.

use crate::SpikeTrain;
use crate::error::{Result, refuse_if};

/// Victor–Purpura distance: the least total cost of turning `a` into `b`, where a spike is deleted or inserted for 1 and
/// moved by δ for `cost_per_ms`·|δ|, `cost_per_ms` in 1/ms.
///
/// At cost 0 this is the difference of the spike counts; as the cost grows it rises to the number of spikes that have no
/// partner at exactly the same time. A metric for every positive cost.
///
/// Two bands limit the table that is filled, and leave the result exact. Two spikes are worth pairing only within 2/`cost_per_ms` of
/// each other. And a path that leaves the diagonals from −w to |m − n| + w deletes and inserts at least 2 (w + 1) + |m − n| spikes
/// (E. Ukkonen, *Algorithms for approximate string matching*, Information and Control 64 (1985) 100–118): w is doubled until what
/// is found costs no more. Time O(n + m) times the narrower of the two bands: n times the distance, at most.
///
/// # Errors
/// A cost that is negative or not finite; trains of which more pairs would have to be weighed than some seconds of work.
///
/// ```
/// use spikestep::{metrics::victor_purpura, SpikeTrain};
/// let a = SpikeTrain::new(vec![100.0]).unwrap();
/// let b = SpikeTrain::new(vec![103.5]).unwrap();
/// assert_eq!(victor_purpura(&a, &b, 0.1).unwrap(), 0.1 * 3.5);
/// assert_eq!(victor_purpura(&a, &b, 10.0).unwrap(), 2.0); // cheaper to delete and insert
/// ```
pub fn victor_purpura(a: &SpikeTrain, b: &SpikeTrain, cost_per_ms: f64) -> Result<f64> {
    let mend = "Give a cost such as 0.1, which makes a shift by 20 ms as dear as a lost and an extra spike.";
    let bad = !cost_per_ms.is_finite() || cost_per_ms < 0.0;
    refuse_if!(bad, "cost per ms", cost_per_ms, "a finite number from 0", mend);
    let (a, b) = (a.times(), b.times());
    if cost_per_ms == 0.0 {
        return Ok(a.len().abs_diff(b.len()) as f64);
    }
    let (few, many) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let surplus = many.len() - few.len();
    let mut width = FIRST_WIDTH;
    let all = few.len() as u64 * many.len() as u64;
    let near = if all > MOST_PAIRS { pairs_within_reach(few, many, cost_per_ms) } else { all };
    loop {
        let pairs = near.min(few.len() as u64 * (2 * width + surplus + 1) as u64);
        refuse_if!(
            pairs > MOST_PAIRS,
            "Victor-Purpura distance",
            format!(
                "of too many spikes: {} and {}, of which {:.1e} pairs may belong together",
                a.len(),
                b.len(),
                pairs as f64
            ),
            format!("at most {:e} pairs", MOST_PAIRS as f64),
            "Raise the cost per ms, at which fewer spikes are worth moving, or compare a shorter duration."
        );
        let (cost, cut) = within_band(few, many, cost_per_ms, width);
        if !cut || width >= few.len() || cost <= (2 * (width + 1) + surplus) as f64 {
            return Ok(cost);
        }
        width *= 2;
    }
}

/// Most pairs of spikes that are weighed at one width: a second or two of work.
const MOST_PAIRS: u64 = 500_000_000;

/// Number of pairs so near that a move costs less than to delete one and insert the other.
fn pairs_within_reach(a: &[f64], b: &[f64], cost_per_ms: f64) -> u64 {
    let of = |x: &f64| {
        let end = b.partition_point(|y| cost_per_ms * (y - x) < 2.0);
        (end - b.partition_point(|y| cost_per_ms * (x - y) >= 2.0)) as u64
    };
    a.iter().map(of).sum()
}

/// Half the width of the first band: below it, a narrower one saves nothing that could be noticed.
const FIRST_WIDTH: usize = 16;

/// Least cost of the paths that stay between `width` diagonals below the first cell and `width` above the last one, and of some
/// others, and whether spikes worth pairing are outside; `a` is the shorter train.
fn within_band(a: &[f64], b: &[f64], cost_per_ms: f64, width: usize) -> (f64, bool) {
    let shift = |x: f64, y: f64| cost_per_ms * (x - y).abs();
    let above = b.len() - a.len() + width;
    // row[j]: least cost of turning the first i spikes of a into the first j of b, valid for lo <= j <= hi. Spikes of b
    // before lo are too early to be worth a shift for spike i and all later ones, those from hi on too late for all so far, or
    // they are outside the band.
    let mut row = vec![0.0_f64; b.len() + 1];
    let (mut lo, mut hi, mut cut) = (0, 0, false);
    for (i, &x) in (1..).zip(a) {
        let reaches = |hi: usize| hi < b.len() && (b[hi] <= x || shift(x, b[hi]) < 2.0);
        while hi < i + above && reaches(hi) {
            row[hi + 1] = row[hi] + 1.0;
            hi += 1;
        }
        let first = lo;
        let early = |lo: usize| b[lo] < x && shift(x, b[lo]) >= 2.0;
        while lo < hi && (lo + width < i || early(lo)) {
            cut |= !early(lo);
            lo += 1;
        }
        cut |= reaches(hi);
        let mut diagonal = row[lo];
        row[lo] += 1.0;
        // The first spike that is left out may still be a partner: of it alone the row before is known.
        if lo > first {
            row[lo] = row[lo].min(row[lo - 1] + shift(x, b[lo - 1]));
        }
        for j in lo..hi {
            let above = row[j + 1];
            row[j + 1] = (above.min(row[j]) + 1.0).min(diagonal + shift(x, b[j]));
            diagonal = above;
        }
    }
    (row[hi] + (b.len() - hi) as f64, cut)
}
