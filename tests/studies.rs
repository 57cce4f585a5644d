//! Studies: cells, runner, store, shards, and the command that runs them.

#[path = "studies/bench.rs"]
mod bench;
#[path = "studies/cells.rs"]
mod cells;
#[path = "studies/files.rs"]
mod files;
#[path = "studies/kills.rs"]
mod kills;
#[path = "studies/large.rs"]
mod large;
#[path = "studies/places.rs"]
mod places;
#[path = "studies/recipes.rs"]
mod recipes;
#[path = "studies/shards.rs"]
mod shards;
#[path = "studies/store.rs"]
mod store;
