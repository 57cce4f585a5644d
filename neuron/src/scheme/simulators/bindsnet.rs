//! BindsNET, `IzhikevichNodes` (recorded with torch 2.15).
//!
//! **Names:** `bindsnet`, `bindsnet-f32`.
//!
//! ```text
//! if the last step spiked:  v ← c,  u ← u + d
//! v ← v + dt·0.5·(0.04 v² + 5 v + 140 − u + x)      twice
//! u ← u + dt·a·(b v − u)                             with the new v
//! v ← max(v, lbound);   spike ⇔ v ≥ thresh
//! ```
//!
//! The peak stays visible until the next step, and `thresh` is 45 mV by default, not 30. There is no lower bound by default.
//! BindsNET runs in single precision by default.
//! **When not to use it:** the two half-steps use the old u and are of order 1.

use crate::scheme::Cost;
use crate::scheme::rule::{Coefficients, Number, Rule, Span};

/// The rule; see the [module](self).
#[derive(Clone, Copy, Debug, Default)]
pub struct IzhikevichNodes;

impl IzhikevichNodes {
    /// BindsNET's default `thresh` \[mV\].
    pub const THRESH: f64 = 45.0;
}

impl Rule for IzhikevichNodes {
    const COST: Cost = Cost::new(2, 22);
    const RESETS_NEXT: bool = true;
    const STAGES: usize = 2;

    #[inline(always)]
    fn step<N: Number>(self, c: &Coefficients<N>, [v, u]: [N; 2], span: &mut impl Span<N>) -> [N; 2] {
        let (dt, input) = (span.dt(), span.input(0.0));
        let half = span.fraction(1.0, 2.0);
        let [v] = span.stage([v + half * c.dv_of_square(v, u, input)]);
        let [v] = span.stage([v + half * c.dv_of_square(v, u, input)]);
        [v, u + c.du_over(dt, v, u)]
    }
}
