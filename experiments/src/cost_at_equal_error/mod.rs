//! Other programs on the same problems stand beside: `python benches/peers/cost_at_equal_error.py` writes them.

mod choices;
mod curve;
mod runs;

use std::path::Path;

use spikestep::report::chart::{self, LegendPlace, Series as Lines};

use self::choices::{choices, names, prescribed_text};
use self::curve::Curve;
use self::runs::{Run, curves, runs};
use crate::shared::*;

pub(crate) const QUESTION: &str = "Which scheme keeps every spike of a second within a given error in the least time: for one neuron, and at a step that a network prescribes?";

const NEURONS: [&str; 4] = ["RS", "IB", "CH", "FS"]; // The neurons
const INPUT: &str = "step:10"; // The input
const DURATION: f64 = 1000.0; // Duration [ms]
const SWEEPS: usize = 3; // Sweeps of timings over all runs; the fastest counts
const ERRORS: [f64; 9] = [10.0, 1.0, 0.1, 0.01, 1e-3, 1e-4, 1e-6, 1e-9, 1e-11]; // Errors that the tables ask for [ms]
const NETWORK_DTS: [f64; 3] = [1.0, 0.5, 0.1]; // Steps that a network may prescribe [ms]
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

const SERIES: [Series; 8] = [
    Series {
        group: "spikes on the grid",
        schemes: "euler,half-step,rk4,explicit-reduction,exponential-euler",
        settings: &[1.0, 0.5, 0.25, 0.1, 0.05, 0.025, 0.01, 0.005, 0.0025, 0.001, 0.0005],
        drawn: true,
    },
    Series {
        schemes: "euler-semi-implicit,rk2,heun,adams-bashforth-2,strang,simulators",
        ..hidden("spikes on the grid")
    },
    Series {
        // The FFT of the whole past makes small steps dear.
        schemes: "evolution-1,evolution-1+located,evolution-2,evolution-2+located,evolution-2-recursive+located",
        settings: &[1.0, 0.5, 0.25, 0.1, 0.05],
        ..hidden("evolution")
    },
    Series {
        group: "fixed, spikes located",
        schemes: "heun+located,rk4+located,rk4-wk,chan-tsai+located,parker-sochacki-8+located",
        settings: &[2.0, 1.0, 0.7, 0.5, 0.35, 0.25, 0.175, 0.1, 0.05, 0.025, 0.01, 0.005, 0.0025, 0.001],
        drawn: true,
    },
    Series {
        schemes: "euler+located,euler-semi-implicit+located,half-step+located,rk2+located",
        ..hidden("fixed, spikes located")
    },
    Series {
        schemes: "exponential-euler+located,rosenbrock-euler+located,implicit-midpoint+located,implicit-trapezoid+located,\
                  strang+located,parker-sochacki-4+located,parker-sochacki-12+located,theta-neuron+located",
        ..hidden("fixed, spikes located")
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

/// Schemes of a group that are in the tables alone.
const fn hidden(group: &'static str) -> Series {
    Series { group, schemes: "", settings: &[1.0, 0.5, 0.25, 0.1, 0.05, 0.025, 0.01, 0.005], drawn: false }
}

pub(crate) fn run(outputs: &mut Outputs<'_>) -> Result<String> {
    let peers = curve::peers(Path::new(PEERS), SERIES.len())?;
    let runs = runs()?;
    let ours = curves(&runs);
    let all: Vec<&Curve> = ours.iter().chain(&peers).collect();

    write(outputs, &runs, &all)?;
    outputs.figure(&figure(&all))?;

    let end =
        "All from the runs above, geometric means over the neurons; a scheme must keep the error on each of them.";
    Ok(prescribed_text(&ours) + &choices(outputs, &ours)? + &format!("\n{end}\n"))
}

/// Largest spike-time error against time per simulated second, a panel a neuron: lower and further left is better.
fn figure(curves: &[&Curve]) -> Chart {
    let drawn = SERIES.iter().map(|s| (s.group, s.drawn)).chain([("other programs", true)]).collect::<Vec<_>>();
    let groups: Vec<&str> = drawn.iter().filter(|(_, shown)| *shown).map(|(group, _)| *group).collect();
    let of_group = |group: &str| -> Vec<&str> {
        curves.iter().filter(|c| drawn[c.series] == (group, true)).map(|c| c.name.as_str()).collect()
    };
    let line = |curve: &&Curve| {
        let (group, shown) = drawn[curve.series];
        let at = groups.iter().position(|known| *known == group).filter(|_| shown)?;
        let member = of_group(group).iter().position(|name| *name == curve.name)?;
        let point =
            |p: &curve::Point| Some(Point { texts: vec![chart::number(p.setting)], ..(p.time, p.error?).into() });
        Some(Lines {
            group: group.to_owned(),
            look: Look::Member(at, member),
            texts: vec![group.to_owned()],
            ..marked(&curve.name, curve.points.iter().filter_map(point))
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

/// Writes errors and counts, which are the same on every machine, and times, which are not; and the time to keep each of the errors,
/// empty where no setting does.
fn write(outputs: &mut Outputs<'_>, runs: &[Run], curves: &[&Curve]) -> Result<()> {
    let exponent = |x: Option<f64>| x.map_or_else(String::new, |x| format!("{x:e}"));
    let head = |run: &Run| fields![run.neuron, run.scheme, optional(run.size.dt()), exponent(run.size.tolerance())];
    let errors = runs.iter().map(|run| {
        let (e, t) = (&run.errors, &run.trajectory);
        let found = fields![exponent(e.max_abs), e.missed, e.extra, e.matched + e.missed, t.diverged_at.is_some()];
        [head(run), found, fields![t.steps, t.cost.rhs_evaluations, t.cost.flops]].concat()
    });
    let header = "neuron,scheme,dt_ms,tolerance,max_spike_time_error_ms,spikes_missed,spikes_extra,spikes_expected,diverged,\
                  steps,rhs_evaluations,flops";
    outputs.csv("errors.csv", header, errors)?;
    let machine = machine();
    let timings = runs.iter().map(|run| {
        let [fastest, median] = [run.time(), run.median_time()].map(|t| format!("{t:.4}"));
        [head(run), fields![fastest, median, run.repeats(), machine]].concat()
    });
    let header = "neuron,scheme,dt_ms,tolerance,fastest_us_per_s,median_us_per_s,repeats,machine";
    outputs.csv("timings.csv", header, timings)?;
    // The time a flop takes in each scheme: the median over its runs; µs per simulated second are ns per simulated ms.
    let flop_time = |run: &Run| run.time() / (run.trajectory.cost.flops as f64 / DURATION);
    let rows = names(curves.iter().copied()).into_iter().filter_map(|name| {
        let counted = runs.iter().filter(|run| run.scheme.to_string() == name && run.trajectory.cost.flops > 0);
        let time = median(counted.map(flop_time));
        time.is_finite().then(|| fields![name, format!("{time:.3}")])
    });
    outputs.csv("flop_times.csv", "scheme,ns_per_flop", rows)?;
    let rows = curves.iter().flat_map(|curve| {
        ERRORS.map(|error| {
            let time = curve.time_at(error).map(|t| format!("{t:.4}")).unwrap_or_default();
            fields![curve.neuron, curve.name, format!("{error:e}"), time]
        })
    });
    outputs.csv("equal_error.csv", "neuron,series,error_ms,time_us_per_s", rows)
}
