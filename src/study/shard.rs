//! Shares of a study for several machines.

use std::fmt;
use std::str::FromStr;

use super::Cell;
use crate::error::Error;

/// The `index`-th of `count` shares, from 1: `3/16`.
///
/// Shares are stretches of the list of cells of about equal expected cost: together they are the whole, and cells of one
/// problem, which share its true solution, stay together where they can. They depend on the list alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    index: u32,
    count: u32,
}

impl Shard {
    /// The whole list of cells: `1/1`.
    pub const WHOLE: Shard = Shard { index: 1, count: 1 };

    /// Whether it is the whole list.
    pub fn is_whole(self) -> bool {
        self.count == 1
    }

    /// The cells of this share.
    pub fn of<C: Cell>(self, cells: &[C]) -> &[C] {
        let total: f64 = cells.iter().map(Cell::cost).sum();
        let count = f64::from(self.count);
        let mut before = 0.0;
        // A cell belongs to the share in which its middle falls.
        let shares: Vec<u32> = cells
            .iter()
            .map(|cell| {
                let middle = before + 0.5 * cell.cost();
                before += cell.cost();
                ((middle / total * count) as u32).min(self.count - 1) + 1
            })
            .collect();
        let start = shares.partition_point(|&share| share < self.index);
        let end = shares.partition_point(|&share| share <= self.index);
        &cells[start..end]
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.count)
    }
}

impl FromStr for Shard {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let parsed = text.split_once('/').and_then(|(index, count)| {
            let shard = Shard { index: index.trim().parse().ok()?, count: count.trim().parse().ok()? };
            (1..=shard.count).contains(&shard.index).then_some(shard)
        });
        parsed.ok_or_else(|| {
            Error::invalid(
                "share",
                format!("'{text}'"),
                "K/N with K from 1 to N",
                "Write 3/16 for the third of sixteen shares.",
            )
        })
    }
}
