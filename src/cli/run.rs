//! `compare run FILE`: runs a study.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::compare::Format;
use super::grid::{Session, Told, run_grid};
use super::output::print;
use crate::error::Result;
use crate::report::{FigureFormat, OutputDir, record};
use crate::scheme::SchemeSet;
use crate::study::{KindTable, Shard, StudyFile};

/// Run a study, such as those of experiments/studies/*.toml.
///
/// Every cell is kept as soon as it is done: stopped by Ctrl-C or killed, a study goes on where it was when the same command is
/// typed again, and runs only what is missing when its file has changed.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct RunArgs {
    /// The study
    #[arg(value_name = "FILE.toml")]
    file: PathBuf,
    #[command(flatten)]
    place: PlaceArgs,
    /// Run the K-th of N shares only, to be joined by compare merge
    #[arg(long, value_name = "K/N", default_value = "1/1", hide_default_value = true)]
    shard: Shard,
    /// Forget the cells that are done
    #[arg(long)]
    fresh: bool,
}

/// Where outputs go, and how.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct PlaceArgs {
    /// Directory of the outputs [default: results/ and the name of the file, with the folders it has below studies/]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Formats of the figures
    #[arg(long, value_name = "FORMAT,..", value_delimiter = ',', default_value = "svg")]
    format: Vec<Format>,
    /// Print nothing
    #[arg(long, short)]
    pub(super) quiet: bool,
}

impl PlaceArgs {
    pub(super) fn dir(&self, file: &Path) -> Result<OutputDir> {
        OutputDir::create(self.out.clone().unwrap_or_else(|| default_dir(file)))
    }

    pub(super) fn formats(&self) -> Vec<FigureFormat> {
        self.format.iter().map(|&f| f.into()).collect()
    }
}

/// Where the outputs of `file` go unless told otherwise: studies/mine/NAME.toml has results/mine/NAME.
fn default_dir(file: &Path) -> PathBuf {
    let folders: Vec<_> = file.parent().into_iter().flat_map(Path::components).collect();
    let below = folders.iter().rposition(|folder| folder.as_os_str() == "studies").map_or(folders.len(), |at| at + 1);
    let mut dir = PathBuf::from("results");
    dir.extend(&folders[below..]);
    dir.join(file.file_stem().unwrap_or("study".as_ref()))
}

pub(super) fn run(args: &RunArgs, set: &SchemeSet, out: &mut dyn Write) -> Result<()> {
    let file = StudyFile::read(&args.file, set)?;
    file.check()?;
    let mut dir = args.place.dir(&args.file)?;
    let formats = args.place.formats();
    let session = Session { shard: args.shard, fresh: args.fresh, source: &file.source, quiet: args.place.quiet };
    let told = match &file.table {
        KindTable::Study(table) => run_grid(&**table, &session, &mut dir, &formats),
        KindTable::Recognition(table) => run_grid(&**table, &session, &mut dir, &formats),
    }?;
    // A share is no result yet: what is joined from it will have the record.
    if args.shard.is_whole() {
        record(&file, &told.text, &mut dir)?;
    }
    report(&file, &told, &dir, args.place.quiet, out)
}

/// Prints what a study had to say and where its files are.
pub(super) fn report(
    file: &StudyFile,
    Told { progress, text }: &Told,
    dir: &OutputDir,
    quiet: bool,
    out: &mut dyn Write,
) -> Result<()> {
    if quiet {
        return Ok(());
    }
    let written = match dir.written() {
        [] => String::new(),
        names => format!("\nWritten to {}: {}\n", dir.root().display(), names.join(", ")),
    };
    let all = format!("{}\n{}\n\n{progress}{text}{written}", file.title, file.question);
    print(out, &all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outputs_keep_the_folders_below_studies() {
        for (file, dir) in [
            ("experiments/studies/step.toml", "results/step"),
            ("../other/studies/mine/a.toml", "results/mine/a"),
            ("mine/b.toml", "results/b"),
            ("c.toml", "results/c"),
        ] {
            assert_eq!(default_dir(Path::new(file)), Path::new(dir), "{file}");
        }
    }
}
