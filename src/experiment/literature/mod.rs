//! What other papers measured on this neuron, measured again: one kind a paper, each a table of published against measured.
//!
//! A published number stands with the place it was read at; where only a statement could be read, the statement is tested, and what
//! counts as its failure is written beside it ([`claims`]). Settings that the text read does not give are parameters of the experiment's
//! file.

mod claims;
pub(super) mod de_alteriis_2021;
mod frozen_u;
pub(super) mod gunasekaran_2019;
pub(super) mod hopkins_furber_2015;
mod threshold_correction;
pub(super) mod touboul_2009;

use crate::error::{Error, Result};

/// Refuses a list that is empty, or has a number that is not above 0.
///
/// # Errors
/// That, with the name of the parameter.
fn check_list(what: &str, list: &[f64]) -> Result<()> {
    if !list.is_empty() && list.iter().all(|x| x.is_finite() && *x > 0.0) {
        return Ok(());
    }
    let given = format!("{list:?}");
    Err(Error::invalid(
        what,
        given,
        "one number above 0 or more",
        "See the comments of the files in experiments/literature/.",
    ))
}

/// Least-squares slope of y on x, and the correlation of the two; `None` where either does not vary.
fn slope_and_correlation(points: &[(f64, f64)]) -> Option<(f64, f64)> {
    let n = points.len() as f64;
    let (mx, my) = (points.iter().map(|p| p.0).sum::<f64>() / n, points.iter().map(|p| p.1).sum::<f64>() / n);
    let sum = |f: &dyn Fn(f64, f64) -> f64| points.iter().map(|p| f(p.0 - mx, p.1 - my)).sum::<f64>();
    let (xx, xy, yy) = (sum(&|x, _| x * x), sum(&|x, y| x * y), sum(&|_, y| y * y));
    (xx > 0.0 && yy > 0.0).then(|| (xy / xx, xy / (xx * yy).sqrt()))
}

/// Mean; NaN of nothing.
fn mean(values: impl IntoIterator<Item = f64>) -> f64 {
    let (sum, count) = values.into_iter().fold((0.0, 0.0), |(s, n), x| (s + x, n + 1.0));
    sum / count
}

/// Median; NaN of nothing.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let n = values.len();
    match n {
        0 => f64::NAN,
        n if n % 2 == 1 => values[n / 2],
        n => 0.5 * (values[n / 2 - 1] + values[n / 2]),
    }
}

/// Share of those that hold; NaN of nothing.
fn share(values: impl IntoIterator<Item = bool>) -> f64 {
    mean(values.into_iter().map(|holds| f64::from(u8::from(holds))))
}
