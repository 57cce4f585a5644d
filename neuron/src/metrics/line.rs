//! A straight line through points, by least squares.

/// Slope and its standard error.
#[derive(Clone, Copy)]
pub(crate) struct Line {
    pub(crate) slope: f64,
    /// √(residual sum of squares / (n − 2) / Σ(x − x̄)²).
    pub(crate) standard_error: f64,
}

/// Least-squares line with intercept; `None` below 3 points (no degree of freedom is left for the standard error) or
/// where all x are equal. Means are subtracted first, so that a large offset costs no digits.
pub(crate) fn fit(points: &[(f64, f64)]) -> Option<Line> {
    let n = points.len() as f64;
    if points.len() < 3 {
        return None;
    }
    let mean_x = points.iter().map(|p| p.0).sum::<f64>() / n;
    let mean_y = points.iter().map(|p| p.1).sum::<f64>() / n;
    let sxx = points.iter().map(|p| (p.0 - mean_x).powi(2)).sum::<f64>();
    if sxx == 0.0 {
        return None;
    }
    let slope = points.iter().map(|p| (p.0 - mean_x) * (p.1 - mean_y)).sum::<f64>() / sxx;
    let rss = points.iter().map(|p| (p.1 - mean_y - slope * (p.0 - mean_x)).powi(2)).sum::<f64>();
    Some(Line { slope, standard_error: (rss / (n - 2.0) / sxx).sqrt() })
}
