//! BindsNET, `IzhikevichNodes` (recorded with torch 2.15).
//!
//! ```text
//! if the last step spiked:  v ← c,  u ← u + d
//! v ← v + dt·0.5·(0.04 v² + 5 v + 140 − u + x)      twice
//! u ← u + dt·a·(b v − u)                             with the new v
//! v ← max(v, lbound);   spike ⇔ v ≥ thresh
//! ```
//!
//! The peak stays visible until the next step, and `thresh` is 45 mV by default, not 30. There is no lower bound by default.
//! BindsNET runs in single precision unless told otherwise: the rule is generic over the float.
//! **When not to use it:** the two half-steps use the old u and are of order 1.

use num_traits::Float;

use crate::model::{Neuron, State};
use crate::scheme::{Cost, Runaway, Scheme, Step};

/// The rule, in the precision of `T`; see the [module](self).
#[derive(Clone, Copy, Debug)]
pub struct BindsNet<T> {
    neuron: Coefficients<T>,
    dt: T,
    lbound: Option<T>,
    spiked: bool,
    steps: u64,
}

#[derive(Clone, Copy, Debug)]
struct Coefficients<T> {
    k2: T,
    k1: T,
    k0: T,
    a: T,
    b: T,
    b0: T,
    leak: T,
    c: T,
    d: T,
    thresh: T,
}

impl<T: Float> BindsNet<T> {
    /// BindsNET's default `thresh` \[mV\].
    pub const THRESH: f64 = 45.0;

    /// The rule for `neuron` (whose peak is BindsNET's `thresh`) at step `dt` \[ms\], v clipped from below at `lbound`
    /// \[mV\] where one is given.
    pub fn new(neuron: &Neuron, dt: f64, lbound: Option<f64>) -> Self {
        let n = |x: f64| T::from(x).unwrap_or_else(T::nan);
        let coefficients = Coefficients {
            k2: n(neuron.k2),
            k1: n(neuron.k1),
            k0: n(neuron.k0),
            a: n(neuron.a),
            b: n(neuron.b),
            b0: n(neuron.b0),
            leak: n(neuron.leak),
            c: n(neuron.c),
            d: n(neuron.d),
            thresh: n(neuron.peak),
        };
        BindsNet { neuron: coefficients, dt: n(dt), lbound: lbound.map(n), spiked: false, steps: 0 }
    }

    /// One step from (v, u) under the input x; gives (v, u) with the peak still visible, and whether it spiked.
    #[inline]
    pub fn update(&mut self, mut v: T, mut u: T, x: T) -> (T, T, bool) {
        let n = &self.neuron;
        if self.spiked {
            v = n.c;
            u = u + n.d;
        }
        let half = self.dt * T::from(0.5).unwrap_or_else(T::nan);
        v = v + half * (n.k2 * (v * v) + n.k1 * v + n.k0 - u + x);
        v = v + half * (n.k2 * (v * v) + n.k1 * v + n.k0 - u + x);
        u = u + self.dt * n.a * (n.b * v + n.b0 - n.leak * u);
        if let Some(lbound) = self.lbound {
            v = v.max(lbound);
        }
        self.spiked = v >= n.thresh;
        (v, u, self.spiked)
    }
}

impl<T: Float + Send> Scheme for BindsNet<T> {
    fn step(&mut self, state: State, step: &Step<'_>, spikes: &mut Vec<f64>) -> Result<State, Runaway> {
        self.steps += 1;
        let n = |x: f64| T::from(x).unwrap_or_else(T::nan);
        let (v, u, spike) = self.update(n(state.v), n(state.u), n(step.input.at(0.0)));
        if spike {
            spikes.push(step.end);
        }
        let back = |x: T| x.to_f64().unwrap_or(f64::NAN);
        Ok(State { v: back(v), u: back(u) })
    }

    fn cost(&self) -> Cost {
        Cost::new(2, 22).times(self.steps)
    }
}
