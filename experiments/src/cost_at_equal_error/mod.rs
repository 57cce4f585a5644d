//! Kind `cost_at_equal_error`: what a spike-time error costs with every scheme and in other programs, and where each choice wins.

mod choices;
mod curve;
mod files;
mod measure;
mod peers;

use std::path::PathBuf;


use self::choices::choices_text;
use self::curve::Curve;
use self::measure::curves;
use crate::shared::{Experiment, Outputs, fields, fixed_step, schemes};
use spikestep::{Error, Result};
use spikestep::report::figure::{CostAtEqualError, CostPanel, ErrorCost, ErrorCostLine, cost_at_equal_error};
use spikestep::report::{plain, three, three_or_dash};

// FROM TOML:
# Other programs on the same problems: python benches/peers/cost_at_equal_error.py > results/cost_at_equal_error/peers.csv
# Schemes that are run at the same settings: dts [ms] of those with a fixed step, tolerances of the others. A group has one
# colour in the figure, and at most five schemes in it.
# The FFT of the whole past makes small steps dear.
pub(crate) const EXPERIMENT: Experiment = Experiment {
    name: "cost_at_equal_error",
    title: "What an error of the spike times costs",
    question: "Which scheme keeps every spike of a second within a given error in the least time: for one neuron, and at a step that a network prescribes?",
    run,
};

/// Neurons, each as `--neuron`.
const NEURONS: [&str; 4] = ["RS", "IB", "CH", "FS"];
/// The input, as `--input`.
const INPUT: &str = "step:10";
/// Duration \[ms\].
const DURATION: f64 = 1000.0;
/// Sweeps of timings over all runs; the fastest counts.
const SWEEPS: usize = 3;
/// Errors \[ms\] that the tables ask for.
const ERRORS: [f64; 9] = [10.0, 1.0, 0.1, 0.01, 0.001, 0.0001, 1e-06, 1e-09, 1e-11];
/// Steps \[ms\] that a network may prescribe.
const NETWORK_DTS: [f64; 3] = [1.0, 0.5, 0.1];
/// Table of `benches/peers/cost_at_equal_error.py`, for the same neurons, input and duration.
const PEERS: &str = "results/cost_at_equal_error/peers.csv";
/// The schemes.
const SERIES: [TODO; 7] = [{'group': 'spikes on the grid', 'schemes': 'euler,half-step,rk4', 'dts': [1.0, 0.5, 0.25, 0.1, 0.05, 0.025, 0.01, 0.005, 0.0025, 0.001, 0.0005]}, {'group': 'spikes on the grid', 'schemes': 'euler-semi-implicit,rk2,heun,simulators', 'dts': [1.0, 0.5, 0.25, 0.1, 0.05, 0.025, 0.01, 0.005], 'draw': False}, {'group': 'evolution', 'schemes': 'evolution-1,evolution-1+located,evolution-2,evolution-2+located,evolution-2-recursive+located', 'dts': [1.0, 0.5, 0.25, 0.1, 0.05], 'draw': False}, {'group': 'fixed, spikes located', 'schemes': 'heun+located,rk4+located,rk4-wk', 'dts': [2.0, 1.0, 0.7, 0.5, 0.35, 0.25, 0.175, 0.1, 0.05, 0.025, 0.01, 0.005, 0.0025, 0.001]}, {'group': 'fixed, spikes located', 'schemes': 'euler+located,euler-semi-implicit+located,half-step+located,rk2+located', 'dts': [1.0, 0.5, 0.25, 0.1, 0.05, 0.025, 0.01, 0.005], 'draw': False}, {'group': 'fixed, projective', 'schemes': 'projective-4,projective-6,projective-8,projective-12', 'dts': [8.0, 6.0, 4.0, 3.0, 2.0, 1.5, 1.0, 0.7, 0.5, 0.35, 0.25, 0.175, 0.1, 0.05]}, {'group': 'adaptive', 'schemes': 'dopri5,dop853,taylor,projective', 'tolerances': [1.0, 0.3, 0.1, 0.03, 0.01, 0.001, 0.0001, 1e-05, 1e-06, 1e-07, 1e-08, 1e-09, 1e-10, 1e-11, 1e-12, 1e-13]}];

/// Schemes that are run at the same settings.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Series {
    /// What kind they are, for the legend; series of the same kind may follow each other.
    group: String,
    /// Schemes, as `--schemes`.
    schemes: String,
    /// Steps \[ms\] of the fixed-step ones.
    #[serde(default)]
    dts: Vec<f64>,
    /// Tolerances of the adaptive ones.
    #[serde(default)]
    tolerances: Vec<f64>,
    /// Whether they are in the figure: at most five of a group.
    #[serde(default = "yes")]
    draw: bool,
}

