//! The 2007 form: the same neuron in units of an electrophysiologist.

use std::ops::{Add, Div, Mul, Neg};

use serde::{Deserialize, Serialize};

use super::typed::INPUT_SCALE;
use super::{Neuron, PhasePlane, State, Typed, TypedNumbers};
use crate::error::{Error, Result, finite, positive};

/// What to do about a capacitance or coefficient that is none.
const BOOK: &str = "The book's RS cell has C=100 and k=0.7.";

/// The neuron with capacitance, conductances and currents:
///
/// ```text
/// C v' = k (v − v_r)(v − v_t) − u + I(t)       [pA]
/// u' = a (b (v − v_r) − u)                     [pA/ms]
/// v ≥ v_peak:  v ← c,  u ← u + d
/// ```
///
/// Dividing by C gives the [`Neuron`] that every scheme takes, with u/C in place of u and I/C in place of I.
///
/// Source: E. M. Izhikevich, *Dynamical Systems in Neuroscience*, MIT Press (2007), ch. 8, eqs. (8.5), (8.6).
///
/// ```
/// use spikestep::model::Biophysical;
/// let rs = Biophysical::find("RS")?;
/// let neuron = rs.neuron();
/// // At rest, 70 pA charge 100 pF at 0.7 mV/ms.
/// assert!((neuron.dv(rs.rest(), 70.0 * rs.input_factor()) - 0.7).abs() < 1e-13);
/// # Ok::<(), spikestep::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Biophysical {
    /// The membrane capacitance C \[pF\].
    pub capacitance: f64,
    /// Coefficient k of the parabola \[nS/mV\].
    pub k: f64,
    /// The resting potential v_r \[mV\].
    pub v_r: f64,
    /// The instantaneous threshold potential v_t \[mV\].
    pub v_t: f64,
    /// The rate at which the recovery current relaxes \[1/ms\].
    pub a: f64,
    /// Sensitivity of u to v \[nS\].
    pub b: f64,
    /// Reset value of v \[mV\].
    pub c: f64,
    /// Jump of u at a spike \[pA\].
    pub d: f64,
    /// The potential at which a spike is cut off \[mV\].
    pub v_peak: f64,
}

/// The cells of chapter 8 that have the plain form: RS (fig. 8.12), IB (fig. 8.19) and CH (fig. 8.23). The book's LTS, FS
/// and TC cells bend the reset or the recovery equation and are not of this form.
pub static BIOPHYSICAL_CELLS: [(&str, Biophysical); 3] = [
    ("RS", cell(100.0, 0.7, [-60.0, -40.0], [0.03, -2.0, -50.0, 100.0], 35.0)),
    ("IB", cell(150.0, 1.2, [-75.0, -45.0], [0.01, 5.0, -56.0, 130.0], 50.0)),
    ("CH", cell(50.0, 1.5, [-60.0, -40.0], [0.03, 1.0, -40.0, 150.0], 25.0)),
];

const fn cell(capacitance: f64, k: f64, [v_r, v_t]: [f64; 2], [a, b, c, d]: [f64; 4], v_peak: f64) -> Biophysical {
    Biophysical { capacitance, k, v_r, v_t, a, b, c, d, v_peak }
}

/// What [`divided`] gives, by name.
const DIVIDED: [&str; 7] = ["k2", "k1", "k0", "b", "b0", "d", INPUT_SCALE];

/// The names under which numbers have the parameters that the neuron in mV and ms has not, and the keys of these.
const OWN: [(&str, &str); 6] =
    [("2007 C", "C"), ("2007 k", "k"), ("2007 vr", "vr"), ("2007 vt", "vt"), ("2007 b", "b"), ("2007 d", "d")];

/// The parameters of [`Biophysical::neuron`] that C divides, and 1/C.
fn divided<T>([capacitance, k, v_r, v_t, b, d]: [T; 6]) -> [T; 7]
where
    T: Copy + From<f64> + Neg<Output = T> + Add<Output = T> + Mul<Output = T> + Div<Output = T>,
{
    let numerators = [k, -k * (v_r + v_t), k * v_r * v_t, b, -b * v_r, d, T::from(1.0)];
    numerators.map(|numerator| numerator / capacitance)
}

