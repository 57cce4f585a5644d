//! A recording of spikes alone: times, or a raster of one neuron.

use super::recording::{ReadOptions, Reading, Recorded};
use super::roles::Roles;
use super::times::{TimeUnit, nice};
use crate::error::Result;
use crate::interop::{Source, Unit};
use crate::judge::precision::Precision;
use crate::spike::{SpikeTrain, read_spike_source};

/// Below this mean interval spike times are taken for seconds: a neuron that fires at 2 kHz is none.
const LEAST_INTERVAL: f64 = 0.5;

/// Reads times of spikes, or a raster.
pub(super) fn read(source: &Source, roles: &Roles, options: &ReadOptions) -> Result<Recorded> {
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
