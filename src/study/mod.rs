//! Comparisons: every scheme at every step on one problem, against one truth ([`TruthCheck`] says which).
//!
//! [`Study`] says what is compared, [`compare`] runs it, [`Comparison`] holds what came out: one [`Run`] per scheme and step
//! (or tolerance), with its errors and its cost. Nothing here prints or draws; see [`report`](crate::report).
//!
//! # Where each choice wins
//!
//! `experiments/cost_at_equal_error.toml` measures what an error of the spike times costs with every scheme, and in other programs.
//! Figures are in the README and in `results/cost_at_equal_error/`; what they say:
//!
//! * **Coarse pictures**: Euler and the half-step are the cheapest per step. At dt = 1 and 0.5 ms they lose spikes; spikes on the
//!   grid make every scheme of order 1, and to keep them within 1 ms then costs 10 to 300 times what a located scheme takes.
//! * **RK4 with located spikes** costs 1.2 to 2 times RK4 on the grid at the same step, loses none, and is the cheapest that
//!   keeps 0.5 ms at a step of 0.5 ms, or 0.002 ms at a step of 0.1 ms.
//! * **The projective form at a fixed step** is for networks, which prescribe the step: at 0.5 and 1 ms it keeps 0.1 to 1e-4 ms,
//!   where RK4 cannot, for 1.3 to 2.5 times its time.
//! * **The adaptive projective solver** is for one neuron and for input that comes as events: it needs no step to be found, keeps
//!   its tolerance, and is the cheapest of all where the input is constant, since it then interpolates intervals that recur.
//!
//! [`Verdict`] draws on it: it weighs counted flops by [`flop_time`], and names the study's choice ([`Recommended`]) beside that
//! of the comparison.
//!
//! # Many problems, hours of work
//!
//! A [`Grid`] is a study over many neurons, inputs, seeds and peaks. What it is made of works for any grid of work:
//!
//! * a [`Cell`] is one piece as a value, with a [`Key`] of everything its result depends on;
//! * [`run_cells`] runs cells on all cores, and makes what neighbours share (a true solution) once;
//! * a [`Store`] keeps what is done, whatever happens to the process: [`run_stored`] runs what it lacks;
//! * a [`Shard`] is a share of the cells for one of several machines, [`merge`] joins what the shares gave;
//! * [`write_results`] writes the table in grid order: the same bytes in whatever order, by however many processes, it was done.
//!
//! ```
//! use spikestep::study::{complete, run_stored, write_results, Control, Grid, Store};
//! use spikestep::{model::NeuronSpec, Scheme};
//! let grid = Grid {
//!     neurons: vec![NeuronSpec::parse("RS")?, NeuronSpec::parse("FS")?],
//!     schemes: SchemeSet::standard().parse_list("euler,rk4+located")?,
//!     dts: vec![0.25, 0.5],
//!     duration: Some(100.0),
//!     ..Grid::default()
//! };
//! let cells = grid.cells().map_err(spikestep::Error::from)?;
//! # let directory = tempfile::tempdir().unwrap();
//! let store = Store::open(directory.path().join("all.log"))?;
//! let control = Control { stop: &false.into(), progress: &|_| () };
//! let summary = run_stored(&cells, &store, control)?;
//! assert_eq!((summary.run, summary.kept), (8, 0));
//! assert_eq!(run_stored(&cells, &store, control)?.run, 0);
//! complete(&cells, &store)?;
//! let mut csv = Vec::new();
//! write_results(&cells, &store, |_| true, &mut csv).unwrap();
//! assert!(csv.starts_with(b"neuron,input,seed,"));
//! # Ok::<(), spikestep::Error>(())
//! ```

mod cell;
mod columns;
mod comparison;
mod convergence;
mod cost;
pub mod dt_list;
mod expected_cost;
mod grid;
mod grid_cell;
mod key;
#[cfg(feature = "files")]
mod line;
#[cfg(feature = "files")]
mod merge;
#[cfg(feature = "parquet")]
mod parquet;
mod progress;
#[cfg(feature = "files")]
mod provenance;
mod question;
mod recommend;
mod run;
mod runner;
mod shard;
#[cfg(feature = "files")]
mod store;
#[cfg(feature = "files")]
mod stored;
mod timing;
mod truth;
mod value;
mod verdict;

pub use cell::{Cell, Column, ColumnKind, Tabulated};
pub use columns::{RUN_AXES, metric_columns, metric_fields, run_place, study_axes, study_columns};
pub use comparison::{Comparison, compare};
pub use convergence::{SchemeOrder, observed_orders};
pub use cost::{Recommended, flop_time};
pub use expected_cost::expected_flops_per_ms;
pub use grid::{Grid, GridInput, Misfit, Part};
pub use grid_cell::{GridCell, GridOutput, GridProblem, GridShared};
pub use key::{Key, KeyBuilder};
#[cfg(feature = "files")]
pub use merge::{include, journal, journals, merge};
#[cfg(feature = "parquet")]
pub use parquet::write_parquet;
pub use progress::Progress;
#[cfg(feature = "files")]
pub use provenance::Provenance;
pub use question::{MAX_DURATION, MAX_TOTAL_STEPS, Study};
pub use recommend::{
    CANDIDATES, CONFIRMATIONS, LARGEST_STEP, Recommendation, SIMULATOR_RULES, STEPS_A_DECADE, Searched, SimulatorRule,
    SimulatorSearch, Trial, default_finest, recommend,
};
pub use run::Run;
pub use runner::{Control, Done, run_cells};
pub use shard::Shard;
#[cfg(feature = "files")]
pub use store::{Record, Store};
#[cfg(feature = "files")]
pub use stored::{Summary, all_columns, complete, rows, run_stored, to_do, write_results, write_timings};
pub use timing::Timing;
pub use truth::{TruthCheck, TruthSolver};
pub use value::Value;
pub use verdict::Verdict;
