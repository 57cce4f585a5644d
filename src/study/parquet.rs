//! Results as Parquet, for studies whose CSV is too large to be read at ease. No compression and no dictionary tricks beyond the
//! format's own: the same results give the same bytes.

use std::io::{self, Write};
use std::sync::Arc;

use parquet::basic::{LogicalType, Repetition, Type as Physical};
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::{Type, TypePtr};

use super::store::Store;
use super::stored::{all_columns, rows};
use super::{Column, ColumnKind, Tabulated};

/// Rows of a group, which are in memory together.
const GROUP: usize = 1 << 16;

/// Streams the results, the columns of which `shown` is true, one row a cell in the order of the cells. A field that is empty in
/// the CSV is null.
///
/// # Errors
/// What writing gives; a store that lacks a cell.
pub fn write_parquet<C: Tabulated>(
    cells: &[C],
    store: &Store,
    shown: impl Fn(&Column) -> bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    let columns: Vec<(usize, Column)> = all_columns(cells).into_iter().enumerate().filter(|(_, c)| shown(c)).collect();
    let schema = schema(&columns).map_err(io::Error::other)?;
    let properties = Arc::new(WriterProperties::builder().set_created_by("spikestep".to_owned()).build());
    // The writer wants an owner that can be sent: a group is made in memory and handed on.
    let mut file = SerializedFileWriter::new(Vec::new(), schema, properties).map_err(io::Error::other)?;
    for group in cells.chunks(GROUP) {
        let mut fields: Vec<Vec<String>> = vec![Vec::with_capacity(group.len()); columns.len()];
        rows(group, store, |_, row, _| {
            for (column, (i, _)) in fields.iter_mut().zip(&columns) {
                column.push(row.get(*i).unwrap_or_default().to_owned());
            }
            Ok(())
        })
        .map_err(io::Error::other)?;
        let mut writer = file.next_row_group().map_err(io::Error::other)?;
        for (fields, (_, column)) in fields.iter().zip(&columns) {
            write_column(&mut writer, column.kind, fields).map_err(io::Error::other)?;
        }
        writer.close().map_err(io::Error::other)?;
        file.flush()?;
        out.write_all(file.inner())?;
        file.inner_mut().clear();
    }
    out.write_all(&file.into_inner().map_err(io::Error::other)?)
}

fn schema(columns: &[(usize, Column)]) -> Result<TypePtr, ParquetError> {
    let field = |column: &Column| {
        let (physical, logical) = match column.kind {
            ColumnKind::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
            ColumnKind::Number => (Physical::DOUBLE, None),
            ColumnKind::Count => (Physical::INT64, None),
        };
        let builder = Type::primitive_type_builder(column.name, physical);
        builder.with_repetition(Repetition::OPTIONAL).with_logical_type(logical).build().map(Arc::new)
    };
    let fields = columns.iter().map(|(_, column)| field(column)).collect::<Result<Vec<_>, _>>()?;
    Type::group_type_builder("results").with_fields(fields).build().map(Arc::new)
}

/// Writes a column: definition level 1 where there is a value, 0 where there is none.
fn write_column<W: Write + Send>(
    group: &mut SerializedRowGroupWriter<'_, W>,
    kind: ColumnKind,
    fields: &[String],
) -> Result<(), ParquetError> {
    let Some(mut column) = group.next_column()? else { return Ok(()) };
    match kind {
        ColumnKind::Text => {
            let values: Vec<ByteArray> = fields.iter().map(|text| ByteArray::from(text.as_str())).collect();
            column.typed::<ByteArrayType>().write_batch(&values, Some(&vec![1; values.len()]), None)?;
        }
        ColumnKind::Number => {
            let (values, levels) = parsed::<f64>(fields);
            column.typed::<DoubleType>().write_batch(&values, Some(&levels), None)?;
        }
        ColumnKind::Count => {
            let (values, levels) = parsed::<i64>(fields);
            column.typed::<Int64Type>().write_batch(&values, Some(&levels), None)?;
        }
    }
    column.close()
}

fn parsed<T: std::str::FromStr>(fields: &[String]) -> (Vec<T>, Vec<i16>) {
    let values: Vec<Option<T>> = fields.iter().map(|field| field.parse().ok()).collect();
    let levels = values.iter().map(|value| i16::from(value.is_some())).collect();
    (values.into_iter().flatten().collect(), levels)
}
