//! Parquet, without compression: the same columns give the same bytes.

use parquet::basic::{LogicalType, Repetition, Type as Physical};
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::file::writer::SerializedFileWriter;
use parquet::record::Field;
use parquet::schema::types::Type;
use std::fs::File;
use std::io::{Error as IoError, Write};
use std::path::Path;
use std::sync::Arc;

use crate::error::{Error, Result};

use super::columns::{Columns, Values, malformed};

const MEND: &str = "Write a flat table of numbers and text, uncompressed: compression=None in pandas.";

pub(super) fn read(path: &Path) -> Result<Columns> {
    let refused = |error: ParquetError| malformed(path, error, MEND);
    let file = File::open(path).map_err(Error::read(path))?;
    let reader = SerializedFileReader::new(file).map_err(refused)?;
    let schema = reader.metadata().file_metadata().schema();
    let names: Vec<String> = schema.get_fields().iter().map(|field| field.name().to_owned()).collect();
    let mut fields: Vec<Vec<Field>> = vec![Vec::new(); names.len()];
    for row in reader.get_row_iter(None).map_err(refused)? {
        let row = row.map_err(refused)?;
        for (column, (_, field)) in fields.iter_mut().zip(row.get_column_iter()) {
            column.push(field.clone());
        }
    }
    let columns = names.into_iter().zip(fields).map(|(name, fields)| match values(&fields) {
        Some(values) => Ok((name, values)),
        None => Err(malformed(path, format!("column {name} is neither of numbers nor of text"), MEND)),
    });
    columns.collect::<Result<_>>().map(Columns)
}

fn values(fields: &[Field]) -> Option<Values> {
    let whole = |field: &Field| match *field {
        Field::Bool(x) => Some(i64::from(x)),
        Field::Byte(x) => Some(x.into()),
        Field::Short(x) => Some(x.into()),
        Field::Int(x) => Some(x.into()),
        Field::Long(x) => Some(x),
        Field::UByte(x) => Some(x.into()),
        Field::UShort(x) => Some(x.into()),
        Field::UInt(x) => Some(x.into()),
        Field::ULong(x) => i64::try_from(x).ok(),
        _ => None,
    };
    let count = |field: &Field| match *field {
        Field::ULong(x) => Some(Some(x)),
        Field::Null => Some(None),
        _ => None,
    };
    let number = |field: &Field| match *field {
        Field::Double(x) => Some(x),
        Field::Float(x) => Some(x.into()),
        Field::Null => Some(f64::NAN),
        _ => whole(field).map(|x| x as f64),
    };
    let text = |field: &Field| match field {
        Field::Str(x) => Some(x.clone()),
        Field::Null => Some(String::new()),
        _ => None,
    };
    if fields.is_empty() {
        return Some(Values::Numbers(Vec::new()));
    }
    let all_null = fields.iter().all(|field| matches!(field, Field::Null));
    if let Some(values) = fields.iter().map(whole).collect() {
        return Some(Values::Whole(values));
    }
    if let Some(values) = fields.iter().map(count).collect::<Option<_>>().filter(|_| !all_null) {
        return Some(Values::Counts(values));
    }
    if let Some(values) = fields.iter().map(number).collect::<Option<_>>().filter(|_| !all_null) {
        return Some(Values::Numbers(values));
    }
    fields.iter().map(text).collect::<Option<_>>().map(Values::Text)
}

pub(super) fn write(columns: &Columns, out: &mut dyn Write) -> std::io::Result<()> {
    columns.of_one_length()?;
    out.write_all(&file(columns).map_err(IoError::other)?)
}

fn file(columns: &Columns) -> std::result::Result<Vec<u8>, ParquetError> {
    let field = |(name, values): &(String, Values)| {
        let (physical, logical) = match values {
            Values::Numbers(_) => (Physical::DOUBLE, None),
            Values::Whole(_) | Values::Counts(_) => (Physical::INT64, None),
            Values::Text(_) => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
        };
        let builder = Type::primitive_type_builder(name, physical);
        builder.with_repetition(Repetition::OPTIONAL).with_logical_type(logical).build().map(Arc::new)
    };
    let fields = columns.0.iter().map(field).collect::<std::result::Result<Vec<_>, _>>()?;
    let schema = Arc::new(Type::group_type_builder("table").with_fields(fields).build()?);
    let properties = Arc::new(WriterProperties::builder().set_created_by("spikestep".to_owned()).build());
    let mut file = SerializedFileWriter::new(Vec::new(), schema, properties)?;
    let mut group = file.next_row_group()?;
    for (name, values) in &columns.0 {
        let Some(mut column) = group.next_column()? else { break };
        // Definition level 1 where there is a value, 0 where there is none.
        let there = vec![1; values.len()];
        match values {
            Values::Numbers(x) => {
                let levels: Vec<i16> = x.iter().map(|x| i16::from(!x.is_nan())).collect();
                let known: Vec<f64> = x.iter().copied().filter(|x| !x.is_nan()).collect();
                column.typed::<DoubleType>().write_batch(&known, Some(&levels), None)?;
            }
            Values::Whole(x) => {
                column.typed::<Int64Type>().write_batch(x, Some(&there), None)?;
            }
            Values::Counts(x) => {
                if let Some(row) = x.iter().position(|x| x.is_some_and(|x| x > i64::MAX as u64)) {
                    let problem =
                        format!("column {name}, row {}: the number is above 2^63; write .npz or .csv", row + 1);
                    return Err(ParquetError::General(problem));
                }
                let levels: Vec<i16> = x.iter().map(|x| i16::from(x.is_some())).collect();
                let known: Vec<i64> = x.iter().flatten().map(|&x| x as i64).collect();
                column.typed::<Int64Type>().write_batch(&known, Some(&levels), None)?;
            }
            Values::Text(x) => {
                let x: Vec<ByteArray> = x.iter().map(|text| ByteArray::from(text.as_str())).collect();
                column.typed::<ByteArrayType>().write_batch(&x, Some(&there), None)?;
            }
        }
        column.close()?;
    }
    group.close()?;
    file.into_inner()
}
