//! The columns of a study's results, by name.

use super::super::{Column, ColumnKind, study_axes, study_columns};
use crate::metrics::MetricSet;

/// Columns of what came out: what `metrics` may name.
pub(super) fn values() -> Vec<Column> {
    study_columns(&MetricSet::standard())
}

fn all() -> impl Iterator<Item = Column> {
    study_axes().into_iter().chain(values())
}

/// Names of all columns of numbers: what a figure can draw.
pub(super) fn numeric() -> impl Iterator<Item = &'static str> {
    all().filter(|c| c.kind != ColumnKind::Text).map(|c| c.name)
}

/// Names of the axes.
pub(super) fn axes() -> impl Iterator<Item = &'static str> {
    study_axes().into_iter().map(|column| column.name)
}
