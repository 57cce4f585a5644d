//! A CSV file as a table to be read.

use std::path::Path;

use data::error::{Error, Result};

/// Cells of one table that are kept at most: more are no reading.
const MOST_CELLS: usize = 60_000;
/// Units that a column's name ends with, and how they are written. The longest stand first.
const UNITS: [(&str, &str); 15] = [
    ("_mV_per_ms", "mV/ms"),
    ("_ms_per_spike", "ms/spike"),
    ("_us_per_s", "µs/s"),
    ("_ns_per_ms", "ns/ms"),
    ("_flops_per_ms", "flops/ms"),
    ("flops_per_ms", "flops/ms"),
    ("ns_per_ms", "ns/ms"),
    ("_per_ms", "1/ms"),
    ("_quartile_ns", "ns"),
    ("_mV", "mV"),
    ("_ms", "ms"),
    ("_us", "µs"),
    ("_ns", "ns"),
    ("_Hz", "Hz"),
    ("_pA", "pA"),
];

/// Rows of text under named columns.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DataTable {
    /// The file it is from, relative to the directory.
    pub file: String,
    /// Names of the columns.
    pub columns: Vec<String>,
    /// Its rows, each as long as `columns`; of a very long file the first ones.
    pub rows: Vec<Vec<String>>,
    /// How many rows the file has.
    pub total: usize,
}

/// The columns of a table that differ from row to row, and what the others hold throughout.
pub(super) struct Varying {
    /// Indices of the columns to show.
    pub(super) columns: Vec<usize>,
    /// "duration \[ms\] = 1000", one for each column that is left out and not empty.
    pub(super) constants: Vec<String>,
}

impl DataTable {
    /// Reads a CSV file, which is called `file` in the report.
    ///
    /// # Errors
    /// [`Error::Read`] for a file that cannot be read, [`Error::Line`] for one that is no table.
    pub fn read(path: &Path, file: &str) -> Result<Self> {
        let mut reader = csv::Reader::from_path(path).map_err(|error| unreadable(path, error))?;
        let columns: Vec<String> =
            reader.headers().map_err(|error| unreadable(path, error))?.iter().map(str::to_owned).collect();
        let most = MOST_CELLS / columns.len().max(1);
        let mut table = DataTable { file: file.to_owned(), columns, ..DataTable::default() };
        for record in reader.records() {
            let record = record.map_err(|error| unreadable(path, error))?;
            if table.rows.len() < most {
                table.rows.push(record.iter().map(str::to_owned).collect());
            }
            table.total += 1;
        }
        Ok(table)
    }

    /// Whether all values of a column are numbers, and there is one.
    pub(super) fn is_numeric(&self, column: usize) -> bool {
        let mut values = self.rows.iter().map(|row| row[column].as_str()).filter(|text| !text.is_empty()).peekable();
        values.peek().is_some() && values.all(|text| number(text).is_some())
    }

    /// Which columns to show: `asked`, where given, among those there are; else those that vary.
    pub(super) fn varying(&self, asked: &[String]) -> Varying {
        let all = 0..self.columns.len();
        if !asked.is_empty() {
            let at = |name: &String| self.columns.iter().position(|column| column == name);
            return Varying { columns: asked.iter().filter_map(at).collect(), constants: Vec::new() };
        }
        // Of rows that are not kept nothing is known.
        if self.rows.len() < 2 || self.rows.len() < self.total {
            return Varying { columns: all.collect(), constants: Vec::new() };
        }
        let constant = |&column: &usize| self.rows.iter().all(|row| row[column] == self.rows[0][column]);
        let (same, columns): (Vec<usize>, Vec<usize>) = all.partition(constant);
        let constants = same
            .into_iter()
            .filter(|&column| !self.rows[0][column].is_empty())
            .map(|column| format!("{} = {}", heading(&self.columns[column]), shown(&self.rows[0][column])))
            .collect();
        Varying { columns, constants }
    }

    /// The file's name without its ending.
    pub(super) fn name(&self) -> &str {
        self.file.rsplit('/').next().unwrap_or_default().trim_end_matches(".csv")
    }
}

/// A column's name for people: "dt_ms" is "dt \[ms\]".
pub(super) fn heading(column: &str) -> String {
    for (ending, unit) in UNITS {
        if let Some(rest) = column.strip_suffix(ending).filter(|rest| rest.is_empty() || ending.starts_with('_')) {
            let rest = if rest.is_empty() { "cost" } else { rest };
            // A quartile of what, the unit does not say.
            let rest = if ending == "_quartile_ns" { format!("{rest} quartile") } else { rest.replace('_', " ") };
            return format!("{} [{unit}]", rest.trim());
        }
    }
    column.replace('_', " ")
}

/// A finite number.
pub(super) fn number(text: &str) -> Option<f64> {
    text.parse().ok().filter(|x: &f64| x.is_finite())
}

/// A field for people: a number of more than six digits with four of them.
pub(super) fn shown(field: &str) -> String {
    let mantissa = field.split(['e', 'E']).next().unwrap_or_default();
    let digits = mantissa.trim_start_matches(['-', '0', '.']).chars().filter(char::is_ascii_digit).count();
    let whole = mantissa.len() == field.len() && !field.contains('.');
    match number(field) {
        Some(x) if digits > 6 && !whole => four(x),
        Some(x) if x != 0.0 && !(1e-4..1e7).contains(&x.abs()) && !field.contains(['e', 'E']) => format!("{x:e}"),
        _ => field.to_owned(),
    }
}

/// `x` with four significant digits.
fn four(x: f64) -> String {
    let rounded: f64 = format!("{x:.3e}").parse().unwrap_or(x);
    let magnitude = rounded.abs().log10().floor() as i32;
    if (-4..7).contains(&magnitude) {
        let decimals = (3 - magnitude).max(0) as usize;
        format!("{rounded:.decimals$}")
    } else {
        format!("{x:.3e}")
    }
}

fn unreadable(path: &Path, error: csv::Error) -> Error {
    let line = error.position().map_or(1, csv::Position::line);
    let problem = error.to_string();
    match error.into_kind() {
        csv::ErrorKind::Io(source) => Error::Read { path: path.into(), source },
        _ => Error::Line {
            path: path.into(),
            line,
            problem,
            mend: "Mend or remove the file; a table has as many fields in every line.".into(),
        },
    }
}
