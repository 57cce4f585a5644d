//! Tables of results: columns, fields and their text, and the columns of a run, which are one list for every table of runs.

use crate::metrics::{MetricKind, MetricSet, MetricValues};
use crate::scheme::{Scheme, StepSize};

/// A column of a table of results.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// The name of the column, with its unit.
    pub name: &'static str,
    /// What kind of fields it has.
    pub kind: ColumnKind,
}

/// What stands in a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    /// Fields of text.
    Text,
    /// Numbers; a field may be empty.
    Number,
    /// Whole numbers; a field may be empty.
    Count,
}

impl Column {
    /// A column of text.
    pub const fn text(name: &'static str) -> Self {
        Column { name, kind: ColumnKind::Text }
    }

    /// A column of numbers.
    pub const fn number(name: &'static str) -> Self {
        Column { name, kind: ColumnKind::Number }
    }

    /// A column of whole numbers.
    pub const fn count(name: &'static str) -> Self {
        Column { name, kind: ColumnKind::Count }
    }
}

/// A field of a table of results.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A field of text.
    Text(String),
    /// A number; one that is not finite is written as an empty field.
    Number(f64),
    /// A whole number from 0.
    Count(u64),
    /// Nothing: a number that is not defined.
    Empty,
}

impl Value {
    /// A field of text. Line breaks become blanks: a record of the store is one line.
    pub fn text(text: impl Into<String>) -> Self {
        Value::Text(text.into().replace(['\n', '\r'], " "))
    }

    /// A number, or nothing.
    pub fn optional(number: Option<f64>) -> Self {
        number.map_or(Value::Empty, Value::Number)
    }

    /// As it stands in a CSV: numbers with all their digits.
    pub fn field(&self) -> String {
        match self {
            Value::Text(text) => text.clone(),
            Value::Number(x) if x.is_finite() => x.to_string(),
            Value::Count(n) => n.to_string(),
            Value::Number(_) | Value::Empty => String::new(),
        }
    }
}

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
    metrics.iter().map(|(metric, value)| match (metric.kind, value) {
        (MetricKind::Count, Some(count)) => Value::Count(count as u64),
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
