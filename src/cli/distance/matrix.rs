//! The distances of all pairs of trains.

use clap::ValueEnum;
use rayon::prelude::*;
use serde_json::json;

use super::args::{DistanceArgs, Metric, TAU, parameter};
use super::trains::{Interval, Recorded, interval_lines};
use crate::SpikeTrain;
use crate::cli::output::json_text;
use crate::error::{Result, refuse_if};
use crate::interop::{Columns, TableFormat, Values};
use crate::metrics::{DistanceParameters, isi_distance, spike_distance, van_rossum, victor_purpura};
use crate::report::{OutputDir, plain};
use data::column::harmless;

/// Trains of a matrix, spikes that its pairs have together, and pairs of spikes that Victor-Purpura compares, at most: some ten seconds each.
const MOST_TRAINS: usize = 2_000;
const MOST_SPIKES: f64 = 1e9;
const MOST_CELLS: f64 = 1e10;

/// Trains that the text shows: as many columns as fit.
const SHOWN: usize = 8;

/// The matrix as text or JSON; and in its file, where one is asked for.
pub(super) fn of(files: &[Recorded], args: &DistanceArgs, interval: Interval) -> Result<String> {
    let (metric, typed) = metric(args)?;
    let (mut labels, mut trains): (Vec<String>, Vec<&SpikeTrain>) = (Vec::new(), Vec::new());
    for file in files {
        for train in &file.trains {
            labels.push(match (files.len(), train.name.as_str()) {
                (1, name) if !name.is_empty() => name.to_owned(),
                (_, name) if !name.is_empty() && file.trains.len() > 1 => format!("{}#{name}", file.name),
                _ => file.name.clone(),
            });
            trains.push(&train.train);
        }
    }
    let number = if typed.is_empty() { 0.0 } else { parameter(option_of(metric), &typed)? };
    check(&trains, metric, number, interval.duration)?;
    if let Some(matrix) = &args.matrix {
        let own = matrix.canonicalize().ok();
        let compared = own.is_some() && args.files.iter().any(|file| file.canonicalize().ok() == own);
        let given = format!("{}, which is one of the files that are compared", matrix.display());
        refuse_if!(compared, "--matrix", given, "another file", "Write the distances to a file of their own.");
    }
    // The place is tried before the work.
    let place = |path: &std::path::PathBuf| -> Result<_> {
        let format = TableFormat::of(path)?;
        format.check()?;
        Ok((format, OutputDir::of_file(path)?))
    };
    let place = args.matrix.as_ref().map(place).transpose()?;
    let rows = distances(&trains, metric, number, interval.duration)?;
    if let Some((format, (mut folder, name))) = place {
        let names: Vec<String> = labels.iter().cloned().map(harmless).collect();
        let columns = names.iter().cloned().zip(rows.iter().cloned().map(Values::Numbers));
        let first = ("train".to_owned(), Values::Text(names.clone()));
        let columns = Columns([first].into_iter().chain(columns).collect());
        folder.stream(&name, |file| columns.write(format, file))?;
    }
    let name = metric.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default();
    if args.json {
        return Ok(json_text(&json!({
            "metric": name,
            "parameter": (!typed.is_empty()).then_some(&typed),
            "trains": labels,
            "spikes": trains.iter().map(|train| train.len()).collect::<Vec<_>>(),
            "matrix": rows,
            "duration_ms": interval.duration,
            "notes": interval.notes,
            "warnings": interval.warnings,
        })));
    }
    let unit = match metric {
        Metric::VictorPurpura => format!(", {typed} per ms"),
        Metric::VanRossum => format!(", {typed} ms"),
        Metric::Isi | Metric::Spike => String::new(),
    };
    let shown = trains.len().min(SHOWN);
    let header: Vec<&str> = [""].into_iter().chain(labels[..shown].iter().map(String::as_str)).collect();
    let row =
        |k: usize| [labels[k].clone()].into_iter().chain(rows[k][..shown].iter().map(|x| format!("{x:.6}"))).collect();
    let mut text = format!("distance   {name}{unit}\ntrains     {}\n{}\n", trains.len(), interval_lines(&interval));
    text += &plain(&header, (0..shown).map(row));
    if shown < trains.len() {
        text += &format!("\nThe first {shown} of {} trains.", trains.len());
        text += if args.matrix.is_none() { " --matrix FILE.csv has all of them.\n" } else { "\n" };
    }
    if let Some(path) = &args.matrix {
        text += &format!("\nWritten to {}\n", path.display());
    }
    Ok(text)
}

