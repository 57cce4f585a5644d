//! Figures for a paper: what a comparison, a study or a recogniser shows, as [charts](crate::report::chart).
//!
//! Each function turns data into a [`Chart`], which is panels of lines, markers and maps; drawing it gives the SVG and the CSV.
//! Captions and legends say what the data say.
//!
//! ```
//! use spikestep::report::chart::{Axis, Chart, Field, Panel, Series, columns};
//! let chart = Chart {
//!     name: "membrane".into(),
//!     columns: columns([("series", Field::Series), ("t_ms", Field::X), ("v_mV", Field::Y)]),
//!     panels: vec![Panel {
//!         x: Axis::linear("time t [ms]"),
//!         y: Axis::linear("membrane potential v [mV]"),
//!         layers: vec![Series::line("truth", [(0.0, -65.0), (1.0, -63.2)]).into()],
//!         ..Panel::default()
//!     }],
//!     ..Chart::default()
//! };
//! assert!(chart.draw()?.svg.contains("time t [ms]"));
//! # Ok::<(), spikestep::report::chart::Error>(())
//! ```

mod comparison;
mod convergence;
mod families;
mod firing_patterns;
mod judgement;
mod recogniser;
mod recognition;
mod state;
mod study_lines;
mod traces;

pub use chart::{Chart, Figure};
pub use comparison::{Raster, RasterRow, figures, raster};
pub(super) use families::Families;
pub use families::Lines;
pub use firing_patterns::{FiringPatterns, PatternPanel, firing_patterns};
pub use judgement::judged_figure;
pub use recogniser::{Excitement, Membrane, NeuronGroup, WeightImage, WeightImages, excitement, weight_images};
pub use recognition::{
    Accuracy, AccuracyPanel, AccuracyPoint, AccuracySeries, CodedPicture, Confusion, PulseCode, accuracy, confusion,
    pulse_code,
};
pub use study_lines::{StudyLine, StudyLines, StudyPoint, study_lines};

use crate::error::Error;
use crate::study::Run;

/// What a hollow point means where lines show spikes against the truth.
const HOLLOW: &str = "spikes missed or extra";

/// A run in a legend: its scheme, and of one that chooses its steps the tolerance.
pub(super) fn legend(run: &Run) -> String {
    let tolerance = run.size.tolerance().map(|tolerance| format!(", tolerance {tolerance:e}"));
    format!("{}{}", run.scheme, tolerance.unwrap_or_default())
}

/// A number to three digits, without zeros at its end.
fn short(x: f64) -> String {
    chart::number(super::three(x).parse().unwrap_or(x))
}

/// A chart that cannot be drawn, as an error of this crate.
pub(crate) fn undrawn(error: chart::Error) -> Error {
    Error::Figure { figure: error.figure, reason: error.reason }
}
