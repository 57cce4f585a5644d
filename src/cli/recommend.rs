//! `compare recommend`: the cheapest scheme and the largest step that keep every spike within a bound.

use std::io::Write;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::Value;

use super::bar::Bar;
use super::compare::described;
use super::output::{PrintArgs, json_text, print, told};
use super::quantity::{milliseconds, percent, voltage};
use crate::error::Result;
use crate::model::NeuronSpec;
use crate::report::{
    Described, OutputDir, command_line, recommendation_csv, recommendation_json, recommendation_text,
    recommendation_timings_csv, tried_csv, words_csv, words_json, words_text,
};
use crate::scheme::{SchemeSet, applicable};
use crate::study::{
    CANDIDATES, Progress, RecommendOptions, Recommendation, Study, StudyInput, WORD_RULES, WORDS, WordBound,
    WordTemplate,
};

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
    /// The largest step of a network instead: FILE is of the kind "network", whose statistics are to be kept
    ///
    /// The schemes are those of the file unless --schemes names others; --within is then the largest change of each statistic, such as 5%.
    #[arg(long, value_name = "FILE.toml", conflicts_with_all = ["neuron", "input", "arithmetic", "rate", "over", "peak", "v0", "u0", "out"])]
    pub(super) network: Option<PathBuf>,
    /// Of a network: the statistics to keep [default: all]
    #[arg(long, value_name = "NAME,..", requires = "network")]
    pub(super) statistic: Option<String>,
    /// Largest spike-time error: 50us, or a number in ms [default: 0.1ms]; of a network the largest change [default: 5%]
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub(super) within: Option<String>,
    /// Find the shortest word of fixed point instead, its split and its step
    ///
    /// s*.* is a word whose length and split are searched, /s0.* a word as long for constants below 1, then a rounding as for compare.
    /// Without a value: s*.*/s0.*,s*.*/s0.*:floor.
    #[arg(long, value_name = "WORD,..", num_args = 0..=1, default_missing_value = WORDS)]
    arithmetic: Option<String>,
    /// Of a word: largest error of the mean rate in per cent; alone, it takes the place of --within
    #[arg(long, value_name = "PERCENT", requires = "arithmetic", value_parser = percent, allow_hyphen_values = true)]
    rate: Option<f64>,
    /// Length of the run: 1s, 500ms, or a number in ms [default: 1s, or the pattern's own]
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    over: Option<String>,
    /// Schemes and groups that compete, as for compare [default: all but simulators]
    #[arg(long, value_name = "NAME,..")]
    pub(super) schemes: Option<String>,
    /// Smallest step to try: 1us, 0.001ms, or a number in ms [default: a millionth of the run; of a network 0.1ms]
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub(super) finest: Option<String>,
    /// Spike peak in mV, for the truth and all schemes [default: 30; bindsnet 45]
    #[arg(long, value_name = "MV", value_parser = voltage, allow_hyphen_values = true)]
    peak: Option<f64>,
    /// Initial v in mV, as for compare
    #[arg(long, value_name = "MV", allow_hyphen_values = true)]
    v0: Option<String>,
    /// Initial u in the unit of the neuron, as for compare
    #[arg(long, value_name = "U", allow_hyphen_values = true)]
    u0: Option<String>,
    /// Write recommend.csv, tried.csv (every run of the search), timings.csv and recommend.json to a directory
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    #[command(flatten)]
    pub(super) print: PrintArgs,
}

/// The bound unless another is given.
const WITHIN: &str = "0.1ms";

/// The smallest step that words are tried with unless another is given: with smaller ones the constants of the step have no bits left.
const FINEST_OF_WORDS: &str = "0.01ms";

/// Wall-clock time for measuring times.
const TIMING: Duration = Duration::from_millis(600);

pub(super) fn run(args: &RecommendArgs, set: &SchemeSet, out: &mut dyn Write) -> Result<()> {
    let (study, described) = study(args, set)?;
    let finest = args.finest.as_ref().map(|text| milliseconds("--finest", text)).transpose()?;
    let within = milliseconds("--within", args.within.as_deref().unwrap_or(WITHIN))?;
    if let Some(words) = &args.arithmetic {
        return words_of(args, &study, &described, words, within, out);
    }
    // The place is tried before the work, so that a wrong one costs nothing; a study that is refused takes it back.
    let mut files = args.out.clone().map(OutputDir::alone).transpose()?;
    let timing_budget = (!args.print.no_timing).then_some(TIMING);
    let found = {
        let bar = Bar::new(args.print.quiet, "schemes");
        let progress = |done, all| bar.show(Progress { done, all, left: None });
        let options = RecommendOptions { within, finest, timing_budget, progress: &progress, ..Default::default() };
        study.recommend(options)?
    };
    if let Some(files) = &mut files {
        write_files(files, &found, &described, !args.print.no_timing)?;
    }
    let json = |written: &[String]| recommendation_json(&found, &described, written);
    tell(args, files.as_ref(), json, || recommendation_text(&found, &described), out)
}

