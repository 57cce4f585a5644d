//! A network under schemes as text, JSON, CSV and figures, and the step that keeps what it does.

mod figures;
mod files;
mod json;
mod recommendation;
mod text;

pub use figures::network_figures;
pub use files::{network_curves_csv, network_drawn, network_spikes_csv, network_statistics_csv};
pub use json::network_json;
pub use recommendation::{network_recommendation_json, network_recommendation_text};
pub use text::network_text;

use super::three;
use crate::population::exact::{DoubtKind, Group};
use crate::study::Moved;

/// Bounds until when spikes are known \[ms\].
const BOUNDS: [f64; 2] = [1e-6, 1e-3];

/// The population of a neuron, and its number there.
fn place(groups: &[Group], neuron: u32) -> (&str, u32) {
    let group = groups.iter().find(|(_, range)| range.contains(&neuron));
    group.map_or(("", neuron), |(name, range)| (name.as_str(), neuron - range.start))
}

/// What comes so near that its order is in doubt.
fn between(kind: DoubtKind) -> &'static str {
    match kind {
        DoubtKind::Arrivals => "two arrivals",
        DoubtKind::Spike => "a spike and an arrival",
    }
}

/// By how much a statistic differs from the truth's, with the interval of 95 %: in per cent, or as a factor where it is much.
fn size(moved: &Moved) -> String {
    let (ratio, error) = (moved.statistic.value / moved.truth, (moved.interval / moved.truth).abs());
    match (ratio - 1.0).abs() < 0.3 {
        true => {
            let sign = if ratio > 1.0 { "+" } else { "" };
            format!("{sign}{} ± {} %", three(100.0 * (ratio - 1.0)), three(100.0 * error))
        }
        false => format!("× {} ± {}", three(ratio), three(error)),
    }
}
