//! CSV outputs, full precision, units in the column names.

use std::io::Write;

use crate::interop::{Columns, TableFormat, Values};
use crate::metrics::Samples;
use crate::scheme::{Scheme, StepSize};
use crate::study::{Comparison, RUN_AXES, Run, Timing, Value, metric_columns, metric_fields, run_place};

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
    Value::optional(x).field()
}

/// The fields `dt_ms` and `tolerance_ms`.
pub(super) fn step_size(size: StepSize) -> [String; 2] {
    [number(size.dt()), number(size.tolerance())]
}

/// All spikes: `scheme,dt_ms,tolerance_ms,spike,t_ms`, the truth first.
pub fn spikes_csv(comparison: &Comparison) -> Vec<u8> {
    let train = |name: &str, size: [String; 2], times: &[f64]| -> Vec<Vec<String>> {
        let [dt, tolerance] = size;
        let row = |(k, t): (usize, &f64)| {
            vec![name.to_owned(), dt.clone(), tolerance.clone(), (k + 1).to_string(), t.to_string()]
        };
        times.iter().enumerate().map(row).collect()
    };
    let truth = train("truth", Default::default(), comparison.truth.spikes.times());
    let runs = comparison
        .runs
        .iter()
        .flat_map(|run| train(&run.scheme.to_string(), step_size(run.size), run.trajectory.spikes.times()));
    table(&["scheme", "dt_ms", "tolerance_ms", "spike", "t_ms"], truth.into_iter().chain(runs))
}

/// All metrics that do not depend on a clock, one row a run.
pub fn metrics_csv(comparison: &Comparison) -> Vec<u8> {
    let metrics = metric_columns(&comparison.study.metrics);
    let header: Vec<&str> = RUN_AXES.into_iter().chain(metrics).map(|column| column.name).collect();
    let row = |run: &Run| -> Vec<String> {
        let place = run_place(&run.scheme, run.size);
        place.into_iter().chain(metric_fields(&run.metrics)).map(|value| value.field()).collect()
    };
    table(&header, comparison.runs.iter().map(row))
}

/// Measured times: `scheme,dt_ms,tolerance_ms,ns_per_ms,lower_quartile_ns,upper_quartile_ns,repeats`.
pub fn timings_csv(comparison: &Comparison) -> Vec<u8> {
    timings(comparison.runs.iter().filter_map(|run| Some((&run.scheme, run.size, run.timing?))))
}

/// A table of measured times.
pub(super) fn timings<'a>(measured: impl Iterator<Item = (&'a Scheme, StepSize, Timing)>) -> Vec<u8> {
    let header = ["scheme", "dt_ms", "tolerance_ms", "ns_per_ms", "lower_quartile_ns", "upper_quartile_ns", "repeats"];
    let rows = measured.map(|(scheme, size, timing)| {
        let [dt, tolerance] = step_size(size);
        let [median, lower, upper] =
            [timing.median, timing.lower_quartile, timing.upper_quartile].map(|ns| ns.to_string());
        vec![scheme.to_string(), dt, tolerance, median, lower, upper, timing.repeats.to_string()]
    });
    table(&header, rows)
}

/// Writes a trace, `t_ms,v_mV,u,spike`: one row a step, the state as the scheme leaves it.
///
/// # Errors
/// What writing to `out` gives.
pub fn write_trace(out: &mut dyn Write, format: TableFormat, samples: &Samples) -> std::io::Result<()> {
    let Samples { t, v, u, spike } = samples;
    if format != TableFormat::Csv {
        let spike = Values::Whole(spike.iter().map(|&spike| i64::from(spike)).collect());
        let numbers = |values: &Vec<f64>| Values::Numbers(values.clone());
        let values = [numbers(t), numbers(v), numbers(u), spike];
        return Columns(TRACE.into_iter().map(str::to_owned).zip(values).collect()).write(format, out);
    }
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(TRACE)?;
    for sample in samples.iter() {
        writer.serialize((sample.t, sample.state.v, sample.state.u, u8::from(sample.spike)))?;
    }
    writer.flush()
}

const TRACE: [&str; 4] = ["t_ms", "v_mV", "u", "spike"];
