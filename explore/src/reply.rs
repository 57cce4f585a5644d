//! An answer: JSON, and arrays of f64 behind it.

use serde_json::{Value, json};

/// An answer under way. In its JSON an array is `{"f64": [first, count]}`, its place among the numbers behind the JSON.
pub(crate) struct Reply {
    pub(crate) json: Value,
    numbers: Vec<f64>,
}

impl Reply {
    pub(crate) fn of(json: Value) -> Self {
        Reply { json, numbers: Vec::new() }
    }

    /// Adds an array; gives what stands for it in the JSON.
    pub(crate) fn array(&mut self, values: impl IntoIterator<Item = f64>) -> Value {
        let first = self.numbers.len();
        self.numbers.extend(values);
        json!({ "f64": [first, self.numbers.len() - first] })
    }

    /// Adds an array whose unknown values are NaN.
    pub(crate) fn known(&mut self, values: impl IntoIterator<Item = Option<f64>>) -> Value {
        self.array(values.into_iter().map(|value| value.unwrap_or(f64::NAN)))
    }

    /// Length of the JSON in bytes as a little-endian u64, the JSON with blanks up to a multiple of 8, the numbers.
    pub(crate) fn write(&self, bytes: &mut Vec<u8>) {
        bytes.clear();
        bytes.extend([0; 8]);
        serde_json::to_writer(&mut *bytes, &self.json).expect("text keys and numbers serialise");
        bytes.resize(bytes.len().next_multiple_of(8), b' ');
        let length = (bytes.len() - 8) as u64;
        bytes[..8].copy_from_slice(&length.to_le_bytes());
        bytes.reserve(8 * self.numbers.len());
        self.numbers.iter().for_each(|number| bytes.extend(number.to_le_bytes()));
    }
}
