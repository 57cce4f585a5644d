//! Largest spike-time error against the step: how fast each scheme converges, and where it stops to.

use super::Figure;
use crate::error::Result;
use chart::loglog::{LogLog, LogPoint, LogSeries};
use chart::table::{Table, number};

/// What [`error_vs_dt`] shows.
#[derive(Clone, Debug, Default)]
pub struct ErrorVsDt {
    /// One line each.
    pub schemes: Vec<Convergence>,
}

/// A scheme at several steps.
#[derive(Clone, Debug)]
pub struct Convergence {
    /// Its name.
    pub label: String,
    /// The order of convergence observed, where one was.
    pub order: Option<f64>,
    /// Its runs, in any order.
    pub points: Vec<ConvergencePoint>,
}

/// A run at one step.
#[derive(Clone, Copy, Debug)]
pub struct ConvergencePoint {
    /// Step \[ms\].
    pub dt: f64,
    /// Largest error of a matched spike \[ms\], not negative.
    pub error: f64,
    /// Whether spikes were missed or extra, so that the error speaks of the others only: drawn hollow.
    pub lost: bool,
}

/// Draws largest spike-time error \[ms\] against step \[ms\], both logarithmic, with the observed order in the legend and
/// guides of slope 1, 2 and 4.
///
/// # Errors
/// [`Error::Figure`](crate::Error::Figure) when the drawing library refuses.
pub fn error_vs_dt(data: &ErrorVsDt) -> Result<Figure> {
    let name = "error_vs_dt";
    let mut table =
        Table::new(name, &["scheme", "observed_order", "dt_ms", "max_spike_time_error_ms", "spikes_missed_or_extra"]);
    let mut series = Vec::new();
    for scheme in &data.schemes {
        let order = scheme.order.filter(|p| p.is_finite());
        let label = order.map_or_else(|| scheme.label.clone(), |p| format!("{} (order {p:.1})", scheme.label));
        let points = scheme.points.iter().map(|p| LogPoint { x: p.dt, y: p.error, hollow: p.lost }).collect();
        let line = LogSeries { label, points };
        for p in line.shown() {
            let order = order.map(number).unwrap_or_default();
            table.row([scheme.label.clone(), order, number(p.x), number(p.y), p.hollow.to_string()]);
        }
        series.push(line);
    }
    let drawing = LogLog {
        name,
        title: "Largest spike-time error in ms against time step in ms",
        x: "time step dt [ms]",
        y: "largest spike-time error [ms]",
        columns: ["dt_ms", "max_spike_time_error_ms"],
        slopes: &[1.0, 2.0, 4.0],
        series,
    };
    Ok(Figure { name: name.to_owned(), svg: drawing.draw()?, csv: table.finish()? })
}
