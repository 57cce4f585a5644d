//! Studies: every scheme at every step on every problem, against a truth each ([`TruthCheck`] says which).
//!
//! [`Study`] says what is compared. [`Study::compare`] runs a study of one problem and gives a [`Comparison`]: one [`Run`] per
//! scheme and step (or tolerance), with its metrics. Nothing here prints or draws; see [`report`](crate::report).
//!
//! [`Verdict`] weighs counted flops by [`flop_time`], and names what the study of cost at equal error found ([`Recommended`]) beside the
//! choice of the comparison; `docs/choosing-a-step.md` says where each choice wins.
//!
//! # Many problems, hours of work
//!
//! [`Study::run`] gives one row a cell without touching a disk. For hours of work a study is run against a [`Store`]:
//!
//! * a [`Cell`] is one piece of work as a value, with a [`Key`] of everything its result depends on;
//! * [`run_cells`] runs cells on all cores, and makes what neighbours share (a true solution) once;
//! * a [`Store`] keeps what is done, whatever happens to the process: [`run_stored`] runs what it lacks;
//! * a [`Shard`] is a share of the cells for one of several machines, [`merge`] joins what the shares gave;
//! * [`Results`] is the table in the order of the cells: the same bytes in whatever order, by however many processes, it was done.
//!
//! ```
//! use spikestep::interop::TableFormat;
//! use spikestep::study::{run_stored, Control, Results, Store, Study};
//! use spikestep::{model::NeuronSpec, SchemeSet};
//! let study = Study {
//!     neurons: vec![NeuronSpec::parse("RS")?, NeuronSpec::parse("FS")?],
//!     schemes: SchemeSet::standard().parse_list("euler,rk4+located")?,
//!     dts: vec![0.25, 0.5],
//!     duration: Some(100.0),
//!     ..Study::default()
//! };
//! let cells = study.cells()?;
//! # let directory = tempfile::tempdir().unwrap();
//! let store = Store::open(directory.path().join("all.log"))?;
//! let summary = run_stored(&cells, &store, Control::default())?;
//! assert_eq!((summary.run, summary.kept), (8, 0));
//! assert_eq!(run_stored(&cells, &store, Control::default())?.run, 0);
//! let mut csv = Vec::new();
//! Results::read(&cells, &store)?.write(TableFormat::Csv, |_| true, &mut csv).unwrap();
//! assert!(csv.starts_with(b"neuron,input,seed,"));
//! # Ok::<(), spikestep::Error>(())
//! ```

mod cell;
mod check;
mod comparison;
mod cost;
pub mod dt_list;
mod expansion;
mod expected_cost;
#[cfg(feature = "files")]
mod file;
mod fine;
mod gallery;
#[cfg(feature = "files")]
mod judged;
mod keep;
mod key;
#[cfg(feature = "files")]
mod merge;
#[cfg(feature = "files")]
mod network;
mod paths;
mod problem;
mod progress;
#[cfg(feature = "files")]
mod provenance;
mod question;
mod rate_curve;
#[cfg(feature = "cli")]
mod recognition;
mod recommend;
mod run;
mod runner;
mod seeds;
mod shard;
#[cfg(feature = "files")]
mod store;
#[cfg(feature = "files")]
mod stored;
mod table;
mod timing;
mod truth;
mod verdict;

pub use cell::{Cell, Tabulated};
pub use check::{Axis, MAX_CELLS, MAX_DURATION, MAX_TOTAL_STEPS, StudyError};
pub use comparison::{CompareOptions, Comparison};
pub use cost::{Recommended, flop_time};
pub use expansion::StudyRow;
pub use expected_cost::{StepCost, expected_flops_per_ms, step_costs};
#[cfg(feature = "files")]
pub use file::StudyFile;
#[cfg(feature = "cli")]
pub(crate) use file::{FigureTable, Grid, KindTable, StudyTable, figure_value};
pub use fine::Fine;
pub use gallery::{Gallery, GalleryPanel, PatternCurve, PatternRun, input_curve, true_curve};
#[cfg(feature = "files")]
pub use judged::{Advice, FINEST, MOST_TRUTH, RecordingErrors, WITHIN, advice, of_recording, recording_errors};
pub use keep::Keep;
pub use key::{Key, KeyBuilder};
#[cfg(feature = "files")]
pub use merge::{builds, include, journal, merge};
#[cfg(feature = "cli")]
pub(crate) use network::{BOUNDS, between};
#[cfg(feature = "files")]
pub use network::{
    CurveBand, Moved, NetworkBound, NetworkComparison, NetworkQuestion, NetworkRecommendation, NetworkRun,
    NetworkSearch, NetworkTrial,
};
pub use paths::{PhasePortrait, ResidualPath};
pub use problem::{SolvedProblem, StudyProblem};
pub use progress::Progress;
#[cfg(feature = "files")]
pub use provenance::provenance;
pub use question::{Study, StudyInput};
pub use rate_curve::{RateCurve, RatePoint, RateQuestion};
#[cfg(feature = "cli")]
pub(crate) use recognition::{
    Learned, NetworkTable, Pictures, Recognition, RecognitionCell, SHOWINGS, SteppingTable, Trained,
};
pub use recommend::{
    CANDIDATES, CONFIRMATIONS, LARGEST_STEP, RecommendOptions, Recommendation, SIMULATOR_RULES, STEPS_A_DECADE,
    Searched, SimulatorRule, SimulatorSearch, Trial, WORD_RULES, WORDS, Word, WordBound, WordRecommendation,
    WordSearch, WordTemplate,
};
pub use run::{Run, StudyCell, StudyRun};
pub use runner::{Control, Done, run_cells};
pub use seeds::SeedSpread;
pub use shard::Shard;
#[cfg(feature = "files")]
pub use store::{Record, Store};
#[cfg(feature = "files")]
pub use stored::{Results, Summary, complete, forget_misfits, run_stored, to_do};
pub use table::{
    Column, ColumnKind, RUN_AXES, Value, metric_columns, metric_fields, run_place, study_axes, study_columns,
};
pub use timing::Timing;
pub use truth::{TruthCheck, TruthSolver};
pub use verdict::{SchemeOrder, Verdict, observed_orders};
