//! Reading a recording of one neuron: which column is what, in which unit, and with how many digits.

mod roles;
mod spikes;
mod times;
mod trace;

use std::path::Path;

pub use times::TimeUnit;
pub(super) use times::nice;

use super::precision::Precision;
use crate::error::{Error, Result};
use crate::interop::{Columns, Layout, Source, Values};
use crate::spike::SpikeTrain;
use roles::{ROLES, Roles};

/// What a user says of a file, in place of what is found in it.
#[derive(Clone, Debug, Default)]
pub struct ReadOptions {
    /// The unit of its times.
    pub unit: Option<TimeUnit>,
    /// Which column is what: (`t`, `v`, `u`, `input` or `spike`; the column's name, or its number from 1).
    pub columns: Vec<(String, String)>,
}

impl ReadOptions {
    /// Reads `t=..,v=..,u=..`.
    ///
    /// # Errors
    /// Anything else.
    pub fn parse_columns(text: &str) -> Result<Vec<(String, String)>> {
        let wrong = || {
            let allowed = "t=NAME,v=NAME,u=NAME,input=NAME,spike=NAME, each a name or a number from 1, or some of them";
            Error::invalid("--columns", format!("'{text}'"), allowed, "Write --columns t=time,v=V_m.")
        };
        text.split(',')
            .map(|part| {
                let (role, name) = part.split_once('=').ok_or_else(wrong)?;
                let role = role.trim();
                let role = if role == "I" { "input" } else { role };
                if !ROLES.contains(&role) || name.trim().is_empty() {
                    return Err(wrong());
                }
                Ok((role.to_owned(), name.trim().to_owned()))
            })
            .collect()
    }
}

/// What a file was taken for.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Reading {
    /// Unit of the times.
    pub unit: TimeUnit,
    /// The time from row to row \[ms\]; `None` where no time is told, and for spikes alone.
    pub spacing: Option<f64>,
    /// Whether v stood in volts.
    pub volts: bool,
    /// Precision of v, or of the times of spikes alone.
    pub precision: Precision,
    /// Which column was taken for what.
    pub columns: Vec<(&'static str, String)>,
    /// Rows, or spikes.
    pub rows: usize,
    /// What had to be assumed, as sentences.
    pub notes: Vec<String>,
}

/// The rows of a recorded state.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Trace {
    /// Time of the first row, in units of the spacing; `None` where the file has no times.
    pub first: Option<f64>,
    /// v \[mV\].
    pub v: Vec<f64>,
    /// Precision of v, as it stood in the file.
    pub v_precision: Precision,
    /// u \[mV/ms\].
    pub u: Option<Vec<f64>>,
    /// Precision of u.
    pub u_precision: Precision,
    /// The input beside the rows \[mV/ms\].
    pub input: Option<Vec<f64>>,
}

/// A recording of one neuron: rows of its state, or its spikes alone.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Recorded {
    /// The state, where it is recorded.
    pub trace: Option<Trace>,
    /// The spikes \[ms\], where the file is of them alone.
    pub spikes: Option<SpikeTrain>,
    /// What the file was taken for.
    pub reading: Reading,
}

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
