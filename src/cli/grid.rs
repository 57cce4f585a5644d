//! Running and joining of the grids that studies are: what their stores lack, and shares of it.

use std::path::PathBuf;

use super::bar::Bar;
use super::interrupt::{STOP, finish_cells};
use crate::error::{Error, Result};
use crate::report::{FigureFormat, GridReport, OutputDir, program, write_grid};
use crate::study::{
    Control, Progress, Results, Shard, Store, builds, forget_misfits, include, journal, merge, provenance, run_stored,
    to_do,
};

/// What of a grid is run, and how.
pub(super) struct Session<'a> {
    /// The share to run.
    pub(super) shard: Shard,
    /// Whether cells done before are done again.
    pub(super) fresh: bool,
    /// The text of the study's file, for the record.
    pub(super) source: &'a str,
    /// Whether no bar is shown.
    pub(super) quiet: bool,
}

/// What a run has to say.
pub(super) struct Told {
    /// How it went, which is no result and differs from run to run: not recorded.
    pub(super) progress: String,
    /// The results, where they are of the whole grid.
    pub(super) results: Option<Results>,
    /// The results in words.
    pub(super) text: String,
}

/// Runs the cells of a grid, or a share of them, that are not done, and writes the outputs of the whole.
pub(super) fn run_grid<G: GridReport>(
    grid: &G,
    cells: &[G::Cell],
    session: &Session<'_>,
    dir: &mut OutputDir,
    formats: &[FigureFormat],
) -> Result<Told> {
    finish_cells();
    let mine = session.shard.of(cells);
    let root = dir.root().to_owned();
    let path = journal(&root, session.shard);
    let store = Store::open(&path)?;
    if session.fresh {
        store.clear()?;
    } else {
        forget_misfits(mine, &store);
        include(&store, &root)?;
        forget_misfits(cells, &store);
    }
    // A finished study stays as it is, to the byte.
    if !to_do(mine, &store).is_empty() {
        store.begin_run(&provenance(session.source, session.shard))?;
    }
    let done = {
        let bar = Bar::new(session.quiet, "cells");
        run_stored(mine, &store, Control { stop: &STOP, progress: &|state: Progress| bar.show(state), pool: None })?
    };
    if done.left > 0 {
        return Err(Error::Stopped { done: mine.len() - done.left, all: mine.len() });
    }
    let same = match mine.len() - done.run - done.kept {
        0 => String::new(),
        n => format!(", {n} the same as another"),
    };
    let mut progress = format!("{} cells: {} run now, {} kept from before{same}.\n", mine.len(), done.run, done.kept);
    progress += &damage(&store);
    if session.shard.is_whole() {
        let (results, text) = write_grid(grid, cells, &store, dir, formats)?;
        return Ok(Told { progress, results: Some(results), text });
    }
    progress += &format!(
        "Share {} of {} cells is in {}. Join the shares by {} merge.\n",
        session.shard,
        cells.len(),
        path.display(),
        program()
    );
    Ok(Told { progress, results: None, text: String::new() })
}

/// Joins the shares that lie in `places` and writes what one run would have written.
pub(super) fn merge_grid<G: GridReport>(
    grid: &G,
    cells: &[G::Cell],
    places: &[PathBuf],
    dir: &mut OutputDir,
    formats: &[FigureFormat],
) -> Result<Told> {
    let root = dir.root().to_owned();
    let store = Store::open(journal(&root, Shard::WHOLE))?;
    forget_misfits(cells, &store);
    include(&store, &root)?;
    if let Err(error) = merge(cells, &store, places) {
        store.remove_unused();
        return Err(if builds(&store).len() > 1 {
            Error::Text(format!("{error} {}", of_builds(&store)))
        } else {
            error
        });
    }
    let (results, text) = write_grid(grid, cells, &store, dir, formats)?;
    let mut progress = format!("{} cells of {} runs joined.\n{}", cells.len(), store.runs().len(), damage(&store));
    if builds(&store).len() > 1 {
        progress += &format!("Warning: {}\n", of_builds(&store));
    }
    Ok(Told { progress, results: Some(results), text })
}

/// By what the runs of a store were made, where that is several.
fn of_builds(store: &Store) -> String {
    format!("The shares come from different builds: {}.", builds(store).join("; "))
}

/// A word on lines of the journal that could not be read.
fn damage(store: &Store) -> String {
    match store.damaged() {
        0 => String::new(),
        n => format!("{n} damaged lines of {} were passed over; their cells were run again.\n", store.path().display()),
    }
}
