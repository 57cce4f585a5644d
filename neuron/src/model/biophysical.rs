//! The 2007 form: the same neuron in units of an electrophysiologist.

use std::ops::{Add, Div, Mul, Neg};

use serde::{Deserialize, Serialize};

use super::typed::INPUT_SCALE;
use super::{Below, Bend, Extension, Neuron, PhasePlane, State, Typed, TypedNumbers};
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
    /// The coefficient below v_t in place of k \[nS/mV\]; `None` where it is k.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub k_low: Option<f64>,
    /// What else it has beyond this form, with u in pA: b_below in nS, b_cubic in nS/mV², peak_u and c_u in mV/pA, u_max in pA. Its
    /// `below` is not used; [`k_low`](Self::k_low) says it.
    #[serde(default, skip_serializing_if = "Extension::is_none")]
    pub extension: Extension,
}

/// Cells by the names that the command takes.
///
/// The first seven are those of the book: RS (fig. 8.12), IB (8.19), CH (8.23), LTS (8.25), FS (8.27), TC (8.31) and RTN (8.32), read
/// against NetPyNE's `izhi2007b.mod` and `izhi.py` (github.com/suny-downstate-medical-center/netpyne). There TC's u relaxes to
/// b (v + 60), with a jump at −65 mV; here to b (v + 65), as in the book.
///
/// The others are cells of CA1 with another k below v_t: pyramidal, strongly and weakly adapting (K. A. Ferguson et al., F1000Research 3
/// (2014) 104; ModelDB 182515 and github.com/OpenSourceBrain/FergusonEtAl2014-CA1PyrCell, and the strongly adapting one in
/// github.com/FKSkinnerLab/CA1_Minimal_Model_Hetero), and PV+ fast-spiking (Ferguson et al., Front. Comput. Neurosci. 7 (2013) 144;
/// `CellMetrics/Katie PV model.py` in github.com/FKSkinnerLab/CA1-hippo-Izhikevich-models). The papers add a constant I_shift to the
/// input, −45 pA for the weakly adapting cell and none for the strongly adapting one, which is no part of the cell here.
pub static BIOPHYSICAL_CELLS: [(&str, Biophysical); 10] = [
    ("RS2007", cell(100.0, 0.7, [-60.0, -40.0], [0.03, -2.0, -50.0, 100.0], 35.0)),
    ("IB2007", cell(150.0, 1.2, [-75.0, -45.0], [0.01, 5.0, -56.0, 130.0], 50.0)),
    ("CH2007", cell(50.0, 1.5, [-60.0, -40.0], [0.03, 1.0, -40.0, 150.0], 25.0)),
    (
        "LTS2007",
        Biophysical {
            extension: Extension { peak_u: -0.1, c_u: 0.04, u_max: Some(670.0), ..Extension::NONE },
            ..cell(100.0, 1.0, [-56.0, -42.0], [0.03, 8.0, -53.0, 20.0], 40.0)
        },
    ),
    ("FS2007", cell(20.0, 1.0, [-55.0, -40.0], [0.2, 0.0, -45.0, 0.0], 25.0).bent(-55.0, 0.0, 0.025)),
    (
        "TC2007",
        Biophysical {
            extension: Extension {
                bend: Some(Bend { vb: -65.0, b_below: 15.0, b_cubic: 0.0 }),
                peak_u: 0.1,
                c_u: -0.1,
                ..Extension::NONE
            },
            ..cell(200.0, 1.6, [-60.0, -50.0], [0.01, 0.0, -60.0, 10.0], 35.0)
        },
    ),
    ("RTN2007", cell(40.0, 0.25, [-65.0, -45.0], [0.015, 2.0, -55.0, 50.0], 0.0).bent(-65.0, 10.0, 0.0)),
    ("CA1-PYR-strong", cell(115.0, 3.3, [-61.8, -57.0], [0.0012, 3.0, -65.8, 10.0], 22.6).with_k_low(0.1)),
    ("CA1-PYR-weak", cell(300.0, 3.3, [-61.8, -57.0], [0.001, 3.0, -65.8, 5.0], 22.6).with_k_low(0.5)),
    ("CA1-PV", cell(90.0, 14.0, [-60.6, -43.1], [0.1, -0.1, -67.0, 0.1], 2.5).with_k_low(1.7)),
];

const fn cell(capacitance: f64, k: f64, [v_r, v_t]: [f64; 2], [a, b, c, d]: [f64; 4], v_peak: f64) -> Biophysical {
    Biophysical { capacitance, k, v_r, v_t, a, b, c, d, v_peak, k_low: None, extension: Extension::NONE }
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
    const fn bent(mut self, vb: f64, b_below: f64, b_cubic: f64) -> Self {
        self.extension.bend = Some(Bend { vb, b_below, b_cubic });
        self
    }

    const fn with_k_low(mut self, k_low: f64) -> Self {
        self.k_low = Some(k_low);
        self
    }

    /// The cell called `name`, upper or lower case; one of the book with or without the year: "RS", "RS2007".
    ///
    /// # Errors
    /// An unknown name.
    pub fn find(name: &str) -> Result<Biophysical> {
        let is = |known: &str| known.eq_ignore_ascii_case(name.trim());
        BIOPHYSICAL_CELLS
            .iter()
            .find(|(known, _)| is(known) || known.strip_suffix("2007").is_some_and(is))
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
            k_low: None,
            extension: Extension::NONE,
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
        let Biophysical { capacitance, k, v_r, v_t, a, b, c, d, v_peak, .. } = *self;
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

    /// The neuron in mV and ms: k2 = k/C, k1 = −k (v_r + v_t)/C, k0 = k v_r v_t/C, b/C, b0 = −b v_r/C, d/C; of the extension what is
    /// of u divided or multiplied by C.
    pub fn neuron(&self) -> Neuron {
        let Biophysical { capacitance, k, v_r, v_t, a, b, c, d, v_peak, k_low, extension } = *self;
        let [k2, k1, k0, b, b0, d, _] = divided([capacitance, k, v_r, v_t, b, d]);
        let below = k_low.map(|k_low| Below { v: v_t, factor: k_low / k });
        let extension = Extension { below, ..extension.divided(capacitance) };
        Neuron { a, b, c, d, k2, k1, k0, b0, leak: 1.0, peak: v_peak, extension }
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
    /// A capacitance that is not positive, an extension, a leak other than 1, or a neuron without an equilibrium at zero input.
    pub fn from_neuron(neuron: &Neuron, capacitance: f64) -> Result<(Biophysical, f64)> {
        positive("capacitance C in pF", capacitance, BOOK)?;
        neuron.require_plain("this conversion")?;
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
            k_low: None,
            extension: Extension::NONE,
        };
        Ok((cell, rest.u))
    }

    /// Checks that the parameters describe a spiking neuron.
    ///
    /// # Errors
    /// A number that is not finite, C, k or k_low not positive, a reset c at or above v_peak, or an extension that is none.
    pub fn validate(&self) -> Result<()> {
        positive("capacitance C in pF", self.capacitance, BOOK)?;
        positive("coefficient k in nS/mV", self.k, BOOK)?;
        self.k_low.map_or(Ok(0.0), |k| positive("coefficient klow in nS/mV", k, "Leave it out where it is k."))?;
        let rest = [("vr", self.v_r), ("vt", self.v_t), ("a", self.a), ("b", self.b), ("c", self.c), ("d", self.d)];
        for (name, value) in rest.into_iter().chain([("vpeak", self.v_peak)]) {
            finite(&format!("neuron parameter {name}"), value)?;
        }
        self.neuron().validate()
    }
}
