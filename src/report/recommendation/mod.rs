//! A recommendation as text, JSON and CSV.

mod files;
mod json;
mod text;
mod words;

pub use files::{recommendation_csv, recommendation_timings_csv, tried_csv};
pub use json::recommendation_json;
pub use text::recommendation_text;
pub use words::{words_csv, words_json, words_text};

use crate::error::shown;
use crate::report::program;
use crate::study::{Recommendation, Searched, SimulatorSearch};

/// What there is to say of an answer that says nothing.
fn warning(found: &Recommendation) -> Option<String> {
    let basis = &found.basis;
    basis.truth.spikes.is_empty().then(|| {
        format!(
            "The neuron does not fire in the {} ms of this run, so this input tells nothing about spike times: every scheme that \
             is silent, too, keeps any bound. Take an input that makes it fire ({} fi shows from where on), or a longer --over.",
            shown(basis.problem.duration),
            program()
        )
    })
}

/// All searches, a candidate's without a simulator.
fn all(found: &Recommendation) -> impl Iterator<Item = (Option<&SimulatorSearch>, &Searched)> {
    let candidates = found.candidates.iter().map(|searched| (None, searched));
    candidates.chain(found.simulators.iter().map(|row| (Some(row), &row.searched)))
}
