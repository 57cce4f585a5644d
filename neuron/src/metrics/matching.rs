//! Pairs of spikes that belong together.

/// Number of one-to-one pairs of spikes of two increasing trains that `together(i, j)` allows, the earliest first: that is the
/// largest number where a spike too early for the other train's next one is too early for all that follow.
pub(super) fn pairs(a: &[f64], b: &[f64], together: impl Fn(usize, usize) -> bool) -> usize {
    let (mut i, mut j, mut pairs) = (0, 0, 0);
    while i < a.len() && j < b.len() {
        if together(i, j) {
            pairs += 1;
            i += 1;
            j += 1;
        } else if a[i] < b[j] {
            i += 1;
        } else {
            j += 1;
        }
    }
    pairs
}
