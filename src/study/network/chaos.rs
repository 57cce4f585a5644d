//! What chaos alone does to statistics, and what has moved beyond it.

use crate::population::exact::{Curve, Statistic};

/// A curve as the mean of several, with their standard deviation.
#[derive(Clone, Debug)]
pub struct CurveBand {
    /// The mean.
    pub curve: Curve,
    /// The standard deviation at every place.
    pub sd: Vec<f64>,
}

/// A statistic of a scheme against the truth's.
#[derive(Clone, Debug)]
pub struct Moved {
    /// The statistic, with the mean over the runs.
    pub statistic: Statistic,
    /// The mean over the truths.
    pub truth: f64,
    /// Half the width of the interval of 95 % of the difference of the two.
    pub interval: f64,
    /// It has moved beyond what chaos explains, and by 1 % at the least.
    pub is_beyond_chaos: bool,
}

/// A difference that chance makes once in a thousand times is chaos's.
const BY_CHANCE: f64 = 3.290_527;
/// Of an interval of 95 %.
const INTERVAL: f64 = 1.959_964;
/// Differences below this part are not spoken of.
const LEAST: f64 = 0.01;
/// What is smaller is zero up to rounding, whatever the statistic.
pub(super) const ZERO: f64 = 1e-9;

/// Mean and variance (n − 1) of a statistic over runs.
pub(super) fn moments(which: usize, runs: &[Vec<Statistic>]) -> (f64, f64) {
    let n = runs.len() as f64;
    let mean = runs.iter().map(|run| run[which].value).sum::<f64>() / n;
    (mean, runs.iter().map(|run| (run[which].value - mean).powi(2)).sum::<f64>() / (n - 1.0))
}

/// A statistic of the runs against that of the truths.
pub(super) fn moved(which: usize, runs: &[Vec<Statistic>], truths: &[Vec<Statistic>]) -> Moved {
    let ((own, own_variance), (truth, variance)) = (moments(which, runs), moments(which, truths));
    let distinct = (0..runs.len()).filter(|&i| !runs[..i].contains(&runs[i])).count() as f64;
    let n = truths.len() as f64;
    let error = (own_variance.max(variance) / distinct + variance / n).sqrt();
    // Those of the truths alone: there are more where the runs differ, and Student's t is then less strict.
    let freedom = n - 1.0;
    let difference = (own - truth).abs();
    Moved {
        statistic: Statistic { value: own, ..truths[0][which].clone() },
        truth,
        interval: quantile(INTERVAL, freedom) * error,
        is_beyond_chaos: difference > quantile(BY_CHANCE, freedom) * error
            && difference >= (LEAST * truth.abs()).max(ZERO),
    }
}

/// The mean of curves at every place, and their standard deviation.
pub(super) fn band(which: usize, runs: &[Vec<Curve>]) -> CurveBand {
    let n = runs.len() as f64;
    let of = |i: usize| runs.iter().map(move |run| run[which].y[i]);
    let mean = |i: usize| of(i).sum::<f64>() / n;
    let spread = |i: usize| (of(i).map(|y| (y - mean(i)).powi(2)).sum::<f64>() / (n - 1.0)).sqrt();
    let places = 0..runs[0][which].x.len();
    let sd = places.clone().map(spread).collect();
    CurveBand { curve: Curve { y: places.map(mean).collect(), ..runs[0][which].clone() }, sd }
}

/// Student's quantile of so many degrees of freedom, from the normal one (Cornish & Fisher 1938; Abramowitz & Stegun 26.7.5).
fn quantile(z: f64, freedom: f64) -> f64 {
    let terms = [
        z,
        (z.powi(3) + z) / 4.0,
        (5.0 * z.powi(5) + 16.0 * z.powi(3) + 3.0 * z) / 96.0,
        (3.0 * z.powi(7) + 19.0 * z.powi(5) + 17.0 * z.powi(3) - 15.0 * z) / 384.0,
    ];
    terms.iter().rev().fold(0.0, |sum, term| sum / freedom + term)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runs(values: &[f64]) -> Vec<Vec<Statistic>> {
        values.iter().map(|&value| vec![Statistic { group: "all".to_owned(), name: "rate_Hz", value }]).collect()
    }

    #[test]
    fn quantiles_are_those_of_tables() {
        // Student's t of 7 and 14 degrees of freedom, two-sided 5 % and 0.1 %; the series leaves 1 % at 7.
        for (z, freedom, t) in [(INTERVAL, 7.0, 2.3646), (INTERVAL, 14.0, 2.1448), (BY_CHANCE, 14.0, 4.1405)] {
            assert!((quantile(z, freedom) / t - 1.0).abs() < 2e-3, "{z} {freedom}: {}", quantile(z, freedom));
        }
        assert!((quantile(BY_CHANCE, 7.0) / 5.4079 - 1.0).abs() < 2e-2);
    }

    #[test]
    fn what_chaos_explains_has_not_moved() {
        let truths = runs(&[9.0, 10.0, 11.0, 10.0]);
        // The same spread, half a standard deviation up: chaos. Ten standard deviations up: not.
        let near = moved(0, &runs(&[9.4, 10.4, 11.4, 10.4]), &truths);
        let far = moved(0, &runs(&[28.0, 29.0, 30.0, 29.0]), &truths);
        assert!(!near.is_beyond_chaos && far.is_beyond_chaos && (far.truth, far.statistic.value) == (10.0, 29.0));
        // Variance 2/3, of three distinct runs and of four truths: a standard error of √(7/18), and 3.182 of it at three degrees of
        // freedom, where the series lacks 1 %.
        assert!((far.interval / (3.182 * (7.0f64 / 18.0).sqrt()) - 1.0).abs() < 2e-2, "{}", far.interval);
        // Without chaos every difference is the step's, but one of less than 1 % is not spoken of.
        assert!(moved(0, &runs(&[10.5; 4]), &runs(&[10.0; 4])).is_beyond_chaos);
        assert!(!moved(0, &runs(&[10.05; 4]), &runs(&[10.0; 4])).is_beyond_chaos);
    }
}
