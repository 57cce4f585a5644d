//! A neuron with an [`Extension`]: its field on each side, its peak, its refractory period.

use super::extension::{Below, Bend, Extension, FieldPart, Form};
use super::neuron::{Neuron, State};
use crate::error::{Error, Result};

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
        let mend = "Leave these parameters out; for one neuron, rules such as rk4+located, and taylor, take them.";
        Err(Error::invalid("neuron", given, format!("the plain quadratic form, which {what} needs"), mend))
    }

    /// Whether v' is that of the quadratic form.
    #[inline]
    pub(super) fn has_plain_parabola(&self) -> bool {
        self.extension.below.is_none() && self.extension.part != FieldPart::Clamped
    }

    /// Whether its field is that of the quadratic form, whatever its peak and reset are.
    #[inline]
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
