//! Reading spike trains from files, whatever program wrote them: columns are found by what their names mean.

use std::collections::{HashMap, HashSet};
use std::io::Read;
use std::path::Path;

use crate::SpikeTrain;
use crate::error::Result;
use crate::interop::{Layout, Source, Unit, Values, time_column};

/// Names of columns that say which neuron a spike is of.
const NEURON: [&str; 17] = [
    "id",
    "ids",
    "neuron",
    "neurons",
    "neuron_id",
    "neuron_ids",
    "sender",
    "senders",
    "unit",
    "units",
    "unit_id",
    "cell",
    "cells",
    "cell_id",
    "gid",
    "gids",
    "train",
];
/// Those that may count something else: read so where no other column names the neuron.
const MAYBE_NEURON: [&str; 2] = ["i", "index"];
/// Names of a trace of the potential, without their units.
const POTENTIAL: [&str; 6] = ["v", "vm", "v_m", "voltage", "potential", "membrane_potential"];
/// Columns that tell the runs of a comparison from each other: of the first by its value, of the others by this and the value.
const RUN: [(&str, &str); 3] = [("scheme", ""), ("dt_ms", "_dt"), ("tolerance_ms", "_tol")];

/// A train and the neuron it is of.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NamedTrain {
    /// The neuron, or the scheme and step of a run; nothing where the file does not say.
    pub name: String,
    /// Its spikes.
    pub train: SpikeTrain,
}

/// The spike trains of a file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Recording {
    /// By the number of the neuron where all have one, else as they come; always at least one, which may be empty.
    pub trains: Vec<NamedTrain>,
    /// What had to be assumed, as sentences.
    pub notes: Vec<String>,
    /// Whether no unit of its times is in the file.
    pub without_unit: bool,
}

/// Reads the spike trains of a file.
///
/// The format is known by what the file holds (see [`Source::open`]): text with any separator, with or without names of the columns, NumPy's
/// `.npy` and `.npz`, Parquet. The column of the times is the one called `t_ms`, `time`, `times`, `spike_times` and so on, in the unit of its
/// name ([`time_column`]); without one in `unit`, else in ms, and a note says so. A column `id`, `neuron`, `sender`, `unit`, `cell`, `i` and
/// so on tells the neurons apart. Without names, one column is times, two are neuron and time (`.gdf`), and rows of numbers between blanks are
/// a train each (PySpike). The columns `i` and `t` are Brian2's, in seconds. In a comparison's `spikes.csv` every scheme and step is a train:
/// `euler_dt0.5`.
///
/// # Errors
/// `Error::Read` for a file that cannot be read; what is wrong with it, with the number of the line where it has lines: no column of times
/// or two, a time that is not finite, negative, or before the last one of its neuron; a trace of v, which has no spike times.
///
/// ```
/// use spikestep::spike::read_spike_trains;
/// let directory = tempfile::tempdir().unwrap();
/// let path = directory.path().join("recorded.dat");
/// std::fs::write(&path, "# NEST version: 3.8\nsender\ttime_ms\n2\t3.1\n1\t4.0\n2\t26.2\n").unwrap();
/// let trains = read_spike_trains(&path, None).unwrap().trains;
/// assert_eq!((trains[1].name.as_str(), trains[1].train.times()), ("2", &[3.1, 26.2][..]));
/// ```
pub fn read_spike_trains(path: impl AsRef<Path>, unit: Option<Unit>) -> Result<Recording> {
    read_spike_source(&Source::open(path.as_ref())?, unit)
}

/// Reads the one spike train of a file, as [`read_spike_trains`].
///
/// # Errors
/// As there, and a file with several trains.
pub fn read_spike_train(path: impl AsRef<Path>) -> Result<SpikeTrain> {
    only(&Source::open(path.as_ref())?)
}

/// Reads one spike train from text as [`read_spike_train`]; `path` is what messages call it.
///
/// # Errors
/// As there.
pub fn parse_spike_train(path: &Path, text: impl Read) -> Result<SpikeTrain> {
    only(&Source::parse(path, text)?)
}

fn only(source: &Source) -> Result<SpikeTrain> {
    let mut trains = read_spike_source(source, None)?.trains;
    match trains.len() {
        1 => Ok(trains.swap_remove(0).train),
        n => Err(source.refused(format!("there are {n} trains where one is read"), "Read all of them, or keep one.")),
    }
}

/// What the columns of a file are.
#[derive(Default)]
struct Roles {
    time: usize,
    /// The unit that the name of the times has.
    unit: Option<Unit>,
    /// The unit that the program which writes such files means.
    habit: Option<Unit>,
    /// The columns whose values together name the train.
    by: Vec<usize>,
    note: Option<&'static str>,
}

