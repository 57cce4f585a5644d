//! What the command prints.

use std::io::Write;

use clap::builder::{PossibleValuesParser, TypedValueParser};

use crate::error::{Error, Result};
use crate::interop::TableFormat;
use crate::report::FigureFormat;

/// Writes to the standard output.
pub(super) fn print(out: &mut dyn Write, text: &str) -> Result<()> {
    out.write_all(text.as_bytes()).map_err(Error::write("the standard output"))
}

/// A value as JSON, to be read by eye too.
pub(super) fn json_text(value: &impl serde::Serialize) -> String {
    serde_json::to_string_pretty(value).expect("text keys and numbers serialise") + "\n"
}

/// The formats of figures by their names.
pub(super) fn figure_format() -> impl TypedValueParser<Value = FigureFormat> {
    named([FigureFormat::Svg, FigureFormat::Png, FigureFormat::Pdf], FigureFormat::extension)
}

/// The formats of tables by their names.
pub(super) fn table_format() -> impl TypedValueParser<Value = TableFormat> {
    named(TableFormat::ALL, TableFormat::extension)
}

/// One of several values by its name.
fn named<T: Copy + Send + Sync + 'static>(
    all: [T; 3],
    name: fn(T) -> &'static str,
) -> impl TypedValueParser<Value = T> {
    let of = move |given: String| all.into_iter().find(|value| name(*value) == given);
    PossibleValuesParser::new(all.map(name)).map(move |given| of(given).unwrap_or(all[0]))
}
