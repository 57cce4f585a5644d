//! The columns of a study's results, by name.

use crate::study::{Column, ColumnKind, GridCell, Tabulated, all_columns};

/// Columns of what came out: what `metrics` may name.
pub(super) fn values() -> impl Iterator<Item = Column> {
    GridCell::columns().into_iter()
}

/// Place of a column among all.
pub(super) fn place(name: &str) -> Option<usize> {
    all_columns::<GridCell>().iter().position(|column| column.name == name)
}

/// Names of all columns of numbers: what a figure can draw.
pub(super) fn numeric() -> impl Iterator<Item = &'static str> {
    all_columns::<GridCell>().into_iter().filter(|c| c.kind != ColumnKind::Text).map(|c| c.name)
}

/// Names of the axes.
pub(super) fn axes() -> impl Iterator<Item = &'static str> {
    GridCell::axes().into_iter().map(|column| column.name)
}
