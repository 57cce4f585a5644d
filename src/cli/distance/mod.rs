//! `compare distance`: how far recorded spike trains are apart, whatever made them.

mod matrix;
mod neurons;
mod pair;

use std::io::Write;
use std::path::{Path, PathBuf};

use self::matrix::Metric;
use self::pair::Settings;
use super::output::print;
use super::quantity::time;
use crate::SpikeTrain;
use crate::error::{Error, Result, refuse_if};
use crate::interop::Unit;
use crate::metrics::DistanceParameters;
use crate::report::wrapped;
use crate::spike::{NamedTrain, read_spike_trains};

/// Compare recorded spike trains.
///
/// Two files are compared with each other, neuron by neuron where they have several; several trains of one file, or three files and more,
/// give the matrix of their distances. In a spikes.csv of compare every run is compared with the truth. FILE#NAME takes one train of a file.
///
/// A file is text (separated by commas, tabs, semicolons or blanks, with names of the columns or without: CSV, NEST's .dat and .gdf, Brian2,
/// PySpike), NumPy's .npy or .npz, or .parquet. Columns are read by their names: times t_ms, time_ms, t, time, times, spike_times, time_s;
/// neurons id, neuron, sender, senders, unit, cell, i, index.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct DistanceArgs {
    /// The files; of two the first is the reference, against which missed and extra spikes are counted
    #[arg(value_name = "FILE[#NAME]", required = true)]
    files: Vec<PathBuf>,
    /// Compare the interval from 0 to this time; spikes after it are left out [default: the latest spike]
    #[arg(long, value_name = "MS", value_parser = time, allow_hyphen_values = true)]
    duration: Option<f64>,
    /// Victor-Purpura: cost of moving a spike, per ms; several with commas [default: 0.1]
    #[arg(long, value_name = "PER_MS,..", value_delimiter = ',', allow_hyphen_values = true)]
    cost: Option<Vec<String>>,
    /// van Rossum: time constant in ms; several with commas [default: 10]
    #[arg(long, value_name = "MS,..", value_delimiter = ',', allow_hyphen_values = true)]
    tau: Option<Vec<String>>,
    /// Coincidence factor gamma: spikes at most so many ms apart coincide [default: 2]
    #[arg(long, value_name = "MS", value_parser = time, allow_hyphen_values = true)]
    window: Option<f64>,
    /// Write the distances of all pairs of trains to a CSV file, a row and a column for each train
    #[arg(long, value_name = "FILE.csv")]
    matrix: Option<PathBuf>,
    /// The distance of the matrix [default: victor-purpura, or van-rossum where --tau is given alone]
    #[arg(long, value_enum)]
    metric: Option<Metric>,
    /// Unit of the times in files that name none: ms, s or us [default: ms; s for the columns i,t of Brian2]
    #[arg(long, value_name = "UNIT")]
    unit: Option<String>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// What a file holds, under the name it was given by.
struct Recorded {
    name: String,
    trains: Vec<NamedTrain>,
}

/// What is compared of the trains.
struct Interval {
    /// From 0 to here \[ms\].
    duration: f64,
    /// Spikes after it.
    left_out: usize,
    /// What was assumed in reading.
    notes: Vec<String>,
    /// Which trains are empty.
    warnings: Vec<String>,
}

/// Reads the files and writes how far their trains are apart to `out`.
pub(super) fn run(args: &DistanceArgs, out: &mut dyn Write) -> Result<()> {
    let (mut files, notes) = read(args)?;
    let duration = duration(args.duration, &files)?;
    let (mut left_out, mut warnings) = (0, Vec::new());
    for file in &mut files {
        let before = left_out;
        for NamedTrain { train, .. } in &mut file.trains {
            let within = train.until(duration);
            left_out += train.len() - within.len();
            *train = within;
        }
        warnings.extend(empty(file, left_out > before));
    }
    let interval = Interval { duration, left_out, notes, warnings };
    let truth = |file: &Recorded| file.trains.iter().position(|train| train.name == "truth");
    let count = |files: &[Recorded]| files.iter().map(|file| file.trains.len()).sum::<usize>();
    if let (None, [file]) = (&args.matrix, files.as_mut_slice())
        && let Some(reference) = truth(file)
        && file.trains.len() > 1
    {
        let reference = Recorded { name: format!("{}#truth", file.name), trains: vec![file.trains.remove(reference)] };
        let other = files.remove(0);
        return print(out, &neurons::compared(&reference, &other, &settings(args)?, interval, args.json)?);
    }
    let text = match (&args.matrix, files.as_slice()) {
        (None, [a, b]) => neurons::compared(a, b, &settings(args)?, interval, args.json)?,
        (None, [one]) if one.trains.len() == 2 => {
            let part = |k: usize| {
                let train = NamedTrain { name: String::new(), ..one.trains[k].clone() };
                Recorded { name: format!("{}#{}", one.name, one.trains[k].name), trains: vec![train] }
            };
            neurons::compared(&part(0), &part(1), &settings(args)?, interval, args.json)?
        }
        (_, all) => {
            refuse_if!(
                count(all) < 2,
                "the number of trains",
                format!("1, in {}", all[0].name),
                "two or more",
                "Give another file to compare it with."
            );
            matrix::of(all, args, interval)?
        }
    };
    print(out, &text)
}

