//! The command: parses, calls and prints. No numerics here.

mod bar;
mod check;
mod compare;
mod convert;
pub mod distance;
mod gallery;
mod help;
mod merge;
mod quantity;
mod recognise;
mod recommend;
mod replay;
mod report;
mod run;

use std::io::Write;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::error::Result;
use crate::scheme::SchemeSet;

/// Show what a time step does to an Izhikevich spiking neuron.
///
/// Runs a neuron under every discretisation at the given steps, measures each against the true solution, prints tables and a
/// verdict, and writes CSV, JSON and figures.
#[derive(Debug, Parser)]
#[command(version, args_conflicts_with_subcommands = true, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    compare: compare::CompareArgs,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Compare two recorded spike trains, whatever made them
    Distance(distance::DistanceArgs),
    /// Convert tables between CSV, NumPy .npz and Parquet
    Convert(convert::ConvertArgs),
    /// Check experiment files without running them
    Check(check::CheckArgs),
    /// Draw the twenty firing patterns by one scheme at one step
    Gallery(gallery::GalleryArgs),
    /// List the experiments of a directory
    List(check::ListArgs),
    /// Join the shares of a study
    Merge(merge::MergeArgs),
    /// Recognise pictures by networks of neurons under each scheme and step
    #[command(visible_alias = "recognize")]
    Recognise(Box<recognise::RecogniseArgs>),
    /// Recommend the cheapest scheme and the largest step that keep every spike within a bound
    Recommend(recommend::RecommendArgs),
    /// Replay a recorded layer or network under any scheme
    Replay(replay::ReplayArgs),
    /// Write a report on the outputs of a run: a page, Markdown, LaTeX tables
    Report(report::ReportArgs),
    /// Run an experiment of experiments/*.toml
    Run(run::RunArgs),
    #[cfg(feature = "completions")]
    /// Print the completions of a shell: bash, elvish, fish, powershell or zsh
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    #[cfg(feature = "completions")]
    /// Print the manual page
    Man,
}

/// Runs the command with the process's arguments: what `main` of both binaries calls.
pub fn main() -> ExitCode {
    main_with(SchemeSet::standard())
}

/// Runs the command with the process's arguments and the schemes of `set`: what the `main` of another crate calls, so that a scheme
/// of its own is compared, listed, studied and recommended beside those of this crate.
pub fn main_with(set: &SchemeSet) -> ExitCode {
    let cli = help::parse();
    let mut out = std::io::stdout().lock();
    let outcome = match &cli.command {
        Some(Command::Distance(args)) => distance::run(args, &mut out),
        Some(Command::Convert(args)) => convert::run(args, &mut out),
        Some(Command::Check(args)) => check::check(args, &mut out),
        Some(Command::Gallery(args)) => gallery::run(args, &mut out),
        Some(Command::List(args)) => check::list(args, &mut out),
        Some(Command::Merge(args)) => merge::run(args, &mut out),
        Some(Command::Recognise(args)) => recognise::run(args, &mut out),
        Some(Command::Recommend(args)) => recommend::run(args, set, &mut out),
        Some(Command::Replay(args)) => replay::run(args, &mut out),
        Some(Command::Report(args)) => report::run(args, &mut out),
        Some(Command::Run(args)) => run::run(args, &mut out),
        #[cfg(feature = "completions")]
        Some(Command::Completions { shell }) => help::installed::completions(*shell, &mut out),
        #[cfg(feature = "completions")]
        Some(Command::Man) => help::installed::man(&mut out),
        None => compare::run(&cli.compare, set, &mut out),
    };
    match outcome.and_then(|()| flush(&mut out)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            // Nothing is left to do about an error stream that is gone.
            let stopped = matches!(error, crate::Error::Stopped { .. });
            let _ = writeln!(std::io::stderr(), "{}{error}", if stopped { "" } else { "error: " });
            if stopped { ExitCode::from(run::STOPPED) } else { ExitCode::FAILURE }
        }
    }
}

fn flush(out: &mut dyn Write) -> Result<()> {
    out.flush().map_err(crate::Error::write("the standard output"))
}

/// Whether the reader of a pipe (`| head`) has had enough: no error.
fn is_broken_pipe(error: &crate::Error) -> bool {
    matches!(error, crate::Error::Write { source, .. } if source.kind() == std::io::ErrorKind::BrokenPipe)
}
