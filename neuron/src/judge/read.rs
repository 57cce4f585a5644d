//! Reading a recording of one neuron: which column is what, in which unit, and with how many digits.

use std::path::Path;

use super::precision::{Precision, shortest};
use crate::error::{Error, Result};
use crate::interop::{Columns, Layout, Source, Unit, Values, time_column};
use crate::spike::{SpikeTrain, is_potential, read_spike_source};

/// The unit of a column of times, as a user may give it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeUnit {
    /// Milliseconds.
    Milliseconds,
    /// Seconds.
    Seconds,
    /// Numbers of steps, or no times at all.
    Steps,
}

impl TimeUnit {
    /// The unit that a word names.
    ///
    /// # Errors
    /// Any word but `ms`, `s` and `step`.
    pub fn named(word: &str) -> Result<TimeUnit> {
        match word {
            "ms" => Ok(TimeUnit::Milliseconds),
            "s" => Ok(TimeUnit::Seconds),
            "step" | "steps" => Ok(TimeUnit::Steps),
            _ => Err(Error::invalid("--unit", format!("'{word}'"), "ms, s or step", "Write --unit s.")),
        }
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            TimeUnit::Milliseconds => "ms",
            TimeUnit::Seconds => "s",
            TimeUnit::Steps => "steps",
        }
    }
}

/// What a user says of a file, in place of what is found in it.
#[derive(Clone, Debug, Default)]
pub struct ReadOptions {
    /// The unit of its times.
    pub unit: Option<TimeUnit>,
    /// Which column is what: (`t`, `v`, `u`, `input` or `spike`; the column's name, or its number from 1).
    pub columns: Vec<(String, String)>,
}

impl ReadOptions {
    /// Reads `t=..,v=..,u=..`.
    ///
    /// # Errors
    /// Anything else.
    pub fn parse_columns(text: &str) -> Result<Vec<(String, String)>> {
        let wrong = || {
            let allowed = "t=NAME,v=NAME,u=NAME,input=NAME,spike=NAME, each a name or a number from 1, or some of them";
            Error::invalid("--columns", format!("'{text}'"), allowed, "Write --columns t=time,v=V_m.")
        };
        text.split(',')
            .map(|part| {
                let (role, name) = part.split_once('=').ok_or_else(wrong)?;
                let role = role.trim();
                let role = if role == "I" { "input" } else { role };
                if !ROLES.contains(&role) || name.trim().is_empty() {
                    return Err(wrong());
                }
                Ok((role.to_owned(), name.trim().to_owned()))
            })
            .collect()
    }
}

/// What a column may be.
const ROLES: [&str; 5] = ["t", "v", "u", "input", "spike"];

/// What a file was taken for.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Reading {
    /// Unit of the times.
    pub unit: TimeUnit,
    /// The time from row to row \[ms\]; `None` where no time is told, and for spikes alone.
    pub spacing: Option<f64>,
    /// Whether v stood in volts.
    pub volts: bool,
    /// Precision of v, or of the times of spikes alone.
    pub precision: Precision,
    /// Which column was taken for what.
    pub columns: Vec<(&'static str, String)>,
    /// Rows, or spikes.
    pub rows: usize,
    /// What had to be assumed, as sentences.
    pub notes: Vec<String>,
}

/// The rows of a recorded state.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Trace {
    /// Time of the first row, in units of the spacing; `None` where the file has no times.
    pub first: Option<f64>,
    /// v \[mV\].
    pub v: Vec<f64>,
    /// Precision of v, as it stood in the file.
    pub v_precision: Precision,
    /// u \[mV/ms\].
    pub u: Option<Vec<f64>>,
    /// Precision of u.
    pub u_precision: Precision,
    /// The input beside the rows \[mV/ms\].
    pub input: Option<Vec<f64>>,
}

/// A recording of one neuron: rows of its state, or its spikes alone.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Recorded {
    /// The state, where it is recorded.
    pub trace: Option<Trace>,
    /// The spikes \[ms\], where the file is of them alone.
    pub spikes: Option<SpikeTrain>,
    /// What the file was taken for.
    pub reading: Reading,
}

