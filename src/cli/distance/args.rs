//! The options of `compare distance`.

use std::path::PathBuf;

use clap::ValueEnum;

use crate::cli::quantity::time;
use crate::error::Result;
use data::quantity::{RATE, TIME};

/// Compare recorded spike trains.
///
/// Two files are compared with each other, neuron by neuron where they have several; several trains of one file, or three files and more,
/// give the matrix of their distances. In a spikes.csv of compare every run is compared with the truth. FILE#NAME takes one train of a file.
///
/// A file is text (separated by commas, tabs, semicolons or blanks, with names of the columns or without: CSV, NEST's .dat and .gdf, Brian2,
/// PySpike), NumPy's .npy or .npz, or .parquet. Columns are read by their names: times t_ms, time_ms, t, time, times, spike_times, time_s;
/// neurons id, neuron, sender, senders, unit, cell, i, index.
#[derive(Clone, Debug, clap::Args)]
pub(in crate::cli) struct DistanceArgs {
    /// The files; of two the first is the reference, against which missed and extra spikes are counted
    #[arg(value_name = "FILE[#NAME]", required = true)]
    pub(super) files: Vec<PathBuf>,
    /// Compare the interval from 0 to this time; spikes after it are left out [default: the latest spike]
    #[arg(long, value_name = "MS", value_parser = time, allow_hyphen_values = true)]
    pub(super) duration: Option<f64>,
    /// Victor-Purpura: cost of moving a spike, per ms; several with commas [default: 0.1]
    #[arg(long, value_name = "PER_MS,..", value_delimiter = ',', allow_hyphen_values = true)]
    pub(super) cost: Option<Vec<String>>,
    /// van Rossum: time constant in ms; several with commas [default: 10]
    #[arg(long, value_name = "MS,..", value_delimiter = ',', allow_hyphen_values = true)]
    pub(super) tau: Option<Vec<String>>,
    /// Coincidence factor gamma: spikes at most so many ms apart coincide [default: 2]
    #[arg(long, value_name = "MS", value_parser = time, allow_hyphen_values = true)]
    pub(super) window: Option<f64>,
    /// Write the distances of all pairs of trains to a CSV file, a row and a column for each train
    #[arg(long, value_name = "FILE.csv")]
    pub(super) matrix: Option<PathBuf>,
    /// The distance of the matrix [default: victor-purpura, or van-rossum where --tau is given alone]
    #[arg(long, value_enum)]
    pub(super) metric: Option<Metric>,
    /// Unit of the times in files that name none: ms, s or us [default: ms; s for the columns i,t of Brian2]
    #[arg(long, value_name = "UNIT")]
    pub(super) unit: Option<String>,
    /// Print one JSON object
    #[arg(long)]
    pub(super) json: bool,
}

/// A distance of which a matrix is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Metric {
    /// Victor-Purpura, at --cost
    VictorPurpura,
    /// van Rossum, at --tau
    VanRossum,
    /// ISI-distance
    Isi,
    /// SPIKE-distance
    Spike,
}

/// The option of the time constant.
pub(super) const TAU: &str = "--tau";

/// The spikes' cost \[1/ms\] or time constant \[ms\] as it was typed.
pub(super) fn parameter(option: &str, text: &str) -> Result<f64> {
    let dimension = if option == TAU { &TIME } else { &RATE };
    dimension.read(option, text)
}
