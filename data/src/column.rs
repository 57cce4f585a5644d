//! Columns and fields of tables of results, and the columns that say which run a row is of.

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
    /// A field of text. Line breaks become blanks: a record of the store is one line. It is [`harmless`].
    pub fn text(text: impl Into<String>) -> Self {
        Value::Text(harmless(text.into().replace(['\n', '\r'], " ")))
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

/// A name as it may stand in a CSV: a spreadsheet takes for a formula what begins with =, +, - or @ and is no number, and an apostrophe
/// before it says that it is text.
pub fn harmless(name: String) -> String {
    let formula = name.starts_with(['=', '+', '-', '@', '\t']) && name.parse::<f64>().is_err();
    if formula { format!("'{name}") } else { name }
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
