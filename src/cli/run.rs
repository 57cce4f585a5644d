//! `compare run FILE` and `compare merge FILE DIR…`: runs a study, and joins the shares of one.

use std::io::Write;
use std::path::{Component, Path, PathBuf};

use super::grid::{Session, Told, merge_grid, run_grid};
use super::output::{figure_format, print};
use crate::error::{Error, Result};
use crate::report::{FigureFormat, GridReport, OutputDir, program, record, record_of};
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
struct PlaceArgs {
    /// Directory of the outputs [default: results/ and the path of the file, from below studies/ where it has that]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Formats of the figures
    #[arg(long, value_name = "FORMAT,..", value_delimiter = ',', default_value = "svg", value_parser = figure_format())]
    format: Vec<FigureFormat>,
    /// Print nothing
    #[arg(long, short)]
    quiet: bool,
}

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

/// Where the outputs of `file` go unless told otherwise: studies/mine/NAME.toml has results/mine/NAME, other/NAME.toml
/// results/other/NAME. A file outside the present directory has its whole path there: no two files share a place.
fn default_dir(file: &Path) -> PathBuf {
    let here = std::env::current_dir().unwrap_or_default();
    let mut path = PathBuf::new();
    // Without looking at the disk: a link keeps the name that was typed.
    for component in here.join(file).components() {
        match component {
            Component::ParentDir => drop(path.pop()),
            Component::CurDir => {}
            other => path.push(other),
        }
    }
    let below = path.strip_prefix(&here).unwrap_or(&path).with_extension("");
    let folders: Vec<Component<'_>> = below.components().filter(|c| matches!(c, Component::Normal(_))).collect();
    let of_folders = &folders[..folders.len().saturating_sub(1)];
    let after = of_folders.iter().rposition(|folder| folder.as_os_str() == "studies").map_or(0, |at| at + 1);
    let mut dir = PathBuf::from("results");
    dir.extend(&folders[after..]);
    dir
}

pub(super) fn run(args: &RunArgs, set: &SchemeSet, out: &mut dyn Write) -> Result<()> {
    let file = StudyFile::read(&args.file, set)?;
    let session = Session { shard: args.shard, fresh: args.fresh, source: &file.source, quiet: args.place.quiet };
    carry_out(&file, &args.place, &Task::Run(session), out)
}

pub(super) fn merge(args: &MergeArgs, set: &SchemeSet, out: &mut dyn Write) -> Result<()> {
    carry_out(&StudyFile::read(&args.file, set)?, &args.place, &Task::Merge(&args.shares), out)
}

/// What is done with a study.
enum Task<'a> {
    Run(Session<'a>),
    /// The places of its shares.
    Merge(&'a [PathBuf]),
}

fn carry_out(file: &StudyFile, place: &PlaceArgs, task: &Task<'_>, out: &mut dyn Write) -> Result<()> {
    match &file.table {
        KindTable::Study(table) => on_grid(&**table, file, place, task, out),
        KindTable::Recognition(table) => on_grid(&**table, file, place, task, out),
        KindTable::Network(_) => {
            let mend = format!("Write {} network {}.", program(), file.path.display());
            Err(Error::invalid("kind of study", "'network'", "a grid: 'study' or 'recognition'", mend))
        }
    }
}

/// Carries a task out on the table of a file, once the cells and the place are known to be right.
fn on_grid<G: GridReport>(
    grid: &G,
    file: &StudyFile,
    place: &PlaceArgs,
    task: &Task<'_>,
    out: &mut dyn Write,
) -> Result<()> {
    let cells = file.cells(grid)?;
    let mut dir = OutputDir::create(place.out.clone().unwrap_or_else(|| default_dir(&file.path)))?;
    let told = match task {
        Task::Run(session) => run_grid(grid, &cells, session, &mut dir, &place.format),
        Task::Merge(shares) => merge_grid(grid, &cells, shares, &mut dir, &place.format),
    }?;
    report(file, &told, &mut dir, place.quiet, out)
}

/// Records what a study had to say, and prints it and where its files are.
fn report(file: &StudyFile, told: &Told, dir: &mut OutputDir, quiet: bool, out: &mut dyn Write) -> Result<()> {
    let Told { progress, results, text } = told;
    // A share is no result yet: what is joined from it will have the record.
    if results.is_some() {
        record(&record_of(file), text, dir)?;
    }
    if quiet {
        return Ok(());
    }
    let written = if dir.written().is_empty() { String::new() } else { format!("\n{}\n", dir.told()) };
    print(out, &format!("{}\n{}\n\n{progress}{text}{written}", file.title, file.question))
}
