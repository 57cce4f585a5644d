//! The model layer against the reference cases, its own formulas, and arbitrary text.

mod biophysical;
mod neuroml;
mod phase_plane;
mod specs;
mod stimuli;
mod tables;
