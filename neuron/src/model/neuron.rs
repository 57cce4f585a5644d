//! The Izhikevich neuron: parameters, state and vector field.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Extension;
use crate::error::{Error, Result, finite, positive};

/// Membrane potential and recovery variable at one time.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// The membrane potential v \[mV\].
    pub v: f64,
    /// The recovery variable u \[mV/ms\].
    pub u: f64,
}

impl State {
    /// A state from v \[mV\] and u \[mV/ms\].
    pub const fn new(v: f64, u: f64) -> Self {
        State { v, u }
    }

    /// Whether both components are finite: the test for divergence.
    pub fn is_finite(self) -> bool {
        self.v.is_finite() && self.u.is_finite()
    }
}

/// The Izhikevich neuron in its general quadratic form:
///
/// ```text
/// v' = k2 v² + k1 v + k0 − u + I(t)        [mV/ms]
/// u' = a (b v + b0 − leak u)               [mV/ms²]
/// v ≥ peak from below:  v ← c,  u ← u + d
/// ```
///
/// The published 2003 form has k2 = 0.04, k1 = 5, k0 = 140, b0 = 0, leak = 1 ([`Neuron::new`]); the other coefficients
/// are needed by three of the patterns of 2004 and by the 2007 form ([`Biophysical`](crate::model::Biophysical)).
///
/// Source: E. M. Izhikevich, *Simple model of spiking neurons*, IEEE Trans. Neural Networks 14 (2003) 1569–1572.
///
/// ```
/// use spikestep::{Neuron, State};
/// let rs = Neuron::new(0.02, 0.2, -65.0, 8.0);
/// let start = State::new(-65.0, -13.0);
/// assert_eq!(rs.dv(start, 10.0), -3.0 + 10.0);
/// assert_eq!(rs.du(start), 0.0);
/// ```
#[derive(Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Neuron {
    /// The rate at which u relaxes \[1/ms\].
    pub a: f64,
    /// Sensitivity of u to v \[1/ms\].
    pub b: f64,
    /// Reset value of v \[mV\].
    pub c: f64,
    /// Jump of u at a spike \[mV/ms\].
    pub d: f64,
    /// Quadratic coefficient \[1/(mV ms)\]; 0.04 in the 2003 form.
    pub k2: f64,
    /// Linear coefficient \[1/ms\]; 5 in the 2003 form.
    pub k1: f64,
    /// Constant \[mV/ms\]; 140 in the 2003 form.
    pub k0: f64,
    /// Offset in the recovery equation \[mV/ms\]; 0 in the 2003 form.
    pub b0: f64,
    /// Factor of u in the recovery equation; 1 in the 2003 form, 0 for accommodation (pattern R).
    pub leak: f64,
    /// Spike peak (cutoff) \[mV\]; 30 in the 2003 form.
    pub peak: f64,
    /// What it has beyond this form; [`Extension::NONE`] in most cells.
    #[serde(default, skip_serializing_if = "Extension::is_none")]
    pub extension: Extension,
}

/// All parameters, with the extension where there is one: what content keys are made of.
impl fmt::Debug for Neuron {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut all = f.debug_struct("Neuron");
        for (name, value) in self.parameters() {
            all.field(name, &value);
        }
        if !self.is_plain() {
            all.field("extension", &self.extension);
        }
        all.finish()
    }
}

impl Neuron {
    /// Spike peak of the 2003 form \[mV\].
    pub const PEAK: f64 = 30.0;

    /// The 2003 form with parameters a \[1/ms\], b \[1/ms\], c \[mV\], d \[mV/ms\] and a peak of 30 mV.
    pub const fn new(a: f64, b: f64, c: f64, d: f64) -> Self {
        let extension = Extension::NONE;
        Neuron { a, b, c, d, k2: 0.04, k1: 5.0, k0: 140.0, b0: 0.0, leak: 1.0, peak: Self::PEAK, extension }
    }

    /// The same neuron with another spike peak \[mV\].
    pub const fn with_peak(mut self, peak: f64) -> Self {
        self.peak = peak;
        self
    }

    /// v' \[mV/ms\] at `state` under `input` \[mV/ms\].
    #[inline]
    pub fn dv(&self, state: State, input: f64) -> f64 {
        if !self.has_plain_parabola() {
            return self.extended_dv(state, input);
        }
        self.k2 * state.v * state.v + self.k1 * state.v + self.k0 - state.u + input
    }

    /// The derivative u' \[mV/ms²\] at `state`.
    #[inline]
    pub fn du(&self, state: State) -> f64 {
        if self.extension.bend.is_some() {
            return self.extended_du(state);
        }
        self.a * (self.b * state.v + self.b0 - self.leak * state.u)
    }

    /// (v', u') at `state` under `input` \[mV/ms\].
    #[inline]
    pub fn field(&self, state: State, input: f64) -> State {
        State { v: self.dv(state, input), u: self.du(state) }
    }

    /// The state after a spike at `state`: v = c, u + d; with an [`Extension`] v = c + c_u u, and u at most its largest.
    #[inline]
    pub fn reset(&self, state: State) -> State {
        let Extension { c_u, u_max, .. } = self.extension;
        let v = if c_u == 0.0 { self.c } else { self.c + c_u * state.u };
        let u = state.u + self.d;
        State { v, u: u_max.map_or(u, |most| u.min(most)) }
    }

    /// The initial state of the 2003 paper's figures: v = −65 mV, u = b v (u = b v + b0 in the general form, and U(v) where it bends).
    pub fn resting_start(&self) -> State {
        let v = -65.0;
        State { v, u: self.target(v) }
    }

    /// Checks that the parameters describe a spiking neuron.
    ///
    /// # Errors
    /// A parameter that is not finite, k2 ≤ 0 (no upstroke), a reset c at or above the peak (endless spikes), or an extension that is
    /// none ([`Extension::validate`]).
    pub fn validate(&self) -> Result<()> {
        if let Some((name, value)) = self.parameters().into_iter().find(|(_, value)| !value.is_finite()) {
            finite(&format!("neuron parameter {name}"), value)?;
        }
        positive("neuron parameter k2", self.k2, "The published value is k2=0.04.")?;
        self.extension.validate()?;
        if self.c >= self.peak {
            return Err(Error::invalid(
                "reset c",
                format!("{} mV with a peak of {} mV", self.c, self.peak),
                "a value below the peak",
                "Lower c or raise the peak: a neuron reset at its peak spikes without end.",
            ));
        }
        Ok(())
    }

    /// Names and values of all parameters, in the order they are documented.
    pub fn parameters(&self) -> [(&'static str, f64); 10] {
        { *self }.parameters_mut().map(|(name, value)| (name, *value))
    }

    /// [`parameters`](Self::parameters), to be set.
    pub(super) fn parameters_mut(&mut self) -> [(&'static str, &mut f64); 10] {
        let Neuron { a, b, c, d, k2, k1, k0, b0, leak, peak, .. } = self;
        [
            ("a", a),
            ("b", b),
            ("c", c),
            ("d", d),
            ("k2", k2),
            ("k1", k1),
            ("k0", k0),
            ("b0", b0),
            ("leak", leak),
            ("peak", peak),
        ]
    }
}
