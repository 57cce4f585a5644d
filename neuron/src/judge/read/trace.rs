//! A recording of rows: v, with u and the input where they are there.

use super::recording::{ReadOptions, Reading, Recorded, Trace};
use super::roles::Roles;
use super::times::{LEAST_STEP, TimeUnit, nice, spacing};
use crate::error::Result;
use crate::interop::Source;
use crate::judge::precision::Precision;

/// Reads rows of v, with u and the input where they are there.
pub(super) fn read(source: &Source, roles: &Roles, v: usize, options: &ReadOptions) -> Result<Recorded> {
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
    refuse_sizes(source, v, &raw, "v", MOST_V)?;
    for (role, values) in [("u", &u), ("input", &input)] {
        if let (Some(k), Some(values)) = (roles.of(role), values) {
            refuse_sizes(source, k, values, role, MOST_OTHER)?;
        }
    }
    if raw.iter().all(|v| *v == raw[0]) {
        let problem = format!("v is {} in every row: a neuron that does not move fits every rule", raw[0]);
        return Err(
            source.refused(problem, "Give a recording with spikes, or say which column is v: --columns v=NAME.")
        );
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
        if let Some(spacing) = reading.spacing.filter(|spacing| !SPACINGS.contains(spacing)) {
            let problem = format!("the rows are {spacing} ms apart, and {:?} ms are judged", SPACINGS);
            return Err(source.refused(problem, "Check the unit of time: --unit ms, s or step."));
        }
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

/// Largest potential \[mV\]: a step of some ms throws v past the peak by hundreds.
const MOST_V: f64 = 1e5;

/// Largest u and input \[mV/ms\].
const MOST_OTHER: f64 = 1e6;

/// How far apart rows may be \[ms\].
const SPACINGS: std::ops::RangeInclusive<f64> = 1e-5..=1e3;

/// Refuses a value that no neuron has.
fn refuse_sizes(source: &Source, column: usize, values: &[f64], what: &str, most: f64) -> Result<()> {
    let Some(row) = values.iter().position(|x| x.abs() > most) else { return Ok(()) };
    let name = &source.columns.0[column].0;
    let problem =
        format!("{what} is {:e} in the column '{name}', and at most {most:e} either way is judged", values[row]);
    Err(source.at(
        row,
        problem,
        "Cut a run that diverged before it does, or say which column is which: --columns v=NAME.",
    ))
}
