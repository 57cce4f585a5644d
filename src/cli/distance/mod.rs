//! `compare distance`: how far recorded spike trains are apart, whatever made them.

mod args;
mod matrix;
mod neurons;
mod pair;
mod trains;

use std::io::Write;
use std::path::Path;

pub(super) use self::args::DistanceArgs;
use self::pair::Settings;
use self::trains::{Interval, Recorded, few};
use super::output::print;
use crate::error::{Error, Result, refuse_if};
use crate::interop::Unit;
use crate::metrics::DistanceParameters;
use crate::spike::{NamedTrain, read_spike_trains};

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
            let names: Vec<String> = some.iter().map(|train| train.name.clone()).collect();
            Some(format!("{} has no spike time{within} of {}: empty trains", file.name, few(&names)))
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
