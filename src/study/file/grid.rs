//! What the table of a file asks for.

use super::super::Tabulated;
use super::flaw::Flaw;

/// What a table asks for: a grid of cells.
pub(crate) trait Grid {
    /// Its cells.
    type Cell: Tabulated;

    /// The cells, once everything is known to be right.
    fn cells(&self) -> std::result::Result<Vec<Self::Cell>, Flaw>;

    /// How much work that is, in words: cells, problems that they share, and the sum of their [`Cell::cost`](crate::study::Cell::cost).
    fn work(cells: usize, problems: usize, cost: f64) -> String;

    /// Whether the column of that name, which is no axis, stands in `results.csv`.
    fn shows(&self, _column: &str) -> bool {
        true
    }
}
