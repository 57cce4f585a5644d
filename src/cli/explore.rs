//! `compare explore`: a page on which a problem moves under the hand.

use std::io::Write;
use std::path::PathBuf;

use serde_json::{Map, Value, json};

use super::output::print;
use super::quantity::{milliseconds, time, voltage};
use crate::arithmetic::Arithmetic;
use crate::error::{Error, Result, refuse_if};
use crate::explore;
use crate::model::{NeuronSpec, Piece, Stimulus};
use crate::report::OutputDir;
use crate::scheme::SchemeSet;
use crate::study::{Study, StudyInput};

/// Most samples of a recorded input that a page holds.
const MOST_SAMPLES: usize = 10_000;

/// Write a page on which a problem moves under the hand: sliders for dt, neuron and input, and the spikes move.
///
/// One file that works from a disk, without a network: it holds this library as WebAssembly. The options are those of compare; what
/// is left out is as usual.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct ExploreArgs {
    /// The neuron, as for compare: RS, A..T, a=0.02,b=0.2, FS2007
    #[arg(long, default_value = "RS", allow_hyphen_values = true)]
    neuron: String,
    /// The input, as for compare [default: step:10, or the neuron's own]
    #[arg(long, allow_hyphen_values = true)]
    input: Option<String>,
    /// The step to begin with: 0.5, 100us
    #[arg(long, value_name = "TIME", default_value = "0.5", allow_hyphen_values = true)]
    dt: String,
    /// Schemes to begin with, with commas
    #[arg(long, value_name = "NAME,..", default_value = "euler,bindsnet,rk4,rk4+located")]
    schemes: String,
    /// Arithmetic, as for compare
    #[arg(long, value_name = "FORMAT,..")]
    arithmetic: Option<String>,
    /// Length of the run: 1000, 1s [default: as for compare]
    #[arg(long, value_name = "TIME", value_parser = time, allow_hyphen_values = true)]
    duration: Option<f64>,
    /// Spike peak in mV
    #[arg(long, value_name = "MV", value_parser = voltage, allow_hyphen_values = true)]
    peak: Option<f64>,
    /// Initial v in mV
    #[arg(long, value_name = "MV", allow_hyphen_values = true)]
    v0: Option<String>,
    /// Initial u in mV/ms, 2007: pA
    #[arg(long, value_name = "U", allow_hyphen_values = true)]
    u0: Option<String>,
    /// The page
    #[arg(long, value_name = "FILE.html", default_value = "results/compare/explore.html")]
    out: PathBuf,
    /// Print nothing
    #[arg(long, short)]
    quiet: bool,
}

pub(super) fn run(args: &ExploreArgs, set: &SchemeSet, out: &mut dyn Write) -> Result<()> {
    let page = explore::page(&Value::Object(start(args, set)?).to_string());
    let (mut dir, name) = OutputDir::of_file(&args.out)?;
    dir.write(&name, page.as_bytes())?;
    if args.quiet {
        return Ok(());
    }
    print(out, &format!("Open {} in a browser: it needs nothing else.\n", args.out.display()))
}

/// The state that the page begins with, of a problem that can be solved.
fn start(args: &ExploreArgs, set: &SchemeSet) -> Result<Map<String, Value>> {
    let file = args.neuron.contains(".nml");
    let mend = "Give its parameters, as compare prints them.";
    refuse_if!(
        file,
        "--neuron",
        format!("the file {}", args.neuron),
        "a name or parameters, which a page can hold",
        mend
    );
    let neuron = NeuronSpec::parse(&args.neuron)?.started(args.v0.as_deref(), args.u0.as_deref())?;
    let input = StudyInput::of(&neuron, args.input.as_deref())?;
    let schemes = set.parse_list(&args.schemes)?;
    let dt = milliseconds("--dt", &args.dt)?;
    args.arithmetic.as_deref().map(Arithmetic::parse_list).transpose()?;
    let recorded = input.spec.as_ref().and_then(|spec| spec.recorded_span()).is_some();
    let study = Study {
        neurons: vec![neuron],
        inputs: vec![input],
        peaks: args.peak.into_iter().collect(),
        duration: args.duration,
        schemes: schemes.clone(),
        dts: vec![dt],
        tolerances: vec![1e-6],
        ..Study::default()
    };
    let problem = study.problem()?;
    // The length is said even where it is the neuron's own: a page has a field for it.
    let mut start = Map::new();
    start.insert("neuron".to_owned(), json!(args.neuron));
    start.insert("dt".to_owned(), json!(dt));
    start.insert("schemes".to_owned(), schemes.iter().map(ToString::to_string).collect());
    start.insert("duration".to_owned(), json!(problem.duration));
    let own = study.inputs[0].spec.is_none();
    start.insert("input".to_owned(), json!(args.input.as_deref().unwrap_or(if own { "" } else { "step:10" })));
    if recorded {
        start.insert("recorded".to_owned(), recording(&problem.stimulus, study.neurons[0].input_scale)?);
    }
    for (key, value) in [("arithmetic", &args.arithmetic), ("v0", &args.v0), ("u0", &args.u0)] {
        if let Some(value) = value {
            start.insert(key.to_owned(), json!(value));
        }
    }
    if let Some(peak) = args.peak {
        start.insert("peak".to_owned(), json!(peak));
    }
    Ok(start)
}

/// The samples of a recorded input in the unit in which it is typed, and whether it is straight between them.
fn recording(stimulus: &Stimulus, scale: f64) -> Result<Value> {
    let pieces = stimulus.pieces();
    if pieces.len() > MOST_SAMPLES {
        let given = format!("{} samples", pieces.len());
        let mend = "Resample the recording, or shorten it.";
        return Err(Error::invalid("--input", given, format!("at most {MOST_SAMPLES} on a page"), mend));
    }
    let column = |of: fn(&Piece) -> f64, unit: f64| pieces.iter().map(|piece| of(piece) / unit).collect::<Vec<f64>>();
    let linear = pieces.iter().any(|piece| piece.slope != 0.0);
    Ok(json!({ "times": column(|p| p.start, 1.0), "values": column(|p| p.value, scale), "linear": linear }))
}
