//! `compare recommend`: the cheapest scheme and the largest step that keep every spike within a bound.

use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::compare::stimulus;
use super::quantity::milliseconds;
use crate::Problem;
use crate::error::{Error, Result};
use crate::model::NeuronSpec;
use crate::report::{
    Described, OutputDir, quoted, recommendation_csv, recommendation_json, recommendation_text,
    recommendation_timings_csv, tried_csv, wrapped,
};
use crate::scheme::SchemeSet;
use crate::study::{CANDIDATES, Recommendation, Study, default_finest, recommend};

/// Recommend the cheapest scheme and the largest step that keep every spike within a bound.
///
/// Every scheme is run with steps from 10 ms downwards until it and several smaller ones keep all spikes within the bound, none
/// lost or added; adaptive schemes compete by their tolerance. The rules of NEST, BindsNET, Brian2 and Nengo are searched as they
/// come. Costs are counted flops, weighed by what a flop takes in each scheme.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct RecommendArgs {
    /// The neuron, as for compare
    #[arg(long, default_value = "RS", allow_hyphen_values = true)]
    neuron: String,
    /// The input, as for compare [default: step:10, or the pattern's own]
    #[arg(long, allow_hyphen_values = true)]
    input: Option<String>,
    /// Largest spike-time error: 0.1ms, 50us, or a number in ms
    #[arg(long, value_name = "TIME", default_value = "0.1ms", allow_hyphen_values = true)]
    within: String,
    /// Length of the run: 1s, 500ms, or a number in ms [default: 1s, or the pattern's own]
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    over: Option<String>,
    /// Schemes and groups that compete, as for compare [default: all but simulators]
    #[arg(long, value_name = "NAME,..")]
    schemes: Option<String>,
    /// Smallest step to try: 1us, 0.001ms, or a number in ms [default: a millionth of the run]
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    finest: Option<String>,
    /// Spike peak in mV, for the truth and all schemes [default: 30; bindsnet 45]
    #[arg(long, value_name = "MV", allow_negative_numbers = true)]
    peak: Option<f64>,
    /// Write recommend.csv, tried.csv (every run of the search), timings.csv and recommend.json to a directory
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Print one JSON object and nothing else
    #[arg(long)]
    json: bool,
    /// Print nothing
    #[arg(long, short)]
    quiet: bool,
    /// Measure no times: all outputs are then the same at every run
    #[arg(long)]
    no_timing: bool,
}

/// Wall-clock time for measuring times.
const TIMING: Duration = Duration::from_millis(600);

pub(super) fn run(args: &RecommendArgs, set: &SchemeSet, out: &mut dyn Write) -> Result<()> {
    let (study, described) = study(args, set)?;
    let finest = match &args.finest {
        Some(text) => milliseconds("--finest", text)?,
        None => default_finest(study.problem.duration),
    };
    study.validate()?;
    // The place is tried before the work, so that a wrong one costs nothing.
    let mut files = args.out.clone().map(OutputDir::create).transpose()?;
    let found = with_progress(args, study, finest)?;
    if let Some(files) = &mut files {
        write_files(files, &found, &described)?;
    }
    if args.quiet {
        return Ok(());
    }
    let written = files.as_ref().map(OutputDir::written).unwrap_or_default();
    if args.json {
        return print(out, &pretty(&recommendation_json(&found, &described, written)));
    }
    print(out, &recommendation_text(&found, &described))?;
    if let Some(files) = &files {
        let text = format!("Written to {}: {}", files.root().display(), written.join(", "));
        print(out, &format!("\n{}\n", wrapped(&text)))?;
    }
    Ok(())
}

fn print(out: &mut dyn Write, text: &str) -> Result<()> {
    out.write_all(text.as_bytes()).map_err(Error::write("the standard output"))
}

fn pretty(json: &serde_json::Value) -> String {
    serde_json::to_string_pretty(json).expect("a JSON value can be written") + "\n"
}

/// What the options ask for, and how its problem is called.
fn study(args: &RecommendArgs, set: &SchemeSet) -> Result<(Study, Described)> {
    let spec = NeuronSpec::parse(&args.neuron)?;
    let over = args.over.as_deref().map(|text| milliseconds("--over", text)).transpose()?;
    let duration = over.or(spec.duration).unwrap_or(1000.0);
    let (input, stimulus) = stimulus(&spec, args.input.as_deref(), duration)?;
    let mut neuron = spec.neuron;
    if let Some(peak) = args.peak {
        neuron.peak = peak;
    }
    let schemes = set.parse_list(args.schemes.as_deref().unwrap_or(CANDIDATES))?;
    let study = Study {
        problem: Problem { neuron, stimulus, initial: spec.initial, duration },
        dts: Vec::new(),
        tolerances: Vec::new(),
        schemes: schemes.iter().map(|scheme| scheme.configured(args.peak.is_some(), None)).collect(),
        metrics: Default::default(),
        distances: Default::default(),
        within: milliseconds("--within", &args.within)?,
        timing_budget: (!args.no_timing).then_some(TIMING),
    };
    Ok((study, Described { neuron: spec.label, input, command: command(args) }))
}

/// The command line without options that change no number.
fn command(args: &RecommendArgs) -> String {
    let peak = args.peak.map(|peak| peak.to_string());
    let options = [
        ("neuron", Some(&args.neuron)),
        ("input", args.input.as_ref()),
        ("within", Some(&args.within)),
        ("over", args.over.as_ref()),
        ("schemes", args.schemes.as_ref()),
        ("finest", args.finest.as_ref()),
        ("peak", peak.as_ref()),
    ];
    let given = options.iter().filter_map(|(name, value)| value.map(|value| format!(" --{name} {}", quoted(value))));
    std::iter::once("compare recommend".to_owned()).chain(given).collect()
}

/// Searches with a bar on a terminal, and without one in a pipe.
fn with_progress(args: &RecommendArgs, study: Study, finest: f64) -> Result<Recommendation> {
    let hidden = args.quiet || !std::io::stderr().is_terminal();
    let target = if hidden { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
    let bar = ProgressBar::with_draw_target(None, target);
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len} schemes") {
        bar.set_style(style);
    }
    let found = recommend(study, finest, args.peak.is_some(), &|done, all| {
        bar.set_length(all as u64);
        bar.set_position(done as u64);
    });
    bar.finish_and_clear();
    found
}

fn write_files(files: &mut OutputDir, found: &Recommendation, described: &Described) -> Result<()> {
    files.write("recommend.csv", &recommendation_csv(found))?;
    files.write("tried.csv", &tried_csv(found))?;
    if found.basis.study.timing_budget.is_some() {
        files.write("timings.csv", &recommendation_timings_csv(found))?;
    }
    let json = recommendation_json(found, described, files.written());
    files.write("recommend.json", pretty(&json).as_bytes())
}
