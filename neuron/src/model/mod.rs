//! What is solved: the neuron and its input.
//!
//! [`Neuron`] and [`Stimulus`] make a [`Problem`]. The published ones are tables: [`CELL_TYPES`] of 2003,
//! [`FIRING_PATTERNS`] of 2004, [`BIOPHYSICAL_CELLS`] of 2007 with [`Biophysical`] for their units. [`PhasePlane`] tells
//! where a neuron rests and which input ends that. [`NeuronSpec`] and [`StimulusSpec`] read the command's `--neuron` and
//! `--input`:
//!
//! ```
//! use spikestep::model::{NeuronSpec, Problem, StimulusSpec};
//! let spec = NeuronSpec::parse("RS")?;
//! let stimulus = StimulusSpec::parse("step:10@100")?.stimulus(1000.0)?.scaled(spec.typed_input_scale());
//! let problem = Problem { neuron: spec.neuron, stimulus, initial: spec.initial, duration: 1000.0 };
//! # Ok::<(), spikestep::Error>(())
//! ```

pub(crate) mod arithmetic;
mod biophysical;
mod cell_types;
mod extended;
mod extension;
mod figure_2004;
pub(crate) mod forcing;
#[cfg_attr(not(feature = "files"), path = "no_neuroml.rs")]
mod neuroml;
mod neuron;
mod neuron_keys;
mod neuron_spec;
mod neuron_text;
pub(crate) mod normal_form;
mod not_covered;
mod patterns;
mod phase_plane;
mod protocols;
#[cfg_attr(not(feature = "files"), path = "no_recorded.rs")]
mod recorded;
mod sampled;
mod stimulus;
mod stimulus_spec;
pub(crate) mod taylor_series;
pub(crate) mod typed;

pub use biophysical::{BIOPHYSICAL_CELLS, Biophysical};
pub use cell_types::{CELL_TYPES, CellType};
pub use data::step_count;
pub use extension::{Below, Bend, Extension, FieldPart, Form};
pub use figure_2004::PublishedPanel;
pub use neuron::{Neuron, State};
pub use neuron_spec::{InputUnit, NeuronSpec, OwnInput};
pub use patterns::{FIRING_PATTERNS, FiringPattern};
pub use phase_plane::{
    Equilibrium, EquilibriumKind, Nullclines, PhasePlane, UNullcline, hopf_input, saddle_node_input,
};
pub use stimulus::{Piece, Side, Sinusoid, StepInput, Stimulus};
pub use stimulus_spec::{Interpolation, StimulusSpec};
pub use typed::{Typed, TypedNumbers};

use serde::Serialize;

/// An initial-value problem: a neuron, its input, where it starts and how long it runs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Problem {
    /// The neuron that is solved.
    pub neuron: Neuron,
    /// The input I(t) \[mV/ms\] that drives it.
    pub stimulus: Stimulus,
    /// The state at t = 0.
    pub initial: State,
    /// The time for which it is solved \[ms\].
    pub duration: f64,
}
