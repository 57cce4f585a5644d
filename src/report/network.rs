//! A network under schemes as text, JSON, CSV and figures.

use chart::{Axis, Chart, Draw, Field, Look, Panel, Point, Rule, Series, columns};
use serde_json::{Value, json};

use super::csv_files::{number, table};
use super::{plain, three, three_or_dash, wrapped};
use crate::error::shown;
use crate::population::Spike;
use crate::population::exact::{Doubt, DoubtKind, Group, trains};
use crate::study::{Moved, NetworkComparison, NetworkQuestion, NetworkRun, StudyFile};

/// Bounds until when spikes are known \[ms\].
const BOUNDS: [f64; 2] = [1e-6, 1e-3];

/// The population of a neuron, and its number there.
fn place(groups: &[Group], neuron: u32) -> (&str, u32) {
    let group = groups.iter().find(|(_, range)| range.contains(&neuron));
    group.map_or(("", neuron), |(name, range)| (name.as_str(), neuron - range.start))
}

/// The comparison as one JSON object.
pub fn network_json(file: &StudyFile, question: &NetworkQuestion, comparison: &NetworkComparison) -> Value {
    let truth = &comparison.truth;
    let spike = |spike: &crate::population::exact::TrueSpike| {
        let (population, neuron) = place(&question.groups, spike.neuron);
        json!({ "population": population, "neuron": neuron, "t_ms": spike.time, "error_ms": spike.error })
    };
    let doubt = |doubt: &Doubt| {
        let (population, neuron) = place(&question.groups, doubt.neuron);
        json!({ "between": between(doubt.kind), "t_ms": doubt.time, "population": population, "neuron": neuron })
    };
    let run = |run: &NetworkRun| {
        json!({
            "scheme": run.scheme.to_string(),
            "dt_ms": run.dt,
            "spikes": run.run.spikes.len(),
            "diverged_at_ms": run.run.diverged_at,
            "follows_until_ms": run.follows_until(),
            "half_right_until_ms": run.half_right_until(),
            "statistics": run.moved.iter().map(moved_json).collect::<Vec<_>>(),
            "verdict": verdict(question, run),
        })
    };
    json!({
        "version": env!("CARGO_PKG_VERSION"),
        "title": file.title,
        "question": file.question,
        "duration_ms": truth.duration,
        "within_ms": question.within,
        "ensemble": if comparison.runs.is_empty() { 1 } else { question.ensemble },
        "populations": question.groups.iter().map(|(name, range)| json!({ "name": name, "n": range.len() })).collect::<Vec<_>>(),
        "edges": question.network.edges().all().len(),
        "truth": {
            "tolerance_ms": question.tolerance,
            "known_until_ms": truth.known_until(BOUNDS[0]),
            "known_to_1e-3_until_ms": truth.known_until(BOUNDS[1]),
            "lost_at_ms": truth.lost_at,
            "in_doubt": truth.doubts.iter().map(doubt).collect::<Vec<_>>(),
            "cut": truth.cut.map(|(neuron, outcome)| json!({ "neuron": neuron, "t_ms": outcome.cut_at() })),
            "arrivals": truth.arrivals,
            "steps": truth.steps,
            "statistics": comparison.bands.iter().map(|(mean, sd)| json!({
                "population": mean.group, "name": mean.name, "mean": mean.value, "sd": sd,
            })).collect::<Vec<_>>(),
            "spikes": truth.spikes.iter().map(spike).collect::<Vec<_>>(),
        },
        "runs": comparison.runs.iter().map(run).collect::<Vec<_>>(),
    })
}

fn between(kind: DoubtKind) -> &'static str {
    match kind {
        DoubtKind::Arrivals => "two arrivals",
        DoubtKind::Spike => "a spike and an arrival",
    }
}

fn moved_json(moved: &Moved) -> Value {
    json!({
        "population": moved.statistic.group,
        "name": moved.statistic.name,
        "mean": moved.statistic.value,
        "truth": moved.truth,
        "interval": moved.interval,
        "beyond_chaos": moved.is_beyond_chaos,
    })
}

/// What a step does beyond chaos, in a sentence.
fn verdict(question: &NetworkQuestion, run: &NetworkRun) -> String {
    let size = |moved: &Moved| {
        let (ratio, error) = (moved.statistic.value / moved.truth, (moved.interval / moved.truth).abs());
        let size = match (ratio - 1.0).abs() < 0.3 {
            true => format!(
                "{}{} ± {} %",
                if ratio > 1.0 { "+" } else { "" },
                three(100.0 * (ratio - 1.0)),
                three(100.0 * error)
            ),
            false => format!("× {} ± {}", three(ratio), three(error)),
        };
        format!("{} of {} {size}", moved.statistic.name, moved.statistic.group)
    };
    let moved: Vec<String> = run.beyond_chaos().map(size).collect();
    let duration = shown(question.network.duration());
    let beyond = match (&moved[..], run.run.diverged_at) {
        (_, Some(at)) => format!("a neuron leaves the finite numbers at {} ms", shown(at)),
        ([], None) => format!("nothing beyond chaos in {duration} ms"),
        (moved, None) => format!("beyond chaos: {}", moved.join(", ")),
    };
    let follows = match run.follows_until() {
        None => "every spike right".to_owned(),
        Some(t) => format!("right until {} ms", three(t)),
    };
    format!("{} at {} ms: {follows}; {beyond}.", run.scheme, shown(run.dt))
}

