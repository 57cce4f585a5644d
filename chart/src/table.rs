//! The CSV beside a figure.

use crate::{Error, Result};

/// Rows of text under a header.
pub(crate) struct Table {
    name: String,
    writer: csv::Writer<Vec<u8>>,
    refused: Option<String>,
}

/// A number in as few digits as give it back; with an exponent where that is shorter to read.
pub fn number(x: f64) -> String {
    if x == 0.0 || (1e-4..1e15).contains(&x.abs()) { x.to_string() } else { format!("{x:e}") }
}

impl Table {
    /// An empty table of the figure `name`.
    pub(crate) fn new(name: &str, header: &[&str]) -> Self {
        let mut table = Table { name: name.to_owned(), writer: csv::Writer::from_writer(Vec::new()), refused: None };
        table.row(header.iter().map(|h| (*h).to_owned()));
        table
    }

    /// Adds a row; every row has as many fields as the header.
    pub(crate) fn row(&mut self, fields: impl IntoIterator<Item = String>) {
        if let Err(e) = self.writer.write_record(fields) {
            self.refused.get_or_insert(e.to_string());
        }
    }

    /// The text.
    pub(crate) fn finish(self) -> Result<String> {
        let refused = |reason: String| Error { figure: self.name.clone(), reason };
        if let Some(reason) = self.refused {
            return Err(refused(reason));
        }
        let bytes = self.writer.into_inner().map_err(|e| refused(e.to_string()))?;
        String::from_utf8(bytes).map_err(|e| refused(e.to_string()))
    }
}
