//! The spikes and statistics of a network under schemes, as CSV.

use super::super::csv_files::{number, table};
use super::place;
use crate::error::{Error, Result, shown};
use crate::population::Delivery;
use crate::study::{CurveBand, NetworkComparison, NetworkQuestion};
use crate::{Neuron, State, Stimulus};

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

/// The network as it was drawn, for other simulators, by name of the file: every neuron with its start, every edge, and the input of every
/// neuron in pieces. Neurons are numbered from 0 through all populations.
///
/// # Errors
/// An input that is not constant in pieces.
pub fn network_drawn(question: &NetworkQuestion) -> Result<[(&'static str, Vec<u8>); 3]> {
    let network = &question.network;
    let synapse = match network.delivery() {
        Delivery::Exponential { tau } => format!("exponential_ms = {tau}"),
        _ => "charge".to_owned(),
    };
    let neuron = |(i, (neuron, start)): (u32, (&Neuron, &State))| {
        let (population, own) = place(&question.groups, i);
        let Neuron { a, b, c, d, k2, k1, k0, b0, leak, peak, .. } = *neuron;
        let numbers = [a, b, c, d, k2, k1, k0, b0, leak, peak, start.v, start.u, network.duration()];
        let names = [i.to_string(), population.to_owned(), own.to_string()];
        [names.to_vec(), numbers.map(|x| x.to_string()).to_vec(), vec![synapse.clone()]].concat()
    };
    let neurons = (0..).zip(network.neurons().iter().zip(network.initial())).map(neuron);
    let varies = |input: &Stimulus| input.sinusoid().is_some() || input.pieces().iter().any(|piece| piece.slope != 0.0);
    if let Some(i) = network.inputs().iter().position(varies) {
        let mend = "Take steps or noise, or leave out --drawn.";
        return Err(Error::invalid(format!("input of neuron {i}"), "a ramp or a sinusoid", "constant pieces", mend));
    }
    let edges =
        network.edges().all().iter().map(|edge| {
            vec![edge.pre.to_string(), edge.post.to_string(), edge.weight.to_string(), edge.delay.to_string()]
        });
    let pieces = network.inputs().iter().enumerate().flat_map(|(i, input)| {
        input.pieces().iter().map(move |piece| vec![i.to_string(), piece.start.to_string(), piece.value.to_string()])
    });
    let columns = [
        "neuron",
        "population",
        "own",
        "a",
        "b",
        "c",
        "d",
        "k2",
        "k1",
        "k0",
        "b0",
        "leak",
        "peak",
        "v0",
        "u0",
        "duration_ms",
        "synapse",
    ];
    Ok([
        ("neurons.csv", table(&columns, neurons)),
        ("edges.csv", table(&["pre", "post", "weight", "delay_ms"], edges)),
        ("inputs.csv", table(&["neuron", "t_ms", "value"], pieces)),
    ])
}

/// The spectrum and the distributions of intervals: `run,dt_ms,population,curve,x,mean,sd`, x in Hz or ms, the truths first.
pub fn network_curves_csv(comparison: &NetworkComparison) -> Vec<u8> {
    let rows = |run: String, dt: Option<f64>, bands: &[CurveBand]| -> Vec<Vec<String>> {
        let row = |band: &CurveBand, i: usize| {
            let names = [run.clone(), number(dt), band.curve.group.clone(), band.curve.name.to_owned()];
            let numbers = [band.curve.x[i], band.curve.y[i], band.sd[i]].map(|x| number(Some(x)));
            [names.to_vec(), numbers.to_vec()].concat()
        };
        bands.iter().flat_map(|band| (0..band.sd.len()).map(move |i| (band, i))).map(|(band, i)| row(band, i)).collect()
    };
    let truth = rows("truth".to_owned(), None, &comparison.curves);
    let runs = comparison.runs.iter().flat_map(|run| rows(run.scheme.to_string(), Some(run.dt), &run.curves));
    table(&["run", "dt_ms", "population", "curve", "x", "mean", "sd"], truth.into_iter().chain(runs))
}
