//! Cost of the convolution engines against the number of steps.

use super::Figure;
use crate::error::Result;
use chart::loglog::{LogLog, LogPoint, LogSeries};
use chart::table::{Table, number};

/// What [`convolution_cost`] shows.
#[derive(Clone, Debug)]
pub struct ConvolutionCost {
    /// What is on the vertical axis.
    pub quantity: CostQuantity,
    /// One line each.
    pub series: Vec<CostSeries>,
}

/// What a cost is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CostQuantity {
    /// Floating-point operations, counted.
    Flops,
    /// Time \[ms\], measured.
    Time,
}

/// An engine at several numbers of steps.
#[derive(Clone, Debug)]
pub struct CostSeries {
    /// Its name.
    pub label: String,
    /// Its runs, in any order.
    pub points: Vec<CostPoint>,
}

/// One run.
#[derive(Clone, Copy, Debug)]
pub struct CostPoint {
    /// Number of steps.
    pub steps: u64,
    /// Cost of the whole run, in the unit of the quantity.
    pub cost: f64,
}

/// Draws the cost of a run against its number of steps, both logarithmic, with guides of slope 1 and 2.
///
/// # Errors
/// [`Error::Figure`](crate::Error::Figure) when the drawing library refuses.
pub fn convolution_cost(data: &ConvolutionCost) -> Result<Figure> {
    let (name, title, y, column) = match data.quantity {
        CostQuantity::Flops => {
            ("convolution_flops", "Counted operations of a convolution against its steps", "cost [flops]", "flops")
        }
        CostQuantity::Time => {
            ("convolution_time", "Measured time of a convolution in ms against its steps", "time [ms]", "time_ms")
        }
    };
    let mut table = Table::new(name, &["engine", "steps", column]);
    let mut series = Vec::new();
    for engine in &data.series {
        let place = |p: &CostPoint| LogPoint { x: p.steps as f64, y: p.cost, hollow: false };
        let line = LogSeries { label: engine.label.clone(), points: engine.points.iter().map(place).collect() };
        for p in line.shown() {
            table.row([engine.label.clone(), number(p.x), number(p.y)]);
        }
        series.push(line);
    }
    let drawing =
        LogLog { name, title, x: "number of steps N", y, columns: ["steps", column], slopes: &[1.0, 2.0], series };
    Ok(Figure { name: name.to_owned(), svg: drawing.draw()?, csv: table.finish()? })
}
