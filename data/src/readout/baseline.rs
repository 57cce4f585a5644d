//! Levels to be held against: the nearest mean, the nearest picture.

use super::{Features, first_largest};
use crate::error::Result;

/// For each row of `test` the class whose mean training row is nearest (Euclidean); a class without training rows never.
///
/// # Errors
/// Labels that do not fit, or rows of different widths.
pub fn nearest_centroid(training: &Features, labels: &[usize], classes: usize, test: &Features) -> Result<Vec<usize>> {
    training.labelled(labels, classes)?;
    test.of_width(training.columns())?;
    let mut means = vec![vec![0.0f64; training.columns()]; classes];
    let mut rows = vec![0.0; classes];
    for (row, label) in training.iter().zip(labels) {
        rows[*label] += 1.0;
        means[*label].iter_mut().zip(row).for_each(|(mean, value)| *mean += f64::from(*value));
    }
    for (mean, rows) in means.iter_mut().zip(&rows) {
        mean.iter_mut().for_each(|value| *value /= rows);
    }
    // A mean of no rows is NaN, and so is its distance, which is larger than nothing.
    let distance = |mean: &[f64], row: &[f32]| -> f64 {
        mean.iter().zip(row).map(|(mean, value)| (mean - f64::from(*value)).powi(2)).sum()
    };
    Ok(test.iter().map(|row| first_largest(means.iter().map(|mean| -distance(mean, row)))).collect())
}

/// For each row of `test` the class of the nearest training row (Euclidean, the first of several).
///
/// # Errors
/// As [`nearest_centroid`].
pub fn nearest_neighbour(training: &Features, labels: &[usize], classes: usize, test: &Features) -> Result<Vec<usize>> {
    training.labelled(labels, classes)?;
    test.of_width(training.columns())?;
    let distance = |a: &[f32], b: &[f32]| -> f64 { a.iter().zip(b).map(|(a, b)| f64::from(a - b).powi(2)).sum() };
    Ok(test.iter().map(|row| labels[first_largest(training.iter().map(|other| -distance(other, row)))]).collect())
}
