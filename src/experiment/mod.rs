//! Experiments: questions with a figure, each a TOML file under `experiments/` and reproducible by one command,
//! `compare run experiments/NAME.toml`.
//!
//! A file names its `title`, the `question` it answers and its `kind`; the table named after the kind holds its parameters.
//! A kind is one file here: a type read from that table that implements [`Experiment`]; it joins by one line in `kinds`.

mod file;
mod flaw;
mod grid;
mod kind;
mod kinds;
mod recognition;
mod schemes;
mod session;
mod study;

pub use file::ExperimentFile;
pub use flaw::Flaw;
pub use kind::{Experiment, Outputs};
pub use recognition::{NetworkTable, Recognition, SteppingTable, TrainedBy, recognise_figures};
pub use session::Session;