fn option_of(metric: Metric) -> &'static str {
    if metric == Metric::VanRossum { TAU } else { "--cost" }
}

/// The distance that the options ask for, and its parameter as typed.
fn metric(args: &DistanceArgs) -> Result<(Metric, String)> {
    let alone = if args.tau.is_some() && args.cost.is_none() { Metric::VanRossum } else { Metric::VictorPurpura };
    let metric = args.metric.unwrap_or(alone);
    let default = DistanceParameters::default();
    let (used, default) = match metric {
        Metric::VictorPurpura => (&args.cost, default.cost.to_string()),
        Metric::VanRossum => (&args.tau, default.tau.to_string()),
        Metric::Isi | Metric::Spike => (&None, String::new()),
    };
    let given = [("--cost", args.cost.is_some()), (TAU, args.tau.is_some()), ("--window", args.window.is_some())];
    for (option, given) in given {
        let own = option == option_of(metric) && !default.is_empty();
        let mend = "Leave it out, or choose its distance by --metric.";
        refuse_if!(given && !own, option, "given with a matrix of another distance", "the parameter of --metric", mend);
    }
    let typed = used.clone().unwrap_or_else(|| vec![default]);
    refuse_if!(
        typed.len() > 1,
        option_of(metric),
        typed.join(","),
        "one value for a matrix",
        "Give the one that matters."
    );
    Ok((metric, typed.concat().trim().to_owned()))
}

/// Refuses what would take too long, before any work.
fn check(trains: &[&SpikeTrain], metric: Metric, cost: f64, duration: f64) -> Result<()> {
    let count = trains.len();
    let mend = "Compare fewer trains, or give a shorter --duration.";
    refuse_if!(count > MOST_TRAINS, "the number of trains", count, format!("at most {MOST_TRAINS}"), mend);
    let spikes = (count - 1) as f64 * trains.iter().map(|train| train.len() as f64).sum::<f64>();
    let allowed = format!("at most {MOST_SPIKES:e}");
    refuse_if!(spikes > MOST_SPIKES, "the number of spikes in all pairs", format!("{spikes:e}"), allowed, mend);
    if metric != Metric::VictorPurpura {
        return Ok(());
    }
    // Spikes are compared with those at most 2/cost away on either side.
    let share = (4.0 / (cost * duration)).min(1.0);
    let lengths: Vec<f64> = trains.iter().map(|train| train.len() as f64).collect();
    let total: f64 = lengths.iter().sum();
    let cells = share * (total * total - lengths.iter().map(|n| n * n).sum::<f64>()) / 2.0;
    let allowed = format!("at most {MOST_CELLS:e}");
    let mend =
        "Raise --cost, give a shorter --duration, or take --metric van-rossum, whose work grows as the spikes do.";
    let what = "the number of pairs of spikes that Victor-Purpura compares";
    refuse_if!(cost > 0.0 && cells > MOST_CELLS, what, format!("about {cells:.1e}"), allowed, mend);
    Ok(())
}

/// All of them: every pair once, and itself at no distance.
fn distances(trains: &[&SpikeTrain], metric: Metric, parameter: f64, duration: f64) -> Result<Vec<Vec<f64>>> {
    let between = |a: &SpikeTrain, b: &SpikeTrain| match metric {
        Metric::VictorPurpura => victor_purpura(a, b, parameter),
        Metric::VanRossum => van_rossum(a, b, parameter),
        Metric::Isi => isi_distance(a, b, duration),
        Metric::Spike => spike_distance(a, b, duration),
    };
    let above = |i: usize| trains[i + 1..].iter().map(|b| between(trains[i], b)).collect::<Result<Vec<f64>>>();
    let half: Vec<Vec<f64>> = (0..trains.len()).into_par_iter().map(above).collect::<Result<_>>()?;
    let at = |i: usize, j: usize| match i.cmp(&j) {
        std::cmp::Ordering::Less => half[i][j - i - 1],
        std::cmp::Ordering::Equal => 0.0,
        std::cmp::Ordering::Greater => half[j][i - j - 1],
    };
    Ok((0..trains.len()).map(|i| (0..trains.len()).map(|j| at(i, j)).collect()).collect())
}