/// The spike trains of what has been read already, as [`read_spike_trains`].
pub(crate) fn read_spike_source(source: &Source, asked: Option<Unit>) -> Result<Recording> {
    let roles = match source.layout {
        Layout::Named => named(source)?,
        Layout::Ragged => Roles { time: 1, by: vec![0], note: Some("every row is a train"), ..Roles::default() },
        Layout::Unnamed if source.columns.0.is_empty() => {
            return Ok(Recording { trains: vec![NamedTrain::default()], ..Recording::default() });
        }
        Layout::Unnamed => unnamed(source)?,
    };
    let trains = trains(source, &roles, roles.unit.or(asked).or(roles.habit).unwrap_or(Unit::MS))?;
    let mut notes: Vec<&str> = roles.note.into_iter().filter(|_| roles.habit.is_none() || asked.is_none()).collect();
    if roles.unit.or(asked).or(roles.habit).is_none() {
        notes.push("no unit of its times is given: taken as ms");
    }
    let notes = notes.into_iter().map(|note| format!("{}: {note}", source.path.display())).collect();
    Ok(Recording { trains, notes, without_unit: roles.unit.is_none() })
}

fn named(source: &Source) -> Result<Roles> {
    let names: Vec<&str> = source.columns.0.iter().map(|(name, _)| name.as_str()).collect();
    let find = |wanted: &[&str]| -> Vec<usize> {
        (0..names.len())
            .filter(|&k| wanted.contains(&names[k].to_lowercase().replace([' ', '-'], "_").as_str()))
            .collect()
    };
    let times: Vec<usize> = (0..names.len()).filter(|&k| time_column(names[k]).is_some()).collect();
    let time = match (names.iter().position(|name| *name == "t_ms"), times.as_slice(), names.as_slice()) {
        (Some(exact), ..) => exact,
        (None, [one], _) => *one,
        // The only array of an archive, whatever its name.
        (None, [], [only]) if source.has_no_lines() && !is_potential(only) => 0,
        (None, [], _) => {
            let problem = format!("no column holds times: '{}'", names.join(", "));
            return Err(
                source.refused(problem, "Name the column of spike times t_ms, or time_s where they are in seconds.")
            );
        }
        (None, several, _) => {
            let several: Vec<&str> = several.iter().map(|&k| names[k]).collect();
            let problem = format!("several columns hold times: {}", several.join(", "));
            return Err(source.refused(problem, "Name the one of the spike times t_ms."));
        }
    };
    let unit = time_column(names[time]).flatten();
    let run: Vec<usize> = RUN.iter().filter_map(|(name, _)| names.iter().position(|known| known == name)).collect();
    if names.contains(&RUN[0].0) && names.contains(&RUN[1].0) {
        return Ok(Roles { time, unit, by: run, ..Roles::default() });
    }
    let by = match find(&NEURON).as_slice() {
        [] => find(&MAYBE_NEURON).into_iter().take(1).collect(),
        [one] => vec![*one],
        several => {
            let several: Vec<&str> = several.iter().map(|&k| names[k]).collect();
            let problem = format!("several columns name the neuron: {}", several.join(", "));
            return Err(source.refused(problem, "Keep the one that does."));
        }
    };
    if names[time] == "t" && by.iter().any(|&k| names[k] == "i") {
        let note = Some("the columns i and t are Brian2's, in seconds; name the times t_ms if they are in ms");
        return Ok(Roles { time, habit: Some(Unit::S), by, note, ..Roles::default() });
    }
    Ok(Roles { time, unit, by, ..Roles::default() })
}

/// One column is times; of two the first is the neuron where nothing else can be meant.
fn unnamed(source: &Source) -> Result<Roles> {
    let columns = &source.columns.0;
    let ending = source.path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    let recorded = source.has_no_lines() || ["gdf", "dat"].contains(&ending.as_str());
    let numbered = |ids: &Values| {
        let ids = ids.numbers().unwrap_or_default();
        let different: HashSet<u64> = ids.iter().map(|id| id.to_bits()).collect();
        ids.iter().all(|id| id.fract() == 0.0) && !ids.is_empty() && (recorded || different.len() < ids.len())
    };
    match columns.as_slice() {
        [_] => Ok(Roles::default()),
        [(_, ids), _] if numbered(ids) => {
            let note = Some("two columns without names: taken as neuron and time");
            Ok(Roles { time: 1, by: vec![0], note, ..Roles::default() })
        }
        _ => {
            let mend = "Name them in the first row, such as id,t_ms, or give one number a line, with a decimal point.";
            let problem = format!("{} columns without names, which may be anything", columns.len());
            Err(source.at(0, problem, mend))
        }
    }
}

