//! One picture seen by a layer, step by step: its pulses, the spikes they excite, and the membranes of the most excited neurons.

use super::Figure;
use super::pulse_code::draw_pulses;
use crate::error::Result;
use crate::population::Spike;
use crate::recognition::coding::Pulse;
use chart::axis::Axis;
use chart::canvas::{Anchor, Canvas, Columns, Rect, fit_text, text_width};
use chart::panel::{BELOW, LEFT, Panel};
use chart::style::{BLACK, GRID, GUIDE, MARGIN, SMALL, Stroke, TEXT, WIDTH, series};
use chart::table::{Table, number};

/// What [`excitement`] shows.
#[derive(Clone, Debug, Default)]
pub struct Excitement {
    /// What stands over it: the picture, the scheme and the step.
    pub heading: String,
    /// Length of the time axis \[ms\], from 0.
    pub duration: f64,
    /// Number of input neurons.
    pub inputs: usize,
    /// The pulses of the picture; on a grid, at the times of their steps.
    pub pulses: Vec<Pulse>,
    /// The neurons of the layer that have a row, from top to bottom, in groups such as the classes they were assigned to.
    pub groups: Vec<NeuronGroup>,
    /// The spikes of the layer; those of neurons without a row are left out.
    pub spikes: Vec<Spike>,
    /// The membranes of the most excited neurons, about four, from top to bottom.
    pub membranes: Vec<Membrane>,
    /// Potential to which spikes are drawn \[mV\]: the peak of the neurons. What a scheme leaves above it is cut.
    pub peak: f64,
}

/// Neurons that belong together.
#[derive(Clone, Debug, Default)]
pub struct NeuronGroup {
    /// Their class; may be empty.
    pub label: String,
    /// Their numbers in the layer.
    pub neurons: Vec<u32>,
}

/// The membrane of a neuron over time.
#[derive(Clone, Debug, Default)]
pub struct Membrane {
    /// Its number in the layer.
    pub neuron: u32,
    /// What is said of it: its class, its number of spikes.
    pub label: String,
    /// Times \[ms\], not decreasing: the ends of the steps.
    pub t: Vec<f64>,
    /// Membrane potential \[mV\] at these times; what is beyond the shorter of the two is left out.
    pub v: Vec<f64>,
}

/// Lowest potential shown \[mV\].
const FLOOR: f64 = -120.0;
/// Heights of the panels \[px\].
const INPUT: f64 = 104.0;
const LAYER: (f64, f64) = (64.0, 220.0);
const MEMBRANE: f64 = 62.0;
/// Labels on the axis of a membrane.
const POTENTIALS: usize = 3;
/// Height that a neuron's row would like to have \[px\].
const ROW: f64 = 3.0;
/// Widest name of a group, and room for what else stands left of the panels \[px\].
const NAME: f64 = 80.0;
const BESIDE_NAMES: f64 = 2.0 * MARGIN + TEXT + 8.0;
/// Room over a panel for its heading \[px\].
const ABOVE: f64 = 24.0;

