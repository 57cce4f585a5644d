//! CSV with a header.

use std::io::Write;
use std::path::Path;

use crate::error::{Error, Result};

use super::columns::{Columns, Values, malformed};

pub(super) fn read(path: &Path) -> Result<Columns> {
    let refused = |error: csv::Error| match error.into_kind() {
        csv::ErrorKind::Io(source) => Error::Read { path: path.into(), source },
        other => malformed(path, csv_problem(&other), "Give as many fields in every line as in the first, in UTF-8."),
    };
    let mut reader =
        csv::ReaderBuilder::new().trim(csv::Trim::All).comment(Some(b'#')).from_path(path).map_err(refused)?;
    let names: Vec<String> = reader.headers().map_err(refused)?.iter().map(str::to_owned).collect();
    let mut fields: Vec<Vec<String>> = vec![Vec::new(); names.len()];
    for record in reader.records() {
        for (column, field) in fields.iter_mut().zip(&record.map_err(refused)?) {
            column.push(field.to_owned());
        }
    }
    Ok(Columns(names.into_iter().zip(fields.into_iter().map(Values::parse)).collect()))
}

fn csv_problem(kind: &csv::ErrorKind) -> String {
    match kind {
        csv::ErrorKind::UnequalLengths { pos, expected_len, len } => {
            let line = pos.as_ref().map_or(0, csv::Position::line);
            format!("line {line} has {len} fields where the first has {expected_len}")
        }
        csv::ErrorKind::Utf8 { pos, .. } => {
            format!("line {} is not UTF-8 text", pos.as_ref().map_or(0, csv::Position::line))
        }
        other => format!("{other:?}"),
    }
}

pub(super) fn write(columns: &Columns, out: &mut dyn Write) -> std::io::Result<()> {
    columns.of_one_length()?;
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(columns.0.iter().map(|(name, _)| name))?;
    for row in 0..columns.len() {
        writer.write_record(columns.0.iter().map(|(_, values)| values.field(row)))?;
    }
    writer.flush()
}
