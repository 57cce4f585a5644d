//! `compare recognise`: trains networks, shows them pictures, and says what a scheme and a step do to what they recognise.

mod figures;
mod loaded;

use std::io::Write;
use std::path::PathBuf;

use super::compare::Format;
use super::grid::{Session, run_grid};
use super::output::{json_text, print};
use crate::error::{Error, Result};
use crate::recognition::recogniser::Recogniser;
use crate::report::{FigureFormat, OutputDir, wrapped};
use crate::study::{Grid, NetworkTable, Recognition, Shard, SteppingTable, TrainedBy, dt_list};

use figures::draw_network;

/// Recognise pictures by networks of Izhikevich neurons under each scheme and step.
///
/// Trains a network for each scheme, step and seed (or one for all, see --trained), tests it, prints accuracies over the seeds beside
/// what the pixels alone give, and writes tables and figures: a picture and its pulses, the most excited neurons step by step, weights,
/// confusions, accuracy against dt. What is done is kept: the same command goes on where it was stopped.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct RecogniseArgs {
    /// Steps [ms], as for compare: 0.5 or 0.25,0.5,1
    #[arg(long, value_name = "LIST", default_value = "0.5,1")]
    dt: String,
    /// Schemes of layers: bindsnet, half-step, euler, rk4, rk4+located, projective-6, projective-8, ...
    #[arg(long, value_name = "NAME,..", value_delimiter = ',', default_value = "projective-6,bindsnet")]
    schemes: Vec<String>,
    /// How networks learn: fixed (random weights, a linear readout), unsupervised (PostPre, competition), teacher
    #[arg(long, value_name = "NAME", default_value = "unsupervised")]
    method: String,
    /// Number of neurons
    #[arg(long, value_name = "N", default_value_t = 100)]
    neurons: usize,
    /// Seeds 1 to this many, each with its own split, weights and pulses
    #[arg(long, value_name = "N", default_value_t = 1)]
    seeds: u64,
    /// Readouts: linear, all-activity, proportion, ngram:2, most-excited [default: the method's own]
    #[arg(long, value_name = "NAME,..", value_delimiter = ',')]
    readout: Vec<String>,
    /// Train as each test is stepped, or once under --reference
    #[arg(long, value_name = "each|reference", value_delimiter = ',', default_value = "each")]
    trained: Vec<String>,
    /// Scheme and step [ms] of --trained reference
    #[arg(long, value_name = "SCHEME:DT", default_value = "projective-6:0.5")]
    reference: String,
    /// Lower bound of v [mV], beside none
    #[arg(long, value_name = "MV", value_delimiter = ',', allow_hyphen_values = true)]
    lbound: Vec<f64>,
    /// Pulse code: regular:250, poisson:128, bernoulli, rank-order, single, latency
    #[arg(long, value_name = "CODE")]
    coding: Option<String>,
    /// How pulses reach a neuron: exponential:10, charge, bindsnet (a weight in one step)
    #[arg(long, value_name = "SYNAPSE")]
    synapse: Option<String>,
    /// How long a picture is shown [ms]
    #[arg(long, value_name = "MS")]
    duration: Option<f64>,
    /// Pictures: a file of the MNIST format (gzipped or plain), or a folder with a folder of PNGs for each class [default: 8 x 8 digits]
    #[arg(long, value_name = "PATH")]
    images: Option<PathBuf>,
    /// Their labels, for a file
    #[arg(long, value_name = "FILE")]
    labels: Option<PathBuf>,
    /// Pictures to learn from
    #[arg(long, value_name = "N", default_value_t = 1200)]
    training: usize,
    /// Pictures to be recognised
    #[arg(long, value_name = "N", default_value_t = 597)]
    test: usize,
    /// Count the spikes that the equations do not have
    #[arg(long)]
    spurious: bool,
    /// Keep the network of the first seed, scheme and step
    #[arg(long, value_name = "FILE.safetensors")]
    save: Option<PathBuf>,
    /// Test a network that was kept; its options are its own
    #[arg(long, value_name = "FILE.safetensors", conflicts_with_all = ["save", "trained", "method", "neurons", "coding", "synapse", "duration"])]
    load: Option<PathBuf>,
    /// Directory of the outputs
    #[arg(long, value_name = "DIR", default_value = "results/compare/recognise")]
    out: PathBuf,
    /// Formats of the figures
    #[arg(long, value_name = "FORMAT,..", value_delimiter = ',', default_value = "svg")]
    format: Vec<Format>,
    /// Print the results as JSON
    #[arg(long)]
    json: bool,
    /// Forget what is done
    #[arg(long)]
    fresh: bool,
    /// Print nothing
    #[arg(long, short)]
    quiet: bool,
}

