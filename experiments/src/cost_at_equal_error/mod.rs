//! Which scheme keeps every spike of a second within a given error in the least time: for one neuron, and at a step that a network
//! prescribes? Other programs on the same problems stand beside: `python benches/peers/cost_at_equal_error.py` writes them.

mod choices;
mod curve;
mod peers;
mod runs;

use std::collections::BTreeMap;
use std::path::Path;

use spikestep::Result;
use spikestep::report::chart::{
    self, Axis, Chart, Draw, Field, LegendPlace, Look, Panel, Point, Series as Lines, columns,
};
use spikestep::report::{plain, three, three_or_dash};

use self::choices::{Choice, choices, choices_text, prescribed_text};
use self::curve::Curve;
use self::runs::{Run, curves, runs};
use crate::shared::{Experiment, Outputs, fields, machine, optional};

pub(crate) const EXPERIMENT: Experiment = Experiment {
    name: "cost_at_equal_error",
    title: "What an error of the spike times costs",
    question: "Which scheme keeps every spike of a second within a given error in the least time: for one neuron, and at a \
               step that a network prescribes?",
    run,
};

/// The neurons.
const NEURONS: [&str; 4] = ["RS", "IB", "CH", "FS"];
/// The input.
const INPUT: &str = "step:10";
/// Duration \[ms\].
const DURATION: f64 = 1000.0;
/// Sweeps of timings over all runs; the fastest counts.
const SWEEPS: usize = 3;
/// Errors that the tables ask for \[ms\].
const ERRORS: [f64; 9] = [10.0, 1.0, 0.1, 0.01, 1e-3, 1e-4, 1e-6, 1e-9, 1e-11];
/// Steps that a network may prescribe \[ms\].
const NETWORK_DTS: [f64; 3] = [1.0, 0.5, 0.1];
/// Other programs on the same problems, as `benches/peers/cost_at_equal_error.py` writes them.
const PEERS: &str = "results/cost_at_equal_error/peers.csv";

/// Schemes that are run at the same settings: steps \[ms\] of those with a fixed step, tolerances \[ms\] of the others.
struct Series {
    /// What kind they are, which has one colour in the figure and at most five schemes.
    group: &'static str,
    schemes: &'static str,
    settings: &'static [f64],
    /// Whether they are in the figure.
    drawn: bool,
}

const SERIES: [Series; 7] = [
    Series {
        group: "spikes on the grid",
        schemes: "euler,half-step,rk4",
        settings: &[1.0, 0.5, 0.25, 0.1, 0.05, 0.025, 0.01, 0.005, 0.0025, 0.001, 0.0005],
        drawn: true,
    },
    Series {
        group: "spikes on the grid",
        schemes: "euler-semi-implicit,rk2,heun,simulators",
        settings: &[1.0, 0.5, 0.25, 0.1, 0.05, 0.025, 0.01, 0.005],
        drawn: false,
    },
    Series {
        // The FFT of the whole past makes small steps dear.
        group: "evolution",
        schemes: "evolution-1,evolution-1+located,evolution-2,evolution-2+located,evolution-2-recursive+located",
        settings: &[1.0, 0.5, 0.25, 0.1, 0.05],
        drawn: false,
    },
    Series {
        group: "fixed, spikes located",
        schemes: "heun+located,rk4+located,rk4-wk",
        settings: &[2.0, 1.0, 0.7, 0.5, 0.35, 0.25, 0.175, 0.1, 0.05, 0.025, 0.01, 0.005, 0.0025, 0.001],
        drawn: true,
    },
    Series {
        group: "fixed, spikes located",
        schemes: "euler+located,euler-semi-implicit+located,half-step+located,rk2+located",
        settings: &[1.0, 0.5, 0.25, 0.1, 0.05, 0.025, 0.01, 0.005],
        drawn: false,
    },
    Series {
        group: "fixed, projective",
        schemes: "projective-4,projective-6,projective-8,projective-12",
        settings: &[8.0, 6.0, 4.0, 3.0, 2.0, 1.5, 1.0, 0.7, 0.5, 0.35, 0.25, 0.175, 0.1, 0.05],
        drawn: true,
    },
    Series {
        group: "adaptive",
        schemes: "dopri5,dop853,taylor,projective",
        settings: &[1.0, 0.3, 0.1, 0.03, 0.01, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-11, 1e-12, 1e-13],
        drawn: true,
    },
];

