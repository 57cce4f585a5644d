//! `compare merge FILE DIR…`: joins the shares of a study.

use std::io::Write;
use std::path::PathBuf;

use super::grid::merge_grid;
use super::run::{PlaceArgs, report};
use crate::error::Result;
use crate::report::record;
use crate::scheme::SchemeSet;
use crate::study::{KindTable, StudyFile};

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
    let file = StudyFile::read(&args.file, set)?;
    file.check()?;
    let mut dir = args.place.dir(&args.file)?;
    let formats = args.place.formats();
    let told = match &file.table {
        KindTable::Study(table) => merge_grid(&**table, &args.shares, &mut dir, &formats),
        KindTable::Recognition(table) => merge_grid(&**table, &args.shares, &mut dir, &formats),
    }?;
    record(&file, &told.text, &mut dir)?;
    report(&file, &told, &dir, args.place.quiet, out)
}
