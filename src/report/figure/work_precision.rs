//! Work-precision: what an error costs with each scheme.

use super::Figure;
use crate::error::Result;
use chart::loglog::{LogLog, LogPoint, LogSeries};
use chart::table::{Table, number};

/// What [`work_precision`] shows.
#[derive(Clone, Debug, Default)]
pub struct WorkPrecision {
    /// One line each.
    pub schemes: Vec<WorkSeries>,
}

/// A scheme at several steps or tolerances.
#[derive(Clone, Debug)]
pub struct WorkSeries {
    /// Its name.
    pub label: String,
    /// Its runs, in any order.
    pub points: Vec<WorkPoint>,
}

/// One run.
#[derive(Clone, Debug)]
pub struct WorkPoint {
    /// What was set, for the CSV: "dt 0.1 ms", "tolerance 1e-6 ms".
    pub setting: String,
    /// Time of the numerics \[ns per simulated ms\].
    pub cost: f64,
    /// Largest error of a matched spike \[ms\], not negative.
    pub error: f64,
    /// Whether spikes were missed or extra, so that the error speaks of the others only: drawn hollow.
    pub lost: bool,
}

/// Draws largest spike-time error \[ms\] against cost \[ns per simulated ms\], both logarithmic: lower and further left is better.
///
/// # Errors
/// [`Error::Figure`](crate::Error::Figure) when the drawing library refuses.
pub fn work_precision(data: &WorkPrecision) -> Result<Figure> {
    let name = "work_precision";
    let header = ["scheme", "setting", "cost_ns_per_ms", "max_spike_time_error_ms", "spikes_missed_or_extra"];
    let mut table = Table::new(name, &header);
    let mut series = Vec::new();
    for scheme in &data.schemes {
        let point = |p: &WorkPoint| LogPoint { x: p.cost, y: p.error, hollow: p.lost };
        for p in scheme.points.iter().filter(|p| point(p).has_place()) {
            let fields = [number(p.cost), number(p.error), p.lost.to_string()];
            table.row([scheme.label.clone(), p.setting.clone()].into_iter().chain(fields));
        }
        series.push(LogSeries { label: scheme.label.clone(), points: scheme.points.iter().map(point).collect() });
    }
    let drawing = LogLog {
        name,
        title: "Largest spike-time error in ms against cost in ns per simulated ms",
        x: "cost [ns per simulated ms]",
        y: "largest spike-time error [ms]",
        columns: ["cost_ns_per_ms", "max_spike_time_error_ms"],
        slopes: &[],
        series,
    };
    Ok(Figure { name: name.to_owned(), svg: drawing.draw()?, csv: table.finish()? })
}
