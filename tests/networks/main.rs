//! Many neurons: populations, layers, networks that learn, and the pictures they recognise.

#[path = "../common/mod.rs"]
mod common;

mod exact;
mod learning;
mod network;
mod population;
mod population_adaptive;
mod population_fused;
mod population_layer;
mod recogniser;
mod recognition;
mod synapse;

/// The scheme of this name.
fn named(name: &str) -> spikestep::Scheme {
    name.parse().unwrap()
}
