//! A cell: one independent piece of a study, as a value.

use super::{Column, Key, Value};
use crate::error::Result;

/// One independent piece of work, as a value that says what it depends on. Whatever runs in a grid is a cell: the runner, the
/// store, shards and merging know nothing else of it.
///
/// Neighbours in a list of cells that have the same [`problem`](Cell::problem) share what [`share`](Cell::share) makes (for a
/// comparison: the true solution), which is made once, used by all threads, and dropped after the last of them.
pub trait Cell: Sync {
    /// What the cells of one problem share.
    type Shared: Send + Sync;
    /// What a cell gives.
    type Output: Send;

    /// Key of everything the output depends on.
    fn key(&self) -> Key;

    /// Key of everything that is shared.
    fn problem(&self) -> Key;

    /// Makes what is shared.
    ///
    /// # Errors
    /// Those of the problem; they end the run.
    fn share(&self) -> Result<Self::Shared>;

    /// Does the work. It must depend on nothing but what the key covers.
    ///
    /// # Errors
    /// Those of the work; they end the run. A solution that diverges is an output.
    fn run(&self, shared: &Self::Shared) -> Result<Self::Output>;

    /// Expected cost, in flops or any unit in which the costs of one class compare.
    fn cost(&self) -> f64 {
        1.0
    }

    /// Cells of one class take time in proportion to their cost, by a rate that is measured as they are done.
    fn class(&self) -> usize {
        0
    }
}

/// A cell whose output is a row of a table: what can be stored.
pub trait Tabulated: Cell {
    /// Columns that say which cell a row is of: the same for all cells of a list.
    fn axes(&self) -> Vec<Column>;

    /// Columns of the output: the same for all cells of a list.
    fn columns(&self) -> Vec<Column>;

    /// The fields of [`axes`](Tabulated::axes).
    fn place(&self) -> Vec<Value>;

    /// The fields of [`columns`](Tabulated::columns): free of measured times.
    fn row(&self, output: &Self::Output) -> Vec<Value>;
}
