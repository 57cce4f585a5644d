//! What several experiments share, and what nearly all of them take from `spikestep`.

mod asked;
mod charts;
pub(crate) mod claims;
mod inhibition;
mod measured;
mod outputs;
mod run;
mod statistics;
mod text;
mod trains;

pub(crate) use rand::{RngExt, SeedableRng, rngs::ChaCha8Rng};
pub(crate) use rayon::prelude::*;
pub(crate) use spikestep::metrics::{ObservedOrder, SpikeErrors};
pub(crate) use spikestep::report::chart::{Axis, Chart, Draw, Field, Look, Panel, Point, Rule, Series, columns};
pub(crate) use spikestep::report::{three, three_or_dash};
pub(crate) use spikestep::{Neuron, Problem, Result, Scheme, SpikeTrain, State, StepInput, Stimulus};

pub(crate) use asked::{Asked, answered};
pub(crate) use charts::{draw, line, log_log, log_panel, marked, numbered, panel};
pub(crate) use claims::{Claims, compare};
pub(crate) use inhibition::{TO_REST, least_inhibition, pulse, steps_to_rest};
pub(crate) use measured::Runs;
pub(crate) use outputs::{Outputs, fields, machine, optional};
pub(crate) use run::{cell, constant_input, fixed_step, jumped, preset, rest, scheme, schemes, stepper, truth};
pub(crate) use statistics::{
    correlation, halved, largest, linear, logarithmic, mean, median, rate, share, slope, smallest,
};
pub(crate) use text::{pivot, table};
pub(crate) use trains::Trains;
