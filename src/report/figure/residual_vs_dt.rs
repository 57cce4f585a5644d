//! Residual of the evolution equation against the step: the truth's falls at the order of the quadrature, a scheme's at its own.

use super::Figure;
use crate::error::Result;
use chart::loglog::{LogLog, LogPoint, LogSeries};
use chart::table::{Table, number};

/// What [`residual_vs_dt`] shows.
#[derive(Clone, Debug, Default)]
pub struct ResidualVsDt {
    /// One line each.
    pub series: Vec<ResidualLine>,
}

/// A residual at several steps.
#[derive(Clone, Debug)]
pub struct ResidualLine {
    /// Whose, and by which quadrature.
    pub label: String,
    /// Its observed order, where it has one.
    pub order: Option<f64>,
    /// (dt \[ms\], residual \[mV/ms\]).
    pub points: Vec<(f64, f64)>,
}

/// Draws mean |residual| \[mV/ms\] against step \[ms\], both logarithmic, with the observed order in the legend and guides of slope 1,
/// 2 and 4.
///
/// # Errors
/// [`Error::Figure`](crate::Error::Figure) when the drawing library refuses.
pub fn residual_vs_dt(data: &ResidualVsDt) -> Result<Figure> {
    let name = "residual_vs_dt";
    let mut table = Table::new(name, &["series", "observed_order", "dt_ms", "mean_absolute_residual_mV_per_ms"]);
    let mut series = Vec::new();
    for line in &data.series {
        let order = line.order.filter(|p| p.is_finite());
        let label = order.map_or_else(|| line.label.clone(), |p| format!("{} (order {p:.1})", line.label));
        let points = line.points.iter().map(|&(x, y)| LogPoint { x, y, hollow: false }).collect();
        let shown = LogSeries { label, points };
        for p in shown.shown() {
            table.row([line.label.clone(), order.map(number).unwrap_or_default(), number(p.x), number(p.y)]);
        }
        series.push(shown);
    }
    let drawing = LogLog {
        name,
        title: "Residual of the evolution equation in mV/ms against time step in ms",
        x: "time step dt [ms]",
        y: "mean |residual| [mV/ms]",
        columns: ["dt_ms", "mean_absolute_residual_mV_per_ms"],
        slopes: &[1.0, 2.0, 4.0],
        series,
    };
    Ok(Figure { name: name.to_owned(), svg: drawing.draw()?, csv: table.finish()? })
}
