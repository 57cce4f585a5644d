//! Kind `spike_charge`: what halving dt does to a neuron and to a feed-forward network when the weight of a spike is kept, and when its
//! charge is.
//!
//! Inputs spike at random, drawn once in continuous time; they drive the first layer, that the second, and each a neuron alone with
//! inputs of its own. All delays are the same in ms at every step. The limit of the jumps is solved from arrival to arrival at the exact
//! times ([`taylor`]), layer after layer; that of the exponential currents is `projective-8` at a small step.

use std::fmt::Write;

use rayon::prelude::*;

use super::trains::Trains;
use crate::shared::{Experiment, Outputs, fields, fixed_step, schemes};
use spikestep::{Error, Result};
use spikestep::model::{CellType, Neuron, Problem, Stimulus};
use spikestep::population::layer::LayerScheme;
use spikestep::population::{Delivery, LayerSpec, Monitor, Network, Synapse, Weights};
use spikestep::report::figure::{CurvePanel, CurveSeries, Curves, curves};
use spikestep::truth::taylor;

// FROM TOML:
# BindsNET adds a weight in mV/ms to the input of one step: its charge is weight x dt. The numbers are the same for all synapses at
# 1 ms. Inputs are drawn once in continuous time, and delays are the same in ms at every step.
pub(crate) const EXPERIMENT: Experiment = Experiment {
    name: "spike_charge",
    title: "The charge of a spike",
    question: "What does halving dt do to a neuron and to a feed-forward network when the weight of a spike is kept, and when its charge is?",
    run,
};

/// Cell type of 2003, at its own peak.
const CELL: &str = "RS";
/// Numbers of inputs, and of neurons of the first and second layer.
const INPUTS: usize = 100;
const LAYERS: [u64; 2] = [40, 10];
/// Rate of an input \[Hz\].
const RATE: f64 = 30.0;
/// The part of the inputs that a neuron of the first layer is connected to.
const FAN_IN: f64 = 0.5;
/// Mean charge of a spike of the inputs, and charge of one between the layers \[mV\]: the weight at a step of 1 ms.
const CHARGES: [f64; 2] = [4.0, 6.0];
/// Delay of all connections \[ms\].
const DELAY: f64 = 1.0;
/// Duration \[ms\].
const DURATION: f64 = 1000.0;
/// Runs with inputs and weights of their own: seeds 1 to this many.
const SEEDS: u64 = 6;
const SCHEMES: [&str; 4] = ["bindsnet", "euler", "rk4+located", "projective-8"];
const SYNAPSES: [&str; 5] = ["weight", "charge", "exponential:5", "charge+after", "exponential:5+after"];
/// Steps \[ms\], of which whole numbers make a delay.
const DTS: [f64; 5] = [1.0, 0.5, 0.25, 0.125, 0.0625];
/// The step of the limit of exponential currents \[ms\].
const LIMIT_DT: f64 = 0.03125;

/// Rates \[Hz\] of the neuron alone, of the first layer and of the second.
type Rates = [f64; 3];
const WHO: [&str; 3] = ["a neuron alone", "first layer", "second layer"];

/// What a seed draws.
struct Drawn {
    trains: Trains,
    /// Charges \[mV\] of the inputs on the neurons of the first layer, of which the first neuron is the one alone.
    weights: Vec<f64>,
}

struct Measured {
    synapse: Synapse,
    scheme: LayerScheme,
    dt: f64,
    rates: Rates,
}

fn run(outputs: &mut Outputs<'_>) -> Result<String> {
    let (neuron, schemes) = checked()?;
    let drawn: Vec<Drawn> = (1..=SEEDS).map(|seed| draw(seed)).collect();
    let mut jobs = Vec::new();
    for &synapse in &SYNAPSES {
        for &scheme in &schemes {
            jobs.extend(DTS.iter().map(|&dt| (synapse, scheme, dt)));
        }
    }
    let measured: Vec<Measured> = jobs
        .into_par_iter()
        .map(|(synapse, scheme, dt)| {
            let rates = mean(&drawn, |d| stepped(&neuron, d, synapse, scheme, dt))?;
            Ok(Measured { synapse, scheme, dt, rates })
        })
        .collect::<Result<_>>()?;
    let limits: Vec<(Synapse, Option<Rates>)> =
        SYNAPSES.iter().map(|s| Ok((*s, limit(&neuron, &drawn, *s)?))).collect::<Result<_>>()?;
    outputs.figure(&curves(&figure(&measured, &limits, &schemes))?)?;
    text(&measured, &limits, outputs)
}