fn run(outputs: &mut Outputs<'_>) -> Result<String> {
    let peers = peers::read(Path::new(PEERS), SERIES.len())?;
    let runs = runs()?;
    let ours = curves(&runs);
    let all: Vec<&Curve> = ours.iter().chain(&peers).collect();
    let choices = choices(&ours);

    write_runs(outputs, &runs)?;
    write_equal_error(outputs, &all)?;
    write_flop_times(outputs, &runs)?;
    write_choices(outputs, &choices)?;
    outputs.figure(&figure(&all))?;

    let mut text = String::new();
    for neuron in NEURONS {
        text += &format!("{neuron}: time in µs per simulated second to keep every spike within ... ms\n");
        text += &table(all.iter().copied().filter(|c| c.neuron == neuron));
        text += "\n";
    }
    text += &prescribed_text(&ours);
    text += &choices_text(&choices);
    text +=
        "\nAll from the runs above, geometric means over the neurons; a scheme must keep the error on each of them.\n";
    Ok(text)
}

/// A row a scheme, a column an error.
fn table<'a>(curves: impl Iterator<Item = &'a Curve>) -> String {
    let header: Vec<String> = std::iter::once("scheme".to_owned()).chain(ERRORS.map(three)).collect();
    let header: Vec<&str> = header.iter().map(String::as_str).collect();
    let row = |curve: &Curve| {
        let times = ERRORS.iter().map(|&error| three_or_dash(curve.time_at(error)));
        std::iter::once(curve.name.clone()).chain(times).collect()
    };
    plain(&header, curves.map(row))
}

/// Largest spike-time error against time per simulated second, a panel a neuron: lower and further left is better.
fn figure(curves: &[&Curve]) -> Chart {
    let drawn = SERIES.iter().map(|s| (s.group, s.drawn)).chain([("other programs", true)]).collect::<Vec<_>>();
    let mut groups: Vec<(&str, Vec<&str>)> = Vec::new();
    for curve in curves.iter().filter(|curve| drawn[curve.series].1) {
        let group = drawn[curve.series].0;
        match groups.iter_mut().find(|(known, _)| *known == group) {
            Some((_, members)) if members.contains(&curve.name.as_str()) => {}
            Some((_, members)) => members.push(&curve.name),
            None => groups.push((group, vec![&curve.name])),
        }
    }
    groups.sort_by_key(|(group, _)| drawn.iter().position(|(known, shown)| known == group && *shown));
    let line = |curve: &&Curve| {
        let (at, (group, members)) =
            groups.iter().enumerate().find(|(_, (group, _))| drawn[curve.series] == (*group, true))?;
        let point =
            |p: &curve::Point| Some(Point { texts: vec![chart::number(p.setting)], ..(p.time, p.error?).into() });
        let member = members.iter().position(|name| *name == curve.name).unwrap_or_default();
        Some(Lines {
            group: (*group).to_owned(),
            look: Look::Member(at, member),
            draw: Draw::Marked,
            texts: vec![(*group).to_owned()],
            ..Lines::line(&curve.name, curve.points.iter().filter_map(point))
        })
    };
    let panel = |neuron: &str| Panel {
        heading: neuron.to_owned(),
        x: Axis::log("time per simulated second [µs]"),
        y: Axis::log("largest spike-time error [ms]"),
        height: 236.0,
        layers: curves.iter().filter(|c| c.neuron == neuron).filter_map(line).map(Into::into).collect(),
        ..Panel::default()
    };
    let fields = [
        ("neuron", Field::Panel),
        ("group", Field::Of(0)),
        ("series", Field::Series),
        ("setting", Field::At(0)),
        ("time_us_per_s", Field::X),
        ("max_spike_time_error_ms", Field::Y),
    ];
    Chart {
        name: "cost_at_equal_error".into(),
        title: "Largest spike-time error in ms against time in µs per simulated second".into(),
        columns: columns(fields),
        per_row: 2,
        shared: (true, true),
        panels: NEURONS.iter().map(|neuron| panel(neuron)).collect(),
        legend: LegendPlace::Below,
        ..Chart::default()
    }
}