/// Draws pulses, spikes and membrane potentials \[mV\] against the same time \[ms\]. The spikes of the neurons whose membranes are
/// shown have the colour of their line and are thicker than the others, which are grey.
///
/// # Errors
/// [`Error::Figure`](crate::Error::Figure) when the drawing library refuses.
pub fn excitement(data: &Excitement) -> Result<Figure> {
    let name = "excitement";
    let mut table = Table::new(name, &["panel", "group", "neuron", "row", "t_ms", "v_mV"]);
    let rows: Vec<(&str, u32)> =
        data.groups.iter().flat_map(|g| g.neurons.iter().map(|n| (g.label.as_str(), *n))).collect();
    let layer = (ROW * rows.len() as f64).clamp(LAYER.0, LAYER.1);
    let membranes = data.membranes.len() as f64 * (ABOVE + MEMBRANE);
    let top = MARGIN + 18.0;
    let mut canvas = Canvas::new(WIDTH, top + 2.0 * ABOVE + INPUT + layer + membranes + BELOW);
    let x = Axis::linear("time t [ms]", 0.0, data.duration);
    let names = data.groups.iter().map(|g| text_width(&g.label, SMALL)).fold(0.0, f64::max);
    let left = LEFT.max(BESIDE_NAMES + names.min(NAME));
    let panel = |top: f64, height: f64, y: Axis| Panel {
        area: Rect { left, top, right: WIDTH - MARGIN - 10.0, bottom: top + height },
        x: x.clone(),
        y,
    };
    canvas.text(
        (left, MARGIN + 6.0),
        &fit_text(&data.heading, TEXT, WIDTH - left - MARGIN),
        TEXT,
        Anchor::Start,
        BLACK,
    );

    let input = panel(top + ABOVE, INPUT, Axis::downwards("input neuron", data.inputs));
    input.axes(&mut canvas, "input", &Columns::new("t_ms", "row").of("panel", &["input"]), false);
    let pulses = draw_pulses(&mut canvas, &input, data.inputs, &data.pulses);
    input.heading(&mut canvas, &format!("pulses of the picture: {}", pulses.len()));
    for pulse in pulses {
        let number_of_input = pulse.input.to_string();
        let fields = [String::new(), number_of_input.clone(), number_of_input, number(pulse.time), String::new()];
        table.row(std::iter::once("input".to_owned()).chain(fields));
    }

    let described = if data.groups.len() > 1 { "neuron, by class" } else { "neuron" };
    let spikes = panel(input.area.bottom + ABOVE, layer, Axis::rows(described, rows.len()));
    spikes.axes(&mut canvas, "layer", &Columns::new("t_ms", "row").of("panel", &["layer"]), data.membranes.is_empty());
    draw_groups(&mut canvas, &spikes, &data.groups);
    let shown = draw_spikes(&mut canvas, &spikes, &rows, data);
    spikes.heading(&mut canvas, &format!("spikes of the layer: {}", shown.len()));
    for (row, spike) in shown {
        let fields = [spike.neuron.to_string(), row.to_string(), number(spike.t), String::new()];
        table.row(["layer".to_owned(), rows[row].0.to_owned()].into_iter().chain(fields));
    }

    let potentials = || data.membranes.iter().flat_map(|m| m.v.iter().map(|v| cut(*v, data.peak)));
    let y = Axis::around("", potentials().chain([data.peak]), 0.06);
    let first = spikes.area.bottom + ABOVE;
    for (i, membrane) in data.membranes.iter().enumerate() {
        let panel = panel(first + i as f64 * (ABOVE + MEMBRANE), MEMBRANE, y.clone());
        let neuron = membrane.neuron.to_string();
        let shows = Columns::new("t_ms", "v_mV").of("panel", &["membrane"]).of("neuron", &[&neuron]);
        let last = i + 1 == data.membranes.len();
        panel.axes_with(&mut canvas, &format!("membrane{i}"), &shows, last, POTENTIALS);
        let said = if membrane.label.is_empty() { String::new() } else { format!(": {}", membrane.label) };
        panel.heading(&mut canvas, &fit_text(&format!("neuron {neuron}{said}"), SMALL, panel.area.width()));
        let points = with_spikes(membrane, &data.spikes, data.peak);
        for k in panel.line(&mut canvas, points.iter().copied(), &Stroke::solid(series(i).0.color, 1.1)) {
            let (t, v) = points[k];
            table.row(["membrane".to_owned(), String::new(), neuron.clone(), String::new(), number(t), number(v)]);
        }
    }
    if !data.membranes.is_empty() {
        let middle = first + 0.5 * (membranes - ABOVE);
        canvas.text((MARGIN + TEXT / 2.0, middle), "membrane potential v [mV]", TEXT, Anchor::Upwards, BLACK);
    }
    Ok(Figure {
        name: name.to_owned(),
        svg: canvas.finish(name, "Pulses, spikes and membrane potentials in mV against time in ms")?,
        csv: table.finish()?,
    })
}

fn cut(v: f64, peak: f64) -> f64 {
    // A step that overshoots leaves v far above the peak; the axis is for what happens below it.
    v.clamp(FLOOR.min(peak), peak)
}