fn check() -> std::result::Result<String, super::Flaw> {
    let (_, schemes) = checked().map_err(|error| super::Flaw { span: None, error })?;
    let runs = schemes.len() * SYNAPSES.len() * DTS.len();
    Ok(format!("{runs} settings of a network, {} seeds", SEEDS))
}

fn checked() -> Result<(Neuron, Vec<LayerScheme>)> {
    let toml = "See experiments/spike_charge.toml.";
    for (what, x) in
        [("rate", RATE), ("duration", DURATION), ("delay", DELAY), ("fan_in", FAN_IN)]
    {
        check_positive(what, x)?;
    }
    if RATE >= 500.0 || FAN_IN > 1.0 {
        let given = format!("{} Hz, {}", RATE, FAN_IN);
        return Err(Error::invalid("rate or fan_in", given, "a rate below 500 Hz, a part of at most 1", toml));
    }
    let sizes = 1..=10_000;
    let (first, second) = LAYERS;
    if ![INPUTS, first, second].iter().all(|n| sizes.contains(n)) || !(1..=1000).contains(&SEEDS) {
        let given = format!("{}, {:?} and {}", INPUTS, LAYERS, SEEDS);
        return Err(Error::invalid("inputs, layers or seeds", given, "1 to 10000, 1 to 1000 seeds", toml));
    }
    for &dt in DTS.iter().chain([&LIMIT_DT]) {
        let steps = DELAY / dt;
        if !(dt > 0.0 && dt <= super::trains::DEAD_TIME && (steps - steps.round()).abs() < 1e-9 && steps >= 0.5) {
            let allowed = "at most 1 ms, a whole part of the delay";
            return Err(Error::invalid("dts", format!("{dt} ms"), allowed, toml));
        }
    }
    let schemes = SCHEMES.iter().map(|name| name.parse()).collect::<Result<_>>()?;
    Ok((CellType::find(&CELL)?.neuron, schemes))
}

fn draw(seed: u64) -> Drawn {
    use rand::{RngExt, SeedableRng};
    let trains = Trains::poisson(INPUTS, DURATION, DURATION, seed, |_, _, _| RATE / 1000.0);
    let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(seed ^ 0x5eed);
    let mut weight = || {
        let (there, size): (f64, f64) = (rng.random(), rng.random());
        if there < FAN_IN { 2.0 * CHARGES.0 * size } else { 0.0 }
    };
    Drawn { trains, weights: (0..INPUTS * LAYERS.0).map(|_| weight()).collect() }
}

/// Mean rates over the seeds.
fn mean(drawn: &[Drawn], of: impl Fn(&Drawn) -> Result<[usize; 3]> + Sync + Send) -> Result<Rates> {
    let counts = drawn.par_iter().map(of).collect::<Result<Vec<_>>>()?;
    let sizes = [1, LAYERS.0, LAYERS.1];
    Ok(std::array::from_fn(|k| {
        let spikes: usize = counts.iter().map(|c| c[k]).sum();
        1000.0 * spikes as f64 / (sizes[k] * drawn.len()) as f64 / DURATION
    }))
}

/// Spikes of a network with this synapse on all connections.
fn stepped(n: &Neuron, d: &Drawn, synapse: Synapse, scheme: LayerScheme, dt: f64) -> Result<[usize; 3]> {
    let (first, second) = LAYERS;
    let spec = |count| LayerSpec { scheme, ..LayerSpec::new(vec![*n; count]) };
    let number = |q: f64| synapse.number(q, 1.0);
    let mut network = Network::<f64>::new(dt, 1)?;
    let x = network.add_input("X", INPUTS, None)?;
    let a = network.add_layer("A", spec(first))?;
    let b = network.add_layer("B", spec(second))?;
    let delay = (DELAY / dt).round() as usize;
    let weights = Weights::dense(INPUTS, first, d.weights.iter().map(|q| number(*q)).collect())?;
    network.connect_with(x, a, weights, delay, synapse)?;
    let between = Weights::dense(first, second, vec![number(CHARGES.1); first * second])?;
    network.connect_with(a, b, between, delay, synapse)?;
    let mut monitors = [Monitor::spikes().of(a), Monitor::spikes().of(b)];
    let told = |step: u64, inputs: &mut spikestep::population::network::Inputs<'_, '_, f64>| {
        let (start, end) = (step as f64 * dt, (step + 1) as f64 * dt);
        d.trains.within(start, end).try_for_each(|i| inputs.spike(x, 0, i))
    };
    network.run((DURATION / dt).round() as u64, told, &mut monitors)?;
    let spikes = monitors[0].recorded_spikes();
    let alone = spikes.iter().filter(|(_, spike)| spike.neuron == 0).count();
    Ok([alone, spikes.len(), monitors[1].recorded_spikes().len()])
}

