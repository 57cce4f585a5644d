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

use num_traits::Float;

use crate::model::{Neuron, State};
use crate::scheme::rule::{Coefficients, Constant, Number, Rule, Span};
use crate::scheme::{Cost, Runaway, Step, Stepper};

/// The rule; see the [module](self).
#[derive(Clone, Copy, Debug, Default)]
pub struct IzhikevichNodes;

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

/// One neuron under the rule, in the precision of `T`.
#[derive(Clone, Copy, Debug)]
pub struct BindsNet<T> {
    coefficients: Coefficients<T>,
    thresh: T,
    c: T,
    d: T,
    dt: T,
    lbound: Option<T>,
    spiked: bool,
    steps: u64,
}

impl<T: Float + Number> BindsNet<T> {
    /// BindsNET's default `thresh` \[mV\].
    pub const THRESH: f64 = 45.0;

    /// The rule for `neuron` (whose peak is BindsNET's `thresh`) at step `dt` \[ms\], v clipped from below at `lbound`
    /// \[mV\] where one is given.
    pub fn new(neuron: &Neuron, dt: f64, lbound: Option<f64>) -> Self {
        let n = |x: f64| T::zero().constant(x);
        let coefficients = Coefficients::from_array(Coefficients::of(neuron).to_array().map(n));
        let (thresh, c, d) = (n(neuron.peak), n(neuron.c), n(neuron.d));
        BindsNet { coefficients, thresh, c, d, dt: n(dt), lbound: lbound.map(n), spiked: false, steps: 0 }
    }
}

impl<T: Float + Number + Send> Stepper for BindsNet<T> {
    fn step(&mut self, state: State, step: &Step<'_>, spikes: &mut Vec<f64>) -> Result<State, Runaway> {
        self.steps += 1;
        let n = |x: f64| T::zero().constant(x);
        let from = if self.spiked { [self.c, n(state.u) + self.d] } else { [n(state.v), n(state.u)] };
        let mut span = Constant { dt: self.dt, input: n(step.input.at(0.0)) };
        let [mut v, u] = IzhikevichNodes.step(&self.coefficients, from, &mut span);
        if let Some(lbound) = self.lbound {
            v = v.max(lbound);
        }
        self.spiked = v >= self.thresh;
        if self.spiked {
            spikes.push(step.end);
        }
        let back = |x: T| x.to_f64().unwrap_or(f64::NAN);
        Ok(State { v: back(v), u: back(u) })
    }

    fn cost(&self) -> Cost {
        IzhikevichNodes::COST.times(self.steps)
    }
}
