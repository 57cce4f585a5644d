//! The figures of a comparison: raster, spike-time errors, lost spikes, and the list of all.

use std::collections::BTreeMap;

use chart::{Axis, Chart, Colors, Draw, Field, Figure, Look, Panel, Point, Ramp, Rule, Series, columns};

use super::families::{Families, Lines};
use super::{convergence, legend, state, traces, undrawn};
use crate::error::Result;
use crate::report::intervals::intervals;
use crate::study::{Comparison, Run};

/// Parts of the true solution in a figure: a page cannot show more.
const TRUTH_PARTS: usize = 8000;

/// All figures of a comparison, which has [kept](crate::study::Keep) what they show of the state: v(t), raster, spike-time errors, interspike
/// intervals and phase plane at its largest step (where there is most to see), and with several steps the error, its price and the missed spikes
/// against dt. `lines` says whether the figures with a line for each scheme show all of them.
///
/// # Errors
/// [`Error::Figure`](crate::Error::Figure) when the drawing library refuses.
pub fn figures(comparison: &Comparison, lines: Lines) -> Result<Vec<Figure>> {
    let (shown, truth) = (comparison.at_largest_step(), comparison.true_path(TRUTH_PARTS));
    let families = Families::of(comparison, lines);
    let mut all =
        vec![traces::traces(comparison, &truth), raster_of(comparison, &shown), spike_errors(&shown, &families)];
    all.extend(intervals(comparison, &shown, &families));
    all.extend(state::residual(comparison));
    all.extend(state::phase_plane(comparison, &truth));
    if comparison.study.dts.len() > 1 {
        all.push(convergence::error_vs_dt(comparison, &families));
        all.push(missed_spikes(comparison));
        all.extend(convergence::work_precision(comparison, &families));
    }
    all.iter().map(Chart::draw).collect::<std::result::Result<_, _>>().map_err(undrawn)
}

/// What [`raster`] shows.
#[derive(Clone, Debug, Default)]
pub struct Raster {
    /// Length of the time axis \[ms\], from 0.
    pub duration: f64,
    /// The true spikes: the top row, and a guide line down through all rows for each spike.
    pub truth: RasterRow,
    /// The other rows, from top to bottom.
    pub schemes: Vec<RasterRow>,
}

/// One row of a [`Raster`].
#[derive(Clone, Debug, Default)]
pub struct RasterRow {
    /// Its name.
    pub label: String,
    /// Spike times \[ms\].
    pub times: Vec<f64>,
}

/// When each scheme of a comparison fires, under the truth.
fn raster_of(comparison: &Comparison, runs: &[&Run]) -> Chart {
    let row = |label: String, times: &[f64]| RasterRow { label, times: times.to_vec() };
    raster(&Raster {
        duration: comparison.problem.duration,
        truth: row("truth".to_owned(), comparison.truth.spikes.times()),
        schemes: runs.iter().map(|run| row(legend(run), run.trajectory.spikes.times())).collect(),
    })
}

/// About the width of the panel of a raster, and that of its thinnest strokes \[px\].
const ACROSS: f64 = 520.0;
const THINNEST: f64 = 0.35;

/// A spike raster against time \[ms\].
pub fn raster(data: &Raster) -> Chart {
    let (duration, rows) = (data.duration, std::iter::once(&data.truth).chain(&data.schemes).collect::<Vec<_>>());
    let row = |(i, RasterRow { label, times }): (usize, &&RasterRow)| {
        let number = |(k, t): (usize, &f64)| Point { texts: vec![(k + 1).to_string()], ..(*t, i as f64).into() };
        let points = times.iter().enumerate().map(number);
        let apart = times.windows(2).map(|w| w[1] - w[0]).fold(f64::INFINITY, f64::min) / duration * ACROSS;
        // Strokes of a burst stay apart.
        let width = (0.5 * apart).clamp(THINNEST, if i == 0 { 1.8 } else { 1.1 });
        Series { look: Look::Black, width, draw: Draw::Strokes, ..Series::line(label, points) }
    };
    let truth = Rule { at: data.truth.times.clone(), upright: true, look: Look::Reference, ..Rule::default() };
    let inside = |times: &[f64]| times.iter().filter(|t| (0.0..=duration).contains(*t)).count().to_string();
    let panel = Panel {
        x: Axis::linear("time t [ms]").between(0.0, duration),
        y: Axis::names("", rows.iter().map(|row| row.label.clone())),
        // Tall rows where there are few; at 40, as tall as their label needs.
        height: (260.0 / rows.len() as f64).clamp(14.0, 24.0) * rows.len() as f64,
        beside: ("spikes".to_owned(), rows.iter().map(|row| inside(&row.times)).collect()),
        empty: "no spikes".to_owned(),
        layers: std::iter::once(truth.into()).chain(rows.iter().enumerate().map(row).map(Into::into)).collect(),
        ..Panel::default()
    };
    Chart {
        name: "raster".into(),
        title: "Spike times in ms of each scheme under the true ones".into(),
        columns: columns([("series", Field::Series), ("spike", Field::At(0)), ("t_ms", Field::X)]),
        panels: vec![panel],
        ..Chart::default()
    }
}

