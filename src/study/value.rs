//! Fields of a table of results, and their text.

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
