//! `compare distance`: how far two recorded spike trains are apart, whatever made them.

use std::io::Write;
use std::path::PathBuf;

use serde::Serialize;
use serde_json::{Map, Value};

use super::output::{json_text, print};
use super::quantity::time;
use crate::SpikeTrain;
use crate::error::{Error, Result};
use crate::metrics::{
    DistanceParameters, SpikeErrors, gamma, isi_distance, spike_distance, spike_sync, van_rossum, victor_purpura,
};
use crate::spike::read_spike_train;
use data::quantity::{Dimension, RATE, TIME};

/// Compare two recorded spike trains.
///
/// A file has a t_ms column (comma-separated, the first line names the columns) or one number a line, in ms; a .npz (NumPy) or
/// .parquet file has an array or column t_ms, or only one.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct DistanceArgs {
    /// The reference: missed and extra spikes are counted against it
    #[arg(value_name = "A")]
    reference: PathBuf,
    /// The train to compare with it
    #[arg(value_name = "B")]
    other: PathBuf,
    /// Compare the interval from 0 to this time; spikes after it are left out [default: the latest spike]
    #[arg(long, value_name = "MS", value_parser = time, allow_hyphen_values = true)]
    duration: Option<f64>,
    /// Victor-Purpura: cost of moving a spike, per ms; several with commas
    #[arg(long, value_name = "PER_MS,..", value_delimiter = ',', allow_hyphen_values = true)]
    #[arg(default_values_t = [DistanceParameters::default().cost.to_string()])]
    cost: Vec<String>,
    /// van Rossum: time constant in ms; several with commas
    #[arg(long, value_name = "MS,..", value_delimiter = ',', allow_hyphen_values = true)]
    #[arg(default_values_t = [DistanceParameters::default().tau.to_string()])]
    tau: Vec<String>,
    /// Coincidence factor gamma: spikes at most so many ms apart coincide
    #[arg(long, value_name = "MS", default_value_t = DistanceParameters::default().window, value_parser = time, allow_hyphen_values = true)]
    window: f64,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// The answer; as JSON, the object that scripts read.
#[derive(Serialize)]
struct Distances {
    victor_purpura: Map<String, Value>,
    van_rossum: Map<String, Value>,
    isi: f64,
    spike: f64,
    spike_sync: f64,
    gamma: Option<f64>,
    matched: usize,
    missed: usize,
    extra: usize,
    max_spike_time_error_ms: Option<f64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
}

/// Reads the two files and writes how far they are apart to `out`.
pub(super) fn run(args: &DistanceArgs, out: &mut dyn Write) -> Result<()> {
    let reference = read_spike_train(&args.reference)?;
    let other = read_spike_train(&args.other)?;
    let empty =
        [(&args.reference, &reference), (&args.other, &other)].into_iter().filter(|(_, train)| train.is_empty());
    let warnings = empty.map(|(path, _)| format!("{} has no spike time: an empty train", path.display())).collect();
    let duration = duration(args.duration, &reference, &other)?;
    let (a, b) = (reference.until(duration), other.until(duration));
    let left_out = reference.len() + other.len() - a.len() - b.len();

    let errors = SpikeErrors::between(&b, &a);
    let distances = Distances {
        victor_purpura: each("--cost", &args.cost, &RATE, |cost| victor_purpura(&a, &b, cost))?,
        van_rossum: each("--tau", &args.tau, &TIME, |tau| van_rossum(&a, &b, tau))?,
        isi: isi_distance(&a, &b, duration)?,
        spike: spike_distance(&a, &b, duration)?,
        spike_sync: spike_sync(&a, &b, duration)?,
        gamma: gamma(&a, &b, args.window, duration)?,
        matched: errors.matched,
        missed: errors.missed,
        extra: errors.extra,
        max_spike_time_error_ms: errors.max_abs,
        warnings,
    };
    let text =
        if args.json { json_text(&distances) } else { table(args, &distances, [a.len(), b.len()], duration, left_out) };
    print(out, &text)
}

/// The interval compared \[ms\]: as given, else up to the latest spike.
fn duration(given: Option<f64>, a: &SpikeTrain, b: &SpikeTrain) -> Result<f64> {
    if let Some(given) = given {
        return Ok(given);
    }
    match a.times().last().into_iter().chain(b.times().last()).copied().reduce(f64::max) {
        // Two silent trains are alike over any interval.
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

/// A distance for each parameter, under the text it was typed as.
fn each(
    option: &str,
    typed: &[String],
    dimension: &Dimension,
    distance: impl Fn(f64) -> Result<f64>,
) -> Result<Map<String, Value>> {
    let one = |text: &String| {
        let text = text.trim();
        Ok((text.to_owned(), Value::from(distance(dimension.read(option, text)?)?)))
    };
    typed.iter().map(one).collect()
}

/// The same numbers to be read by eye.
fn table(args: &DistanceArgs, d: &Distances, counts: [usize; 2], duration: f64, left_out: usize) -> String {
    let mut lines = vec![
        format!("reference  {}, spikes: {}", args.reference.display(), counts[0]),
        format!("other      {}, spikes: {}", args.other.display(), counts[1]),
        format!("interval   0 to {duration} ms"),
    ];
    if left_out > 0 {
        lines.push(format!("left out   spikes after {duration} ms: {left_out}"));
    }
    lines.extend(d.warnings.iter().map(|warning| format!("warning    {warning}")));
    lines.push(String::new());
    let mut row = |name: String, value: String, meaning: &str| {
        lines.push(format!("{name:<34}{value:>12}  {meaning}").trim_end().to_owned());
    };
    let number = |x: f64| format!("{x:.6}");
    let defined = |x: Option<f64>| x.map_or_else(|| "undefined".to_owned(), number);
    row("spikes matched by order".into(), d.matched.to_string(), "");
    row("spikes missed".into(), d.missed.to_string(), "in the reference only");
    row("spikes extra".into(), d.extra.to_string(), "in the other only");
    row("largest spike-time error [ms]".into(), defined(d.max_spike_time_error_ms), "of the matched spikes");
    for (cost, value) in &d.victor_purpura {
        row(format!("Victor-Purpura, {cost} per ms"), defined(value.as_f64()), "0: equal");
    }
    for (tau, value) in &d.van_rossum {
        row(format!("van Rossum, {tau} ms"), defined(value.as_f64()), "0: equal; one unmatched spike gives 1");
    }
    row("ISI-distance".into(), number(d.isi), "0: same intervals, to 1");
    row("SPIKE-distance".into(), number(d.spike), "0: same times, to 1");
    row("SPIKE-synchronization".into(), number(d.spike_sync), "share of spikes that coincide");
    let meaning = if d.gamma.is_some() { "1: equal, 0: chance" } else { "the windows fill the interval" };
    row(format!("gamma, within {} ms", args.window), defined(d.gamma), meaning);
    lines.join("\n") + "\n"
}
