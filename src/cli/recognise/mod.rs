//! `compare recognise`: trains networks, shows them pictures, and says what a scheme and a step do to what they recognise.

mod figures;
mod loaded;

use std::io::Write;
use std::path::PathBuf;

use super::grid::{Session, Told, run_grid};
use super::output::{figure_format, json_text, print, typed};
use crate::error::{Error, Result, refuse_if};
use crate::recognition::recogniser::Recogniser;
use crate::report::{FigureFormat, OutputDir, Record, record, wrapped};
use crate::study::{Grid, NetworkTable, Recognition, Shard, SteppingTable, Trained, dt_list};

use figures::draw_network;

/// Options of what is trained, and of what is written of it.
const OF_TRAINING: [&str; 14] = [
    "save",
    "trained",
    "reference",
    "method",
    "neurons",
    "coding",
    "synapse",
    "duration",
    "seeds",
    "spurious",
    "out",
    "format",
    "json",
    "fresh",
];

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
    #[command(flatten)]
    network: NetworkTable,
    #[command(flatten)]
    study: Recognition,
    /// Train as each test is stepped, or once under --reference
    #[arg(long, value_enum, value_delimiter = ',', default_value = "each")]
    trained: Vec<Trained>,
    /// Scheme and step [ms] of --trained reference [default: projective-6:0.5]
    #[arg(long, value_name = "SCHEME:DT")]
    reference: Option<String>,
    /// Keep the network of the first seed, scheme and step
    #[arg(long, value_name = "FILE.safetensors")]
    save: Option<PathBuf>,
    /// Test a network that was kept; its options are its own
    #[arg(long, value_name = "FILE.safetensors", conflicts_with_all = OF_TRAINING)]
    load: Option<PathBuf>,
    /// Directory of the outputs
    #[arg(long, value_name = "DIR", default_value = "results/compare/recognise")]
    out: PathBuf,
    /// Formats of the figures
    #[arg(long, value_name = "FORMAT,..", value_delimiter = ',', default_value = "svg", value_parser = figure_format())]
    format: Vec<FigureFormat>,
    /// Print the results as JSON
    #[arg(long, conflicts_with = "quiet")]
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
    let cells = study.cells().map_err(|flaw| flaw.error)?;
    let mut dir = OutputDir::alone(&args.out)?;
    let kept = args.save.as_deref().map(OutputDir::of_file).transpose()?;
    let quiet = args.quiet || args.json;
    let session = Session { shard: Shard::WHOLE, fresh: args.fresh, source: "", quiet };
    let Told { progress, results, text } = run_grid(&study, &cells, &session, &mut dir, &args.format)?;
    let recogniser = draw_network(&cells[0], &mut dir, &args.format)?;
    if let Some((mut folder, name)) = kept {
        folder.write(&name, &recogniser.to_safetensors()?)?;
    }
    let of = Record {
        title: &format!("Pictures recognised by {} neurons, {}", args.network.neurons, args.network.method),
        question: "How many pictures do networks of spiking neurons recognise under each scheme and step?",
        kind: "recognition",
        command: typed(),
        source: "",
    };
    record(&of, &text, &mut dir)?;
    match results {
        Some(results) if args.json && !args.quiet => print(out, &json_text(&loaded::json(&results))),
        Some(results) if !args.quiet => {
            let times = loaded::times(&study, &results);
            print(out, &format!("{text}\n{progress}{times}{}\n", wrapped(&dir.told())))
        }
        _ => Ok(()),
    }
}

/// The study that the options stand for.
fn study(args: &RecogniseArgs) -> Result<Recognition> {
    let (networks, dts) = (vec![args.network.clone()], dt_list::parse("--dt", &args.dt)?);
    let mut study = Recognition { networks, dts, trained: args.trained.clone(), ..args.study.clone() };
    if let Some(text) = &args.reference {
        study.reference = stepping(text)?;
        let (allowed, mend) =
            ("a reference of --trained reference", "Add --trained reference, or leave --reference out.");
        let idle = !study.trained.contains(&Trained::Reference);
        refuse_if!(idle, "--reference", "given where networks are trained as they are tested", allowed, mend);
    }
    Ok(study)
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

/// Tests a network that was kept.
fn load(args: &RecogniseArgs, study: &Recognition, file: &std::path::Path, out: &mut dyn Write) -> Result<()> {
    let bytes = data::whole::read_bytes(file)?;
    let recogniser = Recogniser::from_safetensors(file, &bytes)?;
    let text = loaded::test(study, &recogniser)?;
    if args.quiet {
        return Ok(());
    }
    print(out, &text)
}
