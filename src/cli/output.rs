//! What the command prints.

use std::io::Write;

use clap::builder::{PossibleValuesParser, TypedValueParser};

use crate::error::{Error, Result};
use crate::interop::TableFormat;
pub(super) use crate::report::json_text;
use crate::report::{FigureFormat, OutputDir, layout, program, quoted, wrapped};

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

/// From here on text is as wide as the terminal, or as `COLUMNS` says, and in a pipe as always.
pub(super) fn fit_terminal() {
    let given = std::env::var("COLUMNS").ok().and_then(|columns| columns.trim().parse().ok());
    let terminal = || terminal_size::terminal_size_of(std::io::stdout()).map(|(width, _)| usize::from(width.0));
    given.or_else(terminal).into_iter().for_each(layout::fit);
}

/// Where outputs went, under a blank line; nothing where there is no place for them.
pub(super) fn told(files: Option<&OutputDir>) -> String {
    files.map_or_else(String::new, |files| format!("\n{}\n", wrapped(&files.told())))
}

/// The command as it was typed, without the place of its outputs.
pub(super) fn typed() -> String {
    let mut words = std::env::args().skip(1);
    let mut command = program().to_owned();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--out" => drop(words.next()),
            of_place if of_place.starts_with("--out=") => {}
            word => command += &format!(" {}", quoted(word)),
        }
    }
    command
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