/// Prints what was found, as asked: as JSON with the names of the files that were written, or as text and where they are.
fn tell(
    args: &RecommendArgs,
    files: Option<&OutputDir>,
    json: impl FnOnce(&[String]) -> Value,
    text: impl FnOnce() -> String,
    out: &mut dyn Write,
) -> Result<()> {
    if args.print.quiet {
        return Ok(());
    }
    if args.print.json {
        return print(out, &json_text(&json(files.map(OutputDir::written).unwrap_or_default())));
    }
    print(out, &(text() + &told(files)))
}

/// `compare recommend --arithmetic`.
fn words_of(
    args: &RecommendArgs,
    study: &Study,
    described: &Described,
    words: &str,
    within: f64,
    out: &mut dyn Write,
) -> Result<()> {
    let templates = WordTemplate::parse_list(words)?;
    let rate = args.rate.map(|percent| percent / 100.0);
    let bound = WordBound { within: (args.within.is_some() || rate.is_none()).then_some(within), rate };
    let finest = milliseconds("--finest", args.finest.as_deref().unwrap_or(FINEST_OF_WORDS))?;
    let mut files = args.out.clone().map(OutputDir::alone).transpose()?;
    let found = {
        let bar = Bar::new(args.print.quiet, "searches");
        let (done, all) = (AtomicUsize::new(0), study.schemes.len() * templates.len());
        let progress = || bar.show(Progress { done: done.fetch_add(1, Ordering::Relaxed) + 1, all, left: None });
        study.recommend_words(&templates, bound, finest, &progress)?
    };
    if let Some(files) = &mut files {
        files.write("words.csv", &words_csv(&found))?;
        let json = words_json(&found, described, files.written());
        files.write("recommend.json", json_text(&json).as_bytes())?;
    }
    let json = |written: &[String]| words_json(&found, described, written);
    tell(args, files.as_ref(), json, || words_text(&found, described), out)
}

/// What the options ask for, and how its problem is called.
fn study(args: &RecommendArgs, set: &SchemeSet) -> Result<(Study, Described)> {
    let neuron = NeuronSpec::parse(&args.neuron)?.started(args.v0.as_deref(), args.u0.as_deref())?;
    let duration = args.over.as_deref().map(|text| milliseconds("--over", text)).transpose()?;
    let input = StudyInput::of(&neuron, args.input.as_deref())?;
    let unnamed = if args.arithmetic.is_some() { WORD_RULES } else { CANDIDATES };
    let named = args.schemes.as_deref();
    let candidates = set.parse_list(named.unwrap_or(unnamed))?;
    let (schemes, left_out) = applicable(candidates, named.unwrap_or_default(), neuron.neuron.form());
    let study = Study {
        neurons: vec![neuron],
        inputs: vec![input],
        peaks: args.peak.into_iter().collect(),
        duration,
        schemes,
        ..Study::default()
    };
    let described = described(&study, command(args), &left_out);
    Ok((study, described))
}

/// The command line without options that change no number.
fn command(args: &RecommendArgs) -> String {
    let options = [
        ("neuron", Some(args.neuron.clone())),
        ("input", args.input.clone()),
        ("within", args.within.clone().or_else(|| args.rate.is_none().then(|| WITHIN.to_owned()))),
        ("arithmetic", args.arithmetic.clone()),
        ("rate", args.rate.map(|rate| rate.to_string())),
        ("over", args.over.clone()),
        ("schemes", args.schemes.clone()),
        ("finest", args.finest.clone()),
        ("peak", args.peak.map(|peak| peak.to_string())),
        ("v0", args.v0.clone()),
        ("u0", args.u0.clone()),
    ];
    command_line("recommend", &options)
}

fn write_files(files: &mut OutputDir, found: &Recommendation, described: &Described, timed: bool) -> Result<()> {
    files.write("recommend.csv", &recommendation_csv(found))?;
    files.write("tried.csv", &tried_csv(found))?;
    if timed {
        files.write("timings.csv", &recommendation_timings_csv(found))?;
    }
    let json = recommendation_json(found, described, files.written());
    files.write("recommend.json", json_text(&json).as_bytes())
}
