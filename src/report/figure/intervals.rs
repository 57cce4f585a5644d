//! Interspike intervals against spike number: how a neuron adapts.

use super::Figure;
use crate::error::Result;
use chart::loglog::{LogLog, LogPoint, LogSeries};
use chart::table::{Table, number};

/// What [`intervals`] shows.
#[derive(Clone, Debug, Default)]
pub struct Intervals {
    /// One line each.
    pub series: Vec<IntervalSeries>,
}

/// The intervals of one neuron.
#[derive(Clone, Debug)]
pub struct IntervalSeries {
    /// Its name.
    pub label: String,
    /// Interval 1, 2, … \[ms\].
    pub intervals: Vec<f64>,
}

/// Draws interspike interval \[ms\] against its number, both logarithmic: adaptation by a power law goes on, adaptation with a
/// time scale levels off.
///
/// # Errors
/// [`Error::Figure`](crate::Error::Figure) when the drawing library refuses.
pub fn intervals(data: &Intervals) -> Result<Figure> {
    let name = "intervals";
    let mut table = Table::new(name, &["series", "interval", "interval_ms"]);
    let mut series = Vec::new();
    for s in &data.series {
        let mut points = Vec::new();
        for (n, &interval) in (1..).zip(&s.intervals) {
            table.row([s.label.clone(), n.to_string(), number(interval)]);
            points.push(LogPoint { x: f64::from(n), y: interval, hollow: false });
        }
        series.push(LogSeries { label: s.label.clone(), points });
    }
    let drawing = LogLog {
        name,
        title: "Interspike interval in ms against its number",
        x: "interval number",
        y: "interspike interval [ms]",
        columns: ["interval", "interval_ms"],
        slopes: &[],
        series,
    };
    Ok(Figure { name: name.to_owned(), svg: drawing.draw()?, csv: table.finish()? })
}
