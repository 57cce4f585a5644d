//! Rows that belong together, in the order in which they are met.

/// The value under `key`, made where there is none; few keys, in the order of the grid.
pub(crate) fn entry<K: PartialEq, T: Default>(list: &mut Vec<(K, T)>, key: K) -> &mut T {
    let at = list.iter().rposition(|(known, _)| *known == key).unwrap_or_else(|| {
        list.push((key, T::default()));
        list.len() - 1
    });
    &mut list[at].1
}

/// The middle of the values, of two the mean; they are never empty.
pub(super) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let (below, above) = ((values.len() - 1) / 2, values.len() / 2);
    0.5 * (values[below] + values[above])
}
