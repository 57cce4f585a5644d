//! Cells run against a store: what is done is kept, what is kept is not done again, and what comes out is in grid order.

use std::collections::HashSet;
use std::io::{self, Write};
use std::sync::atomic::Ordering;

use super::line::{fields, line};
use super::store::{Record, Store};
use super::{Cell, Column, Control, Done, Key, Tabulated, run_cells};
use crate::error::{Error, Result};

/// What a run did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Cells run now.
    pub run: usize,
    /// Cells that the store had.
    pub kept: usize,
    /// Cells left, when the run was stopped.
    pub left: usize,
}

/// The cells that `store` does not have, each content once, in order.
pub fn to_do<'a, C: Cell>(cells: &'a [C], store: &Store) -> Vec<&'a C> {
    let mut seen: HashSet<Key> = HashSet::new();
    cells.iter().filter(|cell| !store.contains(cell.key()) && seen.insert(cell.key())).collect()
}

/// Runs the cells that `store` does not have, and appends each as soon as it is done.
///
/// # Errors
/// Those of cells; a store that cannot be written. What was done before is kept.
pub fn run_stored<C: Tabulated>(cells: &[C], store: &Store, control: Control<'_>) -> Result<Summary> {
    let missing = to_do(cells, store);
    let append = |done: Done<'_, &C>| {
        let row = line(&done.cell.row(&done.output));
        store.append(done.cell.key(), &Record { elapsed: done.elapsed, row })
    };
    let outcome = run_cells(&missing, control, &append);
    // Also after an error: what is there is worth keeping.
    let synced = store.sync();
    let run = outcome?;
    synced?;
    let left = missing.len() - run;
    debug_assert!(left == 0 || control.stop.load(Ordering::Relaxed), "a run ends early only when it is stopped");
    Ok(Summary { run, kept: cells.len() - missing.len(), left })
}

/// A cell behind a reference is one.
impl<C: Cell> Cell for &C {
    type Shared = C::Shared;
    type Output = C::Output;

    fn key(&self) -> Key {
        (**self).key()
    }

    fn problem(&self) -> Key {
        (**self).problem()
    }

    fn share(&self) -> Result<C::Shared> {
        (**self).share()
    }

    fn run(&self, shared: &C::Shared) -> Result<C::Output> {
        (**self).run(shared)
    }

    fn cost(&self) -> f64 {
        (**self).cost()
    }

    fn class(&self) -> usize {
        (**self).class()
    }
}

/// Refuses a list of which some cells are not done.
///
/// # Errors
/// How many are missing, and the first of them.
pub fn complete<C: Tabulated>(cells: &[C], store: &Store) -> Result<()> {
    let missing: Vec<&C> = cells.iter().filter(|cell| !store.contains(cell.key())).collect();
    let Some(first) = missing.first() else { return Ok(()) };
    Err(Error::invalid(
        "the study",
        format!("without {} of its {} cells (the first: {})", missing.len(), cells.len(), line(&first.place())),
        "a study whose cells are all done",
        "Run the shares that are missing, with this version and this file, and merge all of them; or run the study without --shard.",
    ))
}

/// Hands on every cell with the text of its fields, axes first, in the order of the cells.
///
/// # Errors
/// A store that cannot be read or lacks a cell; those of `take`.
pub fn rows<C: Tabulated>(
    cells: &[C],
    store: &Store,
    mut take: impl FnMut(&C, &csv::StringRecord, &Record) -> Result<()>,
) -> Result<()> {
    for cell in cells {
        let Some(record) = store.record(cell.key())? else { return complete(cells, store) };
        let mut all: csv::StringRecord = cell.place().iter().map(super::Value::field).collect();
        all.extend(fields(&record.row).iter());
        take(cell, &all, &record)?;
    }
    Ok(())
}

/// All columns of a list of cells: axes, then what came out; none of an empty list.
pub fn all_columns<C: Tabulated>(cells: &[C]) -> Vec<Column> {
    cells.first().map(|cell| cell.axes().into_iter().chain(cell.columns()).collect()).unwrap_or_default()
}

/// Streams the results as CSV, the columns of which `shown` is true, one row a cell in the order of the cells: the same bytes
/// in whatever order, by however many processes, they were done.
///
/// # Errors
/// What writing gives; a store that lacks a cell.
pub fn write_results<C: Tabulated>(
    cells: &[C],
    store: &Store,
    shown: impl Fn(&Column) -> bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    let kept: Vec<(usize, Column)> = all_columns(cells).into_iter().enumerate().filter(|(_, c)| shown(c)).collect();
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(kept.iter().map(|(_, column)| column.name))?;
    let written = rows(cells, store, |_, fields, _| {
        let chosen = kept.iter().map(|&(i, _)| fields.get(i).unwrap_or_default());
        writer.write_record(chosen).map_err(|e| Error::write("the results")(e.into()))
    });
    written.map_err(io::Error::other)?;
    writer.flush()
}

/// Streams how long each cell took: the axes and `elapsed_ms`. Times differ from run to run, and with what else the machine did.
///
/// # Errors
/// As [`write_results`].
pub fn write_timings<C: Tabulated>(cells: &[C], store: &Store, out: &mut dyn Write) -> io::Result<()> {
    let axes = cells.first().map(Tabulated::axes).unwrap_or_default();
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(axes.iter().map(|column| column.name).chain(["elapsed_ms"]))?;
    let written = rows(cells, store, |_, fields, record| {
        let elapsed = (record.elapsed.as_secs_f64() * 1e3).to_string();
        let row = fields.iter().take(axes.len()).chain([elapsed.as_str()]);
        writer.write_record(row).map_err(|e| Error::write("the timings")(e.into()))
    });
    written.map_err(io::Error::other)?;
    writer.flush()
}
