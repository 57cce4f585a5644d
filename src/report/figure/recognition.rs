//! Recognition: accuracy against the step, what is mistaken for what, and the pulses of pictures.

use chart::{
    Axis, Chart, Colors, Draw, Field, Frame, Image, Images, Layer, Look, Panel, Point, Ramp, Rule, Series, columns,
};

use crate::recognition::coding::Pulse;
use crate::recognition::readout::{ConfusionMatrix, Interval, wilson};

/// What [`accuracy`] shows.
#[derive(Clone, Debug, Default)]
pub struct Accuracy {
    /// What screen readers read out.
    pub title: String,
    /// Panels in a row.
    pub per_row: usize,
    /// Row by row: a way of training or of reading each. All have the same y axis.
    pub panels: Vec<AccuracyPanel>,
    /// Accuracies without a network, such as of the nearest centroid of the pixels: name, and accuracy in 0..=1.
    pub references: Vec<(String, f64)>,
    /// Accuracy of guessing, in 0..=1.
    pub chance: Option<f64>,
}

/// One panel.
#[derive(Clone, Debug, Default)]
pub struct AccuracyPanel {
    /// What stands over it.
    pub heading: String,
    /// Its lines; a label stands for one look in all panels.
    pub series: Vec<AccuracySeries>,
}

/// A scheme at several steps.
#[derive(Clone, Debug, Default)]
pub struct AccuracySeries {
    /// Its name.
    pub label: String,
    /// In the order in which they are joined.
    pub points: Vec<AccuracyPoint>,
}

/// An accuracy at a step.
#[derive(Clone, Copy, Debug)]
pub struct AccuracyPoint {
    /// The step \[ms\].
    pub dt: f64,
    /// Accuracy in 0..=1 and its confidence interval over seeds; one that is not finite (of a single seed) is not drawn.
    pub accuracy: Interval,
}

/// Accuracy against dt \[ms\], logarithmic. Points of several series at one dt stand a little beside each other, so that no error bar
/// covers another; the CSV has their dt. The y axis is about what is shown; chance is on it where that does not flatten the rest,
/// and said in the legend in any case.
pub fn accuracy(data: &Accuracy) -> Chart {
    let (low, high) = range(data);
    let room = 0.05 * (high - low);
    let without = "without a network:".to_owned();
    let known = data.references.iter().map(|(name, at)| (name.as_str(), *at));
    let levels: Vec<(&str, f64)> = known.chain(data.chance.map(|chance| ("chance", chance))).collect();
    let rule = |(k, (name, at)): (usize, &(&str, f64)), last: bool| {
        let off = if (low - room..=high + room).contains(at) { "" } else { ", off the axis" };
        let dash = if *name == "chance" { 0 } else { k + 1 };
        let row = ["reference", name, "", &chart::number(*at), "", ""].map(str::to_owned).to_vec();
        Rule {
            at: vec![*at],
            label: format!("{name} ({at:.3}{off})"),
            group: without.clone(),
            look: Look::Grey(dash),
            rows: if last { vec![row] } else { Vec::new() },
            ..Rule::default()
        }
    };
    let panel = |(i, shown): (usize, &AccuracyPanel)| {
        let line = |line: &AccuracySeries| {
            let point = |p: &AccuracyPoint| Point {
                interval: Some((p.accuracy.low, p.accuracy.high)).filter(|(lo, hi)| lo.is_finite() && hi.is_finite()),
                ..(p.dt, p.accuracy.estimate).into()
            };
            Series { draw: Draw::Marked, ..Series::line(&line.label, line.points.iter().map(point)) }
        };
        let levels = levels.iter().enumerate().map(|level| rule(level, i + 1 == data.panels.len()));
        Panel {
            heading: shown.heading.clone(),
            x: Axis::log("time step dt [ms]"),
            y: Axis::linear("accuracy").between(low - room, high + room),
            height: 220.0,
            empty: "no accuracy".to_owned(),
            layers: shown.series.iter().map(line).map(Layer::from).chain(levels.map(Layer::from)).collect(),
            ..Panel::default()
        }
    };
    let points = || data.panels.iter().flat_map(|p| &p.series).flat_map(|s| &s.points);
    let bars = points().any(|p| p.accuracy.low.is_finite() && p.accuracy.high.is_finite());
    let note = "Points are means over seeds; bars are the 95 % confidence interval of that mean (Student's t).";
    let fields = [("panel", Field::Panel), ("series", Field::Series), ("dt_ms", Field::X), ("accuracy", Field::Y)];
    Chart {
        name: "accuracy".into(),
        title: data.title.clone(),
        columns: columns(fields.into_iter().chain([("low", Field::Low), ("high", Field::High)])),
        per_row: data.per_row,
        shared: (false, true),
        panels: data.panels.iter().enumerate().map(panel).collect(),
        notes: if bars { vec![note.to_owned()] } else { Vec::new() },
        ..Chart::default()
    }
}

