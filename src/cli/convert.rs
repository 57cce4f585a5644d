//! `compare convert FROM TO`: a table of one format in another.

use std::io::Write;
use std::path::PathBuf;

use super::output::print;
use crate::error::Result;
use crate::interop::{Columns, TableFormat};
use crate::report::OutputDir;

/// Convert spike trains, traces and results between CSV, NumPy .npz and Parquet, by the files' endings.
///
/// Every column keeps its name and all digits of its numbers; one with a number that would change, such as 007 or 1e400, is kept as text.
/// A missing number is an empty field in CSV, null in Parquet, NaN in .npz.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct ConvertArgs {
    /// The file to read: .csv, .npz or .parquet
    #[arg(value_name = "FROM")]
    from: PathBuf,
    /// The file to write: .csv, .npz or .parquet
    #[arg(value_name = "TO")]
    to: PathBuf,
}

pub(super) fn run(args: &ConvertArgs, out: &mut dyn Write) -> Result<()> {
    let format = TableFormat::of(&args.to)?;
    format.check()?;
    let columns = Columns::read(&args.from)?;
    let (mut folder, name) = OutputDir::of_file(&args.to)?;
    folder.stream(&name, |file| columns.write(format, file))?;
    let mut text = String::new();
    for (name, values) in &columns.0 {
        if let Some(row) = values.exact_as_text() {
            let field = values.field(row);
            text += &format!("{name} is kept as text: {field} in row {} would change as a number\n", row + 1);
        }
    }
    text += &format!("{}: {} columns, {} rows\n", args.to.display(), columns.0.len(), columns.len());
    print(out, &text)
}
