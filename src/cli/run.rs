//! `compare run FILE`: runs an experiment.

use std::io::Write;
use std::path::PathBuf;

use super::compare::Format;
use crate::error::{Error, Result};
use crate::experiment::{ExperimentFile, Outputs};
use crate::report::{FigureFormat, OutputDir};

/// Run an experiment of experiments/*.toml.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct RunArgs {
    /// The experiment
    #[arg(value_name = "FILE.toml")]
    file: PathBuf,
    /// Directory of the outputs [default: results/ and the name of the file]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Formats of the figures
    #[arg(long, value_name = "FORMAT,..", value_delimiter = ',', default_value = "svg")]
    format: Vec<Format>,
    /// Print nothing
    #[arg(long, short)]
    quiet: bool,
}

pub(super) fn run(args: &RunArgs, out: &mut dyn Write) -> Result<()> {
    let file = ExperimentFile::read(&args.file)?;
    let place = args.out.clone().unwrap_or_else(|| {
        PathBuf::from("results").join(args.file.file_stem().unwrap_or_else(|| std::ffi::OsStr::new("experiment")))
    });
    let mut dir = OutputDir::create(place)?;
    let formats: Vec<FigureFormat> = args.format.iter().map(|&f| f.into()).collect();
    let text = file.experiment.run(&mut Outputs { dir: &mut dir, formats: &formats })?;
    if args.quiet {
        return Ok(());
    }
    let written = dir.written().join(", ");
    let all = format!("{}\n{}\n\n{text}\nWritten to {}: {written}\n", file.title, file.question, dir.root().display());
    out.write_all(all.as_bytes()).map_err(Error::write("the standard output"))
}