impl Biophysical {
    /// The book's cell called `name`, upper or lower case.
    ///
    /// # Errors
    /// An unknown name.
    pub fn find(name: &str) -> Result<Biophysical> {
        BIOPHYSICAL_CELLS
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name.trim()))
            .map(|(_, cell)| *cell)
            .ok_or_else(|| Error::unknown("2007 cell", name.trim(), BIOPHYSICAL_CELLS.iter().map(|(known, _)| *known)))
    }

    /// The cell whose parameters `typed` gives by their keys on the command line and in NeuroML, such as `vpeak`, and what the
    /// numbers of its [`neuron`](Self::neuron), its rest and its input factor stand for.
    ///
    /// # Errors
    /// Those of `typed`, and of [`validate`](Self::validate).
    pub(super) fn of(typed: impl Fn(&'static str) -> Result<Typed>) -> Result<(Biophysical, TypedNumbers)> {
        let value = |key| typed(key).map(Typed::value);
        let cell = Biophysical {
            capacitance: value("C")?,
            k: value("k")?,
            v_r: value("vr")?,
            v_t: value("vt")?,
            a: value("a")?,
            b: value("b")?,
            c: value("c")?,
            d: value("d")?,
            v_peak: value("vpeak")?,
        };
        cell.validate()?;
        let mut numbers = TypedNumbers::default();
        for (name, key) in [("a", "a"), ("c", "c"), ("peak", "vpeak"), ("v0", "vr")].into_iter().chain(OWN) {
            numbers.set(name, typed(key)?);
        }
        let of = [typed("C")?, typed("k")?, typed("vr")?, typed("vt")?, typed("b")?, typed("d")?];
        for (name, number) in DIVIDED.into_iter().zip(divided(of)) {
            numbers.set(name, number);
        }
        Ok((cell, numbers))
    }

    /// The parameter of that key: [`of`](Self::of) the other way round.
    pub(super) fn typed(&self, key: &str, numbers: &TypedNumbers) -> Typed {
        let Biophysical { capacitance, k, v_r, v_t, a, b, c, d, v_peak } = *self;
        let value = match key {
            "C" => capacitance,
            "k" => k,
            "vr" => v_r,
            "vt" => v_t,
            "a" => a,
            "b" => b,
            "c" => c,
            "d" => d,
            _ => v_peak,
        };
        let name = OWN
            .iter()
            .find(|(_, known)| *known == key)
            .map_or(if key == "vpeak" { "peak" } else { key }, |(name, _)| name);
        numbers.of(name, value)
    }

    /// The neuron in mV and ms: k2 = k/C, k1 = −k (v_r + v_t)/C, k0 = k v_r v_t/C, b/C, b0 = −b v_r/C, d/C.
    pub fn neuron(&self) -> Neuron {
        let Biophysical { capacitance, k, v_r, v_t, a, b, c, d, v_peak } = *self;
        let [k2, k1, k0, b, b0, d, _] = divided([capacitance, k, v_r, v_t, b, d]);
        Neuron { a, b, c, d, k2, k1, k0, b0, leak: 1.0, peak: v_peak }
    }

    /// Factor from pA to mV/ms, 1/C: for [`Stimulus::scaled`](crate::Stimulus::scaled).
    pub fn input_factor(&self) -> f64 {
        1.0 / self.capacitance
    }

    /// The recovery current C u \[pA\] that belongs to the recovery variable u \[mV/ms\] of [`neuron`](Self::neuron).
    pub fn recovery_current(&self, u: f64) -> f64 {
        self.capacitance * u
    }

    /// The resting state (v_r, 0), an equilibrium without input.
    pub fn rest(&self) -> State {
        State::new(self.v_r, 0.0)
    }

    /// A neuron as a 2007 cell of the given capacitance \[pF\], and the offset u_r \[mV/ms\] between their recovery
    /// variables: the recovery current is C (u − u_r).
    ///
    /// v_r is the lower equilibrium without input, where the 2007 form has u = 0, and v_t = −k1/k2 − v_r. A neuron that
    /// came from [`neuron`](Self::neuron) returns to it with u_r = 0, provided v_r < v_t + b/k, which makes v_r the lower
    /// equilibrium.
    ///
    /// ```
    /// use spikestep::{model::Biophysical, Neuron};
    /// let (rs, offset) = Biophysical::from_neuron(&Neuron::new(0.02, 0.2, -65.0, 8.0), 100.0)?;
    /// assert!((rs.v_r + 70.0).abs() < 1e-12 && (rs.v_t + 55.0).abs() < 1e-12 && (offset + 14.0).abs() < 1e-12);
    /// # Ok::<(), spikestep::Error>(())
    /// ```
    ///
    /// # Errors
    /// A capacitance that is not positive, a leak other than 1, or a neuron without an equilibrium at zero input.
    pub fn from_neuron(neuron: &Neuron, capacitance: f64) -> Result<(Biophysical, f64)> {
        positive("capacitance C in pF", capacitance, BOOK)?;
        if neuron.leak != 1.0 {
            return Err(Error::invalid(
                "leak",
                neuron.leak,
                "1",
                "The 2007 form has no such factor; keep the general form.",
            ));
        }
        let equilibria = PhasePlane::new(*neuron, 0.0)?.equilibria();
        let Some(rest) = equilibria.first().map(|e| e.state) else {
            return Err(Error::invalid(
                "neuron",
                "one without an equilibrium at zero input",
                "one with a resting state",
                "The 2007 form always rests at v_r; keep the general form.",
            ));
        };
        let cell = Biophysical {
            capacitance,
            k: neuron.k2 * capacitance,
            v_r: rest.v,
            v_t: -neuron.k1 / neuron.k2 - rest.v,
            a: neuron.a,
            b: neuron.b * capacitance,
            c: neuron.c,
            d: neuron.d * capacitance,
            v_peak: neuron.peak,
        };
        Ok((cell, rest.u))
    }

    /// Checks that the parameters describe a spiking neuron.
    ///
    /// # Errors
    /// A number that is not finite, C or k not positive, or a reset c at or above v_peak.
    pub fn validate(&self) -> Result<()> {
        positive("capacitance C in pF", self.capacitance, BOOK)?;
        positive("coefficient k in nS/mV", self.k, BOOK)?;
        let rest = [("vr", self.v_r), ("vt", self.v_t), ("a", self.a), ("b", self.b), ("c", self.c), ("d", self.d)];
        for (name, value) in rest.into_iter().chain([("vpeak", self.v_peak)]) {
            finite(&format!("neuron parameter {name}"), value)?;
        }
        self.neuron().validate()
    }
}