/// What the rates go to as dt → 0: nothing where the weight is kept (the input vanishes), so that none is given.
fn limit(neuron: &Neuron, drawn: &[Drawn], synapse: Synapse) -> Result<Option<Rates>> {
    match synapse.delivery {
        Delivery::Weight => Ok(None),
        Delivery::Charge => mean(drawn, |d| Ok(exact(neuron, d))).map(Some),
        Delivery::Exponential { .. } => {
            let small = |d: &Drawn| stepped(neuron, d, synapse, LayerScheme::Projective8, LIMIT_DT);
            mean(drawn, small).map(Some)
        }
    }
}

/// Spikes of the equations with jumps of v at the exact times of arrival.
fn exact(neuron: &Neuron, d: &Drawn) -> [usize; 3] {
    let (first, second) = LAYERS;
    let arrivals = |i: usize| -> Vec<(f64, f64)> {
        let jump = |&(t, input): &(f64, usize)| (t + DELAY, d.weights[input * first + i]);
        d.trains.spikes().iter().map(jump).filter(|(_, q)| *q != 0.0).collect()
    };
    let trains: Vec<Vec<f64>> = (0..first).map(|i| jumped(neuron, &arrivals(i))).collect();
    let mut sent: Vec<(f64, f64)> = trains.iter().flatten().map(|t| (t + DELAY, CHARGES.1)).collect();
    sent.sort_by(|a, b| a.0.total_cmp(&b.0));
    // All neurons of the second layer are the same neuron.
    [trains[0].len(), trains.iter().map(Vec::len).sum(), second * jumped(neuron, &sent).len()]
}

/// Spikes \[ms\] of a neuron whose v is raised at these times \[ms\] by these charges \[mV\].
fn jumped(neuron: &Neuron, arrivals: &[(f64, f64)]) -> Vec<f64> {
    let (mut state, mut start, mut spikes) = (neuron.resting_start(), 0.0, Vec::new());
    let end = (DURATION, 0.0);
    for &(t, q) in arrivals.iter().filter(|(t, _)| *t < DURATION).chain([&end]) {
        if t > start {
            let stimulus = Stimulus::constant(0.0);
            let problem = Problem { neuron: *neuron, stimulus, initial: state, duration: t - start };
            let part = taylor::solve(&problem, taylor::TOLERANCE);
            spikes.extend(part.spikes.times().iter().map(|s| start + s));
            (state, start) = (part.state(t - start), t);
        }
        state.v += q;
        if state.v >= neuron.peak {
            spikes.push(t);
            state = neuron.reset(state);
        }
    }
    spikes
}

fn figure(rows: &[Measured], limits: &[(Synapse, Option<Rates>)], schemes: &[LayerScheme]) -> Curves {
    // A panel shows one kind of delivery; arrival after the update stands in the table.
    let mut shown: Vec<Synapse> = Vec::new();
    for synapse in &SYNAPSES {
        if !shown.iter().any(|known| known.delivery == synapse.delivery) {
            shown.push(*synapse);
        }
    }
    let ends = DTS.iter().fold((f64::INFINITY, 0.0), |(low, high), dt| (dt.min(low), dt.max(high)));
    let panel = |k: usize, synapse: &Synapse| {
        let limit = limits.iter().find(|(s, _)| s == synapse).and_then(|(_, rates)| *rates);
        let mut series: Vec<CurveSeries> = schemes
            .iter()
            .map(|scheme| CurveSeries {
                label: scheme.name().to_owned(),
                reference: false,
                marked: true,
                points: rows
                    .iter()
                    .filter(|row| row.synapse == *synapse && row.scheme == *scheme)
                    .map(|row| (row.dt, row.rates[k]))
                    .collect(),
            })
            .collect();
        let level = limit.map_or(0.0, |rates| rates[k]);
        series.push(CurveSeries {
            label: "limit dt → 0".to_owned(),
            reference: true,
            marked: false,
            points: vec![(ends.0, level), (ends.1, level)],
        });
        CurvePanel {
            heading: format!("{}, {synapse}", WHO[k]),
            x: "time step dt [ms]".to_owned(),
            y: "rate [Hz]".to_owned(),
            log_x: true,
            log_y: false,
            series,
        }
    };
    Curves {
        name: "spike_charge",
        title: "Rates against the step where the weight of a spike is kept and where its charge is".to_owned(),
        columns: ["dt_ms", "rate_Hz"],
        per_row: shown.len(),
        panels: (0..WHO.len()).flat_map(|k| shown.iter().map(move |s| (k, s))).map(|(k, s)| panel(k, s)).collect(),
    }
}

