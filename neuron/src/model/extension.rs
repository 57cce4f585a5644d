//! What cells of the family have beyond the quadratic form: [`Extension`], and the field, the peak and the reset with it.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result, finite, positive};

/// What a neuron has beyond the quadratic form: other parameters on the side of a potential, a peak and a reset that depend on u, a
/// refractory period. [`NONE`](Extension::NONE) is the plain form.
///
/// ```text
/// v' = f(v) (k2 v² + k1 v + k0) − u + I       f = factor below `below.v`, else 1
/// u' = a (U(v) − leak u)                      U = b v + b0 + b_cubic (v − vb)³ from vb on,  b vb + b0 + b_below (v − vb) below
/// v ≥ peak + peak_u u:  v ← c + c_u u,  u ← min(u + d, u_max);  v is then held for the refractory period, u goes on
/// ```
///
/// U has no jump, nor has v' where the parabola is 0 at `below.v`, as it is at v_t of the 2007 form.
///
/// Sources: E. M. Izhikevich, *Dynamical Systems in Neuroscience*, MIT Press (2007), ch. 8, for u and the reset; K. A. Ferguson et al.,
/// Front. Comput. Neurosci. 7 (2013) 144, for the parabola by side.
///
/// ```
/// use spikestep::model::{Extension, Neuron};
/// use spikestep::State;
/// let plain = Neuron::new(0.02, 0.2, -65.0, 8.0);
/// let ceiling = Extension { u_max: Some(-2.0), refractory: 2.0, ..Extension::NONE };
/// let held = Neuron { extension: ceiling, ..plain };
/// assert_eq!(held.reset(State::new(30.0, -8.0)), State::new(-65.0, -2.0));
/// assert!(plain.is_plain() && !held.is_plain());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Extension {
    /// Another parabola below a potential.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub below: Option<Below>,
    /// A recovery that bends at a potential.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bend: Option<Bend>,
    /// What u adds to the peak, as a factor of it \[ms\].
    pub peak_u: f64,
    /// What u adds to the reset value of v, as a factor of u before the reset \[ms\].
    pub c_u: f64,
    /// The largest u after a reset \[mV/ms\].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub u_max: Option<f64>,
    /// For how long v is held at its reset value after a spike \[ms\].
    pub refractory: f64,
    /// The part of the field that is stepped: all of it, but inside solvers.
    #[serde(skip)]
    pub part: FieldPart,
}

/// A part of the field, which solvers step by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum FieldPart {
    /// All of it.
    #[default]
    Whole,
    /// The smooth field that has, everywhere, the form which the whole one has at this potential \[mV\].
    Side(f64),
    /// v' = 0: during the refractory period.
    Clamped,
}

impl FieldPart {
    /// The potential that says which form the field has at `v` \[mV\].
    pub(super) fn at(self, v: f64) -> f64 {
        if let FieldPart::Side(side) = self { side } else { v }
    }
}

/// The parabola of v' below a potential: that of the neuron times a factor.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Below {
    /// The potential \[mV\].
    pub v: f64,
    /// The factor.
    pub factor: f64,
}

/// How the recovery bends at a potential.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bend {
    /// The potential vb \[mV\].
    pub vb: f64,
    /// Sensitivity of u to v below it \[1/ms\].
    pub b_below: f64,
    /// Coefficient of (v − vb)³ from there on \[1/(mV² ms)\].
    pub b_cubic: f64,
}

/// How far a neuron is from the quadratic form: what a scheme can step ([`SchemeInfo::takes`](crate::scheme::SchemeInfo::takes)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    /// The quadratic form.
    Plain,
    /// The quadratic form with sides, a peak or a reset with u, or a refractory period.
    Extended,
}

impl Extension {
    /// The plain form.
    pub const NONE: Extension = Extension {
        below: None,
        bend: None,
        peak_u: 0.0,
        c_u: 0.0,
        u_max: None,
        refractory: 0.0,
        part: FieldPart::Whole,
    };

    /// Whether it is the plain form.
    pub fn is_none(&self) -> bool {
        *self == Self::NONE
    }

    /// The keys by which a text gives what it has: "klow", "refractory".
    pub fn names(&self) -> Vec<&'static str> {
        let bend = |of: fn(Bend) -> f64| self.bend.is_some_and(|bend| of(bend) != 0.0);
        let has = [
            ("klow", self.below.is_some()),
            ("vb", self.bend.is_some()),
            ("b_below", bend(|bend| bend.b_below)),
            ("b_cubic", bend(|bend| bend.b_cubic)),
            ("peak_u", self.peak_u != 0.0),
            ("c_u", self.c_u != 0.0),
            ("umax", self.u_max.is_some()),
            ("refractory", self.refractory != 0.0),
        ];
        has.into_iter().filter(|(_, has)| *has).map(|(name, _)| name).collect()
    }

    /// The same with a recovery variable that is `divisor` times smaller: u/C in place of a current u.
    pub(super) fn divided(self, divisor: f64) -> Self {
        let bend = |bend: Bend| Bend { b_below: bend.b_below / divisor, b_cubic: bend.b_cubic / divisor, ..bend };
        Extension {
            bend: self.bend.map(bend),
            peak_u: self.peak_u * divisor,
            c_u: self.c_u * divisor,
            u_max: self.u_max.map(|u| u / divisor),
            ..self
        }
    }

    /// Checks its numbers.
    ///
    /// # Errors
    /// A number that is not finite, a factor that is not positive, a refractory period below 0.
    pub fn validate(&self) -> Result<()> {
        if let Some(below) = self.below {
            finite("the potential below which k is another", below.v)?;
            positive("the factor of the parabola below it", below.factor, "Give klow above 0.")?;
        }
        let bend = self.bend.map_or([0.0; 3], |bend| [bend.vb, bend.b_below, bend.b_cubic]);
        let names = ["vb", "b_below", "b_cubic", "peak_u", "c_u", "umax"];
        let numbers = bend.into_iter().chain([self.peak_u, self.c_u, self.u_max.unwrap_or(0.0)]);
        for (name, value) in names.into_iter().zip(numbers) {
            finite(&format!("neuron parameter {name}"), value)?;
        }
        if !(self.refractory >= 0.0 && self.refractory.is_finite()) {
            let given = format!("{} ms", self.refractory);
            return Err(Error::invalid("refractory period", given, "a number of ms, 0 or more", "Give it in ms."));
        }
        Ok(())
    }
}

impl Default for Extension {
    fn default() -> Self {
        Self::NONE
    }
}
