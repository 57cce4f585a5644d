//! Studies: cells, runner, store, shards, and the command that runs them.

#[path = "../common/mod.rs"]
mod common;

mod bench;
mod cells;
mod cost;
mod dt_list;
mod files;
mod kills;
mod large;
mod metrics;
mod once;
mod one_problem;
mod places;
mod recipes;
mod shards;
mod store;
