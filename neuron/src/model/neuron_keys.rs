//! The keys of a neuron's parameters, and what their values measure.

use data::quantity::{
    CAPACITANCE, CONDUCTANCE, CONDUCTANCE_PER_VOLTAGE, CURRENT, CURVATURE, Dimension, NUMBER, RATE, SLOPE, TIME,
    VOLTAGE,
};

/// Keys with what their values measure.
type Keys = [(&'static str, &'static Dimension)];

/// The keys of a form.
pub(super) struct FormKeys {
    /// Those of its equations.
    pub(super) base: &'static Keys,
    /// Those of an [`Extension`](super::Extension), in its units.
    pub(super) more: &'static Keys,
}

impl FormKeys {
    /// What the value of a key measures; `None` for a key that the form has not.
    pub(super) fn dimension(&self, key: &str) -> Option<&'static Dimension> {
        self.base.iter().chain(self.more).find(|(known, _)| *known == key).map(|(_, dimension)| *dimension)
    }

    /// The keys of its equations, with commas.
    pub(super) fn names(&self) -> String {
        self.base.iter().map(|(key, _)| *key).collect::<Vec<_>>().join(", ")
    }
}

/// Keys of the general form.
pub(super) const GENERAL: &FormKeys = &FormKeys {
    base: &[
        ("k2", &CURVATURE),
        ("k1", &RATE),
        ("k0", &SLOPE),
        ("b0", &SLOPE),
        ("leak", &NUMBER),
        ("peak", &VOLTAGE),
        ("a", &RATE),
        ("b", &RATE),
        ("c", &VOLTAGE),
        ("d", &SLOPE),
    ],
    more: &[
        ("vb", &VOLTAGE),
        ("b_below", &RATE),
        ("b_cubic", &NUMBER),
        ("peak_u", &TIME),
        ("c_u", &TIME),
        ("umax", &SLOPE),
        ("refractory", &TIME),
    ],
};
/// Keys of the 2007 form.
pub(super) const BIOPHYSICAL: &FormKeys = &FormKeys {
    base: &[
        ("C", &CAPACITANCE),
        ("k", &CONDUCTANCE_PER_VOLTAGE),
        ("vr", &VOLTAGE),
        ("vt", &VOLTAGE),
        ("vpeak", &VOLTAGE),
        ("a", &RATE),
        ("b", &CONDUCTANCE),
        ("c", &VOLTAGE),
        ("d", &CURRENT),
    ],
    more: &[
        ("klow", &CONDUCTANCE_PER_VOLTAGE),
        ("khigh", &CONDUCTANCE_PER_VOLTAGE),
        ("vb", &VOLTAGE),
        ("b_below", &CONDUCTANCE),
        ("b_cubic", &NUMBER),
        ("peak_u", &NUMBER),
        ("c_u", &NUMBER),
        ("umax", &CURRENT),
        ("refractory", &TIME),
    ],
};
