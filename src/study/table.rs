//! Tables of results: the columns of a run, which are one list for every table of runs, and their fields.

pub use data::column::{Column, ColumnKind, RUN_AXES, Value, study_axes};

use crate::metrics::{MetricKind, MetricSet, MetricValues};
use crate::scheme::{Scheme, StepSize};

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
        MetricKind::Count | MetricKind::Flag => Column::count(metric.name),
    })
}

/// The fields of [`metric_columns`].
pub fn metric_fields(metrics: &MetricValues) -> impl Iterator<Item = Value> {
    metrics.iter().map(|(metric, value)| match (metric.kind, value) {
        (MetricKind::Count | MetricKind::Flag, Some(count)) => Value::Count(count as u64),
        (_, value) => Value::optional(value),
    })
}

/// A line of CSV of a [`Store`](super::Store), without its end.
#[cfg(feature = "files")]
pub(super) fn line(fields: &[Value]) -> String {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::Any(b'\n')).from_writer(Vec::new());
    writer.write_record(fields.iter().map(Value::field)).expect("memory holds a record");
    let bytes = writer.into_inner().expect("memory can be flushed");
    let mut text = String::from_utf8(bytes).expect("made of text");
    text.pop();
    text
}

/// The fields of a line made by [`line`].
#[cfg(feature = "files")]
pub(super) fn fields(line: &str) -> csv::StringRecord {
    // Making a reader takes longer than reading a line: most lines do without.
    if !line.is_empty() && !line.contains('"') {
        return line.split(',').collect();
    }
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(line.as_bytes());
    let mut record = csv::StringRecord::new();
    // A line whose checksum is right was written by `line`.
    let _ = reader.read_record(&mut record);
    record
}

#[cfg(all(test, feature = "files"))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn lines_read_back(texts in proptest::collection::vec("[ -~\n\"é]{0,12}", 1..6), number: f64) {
            let mut values: Vec<Value> = texts.into_iter().map(Value::text).collect();
            values.push(Value::Number(number));
            let text = line(&values);
            prop_assert!(!text.contains('\n'));
            let back: Vec<String> = fields(&text).iter().map(str::to_owned).collect();
            prop_assert_eq!(back, values.iter().map(Value::field).collect::<Vec<_>>());
        }
    }
}
