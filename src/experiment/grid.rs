//! What every kind that is a grid of cells has in common: running what its store lacks, shares of it, joining them, and the tables.
//!
//! In the directory of its outputs lie `journal/` (what is done, see [`Store`]), and once all cells are done `results.csv`,
//! `timings.csv`, `provenance.json` and what the kind itself writes.

use std::path::{Path, PathBuf};

use super::{Flaw, Outputs};
use crate::error::{Error, Result};
use crate::interop::TableFormat;
use crate::study::{Control, Results, Shard, Store, Tabulated, include, journal, merge, provenance, run_stored, to_do};

/// Beginnings of the temporary names that a killed process may leave behind.
const TEMPORARY: &str = ".tmp";

/// An experiment that is a grid of cells.
pub(super) trait GridExperiment {
    /// Its cells.
    type Cell: Tabulated;

    /// The cells, once everything is known to be right.
    fn cells(&self) -> std::result::Result<Vec<Self::Cell>, Flaw>;

    /// Whether the column of that name, which is no axis, stands in `results.csv`.
    fn shows(&self, _column: &str) -> bool {
        true
    }

    /// Writes what it has beside the tables, such as figures, and gives what it has to say: the same bytes however the cells were done.
    fn report(&self, cells: &[Self::Cell], results: &Results, outputs: &mut Outputs<'_>) -> Result<String>;
}

/// [`Experiment::run`](super::Experiment::run) of a grid.
pub(super) fn run_grid(grid: &impl GridExperiment, outputs: &mut Outputs<'_>) -> Result<String> {
    let cells = grid.cells().map_err(|flaw| flaw.error)?;
    let session = outputs.session;
    let mine = session.shard.of(&cells);
    let root = outputs.dir.root().to_owned();
    let path = journal(&root, session.shard);
    let store = Store::open(&path)?;
    if session.fresh {
        store.clear()?;
    } else {
        include(&store, &root)?;
    }
    // A finished study stays as it is, to the byte.
    if !to_do(mine, &store).is_empty() {
        store.begin_run(&provenance(session.source, session.shard))?;
    }
    let done = run_stored(mine, &store, Control { stop: session.stop, progress: session.progress })?;
    if done.left > 0 {
        return Err(Error::Stopped { done: mine.len() - done.left, all: mine.len() });
    }
    let mut progress = format!("{} cells: {} run now, {} kept from before.\n", mine.len(), done.run, done.kept);
    progress += &damage(&store);
    let mut text = String::new();
    if session.shard.is_whole() {
        text = write_grid(grid, &cells, &store, outputs)?;
    } else {
        progress += &format!(
            "Share {} of {} cells is in {}. Join the shares by compare merge.\n",
            session.shard,
            cells.len(),
            path.display()
        );
    }
    outputs.progress = progress;
    Ok(text)
}

/// [`Experiment::merge`](super::Experiment::merge) of a grid.
pub(super) fn merge_grid(grid: &impl GridExperiment, outputs: &mut Outputs<'_>, places: &[PathBuf]) -> Result<String> {
    let cells = grid.cells().map_err(|flaw| flaw.error)?;
    let root = outputs.dir.root().to_owned();
    let store = Store::open(journal(&root, Shard::WHOLE))?;
    include(&store, &root)?;
    merge(&cells, &store, places)?;
    let text = write_grid(grid, &cells, &store, outputs)?;
    let runs = store.runs().len();
    outputs.progress = format!("{} cells of {runs} runs joined.\n{}", cells.len(), damage(&store));
    Ok(text)
}

/// Writes the outputs of a grid that is done, and gives what it has to say: the same bytes however it was done, but for times and provenance.
fn write_grid<G: GridExperiment>(
    grid: &G,
    cells: &[G::Cell],
    store: &Store,
    outputs: &mut Outputs<'_>,
) -> Result<String> {
    let results = Results::read(cells, store)?;
    remove_temporaries(outputs.dir.root());
    let csv = TableFormat::Csv;
    outputs.dir.stream("results.csv", |out| results.write(csv, |column| grid.shows(column), out))?;
    outputs.dir.stream("timings.csv", |out| results.write_timings(out))?;
    let text = grid.report(cells, &results, outputs)?;
    let runs: Vec<serde_json::Value> = store.runs().iter().filter_map(|json| serde_json::from_str(json).ok()).collect();
    let provenance = serde_json::json!({ "cells": cells.len(), "columns": results.names(), "runs": runs });
    let json = serde_json::to_string_pretty(&provenance).expect("a JSON value can be written");
    outputs.dir.write("provenance.json", (json + "\n").as_bytes())?;
    Ok(text)
}

/// A word on lines of the journal that could not be read.
fn damage(store: &Store) -> String {
    match store.damaged() {
        0 => String::new(),
        n => format!("{n} damaged lines of {} were passed over; their cells were run again.\n", store.path().display()),
    }
}

/// Removes half-written files of a process that was killed while it wrote. The lock on the journal says that none is at it now.
fn remove_temporaries(root: &Path) {
    for entry in std::fs::read_dir(root).into_iter().flatten().flatten() {
        let temporary = entry.file_name().to_string_lossy().starts_with(TEMPORARY);
        if temporary && entry.path().is_file() {
            // One that is gone already is what is wanted.
            let _ = std::fs::remove_file(entry.path());
        }
    }
}