/// Until when the truth is known, until when each scheme follows it, and what has moved.
pub fn network_text(file: &StudyFile, question: &NetworkQuestion, comparison: &NetworkComparison) -> String {
    let truth = &comparison.truth;
    let mut text = String::new();
    for line in [&file.title, &file.question].into_iter().filter(|line| !line.is_empty()) {
        text += &format!("{line}\n");
    }
    let [fine, coarse] = BOUNDS.map(|bound| three(truth.known_until(bound)));
    let lost = truth.lost_at.map_or_else(|| "never lost".to_owned(), |t| format!("lost at {} ms", three(t)));
    let doubts = truth
        .doubts
        .iter()
        .map(|doubt| format!(" The order of {} is in doubt at {} ms.", between(doubt.kind), three(doubt.time)));
    let cut = truth.cut.and_then(|(neuron, outcome)| Some((neuron, outcome.cut_at()?)));
    let cut = cut
        .map(|(neuron, at)| format!(" Neuron {neuron} cannot be solved beyond {} ms: the run ends there.", shown(at)));
    let about = format!(
        "{} neurons, {} edges, {} ms: {} spikes and {} arrivals. The truth is known to 1e-6 ms until {fine} ms, to 1e-3 ms until \
         {coarse} ms, and {lost}.{}{}",
        question.network.neurons().len(),
        question.network.edges().all().len(),
        shown(truth.duration),
        truth.spikes.len(),
        truth.arrivals,
        doubts.collect::<String>(),
        cut.unwrap_or_default(),
    );
    text += &format!("{}\n", wrapped(&about));
    if comparison.runs.is_empty() {
        return text;
    }
    let row = |run: &NetworkRun| {
        let moved = run.beyond_chaos().count();
        vec![
            run.scheme.to_string(),
            shown(run.dt),
            run.run.spikes.len().to_string(),
            run.follows_until().map_or_else(|| "end".to_owned(), three),
            run.half_right_until().map_or_else(|| "end".to_owned(), three),
            format!("{moved} of {}", run.moved.len()),
        ]
    };
    let head = ["scheme", "dt [ms]", "spikes", "right until [ms]", "half until [ms]", "moved"];
    text += &format!("\n{}", plain(&head, comparison.runs.iter().map(row)));
    let band = |(mean, sd): &(crate::population::exact::Statistic, f64)| {
        vec![mean.group.clone(), mean.name.to_owned(), three_or_dash(Some(mean.value)), three_or_dash(Some(*sd))]
    };
    let bands = plain(&["population", "statistic", "truth", "chaos, s.d."], comparison.bands.iter().map(band));
    text += &format!("\n{bands}\n");
    for run in &comparison.runs {
        text += &format!("{}\n", wrapped(&verdict(question, run)));
    }
    let note = format!(
        "Right: within {} ms. Statistics: means of {} truths and as many runs, from other last bits and kicks of 0.01 mV; moved by 1 % or more, \
         and further than chaos moves them once in a thousand times; ± is the interval of 95 %.",
        shown(question.within),
        question.ensemble
    );
    text + &format!("\n{}\n", wrapped(&note))
}

/// All spikes: `run,dt_ms,population,neuron,t_ms,error_ms`, the truth first.
pub fn network_spikes_csv(question: &NetworkQuestion, comparison: &NetworkComparison) -> Vec<u8> {
    let row = |run: &str, dt: Option<f64>, neuron: u32, t: f64, error: Option<f64>| {
        let (population, neuron) = place(&question.groups, neuron);
        vec![run.to_owned(), number(dt), population.to_owned(), neuron.to_string(), t.to_string(), number(error)]
    };
    let truth = comparison.truth.spikes.iter().map(|s| row("truth", None, s.neuron, s.time, Some(s.error)));
    let runs = comparison.runs.iter().flat_map(|run| {
        let name = run.scheme.to_string();
        run.run.spikes.iter().map(move |spike| row(&name, Some(run.dt), spike.neuron, spike.t, None))
    });
    table(&["run", "dt_ms", "population", "neuron", "t_ms", "error_ms"], truth.chain(runs))
}

/// Every statistic of every scheme and step against the truth's.
pub fn network_statistics_csv(comparison: &NetworkComparison) -> Vec<u8> {
    let rows = comparison.runs.iter().flat_map(|run| {
        run.moved.iter().zip(&comparison.bands).map(|(moved, (_, sd))| {
            let numbers = [moved.statistic.value, moved.truth, *sd, moved.interval].map(|x| number(Some(x)));
            let names =
                [run.scheme.to_string(), shown(run.dt), moved.statistic.group.clone(), moved.statistic.name.into()];
            [names.to_vec(), numbers.to_vec(), vec![moved.is_beyond_chaos.to_string()]].concat()
        })
    });
    let header =
        ["scheme", "dt_ms", "population", "statistic", "mean", "truth", "truth_sd", "interval", "beyond_chaos"];
    table(&header, rows)
}

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
    }
    charts
}

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
        let layers = vec![series("as in the truth", Look::Black, right), series("another", Look::Own, wrong)];
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
    let panel = |(which, (mean, sd)): (usize, &(crate::population::exact::Statistic, f64))| {
        let line = |scheme: &crate::scheme::Scheme| {
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
        let layers = std::iter::once(chaos.into()).chain(question.schemes.iter().map(line).map(Into::into));
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
        ..Chart::default()
    }
}