fn text(
    &self,
    rows: &[Measured],
    limits: &[(Synapse, Option<Rates>)],
    outputs: &mut Outputs<'_>,
) -> Result<String> {
    let mut text = format!(
        "Rates [Hz], mean of {} seeds, {} inputs at {} Hz, {} ms\n{:22} {:14} {:>8}",
        SEEDS, INPUTS, RATE, DURATION, "synapse", "scheme", "dt [ms]"
    );
    let mut csv = String::from("synapse,scheme,dt_ms,neuron_alone_Hz,first_layer_Hz,second_layer_Hz\n");
    for who in WHO {
        let _ = write!(text, " {who:>14}");
    }
    text.push('\n');
    let mut line = |synapse: Synapse, scheme: &str, dt: &str, rates: &Rates| {
        let _ = write!(text, "{:22} {scheme:14} {dt:>8}", synapse.to_string());
        for rate in rates {
            let _ = write!(text, " {rate:>14.3}");
        }
        text.push('\n');
        let [alone, first, second] = rates;
        let _ = writeln!(csv, "{synapse},{scheme},{dt},{alone},{first},{second}");
    };
    for (synapse, limit) in limits {
        for row in rows.iter().filter(|row| row.synapse == *synapse) {
            line(*synapse, row.scheme.name(), &row.dt.to_string(), &row.rates);
        }
        line(*synapse, "limit", "0", &limit.unwrap_or([0.0; 3]));
    }
    outputs.text("rates.csv", csv)?;
    text += &verdict(rows, limits);
    Ok(text)
}

fn verdict(rows: &[Measured], limits: &[(Synapse, Option<Rates>)]) -> String {
    let mut text = String::from("\n");
    for (synapse, limit) in limits {
        for scheme in &SCHEMES {
            let of = || rows.iter().filter(|row| row.synapse == *synapse && row.scheme.name() == scheme);
            let coarse = of().max_by(|a, b| a.dt.total_cmp(&b.dt));
            let fine = of().min_by(|a, b| a.dt.total_cmp(&b.dt));
            let (Some(coarse), Some(fine)) = (coarse, fine) else { continue };
            let _ = write!(
                text,
                "{synapse}, {scheme}: the second layer fires at {:.2} Hz at {} ms and {:.2} Hz at {} ms",
                coarse.rates[2], coarse.dt, fine.rates[2], fine.dt
            );
            match limit {
                Some(limit) => {
                    let _ = writeln!(text, "; the limit is {:.2} Hz.", limit[2]);
                }
                None => text += "; the limit is silence: halving dt halves the drive.\n",
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_with_jumps_go_to_the_solution_from_arrival_to_arrival() {
        let study = SpikeCharge {
            cell: "RS".to_owned(),
            inputs: 40,
            layers: (3, 2),
            rate: 30.0,
            fan_in: 0.8,
            charges: (7.0, 12.0),
            delay: 1.0,
            duration: 400.0,
            seeds: 1,
            schemes: vec!["projective-8".to_owned()],
            synapses: vec![Synapse::CHARGE.after()],
            dts: vec![0.5],
            limit_dt: 0.125,
        };
        let (neuron, _) = study.checked().unwrap();
        let drawn = study.draw(1);
        let exact = study.exact(&neuron, &drawn);
        assert!(exact[1] > 10, "{exact:?}");
        // Arrivals are rounded up to the grid, by less than a step: at 1/128 ms a spike can hardly change sides.
        let stepped = study.stepped(&neuron, &drawn, Synapse::CHARGE.after(), LayerScheme::Projective8, 0.0078125);
        assert_eq!(stepped.unwrap(), exact);
    }
}
