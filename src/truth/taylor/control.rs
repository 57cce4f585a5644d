//! Order and step length from the tolerance.

use super::recurrence::{Series, MAX_ORDER};
use super::system::Normal;

/// The order, and the length of each step.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Control {
    pub(crate) order: usize,
    ln_tolerance: f64,
}

impl Control {
    /// Tolerances outside 2⁻⁵⁴ to 1e-2 are brought to the nearer end; what is not a number, to the tightest.
    pub(crate) fn new(tolerance: f64) -> Self {
        let tightest = f64::EPSILON / 4.0;
        let tolerance = if tolerance.is_nan() { tightest } else { tolerance.clamp(tightest, 1e-2) };
        let ln_tolerance = tolerance.ln();
        // The cost of a step grows with the square of the order and its length like tolerance^(1/order): the product is
        // least at −ln(tolerance)/2 (Jorba & Zou 2005); what a step costs beside its series moves it up.
        let order = ((-0.5 * ln_tolerance).ceil() as usize + 4).clamp(6, MAX_ORDER);
        Control { order, ln_tolerance }
    }

    /// The longest step \[ms\] whose last terms stay below the tolerance times the size of W and of K.
    ///
    /// Three terms are looked at, since one or two can be small by chance where the nearest singularities are a conjugate
    /// pair. The step also stays below 3/(2|W| + |α|): near a stable equilibrium the terms of the solution are tiny whatever
    /// the step, but those of a perturbation are not, and a step beyond that magnifies rounding.
    #[inline]
    pub(crate) fn step(&self, series: &Series, system: &Normal) -> f64 {
        let (w, k) = (series.w[0].abs(), series.k[0].abs());
        // W' = W² + K: W and √|K| are of one kind. Where K passes through zero, a part of W² takes its place; where both
        // do, a part of the distance from reset to peak.
        let w_scale = w.max(k.sqrt()).max(1e-6 * (system.peak - system.reset));
        let k_scale = k.max(1e-3 * w_scale * w_scale);
        let (w_weight, k_weight) = (1.0 / w_scale, 1.0 / k_scale);
        let mut ln_h = f64::INFINITY;
        for n in self.order - 2..=self.order {
            let size = (series.w[n].abs() * w_weight).max(series.k[n].abs() * k_weight);
            ln_h = ln_h.min((self.ln_tolerance - size.ln()) / n as f64);
        }
        ln_h.exp().min(3.0 / (2.0 * w + system.alpha.abs()))
    }

    /// Operations of one choice of the step.
    pub(crate) const FLOPS: u64 = 3 * (20 + 5) + 20 + 12;
}