impl Recorded {
    /// Reads a file by what it holds, as [`read_spike_trains`](crate::spike::read_spike_trains) does: CSV and other text with names or
    /// without, NEST's and LEMS's `.dat`, `.npy`, `.npz`. Columns are found by what their names mean, or by their values.
    ///
    /// # Errors
    /// A file that cannot be read; columns of which it cannot be told what they are; rows that are not in order or not equally far apart;
    /// v and u that seem to be exchanged; several neurons.
    pub fn read(path: &Path, options: &ReadOptions) -> Result<Recorded> {
        let mut source = Source::open(path)?;
        regroup(&mut source);
        if source.columns.is_empty() {
            return Err(source.refused("it has no rows", "Give a recording of v, of v and u, or of spike times."));
        }
        let roles = Roles::find(&source, options)?;
        match roles.of("v") {
            Some(v) => trace(&source, &roles, v, options),
            None => spikes(&source, &roles, options),
        }
    }
}

/// Rows of equally many numbers between blanks, which were read as a train each, as columns.
fn regroup(source: &mut Source) {
    if source.layout != Layout::Ragged {
        return;
    }
    let [rows, values] = [0, 1].map(|k| source.columns.0[k].1.numbers().unwrap_or_default());
    let width = rows.iter().take_while(|row| **row == 1.0).count();
    let regular =
        width > 1 && rows.len() % width == 0 && rows.iter().enumerate().all(|(i, row)| *row == (i / width + 1) as f64);
    if regular {
        let column = |k: usize| Values::Numbers(values.iter().skip(k).step_by(width).copied().collect());
        source.columns = Columns((0..width).map(|k| (format!("column {}", k + 1), column(k))).collect());
        source.regroup_lines(width);
        source.layout = Layout::Unnamed;
    }
}

/// Which column is what.
struct Roles {
    found: Vec<(&'static str, usize)>,
    /// The unit in the name of the times.
    unit: Option<TimeUnit>,
    notes: Vec<String>,
}

impl Roles {
    fn of(&self, role: &str) -> Option<usize> {
        self.found.iter().find(|(known, _)| *known == role).map(|(_, column)| *column)
    }

    fn find(source: &Source, options: &ReadOptions) -> Result<Roles> {
        let mut roles = Roles { found: Vec::new(), unit: None, notes: Vec::new() };
        let names: Vec<&str> = source.columns.0.iter().map(|(name, _)| name.as_str()).collect();
        for (role, name) in &options.columns {
            let numbered = name.parse::<usize>().ok().filter(|k| (1..=names.len()).contains(k)).map(|k| k - 1);
            let place = names.iter().position(|known| known == name).or(numbered);
            let place = place.ok_or_else(|| Error::unknown("column", name, names.iter().copied()))?;
            let role = ROLES.into_iter().find(|known| known == role).unwrap_or("v");
            roles.found.push((role, place));
        }
        if source.layout == Layout::Named {
            roles.by_name(source, &names)?;
        } else if options.columns.is_empty() {
            roles.by_value(source)?;
        }
        if let Some(t) = roles.of("t") {
            roles.unit = unit_in(names[t]);
        }
        Ok(roles)
    }

    fn by_name(&mut self, source: &Source, names: &[&str]) -> Result<()> {
        for role in ROLES {
            if self.of(role).is_some() {
                continue;
            }
            let free = |k: &usize| !self.found.iter().any(|(_, taken)| taken == k);
            let means: Vec<usize> =
                (0..names.len()).filter(free).filter(|k| meaning(names[*k]) == Some(role)).collect();
            // Of several columns of time one in ms says most.
            let exact = means.iter().copied().find(|k| names[*k] == "t_ms" || names[*k] == "v_mV");
            match (exact, means.as_slice()) {
                (Some(k), _) => self.found.push((role, k)),
                (None, [k]) => self.found.push((role, *k)),
                (None, []) => {}
                (None, several) => {
                    let several: Vec<&str> = several.iter().map(|k| names[*k]).collect();
                    let problem = format!("several columns may be {role}: {}", several.join(", "));
                    return Err(source.refused(problem, &format!("Say which: --columns {role}={}.", several[0])));
                }
            }
        }
        // The one array of an archive, whatever its name.
        if let ([_], true) = (names, self.of("v").is_none()) {
            self.by_value(source)?;
        }
        Ok(())
    }

