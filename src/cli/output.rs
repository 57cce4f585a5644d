//! What the command prints.

use std::io::Write;

use clap::builder::{PossibleValuesParser, TypedValueParser};

use crate::error::{Error, Result};
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
    let all = [FigureFormat::Svg, FigureFormat::Png, FigureFormat::Pdf];
    let named = move |name: String| all.into_iter().find(|format| format.extension() == name);
    PossibleValuesParser::new(all.map(FigureFormat::extension)).map(move |name| named(name).unwrap_or(all[0]))
}
