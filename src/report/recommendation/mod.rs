//! A recommendation as text, JSON and CSV.

mod files;
mod json;
mod text;

pub use files::{recommendation_csv, recommendation_timings_csv, tried_csv};
pub use json::recommendation_json;
pub use text::recommendation_text;

use crate::study::{Recommendation, Searched, SimulatorSearch};

/// All searches, a candidate's without a simulator.
fn all(found: &Recommendation) -> impl Iterator<Item = (Option<&SimulatorSearch>, &Searched)> {
    let candidates = found.candidates.iter().map(|searched| (None, searched));
    candidates.chain(found.simulators.iter().map(|row| (Some(row), &row.searched)))
}
