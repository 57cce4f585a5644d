//! `compare replay`: a recorded layer or network again, under any scheme of a layer, or under several and at several steps.

use std::io::Write;
use std::path::PathBuf;

use super::output::print;
use crate::error::Result;
use crate::population;
use crate::population::replay::{Recording, Replay, Rerun};
use crate::report::{OutputDir, three, wrapped};
use crate::scheme::Scheme;
use crate::study::dt_list;

/// Replay a recorded layer or network under any scheme of a layer.
///
/// NAME.json describes it (kind "population" or "network_stdp") and NAME.input.csv holds its input, in the formats of the recordings of
/// BindsNET in tests/reference/simulators/bindsnet; spikestep.bindsnet writes them of a network of one's own. Writes state.csv and, of a network
/// that learns, weights.csv with the recordings' columns; with several schemes, or --dt, it compares them with the recording instead.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct ReplayArgs {
    /// The description: NAME.json
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// Its input: NAME.input.csv
    #[arg(long, value_name = "FILE")]
    input: PathBuf,
    /// How the neurons are stepped: bindsnet, as they were recorded, or other schemes of a layer, such as rk4 or projective-8
    #[arg(long, value_name = "NAME,..", value_delimiter = ',', default_value = "bindsnet")]
    scheme: Vec<String>,
    /// Steps, each that of the recording or a whole part of it [default: that of the recording]
    #[arg(long, value_name = "LIST")]
    dt: Option<String>,
    /// Directory of state.csv and weights.csv, or of comparison.csv
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Print nothing
    #[arg(long, short)]
    quiet: bool,
}

pub(super) fn run(args: &ReplayArgs, out: &mut dyn Write) -> Result<()> {
    let schemes: Vec<Scheme> = args.scheme.iter().map(|name| population::scheme(name)).collect::<Result<_>>()?;
    let dts = args.dt.as_ref().map(|list| dt_list::parse("--dt", list)).transpose()?;
    let recording = Recording::read(&args.config, &args.input)?;
    // The place is tried before the work.
    let mut dir = OutputDir::alone(args.out.clone())?;
    let mut text = match (&schemes[..], dts) {
        ([scheme], None) => one(&recording, scheme, &mut dir)?,
        (_, dts) => several(&recording, &schemes, &dts.unwrap_or_else(|| vec![recording.dt()]), &mut dir)?,
    };
    if args.quiet {
        return Ok(());
    }
    text += &wrapped(&dir.told());
    print(out, &(text + "\n"))
}

/// A replay with all its states.
fn one(recording: &Recording, scheme: &Scheme, dir: &mut OutputDir) -> Result<String> {
    let Replay { state, weights, spikes, diverged } = recording.replay(scheme)?;
    dir.write("state.csv", state.as_bytes())?;
    if let Some(weights) = weights {
        dir.write("weights.csv", weights.as_bytes())?;
    }
    let mut text = format!("{}, under {scheme}: {spikes} spikes\n", recording.summary());
    if let Some((row, neuron, t)) = diverged.first() {
        let first = format!("first neuron {neuron} of row {row}, in the step to {t} ms");
        text += &wrapped(&format!("Left the finite numbers: {} neurons, {first}; empty fields.", diverged.len()));
        text += "\n";
    }
    Ok(text)
}

/// What schemes and steps make of a recording, beside what it was.
fn several(recording: &Recording, schemes: &[Scheme], dts: &[f64], dir: &mut OutputDir) -> Result<String> {
    let recorded = recording.rerun(&population::scheme("bindsnet")?, recording.dt())?;
    let mut csv =
        "scheme,dt_ms,spikes,rate_Hz,spurious,first_presentation,first_row,first_neuron,first_ms,labels_changed\n"
            .to_owned();
    let mut text = format!("{}\n", recording.summary());
    text += "scheme                   dt [ms]   rate [Hz]   spurious   labels changed   first spike that differs from the recording\n";
    for scheme in schemes {
        for &dt in dts {
            let rerun: Rerun = recording.rerun(scheme, dt)?;
            let first = rerun.first_difference(&recorded)?;
            let changed = recording.changed_labels(&recorded, &rerun)?.map(|n| n.to_string());
            let share = rerun.counted.share().map_or("-".to_owned(), |share| format!("{:.1} %", 100.0 * share));
            let place = first.map(|d| (d.presentation, d.row, d.spike.neuron, d.spike.t));
            let told = place.map_or("none".to_owned(), |(presentation, row, neuron, t)| {
                format!("{} ms of presentation {presentation}, neuron {neuron} of row {row}", three(t))
            });
            text += &format!(
                "{:22} {:>9} {:>11} {:>10} {:>16}   {told}\n",
                scheme.to_string(),
                dt.to_string(),
                three(rerun.rate),
                share,
                changed.as_deref().unwrap_or("-")
            );
            let place = place.map_or(",,,".to_owned(), |(a, b, c, t)| format!("{a},{b},{c},{t}"));
            let Rerun { rate, counted, .. } = &rerun;
            let changed = changed.unwrap_or_default();
            csv += &format!("{scheme},{dt},{},{rate},{},{place},{changed}\n", counted.spikes, counted.spurious);
        }
    }
    dir.write("comparison.csv", csv.as_bytes())?;
    Ok(text)
}