    /// Columns without names: times rise evenly, v has the greater range, one column that goes below -30 is v.
    fn by_value(&mut self, source: &Source) -> Result<()> {
        let mut columns = Vec::new();
        for k in 0..source.columns.0.len() {
            columns.push(source.numbers(k, "a number")?);
        }
        let rises = |x: &[f64]| x.len() > 2 && x.windows(2).all(|w| w[1] > w[0]);
        let range = |x: &[f64]| x.iter().fold((f64::MAX, f64::MIN), |(least, most), x| (least.min(*x), most.max(*x)));
        let time = (columns.len() > 1).then(|| (0..columns.len()).find(|k| rises(&columns[*k]))).flatten();
        self.found.extend(time.map(|k| ("t", k)));
        let mut states: Vec<usize> = (0..columns.len()).filter(|k| Some(*k) != time).collect();
        states.sort_by(|a, b| {
            let spread = |k: usize| range(&columns[k]).1 - range(&columns[k]).0;
            spread(*b).total_cmp(&spread(*a))
        });
        let marks = |k: usize| columns[k].iter().all(|x| *x == 0.0 || *x == 1.0);
        let below = |k: usize| range(&columns[k]).0 < 0.0;
        match states[..] {
            [] if time.is_some() => {}
            [k] if columns.len() == 1 && marks(k) && columns[k].len() > 2 => self.found.push(("spike", k)),
            [k] if columns.len() == 1 && !below(k) => self.found.push(("t", k)),
            [k] if below(k) => self.found.push(("v", k)),
            // A neuron and its times.
            [k] if time.is_some() && !below(k) => {}
            [v, u] if below(v) => self.found.extend([("v", v), ("u", u)]),
            _ => {
                let problem = format!("{} columns without names, which may be anything", columns.len());
                return Err(source.at(0, problem, "Say what they are: --columns t=1,v=2,u=3."));
            }
        }
        let said = |(role, k): &(&str, usize)| format!("{role} is column {}", k + 1);
        let said: Vec<String> = self.found.iter().map(said).collect();
        self.notes.push(format!("the columns have no names: {}", said.join(", ")));
        Ok(())
    }
}

/// What the name of a column means.
fn meaning(name: &str) -> Option<&'static str> {
    let lower = name.trim().to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let joined = words.join("_");
    if time_column(name).is_some() || ["ms", "ts", "step", "steps", "time_step", "timestep"].contains(&joined.as_str())
    {
        return Some("t");
    }
    if is_potential(name) || ["v_membrane", "membrane_v", "membrane", "soma_v", "v_soma"].contains(&joined.as_str()) {
        return Some("v");
    }
    let recovery = ["u", "u_m", "w", "recovery", "recovery_variable", "u_mv_ms", "u_mv"];
    if recovery.contains(&joined.as_str()) {
        return Some("u");
    }
    if ["input", "current", "i_ext", "i_syn", "stimulus", "input_mv_ms"].contains(&joined.as_str())
        || name.trim() == "I"
    {
        return Some("input");
    }
    ["spike", "spikes", "spiked"].contains(&joined.as_str()).then_some("spike")
}

/// The unit that the name of a column of times says.
fn unit_in(name: &str) -> Option<TimeUnit> {
    let lower = name.trim().to_lowercase();
    if lower == "ms" {
        return Some(TimeUnit::Milliseconds);
    }
    if lower.contains("step") {
        return Some(TimeUnit::Steps);
    }
    match time_column(name).flatten()? {
        unit if unit == Unit::S => Some(TimeUnit::Seconds),
        unit if unit == Unit::MS => Some(TimeUnit::Milliseconds),
        _ => None,
    }
}

/// Below this spacing a number of ms is taken for one of s: no simulator steps by less than 0.01 ms, nor by 10 s.
const LEAST_STEP: f64 = 0.01;

/// Below this mean interval spike times are taken for seconds: a neuron that fires at 2 kHz is none.
const LEAST_INTERVAL: f64 = 0.5;

