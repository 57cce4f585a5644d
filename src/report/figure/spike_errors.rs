//! Spike-time error against spike number: how errors of both signs grow over a run.

use super::Figure;
use crate::error::Result;
use chart::axis::Axis;
use chart::canvas::{Canvas, Columns, Rect};
use chart::legend::Legend;
use chart::panel::{BELOW, Panel};
use chart::style::{BLACK, DASHED, MARGIN, SOLID, Stroke, WIDTH, series};
use chart::table::{Table, number};

/// What [`spike_errors`] shows.
#[derive(Clone, Debug, Default)]
pub struct SpikeErrors {
    /// One line each.
    pub series: Vec<SpikeErrorSeries>,
}

/// The errors of one scheme.
#[derive(Clone, Debug)]
pub struct SpikeErrorSeries {
    /// Its name.
    pub label: String,
    /// Whether it locates spikes inside a step (solid line) or fires on the grid (dashed line).
    pub located: bool,
    /// Signed error of spike 1, 2, ... \[ms\], positive where it is late; NaN for a spike that was missed.
    pub errors: Vec<f64>,
}

const HEIGHT: f64 = 420.0;
/// Markers along a line: enough to tell it by, few enough to see it.
const MARKERS: usize = 8;

/// Draws signed spike-time error \[ms\] against spike number, on a symmetric-log axis: linear around zero below the smallest error,
/// logarithmic beyond. In each half of the legend the largest errors stand first.
///
/// # Errors
/// [`Error::Figure`](crate::Error::Figure) when the drawing library refuses.
pub fn spike_errors(data: &SpikeErrors) -> Result<Figure> {
    let name = "spike_errors";
    let mut table = Table::new(name, &["scheme", "spikes_located", "spike", "error_ms"]);
    let mut legend = Legend::default();
    // Line style says where spikes may lie, colour and marker which scheme: those follow the order of the data.
    let styled: Vec<(&SpikeErrorSeries, Stroke, usize)> = (data.series.iter().enumerate())
        .map(|(i, s)| (s, Stroke { width: 1.2, dash: if s.located { SOLID } else { DASHED }, ..series(i).0 }, i))
        .collect();
    for (located, heading) in [(false, "spikes on the grid"), (true, "spikes located in the step")] {
        let mut group: Vec<_> = styled.iter().filter(|(s, ..)| s.located == located).collect();
        group.sort_by(|a, b| largest(b.0).total_cmp(&largest(a.0)));
        if !group.is_empty() {
            legend.heading(heading);
        }
        for (s, stroke, i) in group {
            legend.entry(&s.label, Some(*stroke), Some((series(*i).1, *stroke, false)));
        }
    }

    let errors = data.series.iter().flat_map(|s| s.errors.iter().copied());
    let spikes = data.series.iter().map(|s| s.errors.len()).max().unwrap_or(0);
    let (left, right) = legend.beside();
    let bottom = MARGIN + HEIGHT.max(legend.height());
    let panel = Panel {
        area: Rect { left, top: MARGIN, right, bottom },
        x: Axis::counts("spike number", 0.0, spikes.max(1) as f64 + 0.5),
        y: Axis::symlog("spike-time error [ms] (positive: late)", errors.clone()),
    };
    let mut canvas = Canvas::new(WIDTH, bottom + BELOW);
    panel.axes(&mut canvas, "plot", &Columns::new("spike", "error_ms"), true);
    if !errors.clone().any(f64::is_finite) {
        panel.nothing(&mut canvas, "no spikes to compare");
    } else if let (Some(from), Some(to)) = (panel.at(0.0, 0.0), panel.at(spikes as f64 + 0.5, 0.0)) {
        canvas.path(&[from, to], &Stroke::solid(BLACK, 0.8));
    }
    for (s, stroke, i) in &styled {
        let points: Vec<(f64, f64)> = (1..).zip(&s.errors).map(|(n, e)| (f64::from(n), *e)).collect();
        panel.line(&mut canvas, points.iter().copied(), stroke);
        let every = points.len().div_ceil(MARKERS).max(1);
        // Shifted from line to line, so that the markers of lines on top of each other do not all fall together.
        let finite = |k: usize| points.get(k).is_some_and(|p| p.1.is_finite());
        for (k, point) in points.iter().enumerate() {
            // Between two missed spikes there is no line to see a point by.
            let alone = !finite(k.wrapping_sub(1)) && !finite(k + 1);
            if k % every == i % every || alone {
                panel.marker(&mut canvas, *point, series(*i).1, stroke, false);
            }
        }
        for (n, error) in points.iter().filter(|p| p.1.is_finite()) {
            table.row([s.label.clone(), s.located.to_string(), n.to_string(), number(*error)]);
        }
    }
    legend.draw(&mut canvas, MARGIN);
    Ok(Figure {
        name: name.to_owned(),
        svg: canvas.finish(name, "Signed spike-time error in ms against spike number")?,
        csv: table.finish()?,
    })
}

fn largest(s: &SpikeErrorSeries) -> f64 {
    s.errors.iter().filter(|e| e.is_finite()).fold(0.0, |m, e| f64::max(m, e.abs()))
}
