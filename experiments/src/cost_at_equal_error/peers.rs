//! What `benches/peers/cost_at_equal_error.py` measured in other programs.

use std::path::Path;

use spikestep::{Error, Result};

use super::DURATION;
use super::curve::{Curve, Point};

/// Columns that are read; there may be others.
const COLUMNS: [&str; 5] = ["program", "cell", "tolerance", "error_ms", "us"];

/// Reads the lines of other programs; `series` is the index their curves get.
///
/// # Errors
/// A file that cannot be read, a column that is missing, a number that is none.
pub(super) fn read(path: &Path, series: usize) -> Result<Vec<Curve>> {
    let text = std::fs::read_to_string(path).map_err(Error::read(path))?;
    let refused = |line: u64, problem: String| Error::Line {
        path: path.to_owned(),
        line,
        problem,
        mend: "Write it by benches/peers/cost_at_equal_error.py.".to_owned(),
    };
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().map_err(|e| refused(1, e.to_string()))?.clone();
    let mut places = [0; COLUMNS.len()];
    for (place, column) in places.iter_mut().zip(COLUMNS) {
        let found = header.iter().position(|name| name == column);
        *place = found.ok_or_else(|| refused(1, format!("no column '{column}'")))?;
    }
    let mut curves: Vec<Curve> = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|e| refused(e.position().map_or(1, |p| p.line()), e.to_string()))?;
        let line = record.position().map_or(1, csv::Position::line);
        let field = |k: usize| record.get(places[k]).unwrap_or_default().trim();
        let number = |k: usize| {
            let parsed = field(k).parse::<f64>();
            parsed.map_err(|_| refused(line, format!("'{}' in column {} is no number", field(k), COLUMNS[k])))
        };
        let (name, neuron) = (field(0).to_owned(), field(1).to_owned());
        let error = Some(number(3)?).filter(|e| e.is_finite());
        let point = Point { setting: number(2)?, error, time: number(4)? * 1000.0 / DURATION };
        match curves.iter_mut().find(|c| c.name == name && c.neuron == neuron) {
            Some(curve) => curve.points.push(point),
            // A program's step cannot be prescribed to a network of this toolkit.
            None => curves.push(Curve { neuron, name, series, fixed: false, points: vec![point] }),
        }
    }
    curves.iter_mut().for_each(Curve::sort);
    Ok(curves)
}
