//! How well a hypothesis fits the rows of a recording.

use super::hypothesis::{Cell, Hypothesis};
use super::rows::{Row, Rows, Walk, walk};

/// A row tells of a rule where v may miss by less than this \[mV\]: a tenth of what it moves in a millisecond, or of a file of one decimal.
const TELLING: f64 = 0.5;

/// How well a hypothesis fits.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Score {
    /// Rows that were mapped to the next one.
    pub rows: usize,
    /// Those that are off by more than the precision of the recording.
    pub violating: usize,
    /// Those of them at resets.
    pub violating_at_resets: usize,
    /// Rows at resets.
    pub resets: usize,
    /// Spikes that hang on rounding.
    pub hanging: usize,
    /// The largest residual \[mV or mV/ms\].
    pub largest: f64,
    /// The mean residual in its tolerances, each at most 1000.
    pub mean: f64,
    /// Rows that are met to the last bit.
    pub to_the_bit: usize,
    /// Rows that could have been off: a rule that is unstable at its step, or a u of which nothing is known, would forgive any v.
    pub telling: usize,
    /// The first row that is off, from 1: the one that is mapped to.
    pub first: Option<usize>,
}

impl Score {
    pub(super) fn add(&mut self, row: &Row) {
        let excess = row.excess();
        self.rows += 1;
        self.resets += usize::from(row.reset);
        self.hanging += usize::from(row.hangs);
        let largest = row.residual[0].abs().max(row.residual[1].abs());
        if !row.hangs {
            self.largest = if largest.is_finite() { self.largest.max(largest) } else { f64::MAX };
        }
        self.mean += (if row.hangs { 0.0 } else { excess.min(1e3) } - self.mean) / self.rows as f64;
        self.to_the_bit += usize::from(row.residual == [0.0; 2]);
        self.telling += usize::from(row.tolerance[0] < TELLING);
        if row.violated() {
            self.violating += 1;
            self.violating_at_resets += usize::from(row.reset);
            self.first.get_or_insert(row.k + 2);
        }
    }

    /// Whether no row is off, and half of them could be.
    pub fn fits(&self) -> bool {
        self.rows > 0 && self.violating == 0 && 2 * self.telling >= self.rows
    }

    /// The share of rows that are off.
    pub fn share(&self) -> f64 {
        self.violating as f64 / self.rows.max(1) as f64
    }
}

/// The score of a hypothesis on the first `most` rows; given up where more than `patience` rows are off.
pub(super) fn score(rows: &Rows, of: &Hypothesis, cell: &Cell, most: usize, patience: usize) -> Score {
    let mut score = Score::default();
    let outcome = walk(rows, of, cell, most, Walk::Judging, |row| {
        // A start that was only assumed, and a u that nothing says anything of, are not held against a rule.
        score.add(row);
        score.violating <= patience
    });
    if outcome.is_err() {
        return Score { rows: 1, violating: 1, mean: 1e3, largest: f64::MAX, first: Some(1), ..Score::default() };
    }
    score
}
