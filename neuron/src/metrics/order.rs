//! Observed order of convergence: how fast an error falls with the step.

use serde::Serialize;

use super::line;

/// The slope of log error against log dt over the steps where it is one number.
///
/// Which points count is decided by rule, the same for every scheme:
///
/// 1. Points that cannot count are dropped: dt or error not finite or not positive, and errors below ten times the
///    floor, where the error of the truth or of rounding is more than a tenth of what is measured. Of points with one
///    dt the largest error counts. (The caller leaves out steps at which spikes are lost or added: what is compared there
///    are different spikes.)
/// 2. The range starts at the finest step left and takes in as many coarser ones as it can, at least three points in all,
///    while the local slope does not bend: a parabola is fitted in place of the line, and its slope may change from one
///    end of the range to the other by at most half an order (or 15 % of the order, for high ones). A larger change is let
///    pass only if it is less than twice its own standard error, as with errors of spikes on the grid, which jump by the
///    chance of where spikes fall between grid points and say nothing about a bend.
/// 3. Over that range the order is the slope of the least-squares line.
///
/// ```
/// use spikestep::metrics::ObservedOrder;
/// // second order, saturated at the coarsest step, at the floor 1e-9 at the finest
/// let points = [(1.0, 0.2), (0.5, 0.25), (0.25, 0.0625), (0.125, 0.015625), (0.0625, 0.00390625), (1e-4, 2e-9)];
/// let observed = ObservedOrder::of(&points, 1e-9).unwrap();
/// assert!((observed.order - 2.0).abs() < 1e-12);
/// assert_eq!((observed.dt_min, observed.dt_max, observed.points), (0.0625, 0.5, 4));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ObservedOrder {
    /// The order: slope of ln error against ln dt.
    pub order: f64,
    /// Standard error of the slope.
    pub standard_error: f64,
    /// Finest step used \[ms\].
    pub dt_min: f64,
    /// Coarsest step used \[ms\].
    pub dt_max: f64,
    /// Number of points used.
    pub points: usize,
    /// Whether the slope is that of small steps: that over the three finest points is the same, to half of a bend that is allowed; its
    /// standard error is at most a quarter of an order; and the coarser steps that do not count are no steeper. An error that is small
    /// where two of its terms cancel, or near rounding, falls more slowly there than the order of the scheme; further up its slope rises.
    pub settled: bool,
}

/// How many times the floor an error must be to count.
const FLOOR_MARGIN: f64 = 10.0;

/// Change of the local slope across the range that is no bend, in orders: half of it either side of the mean slope
/// cannot turn the nearest integer into another one.
const BEND: f64 = 0.5;

/// The same as a share of the order: at order 8 the next term of the error expansion shows at any step above the floor.
const RELATIVE_BEND: f64 = 0.15;

impl ObservedOrder {
    /// The observed order of (dt \[ms\], error) points in any order, given the `floor` below which an error is that of the
    /// truth or of rounding, in the unit of the errors (0 if none is known).
    ///
    /// `None` where fewer than three points count, or where even the three finest bend.
    pub fn of(points: &[(f64, f64)], floor: f64) -> Option<Self> {
        let usable = |x: f64| x.is_finite() && x > 0.0;
        let mut used: Vec<(f64, f64)> = points
            .iter()
            .copied()
            .filter(|&(dt, error)| usable(dt) && usable(error) && error >= FLOOR_MARGIN * floor)
            .collect();
        used.sort_by(|p, q| p.0.total_cmp(&q.0).then(q.1.total_cmp(&p.1)));
        used.dedup_by_key(|p| p.0);

        let logs: Vec<(f64, f64)> = used.iter().map(|&(dt, error)| (dt.ln(), error.ln())).collect();
        (3..=logs.len()).rev().find_map(|n| {
            let line = line::fit(&logs[..n])?;
            let bend = bend(&logs[..n]);
            let allowed = BEND.max(RELATIVE_BEND * line.slope.abs()).max(2.0 * bend.standard_error);
            if bend.change.abs() > allowed {
                return None;
            }
            // A bend that is allowed may go on above the range, as far again.
            let steeper = line::fit(&logs[n - 1..]).is_some_and(|above| above.slope > line.slope + allowed);
            let finest = line::fit(&logs[..3])?.slope;
            let half = 0.5 * BEND.max(RELATIVE_BEND * line.slope.abs());
            let near = (finest - line.slope).abs() <= half && line.standard_error <= 0.5 * BEND;
            Some(ObservedOrder {
                settled: near && !steeper,
                order: line.slope,
                standard_error: line.standard_error,
                dt_min: used[0].0,
                dt_max: used[n - 1].0,
                points: n,
            })
        })
    }
}

/// Change of the slope from the first x to the last.
struct Bend {
    change: f64,
    standard_error: f64,
}

/// The bend of at least three points with increasing x, from the least-squares parabola. Its quadratic term is written as
/// a polynomial orthogonal to 1 and x on the points, so that its coefficient stands by itself.
fn bend(points: &[(f64, f64)]) -> Bend {
    let n = points.len() as f64;
    let mean = |f: &dyn Fn(f64, f64) -> f64| points.iter().map(|&(x, y)| f(x, y)).sum::<f64>() / n;
    let mean_x = mean(&|x, _| x);
    let mean_y = mean(&|_, y| y);
    let sxx = mean(&|x, _| (x - mean_x).powi(2));
    let skew = mean(&|x, _| (x - mean_x).powi(3)) / sxx;
    let quadratic = |x: f64| (x - mean_x).powi(2) - skew * (x - mean_x) - sxx;
    let norm = mean(&|x, _| quadratic(x).powi(2));
    let slope = mean(&|x, y| (x - mean_x) * (y - mean_y)) / sxx;
    let curvature = mean(&|x, y| quadratic(x) * (y - mean_y)) / norm;
    let residual = mean(&|x, y| (y - mean_y - slope * (x - mean_x) - curvature * quadratic(x)).powi(2));
    let span = 2.0 * (points[points.len() - 1].0 - points[0].0);
    // Three points lie on their parabola: no scatter is known then, and none is assumed.
    let variance = if points.len() > 3 { residual / (n - 3.0) / norm } else { 0.0 };
    Bend { change: curvature * span, standard_error: variance.sqrt() * span }
}
