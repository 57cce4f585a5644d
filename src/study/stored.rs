//! Cells run against a store: what is done is kept, what is kept is not done again, and what comes out is in grid order.

use std::collections::HashSet;
use std::io::{self, Write};
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::store::{Record, Store};
use super::table::{fields, line};
use super::{Cell, Column, ColumnKind, Control, Done, Key, Tabulated, run_cells};
use crate::error::{Error, Result};
use crate::interop::{Columns, TableFormat, Values};

/// What a run did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Summary {
    /// How many cells were run now.
    pub run: usize,
    /// How many cells the store had from before, each content once.
    pub kept: usize,
    /// How many cells are left, when the run was stopped.
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
    let before = cells.iter().map(Cell::key).collect::<HashSet<Key>>().len() - missing.len();
    let append = |done: Done<'_, C>| store.append(done.cell.key(), Record::of(done.cell, &done.output, done.elapsed));
    let outcome = run_cells(&missing, control, &append);
    // Also after an error: what is there is worth keeping.
    let synced = store.sync();
    let run = outcome?;
    synced?;
    let left = missing.len() - run;
    debug_assert!(left == 0 || control.stop.load(Ordering::Relaxed), "a run ends early only when it is stopped");
    Ok(Summary { run, kept: before, left })
}

/// Forgets rows that are not of the columns of their cells: another number of fields, or a field that is not of its kind.
pub fn forget_misfits<C: Tabulated>(cells: &[C], store: &Store) {
    let columns = cells.first().map(Tabulated::columns).unwrap_or_default();
    let fits = |row: &str| {
        let fields = fields(row);
        let of_its_kind = |(column, field): (&Column, &str)| match column.kind {
            ColumnKind::Text => true,
            ColumnKind::Number => field.is_empty() || field.parse::<f64>().is_ok(),
            ColumnKind::Count => field.is_empty() || field.parse::<u64>().is_ok(),
        };
        fields.len() == columns.len() && columns.iter().zip(&fields).all(of_its_kind)
    };
    store.forget_misfits(cells.iter().map(Cell::key), fits);
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
        "Run the shares that are missing, with this version and this file, and merge all of them; or run the study whole.",
    ))
}

/// What a list of cells gave.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Results {
    /// One row a cell, in the order of the cells: axes, then what came out. The same in whatever order, by however many processes,
    /// the cells were done.
    pub columns: Columns,
    /// Number of columns that are axes.
    axes: usize,
    /// How long each cell took: measured, and so of no part in any other result.
    pub elapsed: Vec<Duration>,
}

impl Results {
    /// Reads the rows of `cells`.
    ///
    /// # Errors
    /// A store that lacks a cell.
    pub fn read<C: Tabulated>(cells: &[C], store: &Store) -> Result<Self> {
        complete(cells, store)?;
        let axes = cells.first().map(Tabulated::axes).unwrap_or_default();
        let others = cells.first().map(Tabulated::columns).unwrap_or_default();
        let mut columns: Vec<(String, Values)> = axes
            .iter()
            .chain(&others)
            .map(|column| {
                let values = match column.kind {
                    ColumnKind::Text => Values::Text(Vec::new()),
                    ColumnKind::Number => Values::Numbers(Vec::new()),
                    ColumnKind::Count => Values::Counts(Vec::new()),
                };
                (column.name.to_owned(), values)
            })
            .collect();
        let mut elapsed = Vec::with_capacity(cells.len());
        for cell in cells {
            let Some(record) = store.record(cell.key()) else { continue };
            let place = cell.place();
            let row = fields(&record.row);
            let texts = place.iter().map(super::Value::field).chain(row.iter().map(str::to_owned));
            for ((_, values), text) in columns.iter_mut().zip(texts) {
                match values {
                    Values::Text(values) => values.push(text),
                    Values::Numbers(values) => values.push(text.parse().unwrap_or(f64::NAN)),
                    Values::Counts(values) => values.push(text.parse().ok()),
                    Values::Whole(values) => values.extend(text.parse::<i64>()),
                }
            }
            elapsed.push(record.elapsed);
        }
        Ok(Results { columns: Columns(columns), axes: axes.len(), elapsed })
    }

    /// The names of all columns.
    pub fn names(&self) -> Vec<&str> {
        self.columns.0.iter().map(|(name, _)| name.as_str()).collect()
    }

    /// Writes the axes and the columns for whose names `shown` is true; a number that is not defined is an empty field in a CSV,
    /// null in Parquet and NaN in NumPy's arrays.
    ///
    /// # Errors
    /// What writing gives.
    pub fn write(&self, format: TableFormat, shown: impl Fn(&str) -> bool, out: &mut dyn Write) -> io::Result<()> {
        let columns = self.columns.0.iter().enumerate();
        let chosen = columns.filter(|(place, (name, _))| *place < self.axes || shown(name));
        Columns(chosen.map(|(_, column)| column.clone()).collect()).write(format, out)
    }

    /// Writes how long each cell took as CSV: the axes and `elapsed_ms`.
    ///
    /// # Errors
    /// What writing gives.
    pub fn write_timings(&self, out: &mut dyn Write) -> io::Result<()> {
        let elapsed = self.elapsed.iter().map(|elapsed| elapsed.as_secs_f64() * 1e3).collect();
        let mut columns = self.columns.0[..self.axes].to_vec();
        columns.push(("elapsed_ms".to_owned(), Values::Numbers(elapsed)));
        Columns(columns).write(TableFormat::Csv, out)
    }
}