fn trace(source: &Source, roles: &Roles, v: usize, options: &ReadOptions) -> Result<Recorded> {
    let mut notes = roles.notes.clone();
    refuse_several(source)?;
    let raw = source.numbers(v, "a potential")?;
    let u = roles.of("u").map(|k| source.numbers(k, "a value of u")).transpose()?;
    let input = roles.of("input").map(|k| source.numbers(k, "an input")).transpose()?;
    let t = roles.of("t").map(|k| source.numbers(k, "a time")).transpose()?;
    for (what, column) in [("u", &u), ("the input", &input), ("the times", &t)] {
        if let Some(column) = column.as_ref().filter(|column| column.len() != raw.len()) {
            let problem = format!("{what} has {} values and v has {}", column.len(), raw.len());
            return Err(source.refused(problem, "Give every row all of them."));
        }
    }
    if raw.len() < LEAST_ROWS {
        let problem = format!("it has {} rows", raw.len());
        return Err(source.refused(problem, "Give a recording of four rows or more, with a few spikes if it can be."));
    }
    let (v_precision, most) = (Precision::of(&raw), raw.iter().fold(0.0f64, |most, v| most.max(v.abs())));
    let volts = most < 1.0;
    let v: Vec<f64> = if volts { raw.iter().map(|v| v * 1e3).collect() } else { raw };
    let least = |x: &[f64]| x.iter().copied().fold(f64::INFINITY, f64::min);
    if let Some(u) = &u
        && least(&v) > -45.0
        && least(u) < -45.0
    {
        let problem =
            format!("v never falls below {} mV and u falls to {}, as if they were exchanged", least(&v), least(u));
        return Err(source.refused(problem, "Exchange them: --columns v=NAME,u=NAME."));
    }
    let v_precision = match v_precision {
        Precision::Decimals(decimals) if volts => Precision::Decimals(decimals.saturating_sub(3)),
        other => other,
    };
    let mut reading = Reading {
        unit: TimeUnit::Steps,
        spacing: None,
        volts,
        precision: v_precision,
        columns: roles.found.iter().map(|(role, k)| (*role, source.columns.0[*k].0.clone())).collect(),
        rows: v.len(),
        notes: Vec::new(),
    };
    if volts {
        notes.push("v is in volts, by its size".to_owned());
    }
    let mut first = None;
    if let Some(t) = t {
        let even = spacing(source, &t)?;
        let unit = options.unit.or(roles.unit).unwrap_or_else(|| {
            let unit = if even < LEAST_STEP { TimeUnit::Seconds } else { TimeUnit::Milliseconds };
            notes.push(format!("no unit of time is given: rows {even} apart are taken as {}", unit.name()));
            unit
        });
        reading.unit = unit;
        first = Some((t[0] / even * 1e6).round() / 1e6);
        reading.spacing = match unit {
            TimeUnit::Milliseconds => Some(even),
            TimeUnit::Seconds => Some(nice(even * 1e3, even * 1e-9)),
            TimeUnit::Steps => None,
        };
        if unit == TimeUnit::Steps {
            // The number of the first step says nothing of whether it is before or after it.
            first = None;
        }
    }
    reading.notes = notes.iter().map(|note| format!("{}: {note}", source.path.display())).collect();
    let u_precision = u.as_deref().map_or(v_precision, Precision::of);
    let trace = Trace { first, v, v_precision, u, u_precision, input };
    Ok(Recorded { trace: Some(trace), spikes: None, reading })
}

/// Fewest rows of which something can be said.
const LEAST_ROWS: usize = 4;

/// Refuses rows of several neurons.
fn refuse_several(source: &Source) -> Result<()> {
    for (name, values) in &source.columns.0 {
        let id = ["sender", "neuron", "neuron_id", "gid", "id"]
            .contains(&name.trim().to_lowercase().replace(' ', "_").as_str());
        if id && (1..values.len()).any(|row| values.field(row) != values.field(0)) {
            let problem = format!("rows of several neurons: {name} is {} and others", values.field(0));
            return Err(source.refused(problem, "Keep the rows of one neuron."));
        }
    }
    Ok(())
}