pub(super) fn run(args: &RecogniseArgs, out: &mut dyn Write) -> Result<()> {
    let study = study(args)?;
    if let Some(file) = &args.load {
        return load(args, &study, file, out);
    }
    study.cells().map_err(|flaw| flaw.error)?;
    let mut dir = OutputDir::create(args.out.clone())?;
    let formats: Vec<FigureFormat> = args.format.iter().map(|&format| format.into()).collect();
    let quiet = args.quiet || args.json;
    let told =
        run_grid(&study, &Session { shard: Shard::WHOLE, fresh: args.fresh, source: "", quiet }, &mut dir, &formats)?;
    let recogniser = draw_network(&study, &mut dir, &formats)?;
    if let Some(file) = &args.save {
        save(&recogniser, file)?;
    }
    if args.quiet {
        return Ok(());
    }
    let root = dir.root().to_owned();
    let all = if args.json {
        json_text(&loaded::json(&root)?)
    } else {
        let times = loaded::times(&study, &root)?;
        let written = format!("Written to {}: {}", root.display(), dir.written().join(", "));
        format!("{}\n{}{times}{}\n", told.text, told.progress, wrapped(&written))
    };
    print(out, &all)
}

/// The study that the options stand for.
fn study(args: &RecogniseArgs) -> Result<Recognition> {
    let trained = |name: &String| match name.as_str() {
        "each" => Ok(TrainedBy::Each),
        "reference" => Ok(TrainedBy::Reference),
        other => Err(Error::unknown("--trained", other, ["each", "reference"])),
    };
    Ok(Recognition {
        images: args.images.clone(),
        labels: args.labels.clone(),
        training: args.training,
        test: args.test,
        seeds: args.seeds,
        networks: vec![NetworkTable {
            method: args.method.clone(),
            neurons: args.neurons,
            readouts: args.readout.clone(),
            coding: args.coding.clone(),
            duration: args.duration,
            synapse: args.synapse.clone(),
            ..NetworkTable::default()
        }],
        reference: stepping(&args.reference)?,
        trained: args.trained.iter().map(trained).collect::<Result<_>>()?,
        schemes: args.schemes.clone(),
        dts: dt_list::parse("--dt", &args.dt)?,
        lbounds: args.lbound.clone(),
        spurious: args.spurious,
    })
}

fn stepping(text: &str) -> Result<SteppingTable> {
    let parts = text.split_once(':').and_then(|(scheme, dt)| Some((scheme.to_owned(), dt.parse().ok()?)));
    let Some((scheme, dt)) = parts else {
        return Err(Error::invalid(
            "--reference",
            text,
            "SCHEME:DT",
            "Write a scheme and a step, as projective-6:0.5.",
        ));
    };
    Ok(SteppingTable { scheme, dt })
}

/// Writes a network, whole or not at all.
fn save(recogniser: &Recogniser, file: &std::path::Path) -> Result<()> {
    let name = file.file_name().and_then(|name| name.to_str()).unwrap_or("network.safetensors").to_owned();
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(".".as_ref());
    OutputDir::create(folder.to_owned())?.write(&name, &recogniser.to_safetensors()?)
}

/// Tests a network that was kept.
fn load(args: &RecogniseArgs, study: &Recognition, file: &std::path::Path, out: &mut dyn Write) -> Result<()> {
    let bytes = std::fs::read(file).map_err(Error::read(file))?;
    let recogniser = Recogniser::from_safetensors(file, &bytes)?;
    let text = loaded::test(study, &recogniser)?;
    if args.quiet {
        return Ok(());
    }
    print(out, &text)
}
