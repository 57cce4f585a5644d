//! Order and step length from the tolerance.

use crate::model::arithmetic::rough_log2;
use crate::model::normal_form::NormalForm;
use crate::model::taylor_series::{MAX_ORDER, TaylorSeries};

/// The order, and the length of each step.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Control {
    pub(crate) order: usize,
    log2_tolerance: f64,
}

impl Control {
    /// Tolerances outside 2⁻⁵⁴ to 1e-2 are brought to the nearer end; what is not a number, to the tightest.
    pub(crate) fn new(tolerance: f64) -> Self {
        let tightest = f64::EPSILON / 4.0;
        let tolerance = if tolerance.is_nan() { tightest } else { tolerance.clamp(tightest, 1e-2) };
        // The cost of a series grows with the square of the order and a step with tolerance^(1/order), which is best at
        // −ln(tolerance)/2 (Jorba & Zou 2005); what a step costs beside its series moves the optimum up. With this choice
        // successive terms at the end of a step have a ratio of 0.3 to 0.46.
        let order = ((-0.8 * tolerance.ln()).ceil() as usize + 2).clamp(6, MAX_ORDER);
        Control { order, log2_tolerance: tolerance.log2() }
    }

    /// The longest step \[ms\] whose last terms stay below the tolerance times the size of W and of K.
    ///
    /// Three terms are looked at, since one or two can be small by chance where the nearest singularities are a conjugate
    /// pair. The step also stays below 3/(2|W| + |α|): near a stable equilibrium the terms of the solution are tiny whatever
    /// the step, but those of a perturbation are not, and a step beyond that magnifies rounding.
    #[inline]
    pub(crate) fn step(&self, series: &TaylorSeries, system: &NormalForm) -> f64 {
        let (w, k) = (series.w[0].abs(), series.k[0].abs());
        // W' = W² + K: W and √|K| are of one kind. Where K passes through zero, a part of W² takes its place; where both
        // do, a part of the distance from reset to peak.
        let w_scale = w.max(k.sqrt()).max(1e-6 * (system.peak - system.reset));
        let k_scale = k.max(1e-3 * w_scale * w_scale);
        let (w_weight, k_weight) = (1.0 / w_scale, 1.0 / k_scale);
        let mut log2_h = f64::INFINITY;
        for n in self.order - 2..=self.order {
            let size = (series.w[n].abs() * w_weight).max(series.k[n].abs() * k_weight);
            log2_h = log2_h.min((self.log2_tolerance - rough_log2(size)) / n as f64);
        }
        log2_h.exp2().min(3.0 / (2.0 * w + system.alpha.abs()))
    }

    /// Operations of one choice of the step.
    pub(crate) const FLOPS: u64 = 3 * 8 + 20 + 12;
}
