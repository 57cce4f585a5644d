//! CSV outputs, full precision, units in the column names.

use std::io::Write;

use crate::interop::{Columns, TableFormat, Values};
use crate::scheme::Sample;
use crate::scheme::StepSize;
use crate::study::{Comparison, RUN_AXES, Run, metric_columns, metric_fields, run_place};

pub(super) fn table(header: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Writing to memory fails only on rows of unequal length, which the callers' fixed headers rule out.
    writer.write_record(header).expect("memory holds a header");
    for row in rows {
        writer.write_record(&row).expect("rows are as long as the header");
    }
    writer.into_inner().expect("memory can be flushed")
}

/// A number with all its digits; empty where there is none, or where it overflowed (`null` in the JSON).
pub(super) fn number(x: Option<f64>) -> String {
    x.filter(|x| x.is_finite()).map(|x| x.to_string()).unwrap_or_default()
}

pub(super) fn setting(setting: StepSize) -> [String; 2] {
    [number(setting.dt()), number(setting.tolerance())]
}

/// All spikes: `scheme,dt_ms,tolerance_ms,spike,t_ms`, the truth first.
pub fn spikes_csv(comparison: &Comparison) -> Vec<u8> {
    let train = |name: &str, setting: [String; 2], times: &[f64]| -> Vec<Vec<String>> {
        let [dt, tolerance] = setting;
        let row = |(k, t): (usize, &f64)| {
            vec![name.to_owned(), dt.clone(), tolerance.clone(), (k + 1).to_string(), t.to_string()]
        };
        times.iter().enumerate().map(row).collect()
    };
    let truth = train("truth", Default::default(), comparison.truth.spikes.times());
    let runs = comparison
        .runs
        .iter()
        .flat_map(|run| train(&run.scheme.to_string(), setting(run.setting), run.trajectory.spikes.times()));
    table(&["scheme", "dt_ms", "tolerance_ms", "spike", "t_ms"], truth.into_iter().chain(runs))
}

/// All metrics that do not depend on a clock, one row a run.
pub fn metrics_csv(comparison: &Comparison) -> Vec<u8> {
    let metrics = metric_columns(&comparison.study.metrics);
    let header: Vec<&str> = RUN_AXES.into_iter().chain(metrics).map(|column| column.name).collect();
    let row = |run: &Run| -> Vec<String> {
        let place = run_place(&run.scheme.to_string(), run.setting);
        place.into_iter().chain(metric_fields(run)).map(|value| value.field()).collect()
    };
    table(&header, comparison.runs.iter().map(row))
}

/// Measured times: `scheme,dt_ms,tolerance_ms,ns_per_ms,lower_quartile,upper_quartile,repeats`.
pub fn timings_csv(comparison: &Comparison) -> Vec<u8> {
    let header = ["scheme", "dt_ms", "tolerance_ms", "ns_per_ms", "lower_quartile_ns", "upper_quartile_ns", "repeats"];
    let rows = comparison.runs.iter().filter_map(|run| {
        let timing = run.timing?;
        let [dt, tolerance] = setting(run.setting);
        Some(vec![
            run.scheme.to_string(),
            dt,
            tolerance,
            timing.median.to_string(),
            timing.lower_quartile.to_string(),
            timing.upper_quartile.to_string(),
            timing.repeats.to_string(),
        ])
    });
    table(&header, rows)
}

/// Writes a trace, `t_ms,v_mV,u,spike`: one row per step that `steps` passes on, the state as the scheme leaves it. CSV is streamed;
/// the other formats are made in memory.
///
/// # Errors
/// What writing to `out` gives.
pub fn write_trace(
    out: &mut dyn Write,
    format: TableFormat,
    steps: impl FnOnce(&mut dyn FnMut(Sample)),
) -> std::io::Result<()> {
    if format != TableFormat::Csv {
        return trace_columns(steps).write(format, out);
    }
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(TRACE)?;
    let mut outcome = Ok(());
    steps(&mut |row| {
        if outcome.is_ok() {
            outcome = writer.serialize((row.t, row.state.v, row.state.u, u8::from(row.spike)));
        }
    });
    outcome?;
    writer.flush()
}

const TRACE: [&str; 4] = ["t_ms", "v_mV", "u", "spike"];

fn trace_columns(steps: impl FnOnce(&mut dyn FnMut(Sample))) -> Columns {
    let (mut t, mut v, mut u, mut spike) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    steps(&mut |row| {
        t.push(row.t);
        v.push(row.state.v);
        u.push(row.state.u);
        spike.push(i64::from(row.spike));
    });
    let values = [Values::Numbers(t), Values::Numbers(v), Values::Numbers(u), Values::Whole(spike)];
    Columns(TRACE.into_iter().map(str::to_owned).zip(values).collect())
}
