//! What a study writes: its tables, figures and records, and what it has to say.
//!
//! Beside the journal of what is done there are `results.csv`, `timings.csv` and `provenance.json`, and what the kind itself writes.

mod figures;
mod recognition;
mod summary;

use std::path::Path;

use super::figure::accuracy;
use super::unfinished::remove_left_behind;
use super::{FigureFormat, OutputDir, json_text, quoted};
use crate::error::Result;
use crate::interop::TableFormat;
use crate::study::{Grid, Recognition, RecognitionCell, Results, Store, StudyCell, StudyFile, StudyTable};

/// A grid that is shown.
pub(crate) trait GridReport: Grid {
    /// Writes what it has beside the tables, such as figures, and gives what it has to say: the same bytes however the cells were done.
    fn report(
        &self,
        cells: &[Self::Cell],
        results: &Results,
        dir: &mut OutputDir,
        formats: &[FigureFormat],
    ) -> Result<String>;
}

impl GridReport for StudyTable {
    fn report(
        &self,
        _: &[StudyCell],
        results: &Results,
        dir: &mut OutputDir,
        formats: &[FigureFormat],
    ) -> Result<String> {
        if self.wants_parquet() {
            let shown = |column: &str| self.shows(column);
            dir.stream("results.parquet", |out| results.write(TableFormat::Parquet, shown, out))?;
        }
        for figure in &self.figures {
            dir.figure(&figures::draw(figure, &results.columns), formats)?;
        }
        Ok(summary::text(&results.columns))
    }
}

impl GridReport for Recognition {
    fn report(
        &self,
        cells: &[RecognitionCell],
        results: &Results,
        dir: &mut OutputDir,
        formats: &[FigureFormat],
    ) -> Result<String> {
        let summary = recognition::Summary::of(self, cells, results)?;
        dir.figure(&accuracy(&summary.figure()), formats)?;
        Ok(summary.text())
    }
}

/// Writes the outputs of a grid that is done, and gives its results and what it has to say: the same bytes however it was
/// done, but for times and provenance.
pub(crate) fn write_grid<G: GridReport>(
    grid: &G,
    cells: &[G::Cell],
    store: &Store,
    dir: &mut OutputDir,
    formats: &[FigureFormat],
) -> Result<(Results, String)> {
    let results = Results::read(cells, store)?;
    // The lock on the journal says that no other process is at it.
    remove_left_behind(dir.root());
    dir.stream("results.csv", |out| results.write(TableFormat::Csv, |column| grid.shows(column), out))?;
    dir.stream("timings.csv", |out| results.write_timings(out))?;
    let text = grid.report(cells, &results, dir, formats)?;
    let runs: Vec<serde_json::Value> = store.runs().iter().filter_map(|json| serde_json::from_str(json).ok()).collect();
    let provenance = serde_json::json!({ "cells": cells.len(), "columns": results.names(), "runs": runs });
    dir.write("provenance.json", json_text(&provenance).as_bytes())?;
    Ok((results, text))
}

/// What a directory of outputs is of.
pub(crate) struct Record<'a> {
    pub(crate) title: &'a str,
    pub(crate) question: &'a str,
    pub(crate) kind: &'a str,
    /// The command that gives the same.
    pub(crate) command: String,
    /// The text of the study's file; empty where there is none.
    pub(crate) source: &'a str,
}

/// The record of a study.
pub(crate) fn record_of(file: &StudyFile) -> Record<'_> {
    // As typed, where that says the same to somebody else.
    let path = match file.path.is_relative() {
        true => file.path.to_string_lossy(),
        false => file.path.file_name().unwrap_or_default().to_string_lossy(),
    };
    // The same bytes, whatever the name of the program that ran it.
    let command = format!("compare run {}", quoted(&path));
    Record { title: &file.title, question: &file.question, kind: file.kind(), command, source: &file.source }
}

/// Writes what the results alone do not tell: `experiment.json` with the record and the files, and `summary.txt` with `text`, what the
/// run had to say.
pub(crate) fn record(record: &Record<'_>, text: &str, dir: &mut OutputDir) -> Result<()> {
    let own = ["experiment.json", "summary.txt"];
    let earlier = files_of_earlier_run(&dir.root().join(own[0]));
    let files: Vec<&String> = dir.written().iter().filter(|name| !own.contains(&name.as_str())).collect();
    let Record { title, question, kind, command, source } = record;
    let record = serde_json::json!({
        "version": env!("CARGO_PKG_VERSION"), "title": title, "question": question, "kind": kind,
        "command": command, "source": source, "files": files,
    });
    dir.write(own[0], json_text(&record).as_bytes())?;
    dir.write(own[1], text.trim_start_matches('\n').as_bytes())?;
    dir.remove_stale(earlier);
    Ok(())
}

/// Names of the files that an earlier run has left, from its record.
pub(crate) fn files_of_earlier_run(record: &Path) -> Vec<String> {
    let names = || -> Option<Vec<String>> {
        let text = std::fs::read_to_string(record).ok()?;
        let json: serde_json::Value = serde_json::from_str(&text).ok()?;
        json.get("files")?.as_array()?.iter().map(|name| name.as_str().map(str::to_owned)).collect()
    };
    names().unwrap_or_default()
}
