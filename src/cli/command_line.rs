//! The command line: the subcommands with their arguments; without one, the arguments are those of a comparison.

use clap::{Parser, Subcommand};

use super::{
    check, compare, convert, distance, explore, fi, gallery, judge, network, recognise, recommend, replay, report, run,
};

/// Show what a time step does to an Izhikevich spiking neuron.
///
/// Runs a neuron under every discretisation at the given steps, measures each against the true solution, prints tables and a
/// verdict, and writes CSV, JSON and figures.
#[derive(Debug, Parser)]
#[command(version, args_conflicts_with_subcommands = true, max_term_width = 100)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Option<Command>,
    #[command(flatten)]
    pub(super) compare: compare::CompareArgs,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Compare schemes and steps with the true solution: what is done without a subcommand
    Compare(Box<compare::CompareArgs>),
    /// Compare recorded spike trains, whatever made them
    Distance(distance::DistanceArgs),
    /// Convert tables between CSV, NumPy .npz and Parquet
    Convert(convert::ConvertArgs),
    /// Check files of studies without running them
    Check(check::CheckArgs),
    /// Write a page on which a problem moves under the hand
    Explore(explore::ExploreArgs),
    /// Draw firing rate against constant input, of the equations and of schemes
    Fi(fi::FiArgs),
    /// Draw the twenty firing patterns by one scheme at one step
    Gallery(gallery::GalleryArgs),
    /// Judge recordings: which rule made them, at which step, and how wrong they are
    Judge(judge::JudgeArgs),
    /// List the studies of a directory
    List(check::ListArgs),
    /// Join the shares of a study
    Merge(run::MergeArgs),
    /// Compare schemes and steps with the truth of a network, solved event by event
    Network(network::NetworkArgs),
    /// Recognise pictures by networks of neurons under each scheme and step
    #[command(visible_alias = "recognize")]
    Recognise(Box<recognise::RecogniseArgs>),
    /// Recommend the cheapest scheme and the largest step that keep every spike within a bound
    Recommend(recommend::RecommendArgs),
    /// Replay a recorded layer or network under any scheme
    Replay(replay::ReplayArgs),
    /// Write a report on the outputs of a run: a page, Markdown, LaTeX tables
    Report(report::ReportArgs),
    /// Run a study, such as experiments/studies/*.toml
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