/// Lines between groups, and their labels where there is room.
fn draw_groups(canvas: &mut Canvas, panel: &Panel, groups: &[NeuronGroup]) {
    let Rect { left, top, right, bottom } = panel.area;
    let rows = groups.iter().map(|g| g.neurons.len()).sum::<usize>().max(1) as f64;
    let (mut before, mut free) = (0, f64::NEG_INFINITY);
    for group in groups {
        let y = |row: f64| top + (bottom - top) * row / rows;
        let from = before as f64;
        before += group.neurons.len();
        if from > 0.0 && !group.neurons.is_empty() {
            canvas.strokes([((left - 3.0, y(from)), (right, y(from)))], &Stroke::solid(GRID, 0.7));
        }
        let middle = y(0.5 * (from + before as f64));
        if !group.neurons.is_empty() && middle - 0.5 * SMALL >= free {
            let label = fit_text(&group.label, SMALL, left - BESIDE_NAMES);
            canvas.text((left - 6.0, middle), &label, SMALL, Anchor::End, BLACK);
            free = middle + 0.5 * SMALL;
        }
    }
}

/// Draws the spikes of the neurons that have a row. Returns them with their rows, in the order of the data.
fn draw_spikes<'a>(
    canvas: &mut Canvas,
    panel: &Panel,
    rows: &[(&str, u32)],
    data: &'a Excitement,
) -> Vec<(usize, &'a Spike)> {
    let row_of: std::collections::HashMap<u32, usize> =
        rows.iter().enumerate().map(|(row, (_, neuron))| (*neuron, row)).collect();
    let inside = |s: &&Spike| (0.0..=1.0).contains(&panel.x.fraction(s.t));
    let shown: Vec<(usize, &Spike)> =
        data.spikes.iter().filter(inside).filter_map(|s| Some((*row_of.get(&s.neuron)?, s))).collect();
    let reach = (0.42 * panel.area.height() / rows.len().max(1) as f64).clamp(1.0, 6.0);
    let place_of = |neuron: u32| data.membranes.iter().position(|m| m.neuron == neuron);
    let mut draw = |of: Option<usize>, stroke: Stroke, reach: f64| {
        let places = shown.iter().filter(|(_, s)| place_of(s.neuron) == of);
        let places = places.filter_map(|(row, s)| panel.at(s.t, *row as f64));
        canvas.strokes(places.map(|(x, y)| ((x, y - reach), (x, y + reach))), &stroke);
    };
    draw(None, Stroke::solid(GUIDE, 1.0), reach);
    for i in 0..data.membranes.len() {
        draw(Some(i), Stroke::solid(series(i).0.color, 2.0), reach.max(2.5));
    }
    if shown.is_empty() {
        panel.nothing(canvas, "no spike");
    }
    shown
}

/// The samples of a membrane with each spike of its neuron at the peak, before the sample of the same time, which is after the
/// reset.
fn with_spikes(membrane: &Membrane, spikes: &[Spike], peak: f64) -> Vec<(f64, f64)> {
    let of = spikes.iter().filter(|s| s.neuron == membrane.neuron).map(|s| (s.t, peak));
    let samples = membrane.t.iter().zip(&membrane.v).map(|(t, v)| (*t, cut(*v, peak)));
    let mut points: Vec<(f64, f64)> = of.chain(samples).collect();
    // Stable: spikes stay before samples.
    points.sort_by(|a, b| a.0.total_cmp(&b.0));
    points
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spike_reaches_the_peak_before_its_sample_and_an_overshoot_is_cut() {
        let membrane =
            Membrane { neuron: 3, t: vec![1.0, 2.0, 3.0], v: vec![-50.0, 400.0, -65.0], ..Membrane::default() };
        let spikes = [Spike { neuron: 3, t: 2.0 }, Spike { neuron: 4, t: 1.0 }, Spike { neuron: 3, t: 2.5 }];
        let points = with_spikes(&membrane, &spikes, 30.0);
        assert_eq!(points, [(1.0, -50.0), (2.0, 30.0), (2.0, 30.0), (2.5, 30.0), (3.0, -65.0)]);
    }
}