/// Signed spike-time error against spike number: how errors of both signs grow over a run.
fn spike_errors(runs: &[&Run], families: &Families) -> Chart {
    let line = |run: &&Run| {
        let located = run.scheme.locates_spikes();
        let points = (1..).zip(&run.spike_errors.errors).map(|(n, error)| (f64::from(n), *error));
        Series {
            group: if located { "spikes located in the step" } else { "spikes on the grid" }.to_owned(),
            look: families.look(&run.scheme),
            draw: Draw::Sparse,
            texts: vec![located.to_string()],
            label: Some(legend(run)),
            ..Series::line(run.scheme.to_string(), points)
        }
    };
    let most = runs.iter().map(|run| run.spike_errors.errors.len()).max().unwrap_or(0);
    let zero = Rule { at: vec![0.0], look: Look::Black, ..Rule::default() };
    let mut panel = Panel {
        x: Axis::counts("spike number").between(0.0, most.max(1) as f64 + 0.5),
        y: Axis::symlog("spike-time error [ms] (positive: late)"),
        empty: "no spikes to compare".to_owned(),
        height: 420.0,
        layers: vec![zero.into()],
        ..Panel::default()
    };
    panel.layers.extend(runs.iter().map(line).map(Into::into));
    let fields =
        [("scheme", Field::Series), ("spikes_located", Field::Of(0)), ("spike", Field::X), ("error_ms", Field::Y)];
    Chart {
        name: "spike_errors".into(),
        title: "Signed spike-time error in ms against spike number".into(),
        columns: columns(fields),
        panels: vec![panel],
        notes: families.notes(true),
        ..Chart::default()
    }
}

/// Spikes missed and spikes too many of each scheme at each step, as a table whose colours are their number.
fn missed_spikes(comparison: &Comparison) -> Chart {
    let dts: BTreeMap<u64, f64> = comparison.study.dts.iter().map(|dt| (dt.to_bits(), *dt)).collect();
    let dts: Vec<f64> = dts.into_values().collect();
    let schemes: Vec<_> = comparison.by_scheme().into_iter().filter(|(scheme, _)| !scheme.is_adaptive()).collect();
    let (mut points, mut most) = (Vec::new(), 0);
    for (row, (scheme, runs)) in schemes.iter().enumerate() {
        for run in runs {
            let Some((dt, column)) = run.size.dt().and_then(|dt| Some((dt, dts.iter().position(|x| *x == dt)?))) else {
                continue;
            };
            let (missed, extra) = (run.spike_errors.missed, run.spike_errors.extra);
            let signed = |sign: &str, n: usize| if n > 0 { format!("{sign}{n}") } else { String::new() };
            let label = format!("{} {}", signed("−", missed), signed("+", extra)).trim().to_owned();
            let texts = vec![scheme.to_string(), chart::number(dt), missed.to_string(), extra.to_string()];
            let label = if label.is_empty() { "0".to_owned() } else { label };
            let value = (missed + extra) as f64;
            points.push(Point { value, label, texts, ..(column as f64, row as f64).into() });
            most = most.max(missed + extra);
        }
    }
    let colors = Colors { ramp: Ramp::Blue, ends: (0.0, most.max(1) as f64), ..Colors::default() };
    let wrong = points.iter().filter(|p| p.value > 0.0).count();
    let note = match wrong {
        0 => format!("No spike is missed or extra in any of the {} runs.", points.len()),
        n => format!(
            "−: true spikes without a match; +: spikes without a true one ({} true spikes; {n} of {} runs have such). The \
             darker, the more.",
            comparison.truth.spikes.len(),
            points.len()
        ),
    };
    let map = Series { draw: Draw::Cells(colors), points, ..Series::default() };
    let fields = ["scheme", "dt_ms", "spikes_missed", "spikes_extra"];
    Chart {
        name: "missed_spikes".into(),
        title: "Spikes missed and spikes too many against time step in ms".into(),
        columns: columns(fields.into_iter().enumerate().map(|(k, name)| (name, Field::At(k)))),
        panels: vec![Panel {
            x: Axis::names("time step dt [ms]", dts.iter().map(|dt| super::short(*dt))),
            y: Axis::names("", schemes.iter().map(|(scheme, _)| scheme.to_string())),
            height: 18.0 * schemes.len().max(2) as f64,
            layers: vec![map.into()],
            ..Panel::default()
        }],
        notes: vec![note],
        ..Chart::default()
    }
}