/// About the points, their intervals and the references; down to chance where the rest keeps half of the axis.
fn range(data: &Accuracy) -> (f64, f64) {
    let points = data.panels.iter().flat_map(|p| &p.series).flat_map(|s| &s.points);
    let ends = points.flat_map(|p| [p.accuracy.estimate, p.accuracy.low, p.accuracy.high]);
    let shown = ends.chain(data.references.iter().map(|r| r.1)).filter(|x| x.is_finite()).map(|x| x.clamp(0.0, 1.0));
    let (low, high) = shown.fold((f64::INFINITY, f64::NEG_INFINITY), |(lo, hi), x| (lo.min(x), hi.max(x)));
    match data.chance {
        _ if low > high => (0.0, 1.0),
        Some(chance) if low - chance <= high - low => (low.min(chance), high),
        _ => (low, high),
    }
}

/// What [`confusion`] shows.
#[derive(Clone, Debug)]
pub struct Confusion {
    /// What was recognised by what: the set, the scheme, the step.
    pub heading: String,
    /// Names of the classes; one without a name has its number.
    pub classes: Vec<String>,
    /// The counts.
    pub matrix: ConfusionMatrix,
    /// Accuracy with its interval: [`ConfusionMatrix::interval`], or over seeds.
    pub accuracy: Interval,
}

/// Side of the matrix \[px\].
const SIDE: f64 = 380.0;

/// The counts, cells shaded by their share of the true class, and beside them the recall of each class (the share of its pictures
/// that were answered rightly) with Wilson's 95 % interval.
pub fn confusion(data: &Confusion) -> Chart {
    let n = data.matrix.classes();
    let names: Vec<String> = (0..n).map(|i| data.classes.get(i).cloned().unwrap_or_else(|| i.to_string())).collect();
    let (mut cells, mut recalls) = (Vec::new(), Vec::new());
    for class in 0..n {
        let of_class: u64 = (0..n).map(|answer| data.matrix.count(class, answer)).sum();
        for answer in 0..n {
            let count = data.matrix.count(class, answer);
            let share = wilson(count, of_class);
            let shown = |x: f64| if of_class > 0 && x.is_finite() { chart::number(x) } else { String::new() };
            let [low, middle, high] = [share.low, share.estimate, share.high].map(shown);
            cells.push(Point {
                value: if count > 0 { share.estimate } else { f64::NAN },
                label: if count > 0 { count.to_string() } else { String::new() },
                texts: vec![names[class].clone(), names[answer].clone(), count.to_string(), middle, low, high],
                ..(answer as f64, class as f64).into()
            });
            recalls.extend((answer == class && of_class > 0).then_some((class as f64, share)));
        }
    }
    let Interval { estimate, low, high } = data.accuracy;
    let fields = ["class", "answer", "count", "share", "share_low", "share_high"];
    let colors = Colors { ramp: Ramp::Blue, ends: (0.0, 1.0), ..Colors::default() };
    let matrix = Panel {
        heading: "pictures of each class by their answer".to_owned(),
        x: Axis::names("answer", names.clone()),
        y: Axis::names("true class", names.clone()),
        height: SIDE,
        width: SIDE,
        layers: vec![Series { draw: Draw::Cells(colors), points: cells, ..Series::default() }.into()],
        ..Panel::default()
    };
    Chart {
        name: "confusion".into(),
        title: "Counts of true classes and answers".into(),
        heading: data.heading.clone(),
        columns: columns(fields.into_iter().enumerate().map(|(k, name)| (name, Field::At(k)))),
        per_row: 2,
        panels: vec![matrix, recall_panel(&names, &recalls)],
        notes: vec![format!(
            "accuracy {estimate:.3} (95 % confidence interval {low:.3} to {high:.3}), {} images; shade: share of the true class",
            data.matrix.total()
        )],
        ..Chart::default()
    }
}