/// The even distance of the rows, in the unit of the times.
fn spacing(source: &Source, t: &[f64]) -> Result<f64> {
    let mean = (t[t.len() - 1] - t[0]) / (t.len() - 1) as f64;
    if let Some(row) = t.windows(2).position(|w| w[1] <= w[0]) {
        let problem = format!("the time {} comes after {}", t[row + 1], t[row]);
        return Err(source.at(row + 1, problem, "Sort the rows by time, one neuron a file."));
    }
    // Times are printed with so many decimals, of which the last one is rounded.
    let decimals = t.iter().take(1000).map(|t| shortest(*t).1).max().unwrap_or(0).min(15);
    let rounding = 0.51 * 10f64.powi(-(decimals as i32)) + 1e-7 * t[t.len() - 1].abs();
    let off = |k: usize| (t[k] - t[0] - k as f64 * mean).abs();
    if let Some(row) = (0..t.len()).find(|k| off(*k) > 0.01 * mean + 2.0 * rounding) {
        let mend = "Give rows at equal times; of an adaptive solver, its values on a grid.";
        return Err(source.at(row, format!("the rows are not equally far apart: {} is off the grid", t[row]), mend));
    }
    Ok(nice(mean, (1e-9 * mean).max(2.0 * rounding / (t.len() - 1) as f64)))
}

/// The number with the fewest digits that is within `tolerance` of `x`.
pub(super) fn nice(x: f64, tolerance: f64) -> f64 {
    let tries = (1..17).map(|digits| format!("{:.*e}", digits - 1, x).parse::<f64>().unwrap_or(x));
    tries.into_iter().find(|near| (near - x).abs() <= tolerance).unwrap_or(x)
}

fn spikes(source: &Source, roles: &Roles, options: &ReadOptions) -> Result<Recorded> {
    let mut notes = roles.notes.clone();
    let (times, column, mut unit) = match (roles.of("t"), roles.of("spike")) {
        // A raster: the steps that are marked.
        (None, Some(k)) => {
            let marks = source.numbers(k, "a mark of a spike")?;
            let steps =
                marks.iter().enumerate().filter(|(_, mark)| **mark != 0.0).map(|(step, _)| step as f64).collect();
            (steps, k, Some(TimeUnit::Steps))
        }
        _ => {
            let asked = (roles.unit.is_none()).then_some(Unit::MS);
            let mut trains = read_spike_source(source, asked)?.trains;
            if trains.len() > 1 {
                let problem = format!("it has {} neurons", trains.len());
                return Err(source.refused(problem, "Keep the spikes of one."));
            }
            let train = trains.swap_remove(0).train;
            let known = roles.unit.filter(|unit| *unit != TimeUnit::Steps).map(|_| TimeUnit::Milliseconds);
            (train.times().to_vec(), roles.of("t").unwrap_or(0), known.or(roles.unit))
        }
    };
    if times.is_empty() {
        return Err(source.refused("it has no spike", "Give a recording with spikes, or one of v."));
    }
    if unit.is_none() {
        unit = options.unit;
    }
    let interval = times[times.len() - 1] / times.len() as f64;
    let unit = unit.unwrap_or_else(|| {
        let unit = if interval < LEAST_INTERVAL { TimeUnit::Seconds } else { TimeUnit::Milliseconds };
        notes.push(format!("no unit of the spike times is given: taken as {}", unit.name()));
        unit
    });
    let precision = Precision::of(&times);
    let scale = if unit == TimeUnit::Seconds { 1e3 } else { 1.0 };
    // 0.00325 s are 3.25 ms, not 3.2499999999999996.
    let train = SpikeTrain::new(
        times.iter().map(|t| if scale == 1.0 { *t } else { nice(t * scale, 1e-12 * t.abs() * scale) }).collect(),
    )?;
    let reading = Reading {
        unit,
        spacing: None,
        volts: false,
        precision,
        columns: vec![("spike", source.columns.0[column].0.clone())],
        rows: train.len(),
        notes: notes.iter().map(|note| format!("{}: {note}", source.path.display())).collect(),
    };
    Ok(Recorded { trace: None, spikes: Some(train), reading })
}