fn yes() -> bool {
    true
}

/// Group of the other programs.
const PEERS: &str = "other programs";

fn run(outputs: &mut Outputs<'_>) -> Result<String> {
    validate()?;
    let peers = match &PEERS {
        Some(path) => peers::read(path, SERIES.len(), DURATION)?,
        None => Vec::new(),
    };
    let rows = rows()?;
    let ours = curves(&rows);
    let all: Vec<&Curve> = ours.iter().chain(&peers).collect();

    outputs.text("errors.csv", files::errors_csv(&rows))?;
    outputs.text("timings.csv", files::timings_csv(&rows))?;
    outputs.text("equal_error.csv", files::equal_error_csv(&all, &ERRORS))?;
    outputs.text("flop_times.csv", files::flop_times_csv(&rows))?;
    outputs.text("choices.csv", files::choices_csv(&choices(&ours)))?;
    outputs.figure(&cost_at_equal_error(&figure(&all))?)?;

    let mut text = String::new();
    for neuron in &NEURONS {
        text += &format!("{neuron}: time in µs per simulated second to keep every spike within ... ms\n");
        text += &table(all.iter().copied().filter(|c| c.neuron == *neuron));
        text += "\n";
    }
    text += &prescribed_text(&ours);
    text += &choices_text(&choices(&ours));
    text += "\nAll from the runs above, geometric means over the neurons; a scheme must keep the error on each of them.\n";
    Ok(text)
}

fn validate() -> Result<()> {
    let positive = |what: &str, values: &[f64]| -> Result<()> {
        match values.iter().find(|x| !(x.is_finite() && **x > 0.0)) {
            Some(bad) => Err(Error::invalid(what, bad, "positive, finite numbers", "Mend the file.")),
            None => Ok(()),
        }
    };
    positive("duration", &[DURATION])?;
    positive("errors", &ERRORS)?;
    positive("network_dts", &NETWORK_DTS)?;
    if !(1..=1000).contains(&SWEEPS) {
        return Err(Error::invalid("sweeps", SWEEPS, "1 to 1000", "Use 3: the fastest counts."));
    }
    if NEURONS.is_empty() || SERIES.is_empty() {
        let mend = "Name neurons = [\"RS\"] and at least one [[cost_at_equal_error.series]].";
        return Err(Error::invalid("neurons or series", "empty", "at least one of each", mend));
    }
    Ok(())
}

/// A row a scheme, a column an error.
fn table<'a>(curves: impl Iterator<Item = &'a Curve>) -> String {
    let header: Vec<String> =
        std::iter::once("scheme".to_owned()).chain(ERRORS.iter().map(|e| three(*e))).collect();
    let header: Vec<&str> = header.iter().map(String::as_str).collect();
    plain(
        &header,
        curves.map(|curve| {
            let times = ERRORS.iter().map(|&error| three_or_dash(curve.time_at(error)));
            std::iter::once(curve.name.clone()).chain(times).collect()
        }),
    )
}

fn figure(curves: &[&Curve]) -> CostAtEqualError {
    let mut groups: Vec<String> = Vec::new();
    let mut of_series: Vec<Option<usize>> = Vec::new();
    let drawn = SERIES.iter().map(|s| (s.group.as_str(), s.draw));
    let peers = curves.iter().any(|c| c.series == SERIES.len());
    for (group, draw) in drawn.chain([(PEERS, peers)]) {
        let place = groups.iter().position(|known| known == group);
        of_series.push(draw.then(|| {
            place.unwrap_or_else(|| {
                groups.push(group.to_owned());
                groups.len() - 1
            })
        }));
    }
    let line = |curve: &Curve| {
        let point = |p: &curve::Point| Some(ErrorCost { setting: p.setting, error: p.error?, time: p.time });
        let group = of_series[curve.series]?;
        Some(ErrorCostLine {
            group,
            label: curve.name.clone(),
            points: curve.points.iter().filter_map(point).collect(),
        })
    };
    let panel = |neuron: &String| CostPanel {
        heading: neuron.clone(),
        lines: curves.iter().filter(|c| c.neuron == *neuron).filter_map(|c| line(c)).collect(),
    };
    CostAtEqualError { groups: groups.clone(), panels: NEURONS.iter().map(panel).collect() }
}
