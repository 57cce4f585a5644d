//! Statistics of a few numbers, and lists of them.

/// The slope of the least-squares line of y on x through `points` (x, y); NaN where x does not vary.
pub(crate) fn slope(points: &[(f64, f64)]) -> f64 {
    let [xx, xy, _] = moments(points);
    xy / xx
}

/// The size of the correlation of x and y, NaN where one does not vary; and twice 1/√(n − 1), the standard error of that of what does not
/// depend on each other.
pub(crate) fn correlation(points: &[(f64, f64)]) -> (f64, f64) {
    let [xx, xy, yy] = moments(points);
    ((xy / (xx * yy).sqrt()).abs(), 2.0 / (points.len().max(2) as f64 - 1.0).sqrt())
}

/// Sums of (x − x̄)², (x − x̄)(y − ȳ) and (y − ȳ)².
fn moments(points: &[(f64, f64)]) -> [f64; 3] {
    let (mean_x, mean_y) = (mean(points.iter().map(|p| p.0)), mean(points.iter().map(|p| p.1)));
    let sum = |f: fn(f64, f64) -> f64| points.iter().map(|p| f(p.0 - mean_x, p.1 - mean_y)).sum::<f64>();
    [sum(|x, _| x * x), sum(|x, y| x * y), sum(|_, y| y * y)]
}

/// The mean; NaN of nothing.
pub(crate) fn mean(values: impl IntoIterator<Item = f64>) -> f64 {
    let (sum, count) = values.into_iter().fold((0.0, 0.0), |(s, n), x| (s + x, n + 1.0));
    sum / count
}

/// The median; NaN of nothing.
pub(crate) fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    match (values.len(), values.len() / 2) {
        (0, _) => f64::NAN,
        (n, half) if n % 2 == 1 => values[half],
        (_, half) => 0.5 * (values[half - 1] + values[half]),
    }
}

/// The largest; 0 of nothing.
pub(crate) fn largest(values: impl IntoIterator<Item = f64>) -> f64 {
    values.into_iter().fold(0.0, f64::max)
}

/// The smallest; infinite of nothing.
pub(crate) fn smallest(values: impl IntoIterator<Item = f64>) -> f64 {
    values.into_iter().fold(f64::INFINITY, f64::min)
}

/// The rate \[Hz\] of spikes \[ms\]: intervals over the time they take; 0 below two spikes.
pub(crate) fn rate(spikes: &[f64]) -> f64 {
    match spikes {
        [first, .., last] if last > first => 1000.0 * (spikes.len() - 1) as f64 / (last - first),
        _ => 0.0,
    }
}

/// The share of those that hold; NaN of nothing.
pub(crate) fn share(values: impl IntoIterator<Item = bool>) -> f64 {
    mean(values.into_iter().map(|holds| f64::from(u8::from(holds))))
}

/// `count` numbers at equal distances from `from` to `to`.
pub(crate) fn linear(from: f64, to: f64, count: usize) -> Vec<f64> {
    spaced(to, count, |share| from + (to - from) * share)
}

/// `count` numbers at equal ratios from `from` to `to`.
pub(crate) fn logarithmic(from: f64, to: f64, count: usize) -> Vec<f64> {
    spaced(to, count, |share| from * (to / from).powf(share))
}

/// Ends in `to` exactly.
fn spaced(to: f64, count: usize, value: impl Fn(f64) -> f64) -> Vec<f64> {
    let last = count - 1;
    (0..last).map(|k| value(k as f64 / last as f64)).chain([to]).collect()
}

/// Halves the interval between `low`, where something `holds`, and `high`, where it does not, while it is `wide`.
pub(crate) fn halved(
    mut low: f64,
    mut high: f64,
    wide: impl Fn(f64, f64) -> bool,
    holds: impl Fn(f64) -> bool,
) -> (f64, f64) {
    while wide(low, high) {
        let middle = 0.5 * (low + high);
        *if holds(middle) { &mut low } else { &mut high } = middle;
    }
    (low, high)
}
