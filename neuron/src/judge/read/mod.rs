//! Reading a recording of one neuron: which column is what, in which unit, and with how many digits.

mod recording;
mod roles;
mod spikes;
mod times;
mod trace;

use std::path::Path;

pub use recording::{ReadOptions, Reading, Recorded, Trace};
pub use times::TimeUnit;
pub(super) use times::nice;

use crate::error::Result;
use crate::interop::{Columns, Layout, Source, Values};
use roles::Roles;

impl Recorded {
    /// Reads a file by what it holds, as [`read_spike_trains`](crate::spike::read_spike_trains) does: CSV and other text with names or
    /// without, NEST's and LEMS's `.dat`, `.npy`, `.npz`. Columns are found by what their names mean, or by their values.
    ///
    /// # Errors
    /// A file that cannot be read; columns of which it cannot be told what they are; rows that are not in order or not equally far apart;
    /// v and u that seem to be exchanged; several neurons.
    pub fn read(path: &Path, options: &ReadOptions) -> Result<Recorded> {
        let (mut source, longer) = Source::open_first(path, MOST_ROWS)?;
        regroup(&mut source);
        if source.columns.is_empty() {
            return Err(source.refused("it has no rows", "Give a recording of v, of v and u, or of spike times."));
        }
        let roles = Roles::find(&source, options)?;
        let mut recorded = match (roles.of("v"), roles.of("u")) {
            (Some(v), _) => trace::read(&source, &roles, v, options),
            (None, None) => spikes::read(&source, &roles, options),
            (None, Some(_)) => {
                let mend = "Record v beside it, or say which column is v: --columns v=NAME.";
                Err(source.refused("it has u and no v, and u alone does not tell a rule", mend))
            }
        }?;
        if longer {
            recorded
                .reading
                .notes
                .push(format!("{}: the rows after the first {MOST_ROWS} are not judged", path.display()));
        }
        Ok(recorded)
    }
}

/// So many rows are read: minutes of a neuron at any step, and a file of any length takes no more memory than they do.
const MOST_ROWS: usize = 1_000_000;

/// Rows of equally many numbers between blanks, which were read as a train each, as columns.
fn regroup(source: &mut Source) {
    if source.layout != Layout::Ragged {
        return;
    }
    let [rows, values] = [0, 1].map(|k| source.columns.0[k].1.numbers().unwrap_or_default());
    let width = rows.iter().take_while(|row| **row == 1.0).count();
    let regular =
        width > 1 && rows.len() % width == 0 && rows.iter().enumerate().all(|(i, row)| *row == (i / width + 1) as f64);
    if regular {
        let column = |k: usize| Values::Numbers(values.iter().skip(k).step_by(width).copied().collect());
        source.columns = Columns((0..width).map(|k| (format!("column {}", k + 1), column(k))).collect());
        source.regroup_lines(width);
        source.layout = Layout::Unnamed;
    }
}
