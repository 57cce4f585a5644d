//! `compare network FILE`: a network under schemes and steps, against its truth.

use std::io::Write;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::bar::Bar;
use super::output::{figure_format, json_text, print, told};
use crate::error::Result;
use crate::report::{
    FigureFormat, OutputDir, network_figures, network_json, network_spikes_csv, network_statistics_csv, network_text,
};
use crate::scheme::SchemeSet;
use crate::study::{Progress, StudyFile};

/// Compare schemes and steps with the truth of a network, solved event by event.
///
/// FILE is of the kind "network": populations, projections, a synapse, and the schemes and steps that are compared; docs/networks.md has
/// its keys. Says until when each spike of the truth is known, until when each scheme follows it, and what the step moves beyond chaos.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct NetworkArgs {
    /// The network
    #[arg(value_name = "FILE.toml")]
    file: PathBuf,
    /// Solve the truth alone, without schemes
    #[arg(long)]
    truth: bool,
    /// Directory of the outputs [default: results/compare/network]
    ///
    /// With --json nothing is written unless this is given.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Formats of the figures
    #[arg(long, value_name = "FORMAT,..", value_delimiter = ',', default_value = "svg", value_parser = figure_format())]
    format: Vec<FigureFormat>,
    /// Print one JSON object and nothing else
    #[arg(long, conflicts_with = "quiet")]
    json: bool,
    /// Print nothing
    #[arg(long, short)]
    quiet: bool,
}

/// Where outputs go unless `--out` says otherwise.
const OUT: &str = "results/compare/network";

pub(super) fn run(args: &NetworkArgs, set: &SchemeSet, out: &mut dyn Write) -> Result<()> {
    let file = StudyFile::read(&args.file, set)?;
    let mut question = file.network()?;
    if args.truth {
        (question.schemes, question.dts) = (vec![], vec![]);
    }
    let place = args.out.clone().or_else(|| (!args.json).then(|| PathBuf::from(OUT)));
    let mut dir = place.map(OutputDir::alone).transpose()?;
    let comparison = {
        let bar = Bar::new(args.quiet, "runs");
        let (done, all) = (AtomicUsize::new(0), question.runs());
        question.compare(&|| bar.show(Progress { done: done.fetch_add(1, Ordering::Relaxed) + 1, all, left: None }))?
    };
    if let Some(dir) = &mut dir {
        dir.write("spikes.csv", &network_spikes_csv(&question, &comparison))?;
        if !comparison.runs.is_empty() {
            dir.write("statistics.csv", &network_statistics_csv(&comparison))?;
        }
        for chart in network_figures(&question, &comparison) {
            dir.figure(&chart, &args.format)?;
        }
    }
    match (args.json, args.quiet, dir) {
        (true, ..) => print(out, &json_text(&network_json(&file, &question, &comparison))),
        (false, true, _) => Ok(()),
        (false, false, dir) => print(out, &(network_text(&file, &question, &comparison) + &told(dir.as_ref()))),
    }
}
