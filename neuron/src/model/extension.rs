//! What cells of the family have beyond the quadratic form: [`Extension`], and the field, the peak and the reset with it.

use serde::{Deserialize, Serialize};

use super::neuron::{Neuron, State};
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
    fn at(self, v: f64) -> f64 {
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

impl Neuron {
    /// Whether it has the quadratic form and no more.
    pub fn is_plain(&self) -> bool {
        self.extension.is_none()
    }

    /// Which form it has.
    pub fn form(&self) -> Form {
        if self.is_plain() { Form::Plain } else { Form::Extended }
    }

    /// Refuses a neuron that has more than the quadratic form; `what` is what needs that form: "a population".
    ///
    /// # Errors
    /// A neuron that is not [plain](Self::is_plain).
    pub fn require_plain(&self, what: &str) -> Result<()> {
        if self.is_plain() {
            return Ok(());
        }
        let given = format!("one with {}", self.extension.names().join(", "));
        let mend = "Take a rule such as rk4+located, or taylor; or leave these parameters out.";
        Err(Error::invalid("neuron", given, format!("the plain quadratic form, which {what} needs"), mend))
    }

    /// Whether v' is that of the quadratic form.
    #[inline]
    pub(super) fn has_plain_parabola(&self) -> bool {
        self.extension.below.is_none() && self.extension.part != FieldPart::Clamped
    }

    /// Whether its field is that of the quadratic form, whatever its peak and reset are.
    pub(crate) fn has_plain_field(&self) -> bool {
        self.has_plain_parabola() && self.extension.bend.is_none()
    }

    /// The height that is compared with the peak: v − peak_u u \[mV\].
    #[inline]
    pub fn height(&self, state: State) -> f64 {
        let slope = self.extension.peak_u;
        if slope == 0.0 { state.v } else { state.v - slope * state.u }
    }

    /// Whether a state is at its peak or above.
    #[inline]
    pub fn is_spike(&self, state: State) -> bool {
        self.height(state) >= self.peak
    }

    /// The peak where the recovery variable is `u` \[mV/ms\].
    pub fn peak_at(&self, u: f64) -> f64 {
        let slope = self.extension.peak_u;
        if slope == 0.0 { self.peak } else { self.peak + slope * u }
    }

    /// The potentials at which the field changes its form \[mV\], rising.
    pub(crate) fn switches(&self) -> impl Iterator<Item = f64> {
        let Extension { below, bend, part, .. } = self.extension;
        let (a, b) = (below.map(|below| below.v), bend.map(|bend| bend.vb));
        let (first, second) = match (a, b) {
            (Some(a), Some(b)) if a == b => (Some(a), None),
            (Some(a), Some(b)) => (Some(a.min(b)), Some(a.max(b))),
            (a, b) => (a.or(b), None),
        };
        first.into_iter().chain(second).filter(move |_| part == FieldPart::Whole)
    }

    /// The neuron whose field has, everywhere, the form that it has at `v` \[mV\]: a smooth one.
    pub(crate) fn on_side_of(&self, v: f64) -> Neuron {
        Neuron { extension: Extension { part: FieldPart::Side(v), ..self.extension }, ..*self }
    }

    /// A potential on the side into which `state` moves under `input` \[mV/ms\]: v itself, or one just below a switch that v falls from.
    pub(crate) fn side_at(&self, state: State, input: f64) -> f64 {
        let falls = self.switches().any(|switch| switch == state.v) && self.dv(state, input) < 0.0;
        if falls { state.v.next_down() } else { state.v }
    }

    /// The switches next to a potential, below and above \[mV\]; infinite where there is none.
    pub(crate) fn between_switches(&self, v: f64) -> [f64; 2] {
        let low = self.switches().filter(|switch| *switch <= v).fold(f64::NEG_INFINITY, f64::max);
        let high = self.switches().filter(|switch| *switch > v).fold(f64::INFINITY, f64::min);
        [low, high]
    }

    /// The neuron during its refractory period: v' = 0, whatever u and the input.
    pub(crate) fn clamped(&self) -> Neuron {
        Neuron { extension: Extension { part: FieldPart::Clamped, ..self.extension }, ..*self }
    }

    /// The state `length` ms after `state` with v held: u by its own exponential.
    pub(crate) fn held(&self, state: State, length: f64) -> State {
        // u' = a U(v) − a leak u, of which the first is what u' is at u = 0.
        let (drive, rate) = (self.du(State { u: 0.0, ..state }), self.a * self.leak);
        let (x, grown) = (-rate * length, drive - rate * state.u);
        let phi = if x == 0.0 { 1.0 } else { x.exp_m1() / x };
        State { u: state.u + grown * length * phi, ..state }
    }

    /// v' with what the plain form has not.
    #[inline(never)]
    pub(super) fn extended_dv(&self, State { v, u }: State, input: f64) -> f64 {
        let Extension { below, part, .. } = self.extension;
        if part == FieldPart::Clamped {
            return 0.0;
        }
        let (parabola, at) = (self.k2 * v * v + self.k1 * v + self.k0, part.at(v));
        let factor = below.filter(|below| at < below.v).map_or(1.0, |below| below.factor);
        factor * parabola - u + input
    }

    /// u' with what the plain form has not.
    #[inline(never)]
    pub(super) fn extended_du(&self, State { v, u }: State) -> f64 {
        self.a * (self.target(v) - self.leak * u)
    }

    /// U \[mV/ms\] at `v` \[mV\]: what u relaxes to, times the leak.
    pub(super) fn target(&self, v: f64) -> f64 {
        match self.extension.bend {
            None => self.b * v + self.b0,
            Some(Bend { vb, b_below, .. }) if self.extension.part.at(v) < vb => {
                self.b * vb + self.b0 + b_below * (v - vb)
            }
            Some(Bend { vb, b_cubic, .. }) => {
                let x = v - vb;
                self.b * v + self.b0 + b_cubic * (x * x * x)
            }
        }
    }

    /// The quadratic form that the field has on the side of `v` \[mV\], and the bend whose cubic comes to it there.
    pub(crate) fn piece_at(&self, v: f64) -> (Neuron, Option<Bend>) {
        let mut piece = Neuron { extension: Extension::NONE, ..*self };
        if let Some(Below { factor, .. }) = self.extension.below.filter(|below| v < below.v) {
            (piece.k2, piece.k1, piece.k0) = (factor * self.k2, factor * self.k1, factor * self.k0);
        }
        let cubic = match self.extension.bend {
            Some(Bend { vb, b_below, .. }) if v < vb => {
                (piece.b, piece.b0) = (b_below, self.b0 + (self.b - b_below) * vb);
                None
            }
            bend => bend.filter(|bend| bend.b_cubic != 0.0),
        };
        (piece, cubic)
    }
}
