//! Residual of the evolution equation against time: how far each scheme is from the equation it solves, and when.

use super::Figure;
use crate::error::Result;
use chart::axis::Axis;
use chart::canvas::{Canvas, Columns, Rect};
use chart::legend::Legend;
use chart::panel::{BELOW, Panel};
use chart::style::{MARGIN, Stroke, TRUTH, WIDTH, series};
use chart::table::{Table, number};

/// What [`residual`] shows.
#[derive(Clone, Debug, Default)]
pub struct Residuals {
    /// One line each; one labelled "truth" is drawn in grey behind the others.
    pub series: Vec<ResidualSeries>,
}

/// The residual of one scheme, from spike to spike.
#[derive(Clone, Debug)]
pub struct ResidualSeries {
    /// Its name.
    pub label: String,
    /// The middle of each stretch between two spikes \[ms\].
    pub times: Vec<f64>,
    /// Root mean square of the residual over it \[mV/ms\].
    pub residuals: Vec<f64>,
}

const HEIGHT: f64 = 400.0;
/// Markers along a line.
const MARKERS: usize = 8;

/// Draws the root mean square residual \[mV/ms\] of each stretch between two spikes, logarithmic, against time \[ms\].
///
/// # Errors
/// [`Error::Figure`](crate::Error::Figure) when the drawing library refuses.
pub fn residual(data: &Residuals) -> Result<Figure> {
    let name = "residual";
    let mut table = Table::new(name, &["scheme", "t_ms", "residual_mV_per_ms"]);
    let mut legend = Legend::default();
    // Colours go to the schemes alone.
    let mut next = 0;
    let styled: Vec<_> = data
        .series
        .iter()
        .map(|s| {
            if s.label == "truth" {
                (s, Stroke::solid(TRUTH, 3.0), None)
            } else {
                let (stroke, marker) = series(next);
                next += 1;
                (s, stroke, Some((next, marker)))
            }
        })
        .collect();
    for (s, stroke, marker) in &styled {
        legend.entry(&s.label, Some(*stroke), marker.map(|(_, marker)| (marker, *stroke, false)));
    }
    let values = data.series.iter().flat_map(|s| s.residuals.iter().copied());
    let end = data.series.iter().flat_map(|s| s.times.iter().copied()).filter(|t| t.is_finite()).fold(1.0, f64::max);
    let (left, right) = legend.beside();
    let bottom = MARGIN + HEIGHT.max(legend.height());
    let panel = Panel {
        area: Rect { left, top: MARGIN, right, bottom },
        x: Axis::linear("time t [ms]", 0.0, end),
        y: Axis::log("residual, RMS between spikes [mV/ms]", values.clone().filter(|r| r.is_finite() && *r >= 0.0)),
    };
    let mut canvas = Canvas::new(WIDTH, bottom + BELOW);
    panel.axes(&mut canvas, "plot", &Columns::new("t_ms", "residual_mV_per_ms"), true);
    if !values.clone().any(f64::is_finite) {
        panel.nothing(&mut canvas, "no points");
    }
    for (s, stroke, marker) in &styled {
        let points: Vec<(f64, f64)> = s.times.iter().copied().zip(s.residuals.iter().copied()).collect();
        panel.line(&mut canvas, points.iter().map(|&(t, r)| (t, if r > 0.0 { r } else { f64::NAN })), stroke);
        if let Some((i, marker)) = marker {
            let every = points.len().div_ceil(MARKERS).max(1);
            for point in points.iter().skip(i % every).step_by(every) {
                panel.marker(&mut canvas, *point, *marker, stroke, false);
            }
        }
        for (t, r) in points.iter().filter(|p| p.1.is_finite()) {
            table.row([s.label.clone(), number(*t), number(*r)]);
        }
    }
    legend.draw(&mut canvas, MARGIN);
    Ok(Figure {
        name: name.to_owned(),
        svg: canvas.finish(name, "Residual of the evolution equation in mV/ms against time in ms")?,
        csv: table.finish()?,
    })
}
