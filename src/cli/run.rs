//! `compare run FILE`: runs an experiment.

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use super::bar::Bar;
use super::compare::Format;
use super::output::print;
use crate::error::{Result, refuse_if};
use crate::experiment::{ExperimentFile, Outputs, Session};
use crate::report::{FigureFormat, OutputDir};
use crate::scheme::SchemeSet;
use crate::study::{Progress, Shard};

/// Run an experiment of experiments/*.toml.
///
/// A study (kind "study") keeps every cell as soon as it is done: stopped by Ctrl-C or killed, it goes on where it was when the
/// same command is typed again, and runs only what is missing when its file has changed.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct RunArgs {
    /// The experiment
    #[arg(value_name = "FILE.toml")]
    file: PathBuf,
    #[command(flatten)]
    place: PlaceArgs,
    /// A study: run the K-th of N shares only, to be joined by compare merge
    #[arg(long, value_name = "K/N", default_value = "1/1", hide_default_value = true)]
    shard: Shard,
    /// A study: forget the cells that are done
    #[arg(long)]
    fresh: bool,
}

/// Where outputs go, and how.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct PlaceArgs {
    /// Directory of the outputs [default: results/ and the name of the file, with the folders it has below experiments/]
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

/// Where the outputs of `file` go unless told otherwise: experiments/mine/NAME.toml has results/mine/NAME.
fn default_dir(file: &Path) -> PathBuf {
    let folders: Vec<_> = file.parent().into_iter().flat_map(Path::components).collect();
    let below =
        folders.iter().rposition(|folder| folder.as_os_str() == "experiments").map_or(folders.len(), |at| at + 1);
    let mut dir = PathBuf::from("results");
    dir.extend(&folders[below..]);
    dir.join(file.file_stem().unwrap_or("experiment".as_ref()))
}

/// Exit code of a study that was stopped: what a shell gives a command ended by Ctrl-C.
pub(super) const STOPPED: u8 = 130;

/// Set by the first Ctrl-C (or SIGTERM, SIGHUP): cells in flight are finished, none is begun.
pub(super) static STOP: AtomicBool = AtomicBool::new(false);

pub(super) fn run(args: &RunArgs, set: &SchemeSet, out: &mut dyn Write) -> Result<()> {
    let file = ExperimentFile::read(&args.file, set)?;
    file.check()?;
    let grid = file.experiment.is_grid();
    let allowed = "shares of a study";
    let mend = "Run it whole, without --shard.";
    refuse_if!(!grid && !args.shard.is_whole(), "--shard", format!("{} of a {}", args.shard, file.kind), allowed, mend);
    if grid {
        listen();
    }
    let mut dir = args.place.dir(&args.file)?;
    let bar = Bar::new(args.place.quiet, "cells");
    let progress = |state: Progress| bar.show(state);
    let session =
        Session { shard: args.shard, stop: &STOP, progress: &progress, source: &file.source, fresh: args.fresh };
    let formats = args.place.formats();
    let mut outputs = Outputs::new(&mut dir, &formats, session);
    let text = file.experiment.run(&mut outputs);
    bar.clear();
    let progress = std::mem::take(&mut outputs.progress);
    let text = text?;
    // A share is no result yet: what is joined from it will have the record.
    if args.shard.is_whole() {
        file.record(&text, &mut dir)?;
    }
    report(&file, &(progress + &text), &dir, args.place.quiet, out)
}

/// Prints what an experiment had to say and where its files are.
pub(super) fn report(
    file: &ExperimentFile,
    text: &str,
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
    let all = format!("{}\n{}\n\n{text}{written}", file.title, file.question);
    print(out, &all)
}

/// Ctrl-C stops after the cells in flight, a second one at once; nothing that was done is lost either way.
pub(super) fn listen() {
    let stop = || {
        if STOP.swap(true, Ordering::Relaxed) {
            std::process::exit(STOPPED.into());
        }
        if std::io::stderr().is_terminal() {
            let _ = writeln!(std::io::stderr(), "\nstopping after the cells in flight; Ctrl-C again stops at once");
        }
    };
    // Where a handler cannot be set, Ctrl-C ends the process: the journal survives that, too.
    let _ = ctrlc::set_handler(stop);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outputs_keep_the_folders_below_experiments() {
        for (file, dir) in [
            ("experiments/peak.toml", "results/peak"),
            ("../other/experiments/mine/a.toml", "results/mine/a"),
            ("mine/b.toml", "results/b"),
            ("c.toml", "results/c"),
        ] {
            assert_eq!(default_dir(Path::new(file)), Path::new(dir), "{file}");
        }
    }
}
