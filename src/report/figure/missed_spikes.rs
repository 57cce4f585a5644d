//! Spikes missed and spikes too many, against the step.

use super::Figure;
use crate::error::Result;
use chart::axis::Axis;
use chart::canvas::{Canvas, Columns, Rect};
use chart::legend::Legend;
use chart::panel::{BELOW, Panel};
use chart::style::{MARGIN, WIDTH, series};
use chart::table::{Table, number};

/// What [`missed_spikes`] shows.
#[derive(Clone, Debug, Default)]
pub struct MissedSpikes {
    /// One line each.
    pub schemes: Vec<MissedSeries>,
}

/// A scheme at several steps.
#[derive(Clone, Debug)]
pub struct MissedSeries {
    /// Its name.
    pub label: String,
    /// Its runs, in any order.
    pub points: Vec<MissedPoint>,
}

/// A run at one step.
#[derive(Clone, Copy, Debug)]
pub struct MissedPoint {
    /// Step \[ms\].
    pub dt: f64,
    /// True spikes without a match.
    pub missed: usize,
    /// Spikes without a true one.
    pub extra: usize,
}

const HEIGHT: f64 = 170.0;
const BETWEEN: f64 = 26.0;

/// Draws missed and extra spikes (counts, linear) against step \[ms\] (logarithmic), in two panels of one x axis.
///
/// # Errors
/// [`Error::Figure`](crate::Error::Figure) when the drawing library refuses.
pub fn missed_spikes(data: &MissedSpikes) -> Result<Figure> {
    let name = "missed_spikes";
    let shown = |s: &MissedSeries| {
        let mut points: Vec<MissedPoint> =
            s.points.iter().copied().filter(|p| p.dt > 0.0 && p.dt.is_finite()).collect();
        points.sort_by(|p, q| p.dt.total_cmp(&q.dt));
        points
    };
    let all: Vec<(&MissedSeries, Vec<MissedPoint>)> = data.schemes.iter().map(|s| (s, shown(s))).collect();
    let mut table = Table::new(name, &["scheme", "dt_ms", "spikes_missed", "spikes_extra"]);
    let mut legend = Legend::default();
    for (i, (s, points)) in all.iter().enumerate() {
        let (stroke, marker) = series(i);
        legend.entry(&s.label, Some(stroke), Some((marker, stroke, false)));
        for p in points {
            table.row([s.label.clone(), number(p.dt), p.missed.to_string(), p.extra.to_string()]);
        }
    }

    let (left, right) = legend.beside();
    let bottom = (MARGIN + 2.0 * HEIGHT + BETWEEN).max(MARGIN + legend.height());
    let height = (bottom - MARGIN - BETWEEN) / 2.0;
    let mut canvas = Canvas::new(WIDTH, bottom + BELOW);
    type Count = fn(&MissedPoint) -> usize;
    let panels: [(&str, f64, &str, Count); 2] = [
        ("missed", MARGIN, "spikes missed [count]", |p| p.missed),
        ("extra", bottom - height, "spikes extra [count]", |p| p.extra),
    ];
    for (id, top, description, count) in panels {
        let most = all.iter().flat_map(|(_, points)| points.iter().map(count)).max().unwrap_or(0);
        // Room below zero, so that a line of zeros is seen whole.
        let high = most.max(3) as f64;
        let panel = Panel {
            area: Rect { left, top, right, bottom: top + height },
            x: Axis::log("time step dt [ms]", all.iter().flat_map(|(_, points)| points.iter().map(|p| p.dt))),
            y: Axis::counts(description, -0.06 * high, 1.06 * high),
        };
        let column = format!("spikes_{id}");
        panel.axes(&mut canvas, id, &Columns::new("dt_ms", &column), id == "extra");
        if all.iter().all(|(_, points)| points.is_empty()) {
            panel.nothing(&mut canvas, "no points");
        }
        for (i, (_, points)) in all.iter().enumerate() {
            let (stroke, marker) = series(i);
            let line: Vec<(f64, f64)> = points.iter().map(|p| (p.dt, count(p) as f64)).collect();
            panel.line(&mut canvas, line.iter().copied(), &stroke);
            for point in line {
                panel.marker(&mut canvas, point, marker, &stroke, false);
            }
        }
    }
    legend.draw(&mut canvas, MARGIN);
    Ok(Figure {
        name: name.to_owned(),
        svg: canvas.finish(name, "Spikes missed and spikes too many against time step in ms")?,
        csv: table.finish()?,
    })
}
