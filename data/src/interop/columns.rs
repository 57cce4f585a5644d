//! A table in memory: columns with names.

use std::path::Path;

use crate::error::Error;

/// The values of one column.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// Numbers; NaN where there is none.
    Numbers(Vec<f64>),
    /// A column of whole numbers.
    Whole(Vec<i64>),
    /// A column of whole numbers from 0, which may be missing.
    Counts(Vec<Option<u64>>),
    /// A column of text.
    Text(Vec<String>),
}

/// A table: columns with names, all of one length where the format asks for it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Columns(pub Vec<(String, Values)>);

impl Columns {
    /// The column of that name.
    pub fn get(&self, name: &str) -> Option<&Values> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, values)| values)
    }

    /// Number of rows: of the longest column.
    pub fn len(&self) -> usize {
        self.0.iter().map(|(_, values)| values.len()).max().unwrap_or(0)
    }

    /// Whether the table has no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Refuses columns of different lengths.
    pub(super) fn of_one_length(&self) -> std::io::Result<()> {
        match self.0.iter().find(|(_, values)| values.len() != self.len()) {
            None => Ok(()),
            Some((name, values)) => Err(std::io::Error::other(format!(
                "column {name} has {} values where others have {}; such columns go into .npz only",
                values.len(),
                self.len()
            ))),
        }
    }
}

impl Values {
    /// The number of values in the column.
    pub fn len(&self) -> usize {
        match self {
            Values::Numbers(x) => x.len(),
            Values::Whole(x) => x.len(),
            Values::Counts(x) => x.len(),
            Values::Text(x) => x.len(),
        }
    }

    /// Whether the column has no value.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// As numbers; `None` for text.
    pub fn numbers(&self) -> Option<Vec<f64>> {
        match self {
            Values::Numbers(x) => Some(x.clone()),
            Values::Whole(x) => Some(x.iter().map(|&x| x as f64).collect()),
            Values::Counts(x) => Some(x.iter().map(|x| x.map_or(f64::NAN, |x| x as f64)).collect()),
            Values::Text(_) => None,
        }
    }

    /// From fields of text: whole numbers where all are, numbers where all that are not empty are, text otherwise.
    pub(super) fn parse(fields: Vec<String>) -> Self {
        if let Some(whole) = fields.iter().map(|f| f.parse().ok()).collect::<Option<Vec<i64>>>() {
            // An empty column is of numbers: of spike times without a spike.
            if !whole.is_empty() {
                return Values::Whole(whole);
            }
        }
        let number = |f: &String| if f.is_empty() { Some(f64::NAN) } else { f.parse().ok() };
        match fields.iter().map(number).collect::<Option<Vec<f64>>>() {
            Some(numbers) if fields.is_empty() || fields.iter().any(|f| !f.is_empty()) => Values::Numbers(numbers),
            _ => Values::Text(fields),
        }
    }

    /// One value as a field of text.
    pub fn field(&self, row: usize) -> String {
        match self {
            Values::Numbers(x) if x[row].is_nan() => String::new(),
            Values::Numbers(x) => x[row].to_string(),
            Values::Whole(x) => x[row].to_string(),
            Values::Counts(x) => x[row].map(|x| x.to_string()).unwrap_or_default(),
            Values::Text(x) => x[row].clone(),
        }
    }
}

/// A file that is not of its format.
pub(super) fn malformed(path: &Path, problem: impl std::fmt::Display, mend: &str) -> Error {
    Error::Text(format!("{}: {problem}. {mend}", path.display()))
}
