//! Membrane potential of the schemes over the truth: the whole run, and its last spikes.

use std::ops::Range;

use super::Figure;
use crate::error::Result;
use chart::axis::Axis;
use chart::canvas::{Canvas, Columns, Rect};
use chart::legend::Legend;
use chart::panel::{BELOW, Panel};
use chart::style::{MARGIN, Stroke, TRUTH, WIDTH, series};
use chart::table::{Table, number};

/// What [`traces`] shows.
#[derive(Clone, Debug, Default)]
pub struct Traces {
    /// The true membrane potential, thick and grey behind the others.
    pub truth: Trace,
    /// The schemes.
    pub schemes: Vec<Trace>,
    /// The part of the run that the lower panel shows, from and to \[ms\].
    pub zoom: (f64, f64),
    /// The peak of the neuron \[mV\]: potentials are cut to the range from -100 mV to 10 mV above it.
    pub peak: f64,
}

/// A membrane potential over time.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    /// Its name.
    pub label: String,
    /// Times \[ms\], not decreasing.
    pub t: Vec<f64>,
    /// Membrane potential \[mV\] at these times; what is beyond the shorter of the two is left out.
    pub v: Vec<f64>,
}

/// Lowest potential shown \[mV\].
const FLOOR: f64 = -100.0;
/// Height of a panel \[px\].
const HEIGHT: f64 = 190.0;
/// Room above a panel for its heading \[px\].
const ABOVE: f64 = 20.0;

/// Draws v(t) \[mV\] against time \[ms\] in two panels. Long runs are thinned out to what print can show, and the CSV holds the
/// points that are drawn.
///
/// # Errors
/// [`Error::Figure`](crate::Error::Figure) when the drawing library refuses.
pub fn traces(data: &Traces) -> Result<Figure> {
    let name = "traces";
    let ceiling = data.peak.max(FLOOR + 10.0) + 10.0;
    let mut legend = Legend::default();
    let all: Vec<(&Trace, Stroke)> = std::iter::once((&data.truth, Stroke::solid(TRUTH, 4.0)))
        .chain(data.schemes.iter().enumerate().map(|(i, s)| (s, Stroke { width: 1.1, ..series(i).0 })))
        .collect();
    for (trace, stroke) in all.iter().filter(|(trace, _)| !trace.t.is_empty()) {
        legend.entry(&trace.label, Some(*stroke), None);
    }
    let (left, right) = legend.beside();
    let first = MARGIN + ABOVE;
    let second = first + HEIGHT + BELOW + ABOVE;
    let height = (second + HEIGHT + BELOW).max(first + legend.height() + MARGIN);
    let mut canvas = Canvas::new(WIDTH, height);
    let mut table = Table::new(name, &["panel", "series", "t_ms", "v_mV"]);

    let cut = |v: f64| v.clamp(FLOOR, ceiling);
    let potentials = all.iter().flat_map(|(s, _)| s.v.iter().map(|v| cut(*v)));
    let y = Axis::around("membrane potential v [mV]", potentials, 0.04);
    let whole = Axis::around("time t [ms]", all.iter().flat_map(|(s, _)| s.t.iter().copied()), 0.0);
    let part = Axis::linear("time t [ms]", data.zoom.0, data.zoom.1);
    for (id, top, x, heading) in [("whole", first, whole, "whole run"), ("zoom", second, part, "last spikes")] {
        let panel = Panel { area: Rect { left, top, right, bottom: top + HEIGHT }, x, y: y.clone() };
        panel.axes(&mut canvas, id, &Columns::new("t_ms", "v_mV").of("panel", &[id]), true);
        panel.heading(&mut canvas, heading);
        let mut nothing = true;
        for (trace, stroke) in &all {
            let from = window(trace, &panel.x);
            let visible = trace.t[from.clone()].iter().zip(&trace.v[from.clone()]).map(|(t, v)| (*t, cut(*v)));
            for i in panel.line(&mut canvas, visible, stroke).into_iter().map(|i| from.start + i) {
                nothing = false;
                table.row([id.to_owned(), trace.label.clone(), number(trace.t[i]), number(cut(trace.v[i]))]);
            }
        }
        if nothing {
            panel.nothing(&mut canvas, "no trace");
        }
    }
    legend.draw(&mut canvas, first);
    Ok(Figure {
        name: name.to_owned(),
        svg: canvas.finish(name, "Membrane potential in mV against time in ms")?,
        csv: table.finish()?,
    })
}

/// The samples on the axis, and one beyond each of its ends, which the line comes from and goes to.
fn window(trace: &Trace, x: &Axis) -> Range<usize> {
    let samples = trace.t.len().min(trace.v.len());
    let from = trace.t[..samples].partition_point(|t| x.fraction(*t) < 0.0).saturating_sub(1);
    let to = trace.t[..samples].partition_point(|t| x.fraction(*t) <= 1.0) + 1;
    from..to.clamp(from, samples)
}
