//! A network under schemes as figures.

use chart::{Axis, Chart, Draw, Field, Look, Panel, Point, Rule, Series, columns};

use super::super::three;
use crate::error::shown;
use crate::population::Spike;
use crate::population::exact::{Statistic, trains};
use crate::scheme::Scheme;
use crate::study::{CurveBand, NetworkComparison, NetworkQuestion, NetworkRun};

/// Panels of the raster, and neurons and ms that it shows, at the most.
const RASTERS: usize = 4;
const NEURONS: usize = 200;
const SHOWN: f64 = 500.0;

/// The raster, the part of neurons that are right against time, and the statistics against dt with the bands of chaos.
pub fn network_figures(question: &NetworkQuestion, comparison: &NetworkComparison) -> Vec<Chart> {
    let mut charts = vec![raster(question, comparison)];
    if !comparison.runs.is_empty() {
        charts.push(right(question, comparison));
        charts.push(statistics(question, comparison));
        charts.push(curves(comparison));
    }
    charts
}

/// Light beside black, in grey too.
const ORANGE: Look = Look::Of(3);

/// The neurons that a raster shows: all, or equally many of everywhere.
fn shown_neurons(neurons: usize) -> impl Fn(u32) -> Option<u32> {
    let every = neurons.div_ceil(NEURONS) as u32;
    move |neuron| (neuron % every == 0).then_some(neuron)
}

/// The truth, and each scheme with the spikes that are none of the truth's.
fn raster(question: &NetworkQuestion, comparison: &NetworkComparison) -> Chart {
    let neurons = question.network.neurons().len();
    let (end, kept) = (question.network.duration().min(SHOWN), shown_neurons(neurons));
    let exact: Vec<Spike> = comparison.truth.trains();
    let series = |name: &str, look: Look, spikes: Vec<&Spike>| {
        let inside = spikes.into_iter().filter(|spike| spike.t <= end && kept(spike.neuron).is_some());
        let points: Vec<Point> = inside.map(|spike| (spike.t, f64::from(spike.neuron)).into()).collect();
        Series { look, draw: Draw::Dots, ..Series::line(name, points) }
    };
    let panel = |heading: String, layers: Vec<Series>| Panel {
        heading,
        x: Axis::linear("time t [ms]").between(0.0, end),
        y: Axis::linear("neuron").between(-0.5, neurons as f64 - 0.5),
        layers: layers.into_iter().map(Into::into).collect(),
        height: 170.0,
        empty: "no spikes".to_owned(),
        ..Panel::default()
    };
    let truth = panel("truth".to_owned(), vec![series("as in the truth", Look::Black, exact.iter().collect())]);
    let runs = comparison.runs.iter().take(RASTERS).map(|run| {
        let (right, wrong): (Vec<&Spike>, Vec<&Spike>) = split(&run.run.spikes, &exact, neurons, question.within);
        let layers = vec![series("as in the truth", Look::Black, right), series("another", ORANGE, wrong)];
        panel(format!("{}, dt = {} ms", run.scheme, shown(run.dt)), layers)
    });
    let known = comparison
        .truth
        .lost_at
        .map(|t| format!("The truth is lost at {} ms: from there on no run is right or wrong.", three(t)));
    let fewer = (neurons > NEURONS).then(|| format!("One neuron in {} is shown.", neurons.div_ceil(NEURONS)));
    Chart {
        name: "raster".into(),
        title: "Spikes of the network, and those that differ from the truth".into(),
        columns: columns([
            ("panel", Field::Panel),
            ("spikes", Field::Series),
            ("t_ms", Field::X),
            ("neuron", Field::Y),
        ]),
        panels: std::iter::once(truth).chain(runs).collect(),
        notes: fewer.into_iter().chain(known).collect(),
        ..Chart::default()
    }
}

/// The spikes of a run that have one of the truth's beside them, and the others.
fn split<'a>(run: &'a [Spike], truth: &[Spike], neurons: usize, within: f64) -> (Vec<&'a Spike>, Vec<&'a Spike>) {
    let trains = trains(truth, neurons);
    run.iter().partition(|spike| {
        let train = &trains[spike.neuron as usize];
        let after = train.partition_point(|t| *t < spike.t - within);
        train.get(after).is_some_and(|t| *t <= spike.t + within)
    })
}

/// The part of neurons whose every spike so far is right.
fn right(question: &NetworkQuestion, comparison: &NetworkComparison) -> Chart {
    let duration = question.network.duration();
    let line = |run: &NetworkRun| {
        let n = run.partings.len() as f64;
        let finite = run.partings.iter().copied().filter(|t| t.is_finite());
        let steps = finite.enumerate().flat_map(|(i, t)| [(t, 1.0 - i as f64 / n), (t, 1.0 - (i + 1) as f64 / n)]);
        let mut points: Vec<(f64, f64)> = std::iter::once((0.0, 1.0)).chain(steps).collect();
        points.push((duration, points.last().map_or(1.0, |last| last.1)));
        Series { draw: Draw::Sparse, ..Series::line(format!("{} {} ms", run.scheme, shown(run.dt)), points) }
    };
    let known = comparison.truth.lost_at.map(|t| Rule {
        at: vec![t],
        upright: true,
        label: "truth lost".into(),
        look: Look::Grey(2),
        ..Rule::default()
    });
    let panel = Panel {
        x: Axis::linear("time t [ms]").between(0.0, duration),
        y: Axis::linear("neurons right so far").between(0.0, 1.02),
        layers: known.into_iter().map(Into::into).chain(comparison.runs.iter().map(line).map(Into::into)).collect(),
        height: 320.0,
        ..Panel::default()
    };
    Chart {
        name: "right".into(),
        title: "Part of the neurons whose every spike so far is that of the truth, against time".into(),
        columns: columns([("run", Field::Series), ("t_ms", Field::X), ("right", Field::Y)]),
        panels: vec![panel],
        notes: vec![format!(
            "Right: every spike so far within {} ms of the truth's, none lost or added.",
            shown(question.within)
        )],
        ..Chart::default()
    }
}

