//! A neuron with all that its name implies.

use serde::Serialize;

use super::biophysical::Biophysical;
use super::extension::Bend;
use super::neuron::{Neuron, State};
use super::stimulus::Stimulus;
use super::typed::{INPUT_SCALE, Typed, TypedNumbers};
use crate::error::Result;
use data::quantity::{CURRENT, Dimension, SLOPE, VOLTAGE};

/// A neuron as asked for on the command line, with all that its name implies.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NeuronSpec {
    /// How tables and figures call it: "RS", "A tonic spiking", or the parameters as typed.
    pub label: String,
    /// The parameters of the neuron.
    pub neuron: Neuron,
    /// Where it starts: v = −65 mV and u = b v + b0; for a pattern as published; in the 2007 form at rest.
    pub initial: State,
    /// The input \[mV/ms\] that belongs to a firing pattern, or to a cell of a NeuroML file.
    pub stimulus: Option<Stimulus>,
    /// The duration for which a firing pattern was published, or that a NeuroML file recommends \[ms\].
    pub duration: Option<f64>,
    /// Factor from the unit of the input as typed to mV/ms: 1, or 1/C from pA in the 2007 form.
    pub input_scale: f64,
    /// The cell in its own units where it has the 2007 form.
    pub biophysical: Option<Biophysical>,
    /// What goes with its own input.
    pub own: OwnInput,
    /// Whether u starts where it does whatever v is, as in NeuroML's 2007 cell, and not at b v + b0 of a v that is given.
    pub keeps_u: bool,
    /// What differs from what its name promises, in whole sentences.
    pub note: Option<String>,
    /// What the numbers of neuron, start and input scale stand for.
    #[serde(skip)]
    pub(crate) numbers: TypedNumbers,
}

/// What is to be said of the input that belongs to a neuron.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct OwnInput {
    /// How tables call it: "as published".
    pub label: String,
    /// The time up to which it is the input \[ms\], where it has an end that a [`Stimulus`] cannot hold.
    pub until: Option<f64>,
    /// Why the input of a NeuroML file cannot be held: the message for who asks for it.
    pub refused: Option<String>,
}

/// The unit in which a neuron takes its input, and in which its u is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InputUnit {
    /// mV/ms: the forms of 2003 and 2004 and the general one.
    VoltagePerTime,
    /// pA: the 2007 form.
    Current,
}

impl InputUnit {
    /// "mV/ms" or "pA".
    pub fn name(self) -> &'static str {
        match self {
            InputUnit::VoltagePerTime => "mV/ms",
            InputUnit::Current => "pA",
        }
    }

    pub(super) fn dimension(self) -> &'static Dimension {
        match self {
            InputUnit::VoltagePerTime => &SLOPE,
            InputUnit::Current => &CURRENT,
        }
    }
}

impl NeuronSpec {
    /// A neuron without an input and a duration of its own.
    pub fn plain(label: &str, neuron: Neuron, initial: State) -> NeuronSpec {
        NeuronSpec {
            label: label.to_owned(),
            neuron,
            initial,
            stimulus: None,
            duration: None,
            input_scale: 1.0,
            biophysical: None,
            own: OwnInput::default(),
            keeps_u: false,
            note: None,
            numbers: TypedNumbers::default(),
        }
    }

    /// A cell in the 2007 form, at rest.
    pub(super) fn of_2007(label: &str, (cell, numbers): (Biophysical, TypedNumbers)) -> NeuronSpec {
        let biophysical = Some(cell);
        let plain = NeuronSpec::plain(label, cell.neuron(), cell.rest());
        NeuronSpec { input_scale: cell.input_factor(), biophysical, numbers, ..plain }
    }

