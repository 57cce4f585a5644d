//! A layer against BindsNET's own populations, against the schemes alone, and against itself rearranged.

mod common;

#[path = "population_layer/bench.rs"]
mod bench;
#[path = "population_layer/rearranged.rs"]
mod rearranged;
#[path = "population_layer/recordings.rs"]
mod recordings;
#[path = "population_layer/rules.rs"]
mod rules;
#[path = "population_layer/schemes.rs"]
mod schemes;
