//! What a recogniser does and has learned: one picture seen step by step, and its weights as pictures.

use chart::{Axis, Chart, Colors, Draw, Field, Frame, Image, Images, Layer, Look, Panel, Ramp, Series, columns};

use super::recognition::pulses;
use crate::population::Spike;
use crate::recognition::coding::Pulse;

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

/// Pulses, spikes and membrane potentials \[mV\] against the same time \[ms\]. The spikes of the neurons whose membranes are shown
/// have the colour of their line and are thicker than the others, which are grey.
pub fn excitement(data: &Excitement) -> Chart {
    let membranes = data.membranes.iter().enumerate().map(|(i, membrane)| membrane_panel(data, i, membrane));
    let names = ["panel", "group", "neuron", "row", "t_ms", "v_mV"];
    let fields = [Field::Panel, Field::Of(0), Field::Of(1), Field::Y, Field::X, Field::Text("")];
    Chart {
        name: "excitement".into(),
        title: "Pulses, spikes and membrane potentials in mV against time in ms".into(),
        heading: data.heading.clone(),
        columns: columns(names.into_iter().zip(fields)),
        shared: (true, false),
        panels: [input_panel(data), layer_panel(data)].into_iter().chain(membranes).collect(),
        ..Chart::default()
    }
}

fn time(data: &Excitement) -> Axis {
    Axis::linear("time t [ms]").between(0.0, data.duration)
}

fn input_panel(data: &Excitement) -> Panel {
    let inside = |p: &&Pulse| p.input < data.inputs && (0.0..=data.duration).contains(&p.time);
    let shown: Vec<Pulse> = data.pulses.iter().filter(inside).copied().collect();
    let fields = [Field::Panel, Field::Of(0), Field::Y, Field::Y, Field::X, Field::Text("")];
    let strokes = Series { fields: Some(fields.to_vec()), ..pulses("", &shown) };
    Panel {
        name: "input".into(),
        heading: format!("pulses of the picture: {}", shown.len()),
        x: time(data),
        y: Axis::downwards("input neuron", data.inputs),
        height: 104.0,
        empty: "no pulse".to_owned(),
        layers: vec![strokes.into()],
        ..Panel::default()
    }
}

fn layer_panel(data: &Excitement) -> Panel {
    let rows: Vec<(&str, u32)> =
        data.groups.iter().flat_map(|g| g.neurons.iter().map(|n| (g.label.as_str(), *n))).collect();
    let mut shown = 0;
    // A series a spike keeps the spikes of the CSV in the order of the data.
    let series = data.spikes.iter().filter_map(|spike| {
        let row = rows.iter().position(|(_, neuron)| *neuron == spike.neuron)?;
        shown += usize::from((0.0..=data.duration).contains(&spike.t));
        let place = data.membranes.iter().position(|m| m.neuron == spike.neuron);
        Some(Series {
            look: place.map_or(Look::Grey(1), Look::Of),
            width: if place.is_some() { 2.0 } else { 1.0 },
            draw: Draw::Strokes,
            texts: vec![rows[row].0.to_owned(), spike.neuron.to_string()],
            ..Series::line("", [(spike.t, row as f64)])
        })
    });
    let layers = series.map(Into::into).collect();
    let described = if data.groups.len() > 1 { "neuron, by class" } else { "neuron" };
    Panel {
        name: "layer".into(),
        heading: format!("spikes of the layer: {shown}"),
        x: time(data),
        y: Axis::groups(described, data.groups.iter().map(|g| (g.label.clone(), g.neurons.len()))),
        height: (3.0 * rows.len() as f64).clamp(64.0, 220.0),
        empty: "no spike".to_owned(),
        layers,
        ..Panel::default()
    }
}

