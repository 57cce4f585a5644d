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

use crate::population::exact::Group;

/// The population of a neuron, and its number there.
fn place(groups: &[Group], neuron: u32) -> (&str, u32) {
    let group = groups.iter().find(|(_, range)| range.contains(&neuron));
    group.map_or(("", neuron), |(name, range)| (name.as_str(), neuron - range.start))
}