fn recall_panel(names: &[String], recalls: &[(f64, Interval)]) -> Panel {
    let lowest = recalls.iter().map(|(_, recall)| recall.low).fold(1.0, f64::min);
    let silent =
        |series: Series| Series { look: Look::Of(0), label: Some(String::new()), fields: Some(Vec::new()), ..series };
    let line = |(row, r): &(f64, Interval)| Layer::from(silent(Series::line("", [(r.low, *row), (r.high, *row)])));
    let points = Series { draw: Draw::Markers, ..Series::line("", recalls.iter().map(|(row, r)| (r.estimate, *row))) };
    let said = |row: usize| recalls.iter().find(|(at, _)| *at == row as f64).map(|(_, r)| format!("{:.3}", r.estimate));
    Panel {
        heading: "recall, 95 % interval".to_owned(),
        x: Axis::linear("recall").between((10.0 * lowest - 0.2).floor().max(0.0) / 10.0, 1.0),
        y: Axis::downwards("", names.len()).without_ticks(),
        height: SIDE,
        beside: (String::new(), (0..names.len()).map(|row| said(row).unwrap_or_default()).collect()),
        layers: recalls.iter().map(line).chain([silent(points).into()]).collect(),
        ..Panel::default()
    }
}

/// What [`pulse_code`] shows.
#[derive(Clone, Debug, Default)]
pub struct PulseCode {
    /// What screen readers read out.
    pub title: String,
    /// Length of the time axis \[ms\], from 0.
    pub duration: f64,
    /// One row each, from top to bottom.
    pub rows: Vec<CodedPicture>,
}

/// A picture and the pulses it became.
#[derive(Clone, Debug, Default)]
pub struct CodedPicture {
    /// What stands over the row: the class and the code.
    pub heading: String,
    /// Pixels in a row of the picture.
    pub width: usize,
    /// The pixels, row by row from the top left, 0 (white) to 1 (black). Input neuron i is pixel i.
    pub pixels: Vec<f32>,
    /// The pulses; a weight below 1 is drawn lighter.
    pub pulses: Vec<Pulse>,
}

/// Side of a picture, and height of a row's raster \[px\].
const PICTURE: f64 = 112.0;

/// Each picture in grey beside the raster of its pulses: input neuron, from the top as the picture's rows, against time \[ms\]. The
/// CSV holds pixels and pulses.
pub fn pulse_code(data: &PulseCode) -> Chart {
    let panels = data.rows.iter().enumerate().flat_map(|(i, row)| {
        let number = (i + 1).to_string();
        let colors = Colors { ends: (0.0, 1.0), ..Colors::default() };
        let pixel = [Field::Panel, Field::Series, Field::Text("pixel"), Field::X, Field::Text(""), Field::Value];
        let pixels = row.pixels.iter().map(|p| f64::from(*p)).collect();
        let image = Image { label: row.heading.clone(), number: i, pixels, fields: Some(pixel.to_vec()) };
        let picture = Panel {
            name: number.clone(),
            height: PICTURE,
            width: PICTURE,
            frame: Frame::Bare,
            layers: vec![Layer::Images(Images { width: row.width, images: vec![image], colors })],
            ..Panel::default()
        };
        [picture, pulse_panel(data, number, row)]
    });
    let names = ["row", "heading", "quantity", "input", "t_ms", "value"];
    let fields = [Field::Panel, Field::Series, Field::Text("pulse"), Field::Y, Field::X, Field::Value];
    Chart {
        name: "pulse_code".into(),
        title: data.title.clone(),
        columns: columns(names.into_iter().zip(fields)),
        per_row: 2,
        panels: panels.collect(),
        notes: vec!["Pixels from 0 (white) to 1 (ink); the lighter a pulse, the smaller its weight.".to_owned()],
        unlettered: true,
        ..Chart::default()
    }
}

/// The raster of a picture's pulses.
fn pulse_panel(data: &PulseCode, name: String, row: &CodedPicture) -> Panel {
    Panel {
        name,
        heading: row.heading.clone(),
        x: Axis::linear("time t [ms]").between(0.0, data.duration),
        y: Axis::downwards("input neuron", row.pixels.len()),
        height: PICTURE,
        empty: "no pulse".to_owned(),
        layers: vec![pulses(&row.heading, &row.pulses).into()],
        ..Panel::default()
    }
}

/// Pulses as strokes in the rows of their inputs, the darker the heavier.
pub(super) fn pulses(name: &str, pulses: &[Pulse]) -> Series {
    let stroke = |p: &Pulse| Point { value: f64::from(p.weight), ..(p.time, p.input as f64).into() };
    Series { look: Look::Black, draw: Draw::Strokes, ..Series::line(name, pulses.iter().map(stroke)) }
}
