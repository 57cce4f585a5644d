//! A table in memory: columns with names.

use std::path::Path;

use super::rows::is_number;
use crate::error::{Error, Result};

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

    /// Refuses two columns of one name.
    pub(super) fn check_names(&self, path: &Path) -> Result<()> {
        let names = self.0.iter().map(|(name, _)| name);
        match names.clone().enumerate().find(|(i, name)| names.clone().take(*i).any(|known| known == *name)) {
            None => Ok(()),
            Some((_, twice)) => Err(malformed(
                path,
                format!("the column {twice} is there twice"),
                "Give every column a name of its own.",
            )),
        }
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

    /// The values of some rows.
    pub(super) fn picked(&self, rows: impl Iterator<Item = usize>) -> Self {
        match self {
            Values::Numbers(x) => Values::Numbers(rows.map(|row| x[row]).collect()),
            Values::Whole(x) => Values::Whole(rows.map(|row| x[row]).collect()),
            Values::Counts(x) => Values::Counts(rows.map(|row| x[row]).collect()),
            Values::Text(x) => Values::Text(rows.map(|row| x[row].clone()).collect()),
        }
    }

    /// From fields of text: whole numbers where all are, numbers where all that are not empty are, text otherwise. A field that would change
    /// as a number is text: `007`, `1e400`, a whole number that no number is.
    pub(super) fn parse<'f>(fields: impl Iterator<Item = &'f str> + Clone) -> Self {
        let empty = |field: &&str| field.is_empty();
        // An empty column is of numbers: of spike times without a spike.
        if fields.clone().all(|field| field.is_empty()) {
            return match fields.clone().next() {
                None => Values::Numbers(Vec::new()),
                Some(_) => Values::Text(fields.map(str::to_owned).collect()),
            };
        }
        if let Some(whole) = fields.clone().map(whole).collect() {
            return Values::Whole(whole);
        }
        if let Some(numbers) = fields.clone().map(|f| if empty(&f) { Some(f64::NAN) } else { number(f) }).collect() {
            return Values::Numbers(numbers);
        }
        let count = |field| whole(field).map(Some);
        if let Some(counts) = fields.clone().map(|f| if empty(&f) { Some(None) } else { count(f) }).collect() {
            return Values::Counts(counts);
        }
        Values::Text(fields.map(str::to_owned).collect())
    }

    /// The first row of a column of text that is a number which would change if it were kept as one; `None` where some row is no number.
    pub fn exact_as_text(&self) -> Option<usize> {
        let Values::Text(fields) = self else { return None };
        if !fields.iter().all(|field| field.is_empty() || is_number(field)) {
            return None;
        }
        fields.iter().position(|field| !field.is_empty() && number(field).is_none())
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

/// A whole number as it is written when it is printed.
fn whole<N: std::str::FromStr + ToString>(field: &str) -> Option<N> {
    // The fields of most columns are no whole numbers, and say so early.
    let plain = |byte: u8| byte.is_ascii_digit() || byte == b'-';
    field.bytes().all(plain).then_some(())?;
    field.parse().ok().filter(|n: &N| n.to_string() == field)
}

/// A number that says what the field does: not of leading zeros, none that over- or underflows, no whole number between two numbers.
fn number(field: &str) -> Option<f64> {
    let x: f64 = field.parse().ok()?;
    let digits = field.trim_start_matches(['+', '-']);
    let bytes = digits.as_bytes();
    let same = if !is_number(field) {
        true
    } else if bytes.len() > 1 && bytes[0] == b'0' && bytes[1].is_ascii_digit() {
        false
    } else if bytes.iter().all(u8::is_ascii_digit) {
        x.abs() < MOST_WHOLE || field.parse().is_ok_and(|n: i128| x as i128 == n) || x.to_string() == field
    } else {
        let mantissa = digits.split(['e', 'E']).next().unwrap_or_default();
        x.is_finite() && (x != 0.0 || !mantissa.contains(|c: char| ('1'..='9').contains(&c)))
    };
    same.then_some(x)
}

/// Below this every whole number is a number, and no other one is rounded to it: 2^53.
pub(super) const MOST_WHOLE: f64 = 9_007_199_254_740_992.0;

/// A file that is not of its format.
pub(super) fn malformed(path: &Path, problem: impl std::fmt::Display, mend: &str) -> Error {
    Error::Text(format!("{}: {problem}. {mend}", path.display()))
}
