//! Maps of when a neuron spikes that was inhibited: size of the input against the step, one panel for each scheme.

use chart::{Axis, Chart, Colors, Draw, Field, LegendPlace, Look, Panel, Point, Ramp, Series, columns};

/// What [`spurious_map`] shows.
#[derive(Clone, Debug, Default)]
pub struct SpuriousMap {
    /// What screen readers read out.
    pub title: String,
    /// Steps \[ms\], rising by equal factors.
    pub dts: Vec<f64>,
    /// Sizes of the negative input \[mV/ms\], rising by equal factors.
    pub inputs: Vec<f64>,
    /// Panels in a row.
    pub per_row: usize,
    /// Row by row; one without values leaves its place empty.
    pub panels: Vec<MapPanel>,
}

/// One panel.
#[derive(Clone, Debug, Default)]
pub struct MapPanel {
    /// What stands over it.
    pub heading: String,
    /// What it is called in the CSV.
    pub name: String,
    /// When the spike comes, for each step and then each input: 0 never, 1 in the first step of the input, 2 in the next, 3 later.
    pub when: Vec<u8>,
    /// A derived border: (dt \[ms\], size of the input \[mV/ms\]), dashed.
    pub derived: Vec<(f64, f64)>,
}

const WHEN: [&str; 3] = ["in the first step of the input", "in the next step", "later"];

/// Draws the maps.
pub fn spurious_map(data: &SpuriousMap) -> Chart {
    let colors = Colors { ramp: Ramp::Named(WHEN), ..Colors::default() };
    let ends = |grid: &[f64]| match grid {
        [first, .., last] if last > first => {
            let half = (last / first).powf(0.5 / (grid.len() - 1) as f64);
            (first / half, last * half)
        }
        _ => (0.1, 1.0),
    };
    let (x, y) = (ends(&data.dts), ends(&data.inputs));
    let panel = |shown: &MapPanel| {
        let places = data.dts.iter().flat_map(|dt| data.inputs.iter().map(move |input| (*dt, *input)));
        let cells = places.zip(&shown.when).map(|((dt, input), when)| {
            let said = usize::from(*when).checked_sub(1).and_then(|k| WHEN.get(k)).map_or("none", |when| when);
            let texts = vec![chart::number(-input), said.to_owned()];
            Point { value: f64::from(*when), texts, ..(dt, input).into() }
        });
        let map = Series { draw: Draw::Cells(colors.clone()), group: "spike".into(), ..Series::line("", cells) };
        let derived = Series {
            look: Look::Black,
            label: Some("derived border".into()),
            fields: Some(Vec::new()),
            ..Series::line("derived", shown.derived.iter().copied())
        };
        Panel {
            name: shown.name.clone(),
            heading: shown.heading.clone(),
            x: Axis::log("time step dt [ms]").between(x.0, x.1),
            y: Axis::log("inhibition −I [mV/ms]").between(y.0, y.1),
            height: 124.0,
            layers: vec![map.into(), derived.into()],
            ..Panel::default()
        }
    };
    let fields =
        [("panel", Field::Panel), ("dt_ms", Field::X), ("input_mV_per_ms", Field::At(0)), ("spike", Field::At(1))];
    Chart {
        name: "inhibition_excites".into(),
        title: data.title.clone(),
        columns: columns(fields),
        per_row: data.per_row,
        shared: (false, true),
        panels: data.panels.iter().filter(|panel| !panel.when.is_empty()).map(panel).collect(),
        legend: LegendPlace::Below,
        ..Chart::default()
    }
}
