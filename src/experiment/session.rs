//! How a grid of cells is run: whole or a share of it, and what is told of it meanwhile.

use std::sync::atomic::AtomicBool;

use crate::study::{Progress, Shard};

/// What a run of a grid is steered by.
#[derive(Clone, Copy)]
pub struct Session<'a> {
    /// The share to run.
    pub shard: Shard,
    /// Set to stop after the cells in flight.
    pub stop: &'a AtomicBool,
    /// Told of every cell done, from any thread.
    pub progress: &'a (dyn Fn(Progress) + Sync),
    /// The text of the experiment's file, for the record.
    pub source: &'a str,
    /// Whether cells done before are done again.
    pub fresh: bool,
}

static NEVER: AtomicBool = AtomicBool::new(false);

impl Default for Session<'_> {
    /// All of it, in silence, to the end.
    fn default() -> Self {
        Session { shard: Shard::WHOLE, stop: &NEVER, progress: &|_| (), source: "", fresh: false }
    }
}