fn membrane_panel(data: &Excitement, index: usize, membrane: &Membrane) -> Panel {
    let said = if membrane.label.is_empty() { String::new() } else { format!(": {}", membrane.label) };
    let potentials = data.membranes.iter().flat_map(|m| m.v.iter().map(|v| cut(*v, data.peak)));
    let lowest = potentials.fold(data.peak, f64::min);
    let room = 0.06 * (data.peak - lowest);
    let fields = [Field::Panel, Field::Text(""), Field::Of(0), Field::Text(""), Field::X, Field::Y];
    let line = Series {
        look: Look::Of(index),
        width: 1.1,
        label: Some(String::new()),
        thinned: true,
        texts: vec![membrane.neuron.to_string()],
        fields: Some(fields.to_vec()),
        ..Series::line("", with_spikes(membrane, &data.spikes, data.peak))
    };
    Panel {
        name: "membrane".into(),
        heading: format!("neuron {}{said}", membrane.neuron),
        x: time(data),
        y: Axis::linear("v [mV]").between(lowest - room, data.peak + room),
        height: 62.0,
        layers: vec![Series { draw: Draw::Line, ..line }.into()],
        ..Panel::default()
    }
}

fn cut(v: f64, peak: f64) -> f64 {
    // A step that overshoots leaves v far above the peak; the axis is for what happens below it.
    v.clamp(FLOOR.min(peak), peak)
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

/// What [`weight_images`] shows.
#[derive(Clone, Debug, Default)]
pub struct WeightImages {
    /// What screen readers read out.
    pub title: String,
    /// Pixels in a row of the pictures that the network sees.
    pub width: usize,
    /// Unit of the weights: "mV" of a charge, "mV/ms" of an input for one step.
    pub unit: String,
    /// One for each neuron, row by row.
    pub neurons: Vec<WeightImage>,
}

/// The weights onto one neuron.
#[derive(Clone, Debug, Default)]
pub struct WeightImage {
    /// Its number in its layer.
    pub neuron: usize,
    /// What stands over it, such as the class it was assigned to; may be empty.
    pub label: String,
    /// The weight of each input, in the order of the pixels.
    pub weights: Vec<f64>,
}

/// The weights of each neuron as an image, all on one scale: from 0, or where both signs occur, as far below 0 as above it, with 0
/// in a neutral grey. The SVG has some 15 bytes a weight.
pub fn weight_images(data: &WeightImages) -> Chart {
    let ends = range(data.neurons.iter().flat_map(|n| n.weights.iter().copied()));
    let description = format!("weight w [{}]", data.unit);
    let colors = Colors { description, ends, ramp: Ramp::Cividis, bar: true, ..Colors::default() };
    let image =
        |n: &WeightImage| Image { label: n.label.clone(), number: n.neuron, pixels: n.weights.clone(), fields: None };
    let images = Images { width: data.width, images: data.neurons.iter().map(image).collect(), colors };
    let names = [
        "neuron".to_owned(),
        "label".to_owned(),
        "input".to_owned(),
        format!("weight_{}", data.unit.replace('/', "_per_")),
    ];
    Chart {
        name: "weight_images".into(),
        title: data.title.clone(),
        columns: names.into_iter().zip([Field::Y, Field::Series, Field::X, Field::Value]).collect(),
        panels: vec![Panel {
            frame: Frame::Bare,
            empty: "no neuron".to_owned(),
            layers: vec![Layer::Images(images)],
            ..Panel::default()
        }],
        ..Chart::default()
    }
}

/// The ends of the scale: 0 and the extreme weight, or the largest size with both signs.
fn range(weights: impl Iterator<Item = f64>) -> (f64, f64) {
    let (low, high) =
        weights.filter(|w| w.is_finite()).fold((0.0, 0.0), |(lo, hi), w| (f64::min(lo, w), f64::max(hi, w)));
    match (low < 0.0, high > 0.0) {
        (true, true) => (low.min(-high), high.max(-low)),
        (false, false) => (0.0, 1.0),
        _ => (low, high),
    }
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

    #[test]
    fn zero_is_an_end_of_the_scale_or_its_middle() {
        assert_eq!(range([1.0, 3.0].into_iter()), (0.0, 3.0));
        assert_eq!(range([-1.0, -3.0].into_iter()), (-3.0, 0.0));
        assert_eq!(range([1.0, -3.0, f64::NAN].into_iter()), (-3.0, 3.0));
        assert_eq!(range([4.0, -3.0].into_iter()), (-4.0, 4.0));
        assert_eq!(range([].into_iter()), (0.0, 1.0));
    }
}
