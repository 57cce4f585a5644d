//! `spikestep` shows what a time step does to an Izhikevich spiking neuron: which spikes a discretisation moves, by how much, what
//! it costs, and which one to take for a timing error that can be afforded.
//!
//! ```text
//! v' = 0.04 v² + 5 v + 140 − u + I(t)       v: membrane potential [mV], t [ms], I: input [mV/ms]
//! u' = a (b v − u)                           u: recovery variable [mV/ms]
//! v ≥ peak:  v ← c,  u ← u + d
//! ```
//!
//! Most people use the command (`cargo run --bin compare -- --dt 0.5`, see the README). The library under it has these nouns:
//!
//! * a **problem**: a [`Neuron`], its [`Stimulus`], where it starts and how long it runs ([`model`]);
//! * a **scheme**: how it is stepped. A [`SchemeSet`] names them all, one file each, among them the exact rules of BindsNET, NEST,
//!   Nengo and Brian2, and the *evolutionary form* in which u is a convolution of v ([`operator`]). Problem, scheme and step
//!   give a [`Trajectory`] ([`solve`]);
//! * the **truth**: a solution good to rounding with an error bound for every spike that needs no reference ([`truth`]);
//! * a **population**: many neurons at one step, in SIMD lanes ([`population`]);
//! * **recognition**: pictures as pulses, and the class read from what neurons answer ([`recognition`]);
//! * a **comparison**: every scheme at every step against the truth, by the [`metrics`] of the field ([`study`]).
//!
//! ```
//! use spikestep::{Neuron, Problem, StepSize, Stimulus, metrics::SpikeErrors, solve, truth::taylor};
//! // Regular spiking under a constant input of 10 mV/ms, for a second.
//! let neuron = Neuron::new(0.02, 0.2, -65.0, 8.0);
//! let (stimulus, initial) = (Stimulus::constant(10.0), neuron.resting_start());
//! let problem = Problem { neuron, stimulus, initial, duration: 1000.0 };
//! let truth = taylor::solve_certified(&problem, taylor::TOLERANCE); // 23 spikes, each known to 1e-11 ms
//! let rk4 = solve(&problem, &"rk4+located".parse()?, StepSize::Fixed(0.5))?;
//! let errors = SpikeErrors::between(&rk4.spikes, &truth.spikes);
//! assert_eq!((truth.spikes.len(), errors.missed, errors.extra), (23, 0, 0));
//! assert!(truth.bound() < Some(1e-11) && errors.max_abs < Some(0.12)); // ms
//! # Ok::<(), spikestep::Error>(())
//! ```
//!
//! # Conventions
//!
//! * **Units**: ms, mV, and mV/ms for u and the input. Every public item says its own.
//! * **At a spike time** v and u are those *after* the reset. A row of a trace is the state at the end of a step *as the scheme
//!   leaves it*: BindsNET's rule leaves the peak visible and resets at the start of the next step.
//! * **A spike on the grid** has the time of the end of its step. A located spike has the time of the crossing.
//! * **The grid** is t_n = n·dt (a product, not a running sum) and covers the duration.
//! * **Inputs with jumps** are right-continuous, and sampled by all schemes in one way: see [`StepInput`].
//! * **A diverging solution** is a result with a flag, never an error or a NaN in a table.
//! * **Results are deterministic** to the byte, whatever the number of threads; measured times have columns of their own.
//!
//! # Features
//!
//! * `cli`, on by default: the command ([`cli`] and its [`report`]s), with `files` in it.
//! * `files`: reading and writing of files ([`interop`], [`read_spike_train`](spike::read_spike_train), pictures, NeuroML, recordings,
//!   the [file](study::StudyFile) of a study and its [`Store`](study::Store)).
//! * `explore`: the [page](explore) on which a problem moves under the hand; `cli` has it.
//! * `parquet`: Parquet among the formats.
//!
//! With `default-features = false` the library solves, certifies and compares in memory, on a fifth of the packages.

#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "cli")]
pub mod cli;
pub mod error;
#[cfg(feature = "explore")]
pub mod explore;
#[cfg(feature = "cli")]
pub mod report;
pub mod study;

#[cfg(feature = "files")]
pub use data::interop;
pub use error::{Error, Result};
#[cfg(feature = "files")]
pub use neuron::judge;
pub use neuron::{
    Neuron, Piece, Problem, Scheme, SchemeInfo, SchemeSet, Side, Sinusoid, SpikeTrain, State, StepInput, StepSize,
    Stimulus, Trajectory, arithmetic, metrics, model, operator, population, recognition, scheme, solve, solve_with,
    spike, truth,
};
