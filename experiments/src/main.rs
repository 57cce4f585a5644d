//! Questions about the time step of an Izhikevich neuron. Each is one file here, on the public API of `spikestep` alone: its parameters
//! are constants at the top with their units and sources; its answer is a figure, a CSV, and a paragraph whose words depend on the numbers.
//!
//! `cargo run --release -p experiments -- NAME` runs one and writes to `results/NAME/`; `list` names them all with their questions.

mod adaptation_memory;
mod bindsnet_533;
mod convolution_cost;
mod cost_at_equal_error;
mod de_alteriis_2021;
mod fi_curves;
mod genn_114;
mod gunasekaran_2019;
mod hopkins_furber_2015;
mod inhibition_excites;
mod inverse_operator;
mod nengo_1542;
mod nest_2397;
mod nest_2647;
mod nest_2654;
mod network_2003;
mod operator_residual;
mod patterns;
mod peak;
mod shared;
mod spike_charge;
mod spynnaker_563;
mod touboul_2009;

use std::io::{ErrorKind, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use spikestep::report::FigureFormat;
use spikestep::{Error, Result};

use shared::{Experiment, Outputs};

/// All experiments, in the order in which `list` shows them.
const EXPERIMENTS: &[Experiment] = &[
    adaptation_memory::EXPERIMENT,
    bindsnet_533::EXPERIMENT,
    convolution_cost::EXPERIMENT,
    cost_at_equal_error::EXPERIMENT,
    de_alteriis_2021::EXPERIMENT,
    fi_curves::EXPERIMENT,
    genn_114::EXPERIMENT,
    gunasekaran_2019::EXPERIMENT,
    hopkins_furber_2015::EXPERIMENT,
    inhibition_excites::EXPERIMENT,
    inverse_operator::EXPERIMENT,
    nengo_1542::EXPERIMENT,
    nest_2397::EXPERIMENT,
    nest_2647::EXPERIMENT,
    nest_2654::EXPERIMENT,
    network_2003::EXPERIMENT,
    operator_residual::EXPERIMENT,
    patterns::EXPERIMENT,
    peak::EXPERIMENT,
    spike_charge::EXPERIMENT,
    spynnaker_563::EXPERIMENT,
    touboul_2009::EXPERIMENT,
];

/// Answer a question about the time step of an Izhikevich neuron.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100)]
struct Arguments {
    /// The experiments to run, or `list` to name them all with their questions
    #[arg(value_name = "NAME", required = true)]
    names: Vec<String>,
    /// Write each experiment's outputs to the folder of its name below DIR
    #[arg(long, value_name = "DIR", default_value = "results")]
    out: PathBuf,
    /// Formats of the figures
    #[arg(long, value_name = "FORMAT,..", value_delimiter = ',', default_value = "svg")]
    format: Vec<Format>,
}

/// A format of figures by its name on the command line.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Svg,
    Png,
    Pdf,
}

impl From<Format> for FigureFormat {
    fn from(format: Format) -> Self {
        match format {
            Format::Svg => FigureFormat::Svg,
            Format::Png => FigureFormat::Png,
            Format::Pdf => FigureFormat::Pdf,
        }
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments, &mut std::io::stdout().lock()) {
        Ok(()) => ExitCode::SUCCESS,
        // The reader of a pipe (`| head`) has had enough.
        Err(Error::Write { source, .. }) if source.kind() == ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            // Nothing is left to do about an error stream that is gone.
            let _ = writeln!(std::io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments, out: &mut dyn Write) -> Result<()> {
    let mut print = |text: &str| out.write_all(text.as_bytes()).map_err(Error::write("the standard output"));
    if arguments.names.iter().any(|name| name == "list") {
        return EXPERIMENTS.iter().try_for_each(|e| print(&format!("{}\n    {}\n", e.name, e.question)));
    }
    // Every name is looked up before the first experiment runs.
    let known = || EXPERIMENTS.iter().map(|e| e.name);
    let chosen: Vec<&Experiment> = arguments
        .names
        .iter()
        .map(|name| {
            EXPERIMENTS.iter().find(|e| e.name == name).ok_or_else(|| Error::unknown("experiment", name, known()))
        })
        .collect::<Result<_>>()?;
    let formats: Vec<FigureFormat> = arguments.format.iter().map(|&format| format.into()).collect();
    for experiment in chosen {
        let mut outputs = Outputs::create(arguments.out.join(experiment.name), &formats)?;
        let text = (experiment.run)(&mut outputs)?;
        outputs.record(experiment, &text)?;
        print(&format!("{}\n{}\n\n{}", experiment.name, experiment.question, text))?;
        print(&format!("\nWritten to {}: {}\n", outputs.root().display(), outputs.written().join(", ")))?;
    }
    Ok(())
}
