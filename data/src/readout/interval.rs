//! Confidence intervals of an accuracy.

/// A value and where it lies with 95 % confidence.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// The estimate.
    pub estimate: f64,
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// 97.5 % point of the normal distribution.
const Z: f64 = 1.959963984540054;

/// The share `correct` / `total` with Wilson's 95 % interval, which stays in 0..=1 and holds its level near 1 (Wilson 1927, J. Am. Stat.
/// Assoc. 22:209; Brown, Cai & DasGupta 2001, Stat. Sci. 16:101). Without any trial: 0..=1 around NaN.
///
/// ```
/// let level = data::readout::wilson(584, 597);
/// assert!((level.low - 0.963).abs() < 5e-4 && (level.high - 0.987).abs() < 5e-4);
/// ```
pub fn wilson(correct: u64, total: u64) -> Interval {
    if total == 0 {
        return Interval { estimate: f64::NAN, low: 0.0, high: 1.0 };
    }
    let n = total as f64;
    let share = correct as f64 / n;
    let centre = share + Z * Z / (2.0 * n);
    let half = Z * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
    let scale = 1.0 + Z * Z / n;
    // At no failure and no success the ends are exact; rounding must not leave them outside.
    let low = if correct == 0 { 0.0 } else { (centre - half) / scale };
    let high = if correct == total { 1.0 } else { (centre + half) / scale };
    Interval { estimate: share, low, high }
}

/// The mean of one value a seed with Student's 95 % interval, mean ± t·s/√n with n − 1 degrees of freedom (Student 1908, Biometrika
/// 6:1).
///
/// One value says nothing of its spread: the interval is infinite. Seeds that share their pictures are not independent of the
/// pictures; the interval speaks of networks and splits drawn anew from *this* set.
///
/// ```
/// let level = data::readout::student_t(&[0.95, 0.96, 0.97, 0.96, 0.96]).unwrap();
/// assert!((level.estimate - 0.96).abs() < 1e-12);
/// // s = 0.0070711, t(4) = 2.776445: half the width is 2.776445 x 0.0070711 / sqrt(5) = 0.00878.
/// assert!((level.high - 0.96878).abs() < 1e-5);
/// ```
pub fn student_t(values: &[f64]) -> Option<Interval> {
    if values.is_empty() {
        return None;
    }
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let half = if values.len() == 1 {
        f64::INFINITY
    } else {
        let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (n - 1.0);
        t_quantile(values.len() - 1) * (variance / n).sqrt()
    };
    Some(Interval { estimate: mean, low: mean - half, high: mean + half })
}

/// 97.5 % point of Student's distribution, by bisection.
fn t_quantile(freedom: usize) -> f64 {
    // The largest, of one degree of freedom, is 12.7.
    let (mut low, mut high) = (0.0, 16.0);
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if t_within(middle, freedom) < 0.95 {
            low = middle;
        } else {
            high = middle;
        }
    }
    high
}

/// P(|T| < t), by the finite sums of Abramowitz & Stegun 26.7.3 and 26.7.4.
fn t_within(t: f64, freedom: usize) -> f64 {
    let angle = (t / (freedom as f64).sqrt()).atan();
    let (sine, cosine) = angle.sin_cos();
    let odd = freedom % 2 == 1;
    // Terms of cos^2, cos^4, ...; their factors are (k - 1) / k for k = 2, 4, ... or 3, 5, ...
    let mut term = if odd { cosine } else { 1.0 };
    let mut sum = 0.0;
    let mut k = usize::from(odd);
    while k + 2 <= freedom {
        sum += term;
        k += 2;
        term *= cosine * cosine * (k - 1) as f64 / k as f64;
    }
    if odd { std::f64::consts::FRAC_2_PI * (angle + sine * sum) } else { sine * sum }
}