/// The files, and what was assumed of them.
fn read(args: &DistanceArgs) -> Result<(Vec<Recorded>, Vec<String>)> {
    let unit = args.unit.as_deref().map(|word| {
        Unit::named(word).ok_or_else(|| Error::invalid("--unit", format!("'{word}'"), "ms, s or us", "Write --unit s."))
    });
    let unit = unit.transpose()?;
    let (mut files, mut notes, mut without_unit) = (Vec::new(), Vec::new(), false);
    for path in &args.files {
        let text = path.to_string_lossy().into_owned();
        let part = text.rsplit_once('#').filter(|_| !path.exists());
        let recording = read_spike_trains(part.map_or(path.as_path(), |(file, _)| Path::new(file)), unit)?;
        without_unit |= recording.without_unit;
        let mut trains = recording.trains;
        if let Some((_, name)) = part {
            let known: Vec<&str> = trains.iter().map(|train| train.name.as_str()).collect();
            let place = known.iter().position(|known| *known == name);
            let place = place.ok_or_else(|| Error::unknown("train", name, known.iter().take(50).copied()))?;
            trains = vec![NamedTrain { name: String::new(), ..trains.swap_remove(place) }];
        }
        notes.extend(recording.notes.into_iter().filter(|note| !notes.contains(note)).collect::<Vec<_>>());
        files.push(Recorded { name: text, trains });
    }
    refuse_if!(
        unit.is_some() && !without_unit,
        "--unit",
        "given, where all files name the unit of their times",
        "a file that names none",
        "Leave it out."
    );
    Ok((files, notes))
}

/// The interval compared \[ms\]: as given, else up to the latest spike.
fn duration(given: Option<f64>, files: &[Recorded]) -> Result<f64> {
    if let Some(given) = given {
        return crate::error::positive("duration in ms", given, "Give a duration such as 1000.");
    }
    let trains = files.iter().flat_map(|file| &file.trains);
    match trains.filter_map(|train| train.train.times().last()).copied().reduce(f64::max) {
        // Silent trains are alike over any interval.
        None => Ok(1.0),
        Some(latest) if latest > 0.0 => Ok(latest),
        Some(latest) => Err(Error::invalid(
            "the latest spike, which sets the duration,",
            format!("at {latest} ms"),
            "a time above 0 ms",
            "Give --duration.",
        )),
    }
}

/// That trains of a file have no spike; of one that was cut, that they have none in what is compared.
fn empty(file: &Recorded, cut: bool) -> Option<String> {
    let within = if cut { " in the interval" } else { "" };
    let empty: Vec<&NamedTrain> = file.trains.iter().filter(|train| train.train.is_empty()).collect();
    match empty.as_slice() {
        [] => None,
        [_] if file.trains.len() == 1 => Some(format!("{} has no spike time{within}: an empty train", file.name)),
        some => {
            let names: Vec<&str> = some.iter().take(10).map(|train| train.name.as_str()).collect();
            let more = if some.len() > 10 { format!(" and {} more", some.len() - 10) } else { String::new() };
            Some(format!("{} has no spike time{within} of {}{more}: empty trains", file.name, names.join(", ")))
        }
    }
}

/// The settings of the distances of pairs.
fn settings(args: &DistanceArgs) -> Result<Settings> {
    refuse_if!(
        args.metric.is_some(),
        "--metric",
        "given, where trains are compared pair by pair",
        "with a matrix of distances",
        "Leave it out, or add --matrix FILE.csv."
    );
    let or = |typed: &Option<Vec<String>>, default: f64| typed.clone().unwrap_or_else(|| vec![default.to_string()]);
    let default = DistanceParameters::default();
    Ok(Settings {
        costs: or(&args.cost, default.cost),
        taus: or(&args.tau, default.tau),
        window: args.window.unwrap_or(default.window),
    })
}

/// The spikes' cost \[1/ms\] or time constant \[ms\] as it was typed.
fn parameter(option: &str, text: &str) -> Result<f64> {
    let dimension = if option == TAU { &data::quantity::TIME } else { &data::quantity::RATE };
    dimension.read(option, text)
}

/// The option of the time constant.
const TAU: &str = "--tau";

/// Lines about the interval and what was read, below those that name what is compared.
fn interval_lines(interval: &Interval) -> String {
    let mut text = format!("interval   0 to {} ms\n", interval.duration);
    if interval.left_out > 0 {
        text += &format!("left out   spikes after {} ms: {}\n", interval.duration, interval.left_out);
    }
    for (what, sentences) in [("note", &interval.notes), ("warning", &interval.warnings)] {
        sentences.iter().for_each(|sentence| text += &(wrapped(&format!("{what:<11}{sentence}")) + "\n"));
    }
    text
}

fn spikes(train: &SpikeTrain) -> String {
    match train.len() {
        0 => "spikes: 0, an empty train".to_owned(),
        n => format!("spikes: {n}"),
    }
}
