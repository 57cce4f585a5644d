//! `compare merge FILE DIR…`: joins the shares of a study.

use std::io::Write;
use std::path::PathBuf;

use super::run::{PlaceArgs, report};
use crate::error::Result;
use crate::experiment::{ExperimentFile, Outputs, Session};
use crate::scheme::SchemeSet;

/// Join the shares of a study into what one run would have written, byte for byte.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct MergeArgs {
    /// The study
    #[arg(value_name = "FILE.toml")]
    file: PathBuf,
    /// Where the shares are: directories given to --out, or journals (*.log) [default: the directory of the outputs]
    #[arg(value_name = "DIR")]
    shares: Vec<PathBuf>,
    #[command(flatten)]
    place: PlaceArgs,
}

pub(super) fn run(args: &MergeArgs, set: &SchemeSet, out: &mut dyn Write) -> Result<()> {
    let file = ExperimentFile::read(&args.file, set)?;
    file.check()?;
    let mut dir = args.place.dir(&args.file)?;
    let formats = args.place.formats();
    let session = Session { source: &file.source, ..Session::default() };
    let mut outputs = Outputs::new(&mut dir, &formats, session);
    let text = file.experiment.merge(&mut outputs, &args.shares)?;
    let progress = std::mem::take(&mut outputs.progress);
    file.record(&text, &mut dir)?;
    report(&file, &(progress + &text), &dir, args.place.quiet, out)
}
