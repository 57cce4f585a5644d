//! A neuron with all that its name implies.

use serde::Serialize;

use super::biophysical::Biophysical;
use super::neuron::{Neuron, State};
use super::stimulus::Stimulus;
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
        }
    }

    /// A cell in the 2007 form, at rest.
    pub(super) fn of_2007(label: &str, cell: Biophysical) -> NeuronSpec {
        let biophysical = Some(cell);
        let plain = NeuronSpec::plain(label, cell.neuron(), cell.rest());
        NeuronSpec { input_scale: cell.input_factor(), biophysical, ..plain }
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
        if let Some(v0) = v0 {
            self.initial.v = VOLTAGE.unchecked("the initial v", v0)?;
            if !self.keeps_u {
                self.initial.u = self.neuron.b * self.initial.v + self.neuron.b0;
            }
        }
        if let Some(u0) = u0 {
            self.initial.u = self.unit().dimension().unchecked("the initial u", u0)? * self.input_scale;
        }
        Ok(self)
    }
}