/// Each statistic against dt, a line a scheme, with the band of the truths.
fn statistics(question: &NetworkQuestion, comparison: &NetworkComparison) -> Chart {
    let panel = |(which, (mean, sd)): (usize, &(Statistic, f64))| {
        let line = |scheme: &Scheme| {
            let own = comparison.runs.iter().filter(|run| run.scheme == *scheme);
            let points = own.map(|run| (run.dt, run.moved[which].statistic.value));
            Series { draw: Draw::Marked, ..Series::line(scheme.to_string(), points) }
        };
        let band = vec![mean.value - 2.0 * sd, mean.value + 2.0 * sd];
        let own = comparison.runs.iter().map(|run| run.moved[which].statistic.value).filter(|value| value.is_finite());
        let ends = own.chain(band.iter().copied());
        let (low, high) = ends.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x)));
        let room = (0.05 * (high - low)).max(1e-9 * high.abs());
        let chaos = Rule { at: band, label: "truth, ±2 s.d. of chaos".into(), look: Look::Grey(2), ..Rule::default() };
        let moved = comparison.runs.iter().filter(|run| run.moved[which].is_beyond_chaos);
        let points = moved.map(|run| (run.dt, run.moved[which].statistic.value));
        let beyond = Series { look: Look::Black, draw: Draw::Dots, ..Series::line("moved beyond chaos", points) };
        let lines = question.schemes.iter().map(line).chain(std::iter::once(beyond));
        let layers = std::iter::once(chaos.into()).chain(lines.map(Into::into));
        Panel {
            heading: format!("{} of {}", mean.name, mean.group),
            x: Axis::log("time step dt [ms]"),
            y: Axis::linear(mean.name.to_owned()).between(low - room, high + room),
            layers: layers.collect(),
            ..Panel::default()
        }
    };
    Chart {
        name: "moved".into(),
        title: "Statistics of the spikes against the step, with what chaos alone makes of them".into(),
        columns: columns([
            ("panel", Field::Panel),
            ("series", Field::Series),
            ("dt_ms", Field::X),
            ("value", Field::Y),
        ]),
        per_row: 2,
        panels: comparison.bands.iter().enumerate().map(panel).collect(),
        notes: vec![format!(
            "Means of {} runs. The band is what one truth does; a dot marks means that are further apart than the spread of truths and runs \
             explains.",
            question.ensemble
        )],
        ..Chart::default()
    }
}

/// The spectrum and the intervals of every scheme and step, with the band of the truths.
fn curves(comparison: &NetworkComparison) -> Chart {
    let panel = |(which, band): (usize, &CurveBand)| {
        let points = |y: &dyn Fn(usize) -> f64| -> Vec<(f64, f64)> {
            band.curve.x.iter().enumerate().map(|(i, x)| (*x, y(i))).collect()
        };
        let edge = |sign: f64| {
            let edge = points(&|i| (band.curve.y[i] + 2.0 * sign * band.sd[i]).max(0.0));
            Series { look: Look::Grey(2), ..Series::line("truth, ±2 s.d. of chaos", edge) }
        };
        let own = comparison.runs.iter().map(|run| {
            let points = points(&|i| run.curves[which].curve.y[i]);
            Series { draw: Draw::Sparse, ..Series::line(format!("{} {} ms", run.scheme, shown(run.dt)), points) }
        });
        let layers = [edge(-1.0), edge(1.0)].into_iter().chain(own).map(Into::into);
        let spectrum = band.curve.name == "spectrum";
        Panel {
            heading: format!("{} of {}", band.curve.name, band.curve.group),
            x: if spectrum { Axis::linear("frequency [Hz]") } else { Axis::log("interval [ms]") },
            y: Axis::linear(if spectrum { "power" } else { "part of the intervals" }.to_owned()),
            layers: layers.collect(),
            ..Panel::default()
        }
    };
    Chart {
        name: "distributions".into(),
        title: "Spectrum and intervals of the spikes, with what chaos alone makes of them".into(),
        columns: columns([("panel", Field::Panel), ("run", Field::Series), ("x", Field::X), ("y", Field::Y)]),
        per_row: 2,
        panels: comparison.curves.iter().enumerate().map(panel).collect(),
        notes: vec![
            "Power: |X|²/N of the counts in bins of 1 ms, N the number of spikes; 1 for independent Poisson spikes."
                .to_owned(),
        ],
        ..Chart::default()
    }
}
