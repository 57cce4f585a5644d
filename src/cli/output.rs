//! What the command prints.

use std::io::Write;

use clap::builder::{PossibleValuesParser, TypedValueParser};

use crate::error::{Error, Result};
use crate::interop::TableFormat;
use crate::report::FigureFormat;
pub(super) use crate::report::json_text;

/// What is printed of what was measured.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct PrintArgs {
    /// Print one JSON object and nothing else
    #[arg(long, conflicts_with = "quiet")]
    pub(super) json: bool,
    /// Print nothing
    #[arg(long, short)]
    pub(super) quiet: bool,
    /// Measure no times: all outputs are then the same at every run
    #[arg(long)]
    pub(super) no_timing: bool,
}

/// Writes to the standard output.
pub(super) fn print(out: &mut dyn Write, text: &str) -> Result<()> {
    out.write_all(text.as_bytes()).map_err(Error::write("the standard output"))
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
fn named<T, const N: usize>(all: [T; N], name: fn(T) -> &'static str) -> impl TypedValueParser<Value = T>
where
    T: Copy + Send + Sync + 'static,
{
    let found = move |typed: String| all.into_iter().find(|format| name(*format) == typed).unwrap_or(all[0]);
    PossibleValuesParser::new(all.map(name)).map(found)
}
