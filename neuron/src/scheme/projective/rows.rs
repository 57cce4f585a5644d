//! How the end of an upstroke answers to its beginning.

use crate::model::normal_form::NormalForm;

/// Rows of ∂(t, K)/∂(W, K) at the last point before a spike.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rows {
    pub(crate) t: [f64; 2],
    pub(crate) k: [f64; 2],
}

impl Rows {
    /// At the crossing itself: δt = −δW/W', δK = δK + K' δt.
    #[inline(always)]
    pub(crate) fn crossing(rate_w: f64, rate_k: f64) -> Self {
        let inverse = 1.0 / rate_w;
        Rows { t: [-inverse, 0.0], k: [-rate_k * inverse, 1.0] }
    }

    /// At the start of an upstroke of `time`: t = ∫ dW/(W² + K), of which ∂/∂W is exact, and ∂/∂K = −∫ dW/(W² + K)² is
    /// between 0.33 and 0.37 of −t/(W² + K) for 0 ≤ K ≤ W².
    #[inline(always)]
    pub(crate) fn upstroke(system: &NormalForm, rate_w: f64, rate_k: f64, time: f64) -> Self {
        let inverse = 1.0 / rate_w;
        let decay = system.alpha * time;
        let along = 1.0 / (1.0 + decay + 0.5 * decay * decay) + 0.5 * system.beta.abs() * inverse;
        Rows { t: [-inverse, -0.37 * time * inverse], k: [-rate_k * inverse, along] }
    }
}
