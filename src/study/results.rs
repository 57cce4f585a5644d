//! The results of a study that is done: its cells' rows, read from the store once into typed columns.

use std::io::{self, Write};
use std::time::Duration;

use super::line::fields;
use super::store::Store;
use super::{ColumnKind, Tabulated, complete};
use crate::error::Result;
use crate::interop::{Columns, TableFormat, Values};

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
    elapsed: Vec<Duration>,
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