    /// What it has beyond the quadratic form, in words and in the units in which it is typed; `None` for a plain neuron.
    ///
    /// ```
    /// use spikestep::model::NeuronSpec;
    /// let lts = NeuronSpec::parse("LTS2007")?;
    /// assert_eq!(lts.extension_text().unwrap(), "Beyond the quadratic form: peak_u = -0.1 mV/pA, c_u = 0.04 mV/pA, umax = 670 pA.");
    /// # Ok::<(), spikestep::Error>(())
    /// ```
    pub fn extension_text(&self) -> Option<String> {
        let (extension, k_low, units) = match &self.biophysical {
            Some(cell) => (cell.extension, cell.k_low, ["nS", "nS/mV^2", "mV/pA", "pA"]),
            None => (self.neuron.extension, None, ["/ms", "/mV^2/ms", "ms", "mV/ms"]),
        };
        let [slope, cubic, per_u, u] = units;
        let bend = |of: fn(Bend) -> f64| extension.bend.map(of);
        let unless_zero = |x: f64| Some(x).filter(|x| *x != 0.0);
        let parts = [
            ("klow", k_low, "nS/mV below vt"),
            ("vb", bend(|bend| bend.vb), "mV"),
            ("b_below", bend(|bend| bend.b_below), slope),
            ("b_cubic", bend(|bend| bend.b_cubic), cubic),
            ("peak_u", unless_zero(extension.peak_u), per_u),
            ("c_u", unless_zero(extension.c_u), per_u),
            ("umax", extension.u_max, u),
            ("refractory", unless_zero(extension.refractory), "ms"),
        ];
        let text = |(name, value, unit): (&str, Option<f64>, &str)| Some(format!("{name} = {} {unit}", value?));
        let parts: Vec<String> = parts.into_iter().filter_map(text).collect();
        (!self.neuron.is_plain()).then(|| format!("Beyond the quadratic form: {}.", parts.join(", ")))
    }

    /// The unit of its input and of its u in texts.
    pub fn unit(&self) -> InputUnit {
        if self.biophysical.is_some() { InputUnit::Current } else { InputUnit::VoltagePerTime }
    }

    /// The neuron started at v and u as typed, in mV and in the unit of [`unit`](Self::unit) or with units of their own. Where v alone
    /// is given, u = b v + b0, unless [`keeps_u`](Self::keeps_u).
    ///
    /// ```
    /// use spikestep::model::NeuronSpec;
    /// let rs = NeuronSpec::parse("C=100pF,k=0.7,vr=-60,vt=-40,a=0.03,b=-2,c=-50,d=100,vpeak=35")?;
    /// assert_eq!(rs.started(Some("-0.06V"), Some("50pA"))?.initial, spikestep::State::new(-60.0, 0.5));
    /// # Ok::<(), spikestep::Error>(())
    /// ```
    ///
    /// # Errors
    /// Text that is no number, or one in a unit of another kind. What is infinite is refused with the problem.
    pub fn started(mut self, v0: Option<&str>, u0: Option<&str>) -> Result<NeuronSpec> {
        let v = v0.map(|v0| VOLTAGE.unchecked("the initial v", v0)).transpose()?;
        let u = u0.map(|u0| self.unit().dimension().unchecked::<Typed>("the initial u", u0)).transpose()?;
        let scale = self.typed_input_scale();
        self.start_at(v, u.map(|u| u * scale));
        Ok(self)
    }

    /// Starts it at `v` \[mV\] and `u` \[mV/ms\]. Where only v is given u is b v + b0, but for a cell that keeps its own; what is not
    /// given stays.
    pub fn start_at(&mut self, v: Option<Typed>, u: Option<Typed>) {
        let Neuron { b, b0, .. } = self.neuron;
        let at_rest = |v: Typed| match self.neuron.extension.bend {
            None => self.numbers.of("b", b) * v + self.numbers.of("b0", b0),
            Some(_) => self.neuron.target(v.value()).into(),
        };
        let u = u.or(v.filter(|_| !self.keeps_u).map(at_rest));
        if let Some(v) = v {
            self.initial.v = v.value();
            self.numbers.set("v0", v);
        }
        if let Some(u) = u {
            self.initial.u = u.value();
            self.numbers.set("u0", u);
        }
    }

    /// What the numbers of the neuron and of its start stand for where a text said more than their f64 do: for proofs, as
    /// [`Reading::Typed`](crate::truth::residual::Reading).
    pub fn numbers(&self) -> &TypedNumbers {
        &self.numbers
    }

    /// The factor of the input as typed.
    pub fn typed_input_scale(&self) -> Typed {
        self.numbers.of(INPUT_SCALE, self.input_scale)
    }
}
