//! Lines of CSV of a [`Store`](super::Store).

use super::Value;

/// A line of CSV, without its end.
pub(super) fn line(fields: &[Value]) -> String {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::Any(b'\n')).from_writer(Vec::new());
    writer.write_record(fields.iter().map(Value::field)).expect("memory holds a record");
    let bytes = writer.into_inner().expect("memory can be flushed");
    let mut text = String::from_utf8(bytes).expect("made of text");
    text.pop();
    text
}

/// The fields of a line made by [`line`].
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

#[cfg(test)]
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
