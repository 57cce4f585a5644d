//! `compare replay`: a recorded layer or network again, under any scheme of a layer.

use std::io::Write;
use std::path::PathBuf;

use super::output::print;
use crate::error::Result;
use crate::population;
use crate::population::replay::{Recording, Replay};
use crate::report::{OutputDir, wrapped};

/// Replay a recorded layer or network under any scheme of a layer.
///
/// NAME.json describes it (kind "population" or "network_stdp") and NAME.input.csv holds its input, in the formats of the recordings of
/// BindsNET in tests/reference/simulators/bindsnet. Writes state.csv and, of a network that learns, weights.csv with the recordings' columns.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct ReplayArgs {
    /// The description: NAME.json
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// Its input: NAME.input.csv
    #[arg(long, value_name = "FILE")]
    input: PathBuf,
    /// How the neurons are stepped: bindsnet, as they were recorded, or another scheme of a layer, such as rk4 or projective-8
    #[arg(long, value_name = "NAME", default_value = "bindsnet")]
    scheme: String,
    /// Directory of state.csv and weights.csv
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Print nothing
    #[arg(long, short)]
    quiet: bool,
}

pub(super) fn run(args: &ReplayArgs, out: &mut dyn Write) -> Result<()> {
    let scheme = population::scheme(&args.scheme)?;
    let recording = Recording::read(&args.config, &args.input)?;
    // The place is tried before the work.
    let mut dir = OutputDir::alone(args.out.clone())?;
    let Replay { state, weights, spikes, diverged } = recording.replay(&scheme)?;
    dir.write("state.csv", state.as_bytes())?;
    if let Some(weights) = weights {
        dir.write("weights.csv", weights.as_bytes())?;
    }
    if args.quiet {
        return Ok(());
    }
    let mut text = format!("{}, under {scheme}: {spikes} spikes\n", recording.summary());
    if let Some((row, neuron, t)) = diverged.first() {
        let first = format!("first neuron {neuron} of row {row}, in the step to {t} ms");
        text += &wrapped(&format!("Left the finite numbers: {} neurons, {first}; empty fields.", diverged.len()));
        text += "\n";
    }
    text += &wrapped(&dir.told());
    print(out, &(text + "\n"))
}
