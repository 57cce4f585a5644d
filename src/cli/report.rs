//! `compare report DIR`: a page, Markdown and LaTeX of what a run has left in a directory.

use std::io::Write;
use std::path::PathBuf;

use super::output::print;
use crate::error::{Error, Result};
use crate::report::{Document, OutputDir, counted};

/// Write a report on the outputs of a run: one page that works from a file, Markdown, and LaTeX tables.
///
/// DIR holds the outputs of compare --out, of an experiment, a study, gallery, recommend or recognise. report.html has the question, the parameters, the verdict,
/// the figures with their values under the pointer, tables that can be sorted, and the commands to reproduce it, and needs no network;
/// report.md has the same; report.tex has the tables in booktabs style.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct ReportArgs {
    /// The outputs; the report is written there, too
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    /// Columns of the tables in Markdown and LaTeX, as the CSV files name them [default: all that differ between rows]
    #[arg(long, value_name = "NAME,..", value_delimiter = ',')]
    columns: Vec<String>,
    /// Print nothing
    #[arg(long, short)]
    quiet: bool,
}

pub(super) fn run(args: &ReportArgs, out: &mut dyn Write) -> Result<()> {
    let document = Document::read(&args.dir)?;
    let columns: Vec<String> = args.columns.iter().map(|name| name.trim().to_owned()).collect();
    let known = || document.tables.iter().flat_map(|table| &table.columns).map(String::as_str);
    if let Some(wrong) = columns.iter().find(|name| !known().any(|column| column == name.as_str())) {
        let mut names: Vec<&str> = known().collect();
        names.sort_unstable();
        names.dedup();
        return Err(Error::unknown("column", wrong, names));
    }
    let mut dir = OutputDir::alone(&args.dir)?;
    dir.write("report.md", document.markdown(&columns).as_bytes())?;
    dir.write("report.tex", document.latex(&columns).as_bytes())?;
    dir.write("report.html", document.html(&["report.md", "report.tex"]).as_bytes())?;
    if args.quiet {
        return Ok(());
    }
    let mut text = format!(
        "{}: {}, {}\n",
        document.title,
        counted(document.tables.len(), "table"),
        counted(document.figures.len(), "figure")
    );
    for note in &document.notes {
        text += &format!("Note: {note}\n");
    }
    text += &(dir.told() + "\n");
    print(out, &text)
}