/// Whether a column is a trace of the potential: `v`, `v_mV`, `V_m`.
pub(crate) fn is_potential(name: &str) -> bool {
    let lower = name.to_lowercase();
    let mut words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    if words.len() > 1 {
        words.pop_if(|word| ["mv", "v", "volt"].contains(word));
    }
    POTENTIAL.contains(&words.join("_").as_str())
}

/// The spikes of each neuron.
fn trains(source: &Source, roles: &Roles, unit: Unit) -> Result<Vec<NamedTrain>> {
    let times = source.numbers(roles.time, "a spike time")?;
    for &column in &roles.by {
        let (name, values) = &source.columns.0[column];
        if values.len() != times.len() {
            let problem = format!("{name} has {} values and the times {}", values.len(), times.len());
            return Err(source.refused(problem, "Give every spike its neuron."));
        }
    }
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut found: Vec<(String, Vec<f64>)> = Vec::new();
    let mut last = None;
    for (row, time) in times.into_iter().map(|time| unit.ms(time)).enumerate() {
        let place = match last {
            Some(place) if roles.by.is_empty() => place,
            _ => {
                let name = name_of(source, roles, row)?;
                *places.entry(name).or_insert_with_key(|name| {
                    found.push((name.clone(), Vec::new()));
                    found.len() - 1
                })
            }
        };
        last = Some(place);
        let train = &mut found[place].1;
        if time < 0.0 {
            return Err(source.at(
                row,
                format!("the spike at {time} ms is before 0"),
                "Count times from the recording's start.",
            ));
        }
        if let Some(before) = train.last().filter(|before| time < **before) {
            let mend = "Sort the spike times; where they are of several neurons, name these in a column id.";
            return Err(source.at(row, format!("{time} ms comes after {before} ms"), mend));
        }
        train.push(time);
    }
    refuse_trace(source, found.iter().map(|(_, times)| times.as_slice()))?;
    if found.iter().all(|(name, _)| name.parse::<i64>().is_ok()) {
        found.sort_by_key(|(name, _)| name.parse::<i64>().unwrap_or_default());
    }
    if found.is_empty() {
        return Ok(vec![NamedTrain::default()]);
    }
    found.into_iter().map(|(name, times)| Ok(NamedTrain { name, train: SpikeTrain::new(times)? })).collect()
}

/// The name of the train that a row is of.
fn name_of(source: &Source, roles: &Roles, row: usize) -> Result<String> {
    let mut name = String::new();
    for &column in &roles.by {
        let (heading, values) = &source.columns.0[column];
        let field = values.field(row);
        let numbered = !matches!(values, Values::Numbers(x) if x[row].fract() != 0.0);
        match RUN.iter().find(|(known, _)| known == heading) {
            Some((_, before)) if !field.is_empty() => name += &format!("{before}{field}"),
            Some(_) => {}
            None if field.is_empty() || !numbered => {
                let problem = format!("{heading} is '{field}', which is no neuron");
                return Err(source.at(row, problem, "Name the neuron by a whole number or a word."));
            }
            None => name = field,
        }
    }
    Ok(name)
}

/// Refuses the times of a trace: those beside a potential that are equally far apart, or of a file that marks its spikes.
fn refuse_trace<'t>(source: &Source, mut trains: impl Iterator<Item = &'t [f64]>) -> Result<()> {
    let names = || source.columns.0.iter().map(|(name, _)| name.as_str());
    let Some(potential) = names().find(|name| is_potential(name)) else { return Ok(()) };
    let marked = names().any(|name| name == "spike");
    let even = |times: &[f64]| {
        let gaps = || times.windows(2).map(|w| w[1] - w[0]);
        let (least, most) = gaps().fold((f64::INFINITY, 0.0f64), |(least, most), gap| (least.min(gap), most.max(gap)));
        // Times are printed with some six digits: a thousandth of the step is their rounding.
        times.len() > 2 && most - least <= 1e-3 * most
    };
    if trains.any(|times| times.len() > 2 && (marked || even(times))) {
        let problem = format!("this is a trace of v ({potential}), not spike times");
        let mend = "Give the times at which v reaches the peak, one row a spike, as in spikes.csv of a comparison.";
        return Err(source.refused(problem, mend));
    }
    Ok(())
}
