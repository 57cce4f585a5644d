//! The observed order of each scheme over the steps of a study.

use super::Comparison;
use crate::metrics::ObservedOrder;
use crate::scheme::Scheme;

/// A scheme's observed order.
#[derive(Clone, Debug)]
pub struct SchemeOrder {
    /// The scheme that the order is of.
    pub scheme: Scheme,
    /// Order of its largest spike-time error in dt; `None` where three usable steps are not in line.
    pub order: Option<ObservedOrder>,
}

/// Observed orders of all fixed-step schemes. Runs that lost or added spikes do not count, nor do errors near the bound of
/// the truth or near what rounding can do: a scheme rounds at every step, as the truth's solvers do, and where they find that
/// their errors cancel its errors need not.
pub fn observed_orders(comparison: &Comparison) -> Vec<SchemeOrder> {
    let floor = comparison
        .error_bound()
        .zip(comparison.check.rounding)
        .map_or(f64::INFINITY, |(bound, rounding)| bound.max(rounding));
    let schemes = comparison.study.schemes.iter().filter(|id| !id.is_adaptive());
    schemes
        .map(|scheme| {
            let points: Vec<(f64, f64)> = comparison
                .runs
                .iter()
                .filter(|run| run.scheme == *scheme && run.has_all_spikes())
                .filter_map(|run| Some((run.size.dt()?, run.spike_errors.max_abs?)))
                .collect();
            SchemeOrder { scheme: scheme.clone(), order: ObservedOrder::of(&points, floor) }
        })
        .collect()
}
