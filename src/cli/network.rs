//! `compare network FILE`: a network under schemes and steps, against its truth.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use super::bar::Bar;
use super::output::{figure_format, json_text, print, told};
use super::quantity::{milliseconds, percent};
use super::recommend::RecommendArgs;
use crate::error::{Error, Result};
use crate::report::{
    FigureFormat, OutputDir, network_curves_csv, network_drawn, network_figures, network_json,
    network_recommendation_json, network_recommendation_text, network_spikes_csv, network_statistics_csv, network_text,
};
use crate::scheme::SchemeSet;
use crate::study::{NetworkBound, Progress, StudyFile};

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
    /// Write the network that was drawn as well, for other simulators: neurons.csv, edges.csv and inputs.csv
    #[arg(long, requires = "out")]
    drawn: bool,
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
    let drawn = if args.drawn { network_drawn(&question)?.to_vec() } else { vec![] };
    let place = args.out.clone().or_else(|| (!args.json).then(|| PathBuf::from(OUT)));
    let mut dir = place.map(OutputDir::alone).transpose()?;
    let comparison = {
        let bar = Bar::new(args.quiet, "runs");
        let (done, all) = (AtomicUsize::new(0), question.runs());
        question.compare(&|| {
            bar.show(Progress { done: done.fetch_add(1, Ordering::Relaxed) + 1, all, left: None });
            Ok(())
        })?
    };
    if let Some(dir) = &mut dir {
        for (name, bytes) in &drawn {
            dir.write(name, bytes)?;
        }
        dir.write("spikes.csv", &network_spikes_csv(&question, &comparison))?;
        if !comparison.runs.is_empty() {
            dir.write("statistics.csv", &network_statistics_csv(&comparison))?;
            dir.write("curves.csv", &network_curves_csv(&comparison))?;
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

/// What a statistic may change by, and the smallest step to try, unless told otherwise.
const CHANGE: &str = "5%";
const FINEST: &str = "0.1ms";

/// `compare recommend --network FILE`: the largest step that keeps the statistics of a network.
pub(super) fn recommend(args: &RecommendArgs, file: &Path, set: &SchemeSet, out: &mut dyn Write) -> Result<()> {
    let given = args.within.as_deref().unwrap_or(CHANGE);
    let within = percent(given).map_err(|_| {
        let allowed = "with --network a number of per cent above 0 and below 100";
        Error::invalid("--within", format!("'{}'", given.escape_debug()), allowed, "Write for example 5%.")
    })?;
    let finest = milliseconds("--finest", args.finest.as_deref().unwrap_or(FINEST))?;
    let bound = NetworkBound::new(args.statistic.as_deref(), within / 100.0, finest)?;
    let file = StudyFile::read(file, set)?;
    let mut question = file.network()?;
    if let Some(named) = &args.schemes {
        question.schemes = set.parse_list(named)?;
    }
    if let Some(adaptive) = question.schemes.iter().find(|scheme| scheme.is_adaptive()) {
        let allowed = "schemes on a grid: the truth is solved without one";
        return Err(Error::invalid("--schemes", format!("'{adaptive}'"), allowed, "Name others."));
    }
    let found = {
        let bar = Bar::new(args.print.quiet, "runs");
        let (done, all) = (AtomicUsize::new(0), question.runs_of_a_search(&bound));
        let tell = || {
            bar.show(Progress { done: done.fetch_add(1, Ordering::Relaxed) + 1, all, left: None });
            Ok(())
        };
        question.recommend(bound, &tell)?
    };
    match (args.print.json, args.print.quiet) {
        (true, _) => print(out, &json_text(&network_recommendation_json(&file, &question, &found))),
        (false, true) => Ok(()),
        (false, false) => print(out, &network_recommendation_text(&question, &found)),
    }
}