/// Writes errors and counts, which are the same on every machine, and times, which are not.
fn write_runs(outputs: &mut Outputs<'_>, runs: &[Run]) -> Result<()> {
    let exponent = |x: Option<f64>| x.map_or_else(String::new, |x| format!("{x:e}"));
    let setting = |run: &Run| (optional(run.size.dt()), exponent(run.size.tolerance()));
    let header = [
        "neuron",
        "scheme",
        "dt_ms",
        "tolerance",
        "max_spike_time_error_ms",
        "spikes_missed",
        "spikes_extra",
        "spikes_expected",
        "diverged",
        "steps",
        "rhs_evaluations",
        "flops",
    ];
    let errors = runs.iter().map(|run| {
        let (e, t, (dt, tolerance)) = (&run.errors, &run.trajectory, setting(run));
        let (expected, diverged) = (e.matched + e.missed, t.diverged_at.is_some());
        let (largest, cost) = (exponent(e.max_abs), t.cost);
        fields![
            run.neuron,
            run.scheme,
            dt,
            tolerance,
            largest,
            e.missed,
            e.extra,
            expected,
            diverged,
            t.steps,
            cost.rhs_evaluations,
            cost.flops
        ]
    });
    outputs.csv("errors.csv", &header, errors)?;
    let header =
        ["neuron", "scheme", "dt_ms", "tolerance", "fastest_us_per_s", "median_us_per_s", "repeats", "machine"];
    let machine = machine();
    let timings = runs.iter().map(|run| {
        let (dt, tolerance) = setting(run);
        let (fastest, median) = (format!("{:.4}", run.time()), format!("{:.4}", run.median_time()));
        fields![run.neuron, run.scheme, dt, tolerance, fastest, median, run.repeats(), machine]
    });
    outputs.csv("timings.csv", &header, timings)
}

/// Writes the time to keep each of the errors; empty where no setting does.
fn write_equal_error(outputs: &mut Outputs<'_>, curves: &[&Curve]) -> Result<()> {
    let rows = curves.iter().flat_map(|curve| {
        ERRORS.map(|error| {
            let time = curve.time_at(error).map(|t| format!("{t:.4}")).unwrap_or_default();
            fields![curve.neuron, curve.name, format!("{error:e}"), time]
        })
    });
    outputs.csv("equal_error.csv", &["neuron", "series", "error_ms", "time_us_per_s"], rows)
}

/// Writes the time a flop takes in each scheme \[ns\]: the median over its runs.
fn write_flop_times(outputs: &mut Outputs<'_>, runs: &[Run]) -> Result<()> {
    let mut names: Vec<String> = Vec::new();
    let mut ratios: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    for run in runs.iter().filter(|run| run.trajectory.cost.flops > 0) {
        let name = run.scheme.to_string();
        if !names.contains(&name) {
            names.push(name.clone());
        }
        // µs per simulated second are ns per simulated ms.
        let flops_per_ms = run.trajectory.cost.flops as f64 / DURATION;
        ratios.entry(name).or_default().push(run.time() / flops_per_ms);
    }
    let rows = names.into_iter().filter_map(|name| {
        let ratios = ratios.get_mut(&name)?;
        ratios.sort_by(f64::total_cmp);
        Some(fields![name, format!("{:.3}", ratios[ratios.len() / 2])])
    });
    outputs.csv("flop_times.csv", &["scheme", "ns_per_flop"], rows)
}

/// Writes the schemes that keep an error, by use, the cheapest first, with their times per simulated second \[µs\].
fn write_choices(outputs: &mut Outputs<'_>, choices: &[Choice]) -> Result<()> {
    let rows = choices.iter().flat_map(|choice| {
        let network = choice.network.iter().map(|(dt, timed)| ("network", dt.to_string(), timed));
        [("adaptive", String::new(), &choice.adaptive), ("fixed", String::new(), &choice.fixed)]
            .into_iter()
            .chain(network)
            .flat_map(move |(what, dt, timed)| {
                timed.iter().map(move |(name, time)| {
                    fields![format!("{:e}", choice.error), what, dt, name, format!("{time:.4}")]
                })
            })
    });
    outputs.csv("choices.csv", &["error_ms", "use", "dt_ms", "scheme", "time_us_per_s"], rows)
}
