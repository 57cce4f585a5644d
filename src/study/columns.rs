//! The columns of a run: one list for every table of runs.

use super::{Column, Value};
use crate::metrics::{Metric, MetricKind, MetricSet, MetricValues};
use crate::scheme::{Scheme, StepSize};

/// Columns that say which run a row is of.
pub const RUN_AXES: [Column; 3] = [Column::text("scheme"), Column::number("dt_ms"), Column::number("tolerance_ms")];

/// Columns that say which cell of a study a row is of.
pub fn study_axes() -> Vec<Column> {
    let problem = [
        Column::text("neuron"),
        Column::text("input"),
        Column::count("seed"),
        Column::number("truth_peak_mV"),
        Column::number("duration_ms"),
    ];
    problem.into_iter().chain(RUN_AXES).collect()
}

/// Columns of what came out of a cell of a study: of its truth, then one a metric.
pub fn study_columns(metrics: &MetricSet) -> Vec<Column> {
    let truth = [Column::count("truth_spikes"), Column::number("truth_error_bound_ms")];
    truth.into_iter().chain(metric_columns(metrics)).collect()
}

/// The fields of [`RUN_AXES`].
pub fn run_place(scheme: &Scheme, size: StepSize) -> [Value; 3] {
    [Value::text(scheme.to_string()), Value::optional(size.dt()), Value::optional(size.tolerance())]
}

/// Columns of what came out of a run, one a metric; none depends on a clock.
pub fn metric_columns(metrics: &MetricSet) -> impl Iterator<Item = Column> {
    metrics.iter().map(|metric| match metric.kind {
        MetricKind::Number => Column::number(metric.name),
        MetricKind::Count => Column::count(metric.name),
    })
}

/// The fields of [`metric_columns`].
pub fn metric_fields(metrics: &MetricValues) -> impl Iterator<Item = Value> {
    metrics.iter().map(|(metric, value)| metric_field(metric, value))
}

/// The value of a metric as a field.
fn metric_field(metric: &Metric, value: Option<f64>) -> Value {
    match (metric.kind, value) {
        (MetricKind::Count, Some(count)) => Value::Count(count as u64),
        (_, value) => Value::optional(value),
    }
}
