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
mod shared;
mod spike_charge;
mod spynnaker_563;
mod touboul_2009;
mod word_length;

use std::io::{ErrorKind, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use spikestep::report::FigureFormat;
use spikestep::{Error, Result};

use shared::Outputs;

/// A question and the program that answers it: name, which is the folder of its outputs below `results/`; the question, in a sentence; and
/// what does the work, writes figures and tables, and returns the text to print.
type Experiment = (&'static str, &'static str, fn(&mut Outputs<'_>) -> Result<String>);

macro_rules! named {
    ($($name:ident)*) => { &[$((stringify!($name), $name::QUESTION, $name::run)),*] };
}

/// All experiments, in the order in which `list` shows them.
const EXPERIMENTS: &[Experiment] = named! {
    adaptation_memory bindsnet_533 convolution_cost cost_at_equal_error de_alteriis_2021 fi_curves
    genn_114 gunasekaran_2019 hopkins_furber_2015 inhibition_excites inverse_operator
    nengo_1542 nest_2397 nest_2647 nest_2654 network_2003 operator_residual patterns
    spike_charge spynnaker_563 touboul_2009 word_length
};

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
    #[arg(long, value_name = "FORMAT,..", value_delimiter = ',', default_value = "svg", value_parser = format)]
    format: Vec<FigureFormat>,
}

/// A format of figures by its name on the command line.
fn format(name: &str) -> std::result::Result<FigureFormat, String> {
    let mut known = [FigureFormat::Svg, FigureFormat::Png, FigureFormat::Pdf].into_iter();
    known.find(|f| f.extension() == name).ok_or_else(|| format!("'{name}' is not svg, png or pdf"))
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
        return EXPERIMENTS.iter().try_for_each(|(name, question, _)| print(&format!("{name}\n    {question}\n")));
    }
    // Every name is looked up before the first experiment runs.
    let find = |name: &String| {
        let found = EXPERIMENTS.iter().find(|known| known.0 == name);
        found.ok_or_else(|| Error::unknown("experiment", name, EXPERIMENTS.iter().map(|known| known.0)))
    };
    let chosen = arguments.names.iter().map(find).collect::<Result<Vec<_>>>()?;
    for &(name, question, answer) in chosen {
        let mut outputs = Outputs::create(arguments.out.join(name), &arguments.format)?;
        let text = answer(&mut outputs)?;
        outputs.record(name, question, &text)?;
        print(&format!("{name}\n{question}\n\n{text}"))?;
        print(&format!("\nWritten to {}: {}\n", outputs.root().display(), outputs.written().join(", ")))?;
    }
    Ok(())
}
