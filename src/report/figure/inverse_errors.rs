//! Error of the inverse operator's series against the amplitude of its input.

use super::Figure;
use crate::error::Result;
use chart::loglog::{LogLog, LogPoint, LogSeries};
use chart::table::{Table, number};

/// What [`inverse_errors`] shows.
#[derive(Clone, Debug, Default)]
pub struct InverseErrors {
    /// Unit of the amplitude ("mV/ms").
    pub unit: String,
    /// One line each, of the orders 1, 2, ….
    pub orders: Vec<OrderErrors>,
}

/// The series cut after one order.
#[derive(Clone, Debug, Default)]
pub struct OrderErrors {
    /// The observed power of the amplitude, where there was one.
    pub slope: Option<f64>,
    /// (amplitude, largest error of v \[mV\]), neither negative.
    pub points: Vec<(f64, f64)>,
}

/// Draws the largest error of v \[mV\] against the amplitude, both logarithmic, with the observed slope in the legend.
///
/// # Errors
/// [`Error::Figure`](crate::Error::Figure) when the drawing library refuses.
pub fn inverse_errors(data: &InverseErrors) -> Result<Figure> {
    let name = "inverse_errors";
    let mut table = Table::new(name, &["order", "observed_slope", "amplitude", "max_error_mV"]);
    let mut series = Vec::new();
    for (k, order) in data.orders.iter().enumerate() {
        let slope = order.slope.map(number).unwrap_or_default();
        let label = match order.slope {
            Some(slope) => format!("order {} (slope {slope:.2})", k + 1),
            None => format!("order {}", k + 1),
        };
        let points = order.points.iter().map(|&(x, y)| LogPoint { x, y, hollow: false }).collect();
        let line = LogSeries { label, points };
        for p in line.shown() {
            table.row([(k + 1).to_string(), slope.clone(), number(p.x), number(p.y)]);
        }
        series.push(line);
    }
    let x = format!("amplitude of the input [{}]", data.unit);
    let drawing = LogLog {
        name,
        title: "Largest error of v in mV against the amplitude of the input",
        x: &x,
        y: "largest error of v before a spike [mV]",
        columns: ["amplitude", "max_error_mV"],
        // The fitted slopes stand in the legend; guides would cross the lines.
        slopes: &[],
        series,
    };
    Ok(Figure { name: name.to_owned(), svg: drawing.draw()?, csv: table.finish()? })
}
