//! A recording as it was read, and what a user may say of it.

use super::times::TimeUnit;
use crate::error::{Error, Result};
use crate::judge::precision::Precision;
use crate::spike::SpikeTrain;

/// What a column may be.
pub(super) const ROLES: [&str; 5] = ["t", "v", "u", "input", "spike"];

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
