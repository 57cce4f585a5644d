//! The response of the inverse operator, cut after each order, against the truth: a panel an amplitude.

use super::Figure;
use crate::error::Result;
use chart::axis::Axis;
use chart::canvas::{Canvas, Columns, Rect};
use chart::legend::Legend;
use chart::panel::{BELOW, Panel};
use chart::style::{DOTTED, GUIDE, MARGIN, Stroke, TRUTH, WIDTH, series};
use chart::table::{Table, number};

/// What [`inverse_response`] shows.
#[derive(Clone, Debug, Default)]
pub struct InverseResponse {
    /// From top to bottom.
    pub panels: Vec<ResponsePanel>,
}

/// The response at one amplitude.
#[derive(Clone, Debug, Default)]
pub struct ResponsePanel {
    /// What stands over the panel.
    pub heading: String,
    /// Amplitude of the input, for the CSV.
    pub amplitude: f64,
    /// Times \[ms\], increasing.
    pub t: Vec<f64>,
    /// v \[mV\] of the truth; it may end before the times do, with the first spike, and the series ends with it.
    pub truth: Vec<f64>,
    /// v \[mV\] of the series cut after order 1, 2, ….
    pub orders: Vec<Vec<f64>>,
    /// When the neuron first spikes \[ms\], and at which v \[mV\].
    pub spike: Option<(f64, f64)>,
}

const HEIGHT: f64 = 165.0;
const ABOVE: f64 = 22.0;

/// Draws v \[mV\] against time \[ms\]; a panel ends where the neuron first spikes. Each panel has the range of the truth, which a
/// series that has left it is cut to.
///
/// # Errors
/// [`Error::Figure`](crate::Error::Figure) when the drawing library refuses.
pub fn inverse_response(data: &InverseResponse) -> Result<Figure> {
    let name = "inverse_response";
    let mut table = Table::new(name, &["amplitude", "series", "t_ms", "v_mV"]);
    let orders = data.panels.iter().map(|p| p.orders.len()).max().unwrap_or(0);
    let truth = Stroke::solid(TRUTH, 4.5);
    let spike = Stroke { color: GUIDE, width: 1.0, dash: DOTTED };
    let label = |order: usize| format!("order {order}");
    let mut legend = Legend::default();
    legend.entry("truth", Some(truth), None);
    for order in 1..=orders {
        legend.entry(&label(order), Some(series(order - 1).0), None);
    }
    if data.panels.iter().any(|p| p.spike.is_some()) {
        legend.entry("first spike", Some(spike), None);
    }
    let (left, right) = legend.beside();
    let count = data.panels.len().max(1) as f64;
    let height = (MARGIN + count * (ABOVE + HEIGHT) + BELOW).max(legend.height() + 2.0 * MARGIN);
    let mut canvas = Canvas::new(WIDTH, height);
    let x = Axis::around("time t [ms]", data.panels.iter().flat_map(|p| p.t.iter().copied()), 0.0);
    let shows = Columns::new("t_ms", "v_mV");
    if data.panels.is_empty() {
        let area = Rect { left, top: MARGIN + ABOVE, right, bottom: MARGIN + ABOVE + HEIGHT };
        let panel = Panel { area, x: x.clone(), y: Axis::linear("v [mV]", -80.0, 30.0) };
        panel.axes(&mut canvas, "panel0", &shows, true);
        panel.nothing(&mut canvas, "no response");
    }
    for (index, shown) in data.panels.iter().enumerate() {
        let top = MARGIN + ABOVE + index as f64 * (ABOVE + HEIGHT);
        let end = shown.spike.map(|s| s.1);
        let panel = Panel {
            area: Rect { left, top, right, bottom: top + HEIGHT },
            x: x.clone(),
            y: Axis::around("v [mV]", shown.truth.iter().copied().chain(end), 0.15),
        };
        let last = index + 1 == data.panels.len();
        panel.axes(
            &mut canvas,
            &format!("panel{index}"),
            &shows.clone().of("amplitude", &[&number(shown.amplitude)]),
            last,
        );
        panel.heading(&mut canvas, &shown.heading);
        if let Some((t, _)) = shown.spike
            && let Some((at, _)) = panel.at(t, shown.truth.first().copied().unwrap_or_default())
        {
            canvas.path(&[(at, top), (at, top + HEIGHT)], &spike);
        }
        let samples = shown.t.len().min(shown.truth.len());
        let mut true_line: Vec<(f64, f64)> =
            shown.t[..samples].iter().copied().zip(shown.truth.iter().copied()).collect();
        true_line.extend(shown.spike);
        let mut lines = vec![("truth".to_owned(), true_line, truth)];
        for (k, values) in shown.orders.iter().enumerate() {
            let line = shown.t[..samples].iter().copied().zip(values.iter().copied()).collect();
            lines.push((label(k + 1), line, series(k).0));
        }
        for (label, line, stroke) in lines {
            for i in panel.line(&mut canvas, line.iter().copied(), &stroke) {
                table.row([number(shown.amplitude), label.clone(), number(line[i].0), number(line[i].1)]);
            }
        }
    }
    legend.draw(&mut canvas, MARGIN + ABOVE);
    Ok(Figure {
        name: name.to_owned(),
        svg: canvas
            .finish(name, "Membrane potential in mV against time in ms: truth and Volterra series of each order")?,
        csv: table.finish()?,
    })
}
