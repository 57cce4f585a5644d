//! The keys of a neuron's parameters, and what their values measure.

use data::quantity::{
    CAPACITANCE, CONDUCTANCE, CONDUCTANCE_PER_VOLTAGE, CURRENT, CURVATURE, Dimension, NUMBER, RATE, SLOPE, VOLTAGE,
};

/// Keys of a form, with what their values measure.
pub(super) type Keys = [(&'static str, &'static Dimension)];

/// Keys of the general form.
pub(super) const GENERAL: &Keys = &[
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
];
/// Keys of the 2007 form.
pub(super) const BIOPHYSICAL: &Keys = &[
    ("C", &CAPACITANCE),
    ("k", &CONDUCTANCE_PER_VOLTAGE),
    ("vr", &VOLTAGE),
    ("vt", &VOLTAGE),
    ("vpeak", &VOLTAGE),
    ("a", &RATE),
    ("b", &CONDUCTANCE),
    ("c", &VOLTAGE),
    ("d", &CURRENT),
];
