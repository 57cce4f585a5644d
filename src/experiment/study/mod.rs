//! Kind `study`: a grid of comparisons that survives whatever happens to the process.
//!
//! In the directory of its outputs lie `journal/` (what is done, see [`Store`]), and once all cells are done `results.csv`,
//! `timings.csv`, `provenance.json` and the figures.

mod columns;
mod figures;
mod summary;
mod table;

use std::collections::BTreeSet;
use std::path::PathBuf;

pub(super) use table::StudyExperiment;

use super::{Experiment, Flaw, Outputs};
use crate::error::{Error, Result};
use crate::study::{
    all_columns, complete, include, journal, merge, run_stored, to_do, write_results, write_timings, Cell, Column,
    GridCell, Provenance, Shard, Store, Tabulated,
};

/// Beginnings of the temporary names that a killed process may leave behind.
const TEMPORARY: &str = ".tmp";

impl Experiment for StudyExperiment {
    fn run(&self, outputs: &mut Outputs<'_>) -> Result<String> {
        let cells = self.cells().map_err(|flaw| flaw.error)?;
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
            store.begin_run(&Provenance::here(session.source, session.shard).json())?;
        }
        let control = crate::study::Control { stop: session.stop, progress: session.progress };
        let done = run_stored(mine, &store, control)?;
        if done.left > 0 {
            return Err(Error::Stopped { done: mine.len() - done.left, all: mine.len() });
        }
        let mut progress = format!("{} cells: {} run now, {} kept from before.\n", mine.len(), done.run, done.kept);
        progress += &damage(&store);
        let mut text = String::new();
        if session.shard.is_whole() {
            self.write(&cells, &store, outputs)?;
            text += &summary::text(&cells, &store)?;
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

    fn check(&self) -> std::result::Result<String, Flaw> {
        let cells = self.cells()?;
        let problems: BTreeSet<_> = cells.iter().map(Cell::problem).collect();
        let flops: f64 = cells.iter().map(Cell::cost).sum();
        Ok(format!("{} cells on {} problems, about {flops:.1e} flops", cells.len(), problems.len()))
    }

    fn is_grid(&self) -> bool {
        true
    }

    fn merge(&self, outputs: &mut Outputs<'_>, places: &[PathBuf]) -> Result<String> {
        let cells = self.cells().map_err(|flaw| flaw.error)?;
        let root = outputs.dir.root().to_owned();
        let store = Store::open(journal(&root, Shard::WHOLE))?;
        include(&store, &root)?;
        merge(&cells, &store, places)?;
        self.write(&cells, &store, outputs)?;
        let runs = store.runs().len();
        outputs.progress = format!("{} cells of {runs} runs joined.\n{}", cells.len(), damage(&store));
        summary::text(&cells, &store)
    }
}

/// A word on lines of the journal that could not be read.
fn damage(store: &Store) -> String {
    match store.damaged() {
        0 => String::new(),
        n => format!("{n} damaged lines of {} were passed over; their cells were run again.\n", store.path().display()),
    }
}

impl StudyExperiment {
    /// The cells, once everything is known to be right.
    fn cells(&self) -> std::result::Result<Vec<GridCell>, Flaw> {
        let grid = self.grid();
        let cells = grid.cells().map_err(|misfit| self.flaw(misfit.part, misfit.error))?;
        let axes = GridCell::axes();
        let values = |axis: &str| -> Vec<String> {
            let Some(at) = axes.iter().position(|column| column.name == axis) else { return Vec::new() };
            let mut found: Vec<String> = Vec::new();
            let mut seen = BTreeSet::new();
            for cell in &cells {
                let field = cell.place()[at].field();
                if seen.insert(field.clone()) {
                    found.push(field);
                }
            }
            found
        };
        for (i, figure) in self.figures.iter().enumerate() {
            figure.check(&self.figures[..i], &values)?;
        }
        if let Some(asked) = self.parquet.as_ref().filter(|asked| *asked.get_ref() && !cfg!(feature = "parquet")) {
            let mend = "Build with cargo build --features parquet, or remove the line: the CSV has the same rows.";
            let error = Error::invalid("parquet", "true", "false in a build without the feature parquet", mend);
            return Err(Flaw { span: Some(asked.span()), error });
        }
        Ok(cells)
    }

    /// Writes the outputs of a study that is done: the same bytes however it was done, but for times and provenance.
    fn write(&self, cells: &[GridCell], store: &Store, outputs: &mut Outputs<'_>) -> Result<()> {
        complete(cells, store)?;
        remove_temporaries(outputs.dir.root());
        let axes = GridCell::axes();
        let shown = |column: &Column| {
            self.metrics.is_empty() || axes.contains(column) || self.metrics.iter().any(|m| m.0 .0 == column.name)
        };
        outputs.dir.stream("results.csv", |out| write_results(cells, store, shown, out))?;
        outputs.dir.stream("timings.csv", |out| write_timings(cells, store, out))?;
        #[cfg(feature = "parquet")]
        if self.parquet.as_ref().is_some_and(|asked| *asked.get_ref()) {
            outputs.dir.stream("results.parquet", |out| crate::study::write_parquet(cells, store, shown, out))?;
        }
        for figure in &self.figures {
            outputs.figure(&figure.draw(cells, store)?)?;
        }
        let runs: Vec<serde_json::Value> =
            store.runs().iter().filter_map(|json| serde_json::from_str(json).ok()).collect();
        let columns: Vec<&str> = all_columns::<GridCell>().iter().map(|column| column.name).collect();
        let provenance = serde_json::json!({ "cells": cells.len(), "columns": columns, "runs": runs });
        let text = serde_json::to_string_pretty(&provenance).expect("a JSON value can be written");
        outputs.dir.write("provenance.json", (text + "\n").as_bytes())
    }
}

/// Removes half-written files of a process that was killed while it wrote. The lock on the journal says that none is at it now.
fn remove_temporaries(root: &std::path::Path) {
    for entry in std::fs::read_dir(root).into_iter().flatten().flatten() {
        let temporary = entry.file_name().to_string_lossy().starts_with(TEMPORARY);
        if temporary && entry.path().is_file() {
            // One that is gone already is what is wanted.
            let _ = std::fs::remove_file(entry.path());
        }
    }
}
