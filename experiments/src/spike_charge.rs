//! Inputs spike at random, drawn once in continuous time; they drive a first layer, which drives a second. All delays are the same in ms
//! at every step. The limit of the jumps is solved from arrival to arrival at the exact times, layer after layer; that of the exponential
//! currents is `projective-8` at a small step.

use spikestep::population::{Delivery, LayerSpec, Monitor, Network, Synapse, Weights};

use crate::shared::*;

pub(crate) const QUESTION: &str = "What does halving dt do to a neuron and to a feed-forward network when the weight of a spike is kept, and when its charge is?";

const CELL: &str = "RS"; // Cell type of all neurons, at its own peak
const INPUTS: usize = 100;
const LAYERS: [usize; 2] = [40, 10]; // Neurons of the first and of the second layer
const RATE: f64 = 30.0; // Of an input [Hz]
const FAN_IN: f64 = 0.5; // The part of the inputs that a neuron of the first layer is connected to
/// Charge of a spike \[mV\]: of an input (mean; uniform from 0 to twice that), and between the layers. BindsNET adds a weight in mV/ms to
/// the input of one step, whose charge is weight × dt: at 1 ms the numbers are the same for all synapses.
const CHARGES: [f64; 2] = [4.0, 6.0];
const DELAY: f64 = 1.0; // Of all connections [ms]
const DURATION: f64 = 1000.0; // ms
const SEEDS: u64 = 6; // Runs with inputs and weights of their own
const SCHEMES: [&str; 4] = ["bindsnet", "euler", "rk4+located", "projective-8"];
const SYNAPSES: [Synapse; 5] = [
    Synapse::BINDSNET,
    Synapse::CHARGE,
    Synapse::exponential(5.0), // ms
    Synapse::CHARGE.after(),
    Synapse::exponential(5.0).after(),
];
const SHOWN: usize = 3; // The first of them have panels; arrival after the update stands in the table
const DTS: [f64; 5] = [1.0, 0.5, 0.25, 0.125, 0.0625]; // Steps [ms], falling: whole parts of the delay
const LIMIT_DT: f64 = 0.03125; // Step of the limit of exponential currents [ms]

/// Whose rates: the 1 neuron is the first of layer 1.
const WHO: [&str; 3] = ["1 neuron", "layer 1", "layer 2"];

/// What a seed draws.
struct Drawn {
    trains: Trains,
    /// Charges \[mV\] of the inputs on the neurons of the first layer.
    weights: Vec<f64>,
}

/// Rates \[Hz\] with a synapse on all connections.
struct Row {
    synapse: Synapse,
    /// A scheme, or the limit dt → 0, whose `dt` \[ms\] is 0.
    scheme: &'static str,
    dt: f64,
    rates: [f64; 3],
}

const LIMIT: &str = "limit"; // The name of a limit in tables

pub(crate) fn run(outputs: &mut Outputs<'_>) -> Result<String> {
    let drawn: Vec<Drawn> = (1..=SEEDS).map(|seed| draw_seed(INPUTS, LAYERS[0], seed)).collect();
    let settings = SCHEMES.iter().flat_map(|&scheme| DTS.map(|dt| (scheme, dt))).chain([(LIMIT, 0.0)]);
    let all: Vec<_> = SYNAPSES.iter().flat_map(|&synapse| settings.clone().map(move |s| (synapse, s))).collect();
    let row = |(synapse, (name, dt)): (Synapse, (&'static str, f64))| {
        let count = |drawn: &Drawn| match (name, synapse.delivery) {
            // The weight is kept, the charge vanishes.
            (LIMIT, Delivery::Weight) => Ok([0; 3]),
            (LIMIT, Delivery::Charge) => Ok(exact(drawn, LAYERS, DURATION)),
            (LIMIT, _) => stepped(drawn, LAYERS, DURATION, synapse, "projective-8", LIMIT_DT),
            _ => stepped(drawn, LAYERS, DURATION, synapse, name, dt),
        };
        let counts: Vec<[usize; 3]> = drawn.par_iter().map(count).collect::<Result<_>>()?;
        let rate = |(k, size): (usize, usize)| {
            let spikes: usize = counts.iter().map(|count| count[k]).sum();
            1000.0 * spikes as f64 / (size * counts.len()) as f64 / DURATION
        };
        Ok(Row { synapse, scheme: name, dt, rates: [(0, 1), (1, LAYERS[0]), (2, LAYERS[1])].map(rate) })
    };
    let rows: Vec<Row> = all.into_par_iter().map(row).collect::<Result<_>>()?;
    let title = "Rates against the step where the weight of a spike is kept and where its charge is";
    draw(outputs, "spike_charge", title, ["dt_ms", "rate_Hz"], SHOWN, panels(&rows))?;
    let csv = rows.iter().map(|r| fields![r.synapse, r.scheme, r.dt, r.rates[0], r.rates[1], r.rates[2]]);
    let table =
        outputs.table("rates.csv", "synapse,scheme,dt_ms,neuron_alone_Hz,first_layer_Hz,second_layer_Hz", csv)?;
    Ok(format!(
        "Rates [Hz], mean of {SEEDS} seeds, {INPUTS} inputs at {RATE} Hz, {DURATION} ms; limit: dt → 0\n{table}"
    ))
}

fn draw_seed(inputs: usize, first: usize, seed: u64) -> Drawn {
    let trains = Trains::poisson(inputs, DURATION, DURATION, seed, |_| RATE / 1000.0);
    let mut rng = ChaCha8Rng::seed_from_u64(seed ^ 0x5eed);
    let mut weight = || {
        let (there, size): (f64, f64) = (rng.random(), rng.random());
        if there < FAN_IN { 2.0 * CHARGES[0] * size } else { 0.0 }
    };
    Drawn { trains, weights: (0..inputs * first).map(|_| weight()).collect() }
}

/// Spikes of the network at a step.
fn stepped(
    drawn: &Drawn,
    [first, second]: [usize; 2],
    duration: f64,
    synapse: Synapse,
    name: &str,
    dt: f64,
) -> Result<[usize; 3]> {
    let spec = |count| LayerSpec { scheme: scheme(name), ..LayerSpec::new(vec![cell(CELL).neuron; count]) };
    let number = |charge: f64| synapse.number(charge, 1.0);
    let inputs = drawn.weights.len() / first;
    let mut network = Network::<f64>::new(dt, 1)?;
    let x = network.add_input("X", inputs, None)?;
    let [a, b] = [network.add_layer("A", spec(first))?, network.add_layer("B", spec(second))?];
    let delay = (DELAY / dt).round() as usize;
    let weights = Weights::dense(inputs, first, drawn.weights.iter().map(|q| number(*q)).collect())?;
    network.connect_with(x, a, weights, delay, synapse)?;
    let between = Weights::dense(first, second, vec![number(CHARGES[1]); first * second])?;
    network.connect_with(a, b, between, delay, synapse)?;
    let mut monitors = [Monitor::spikes().of(a), Monitor::spikes().of(b)];
    network.run((duration / dt).round() as u64, drawn.trains.feed(x, dt), &mut monitors)?;
    let spikes = monitors[0].recorded_spikes();
    let alone = spikes.iter().filter(|(_, spike)| spike.neuron == 0).count();
    Ok([alone, spikes.len(), monitors[1].recorded_spikes().len()])
}

/// Spikes of the equations with jumps of v at the exact times of arrival.
fn exact(drawn: &Drawn, [first, second]: [usize; 2], duration: f64) -> [usize; 3] {
    let neuron = cell(CELL).neuron;
    let problem = Problem { neuron, stimulus: Stimulus::constant(0.0), initial: neuron.resting_start(), duration };
    let arrivals = |i: usize| {
        let jump = move |&(t, input): &(f64, usize)| (t + DELAY, drawn.weights[input * first + i]);
        drawn.trains.0.iter().map(jump).filter(|(_, q)| *q != 0.0)
    };
    let trains: Vec<Vec<f64>> = (0..first).map(|i| jumped(&problem, arrivals(i))).collect();
    let mut sent: Vec<(f64, f64)> = trains.iter().flatten().map(|t| (t + DELAY, CHARGES[1])).collect();
    sent.sort_by(|a, b| a.0.total_cmp(&b.0));
    // All neurons of the second layer are the same neuron.
    [trains[0].len(), trains.iter().map(Vec::len).sum(), second * jumped(&problem, sent).len()]
}

/// The rows of a synapse and a scheme.
fn of<'r>(rows: &'r [Row], synapse: Synapse, scheme: &str) -> impl Iterator<Item = &'r Row> {
    rows.iter().filter(move |row| row.synapse == synapse && row.scheme == scheme)
}

fn panels(rows: &[Row]) -> Vec<Panel> {
    let panel = |k: usize, synapse: Synapse| {
        let points = |&scheme: &&'static str| of(rows, synapse, scheme).map(|row| (row.dt, row.rates[k]));
        let lines = SCHEMES.iter().map(|s| marked(*s, points(s)));
        let limit = of(rows, synapse, LIMIT).flat_map(|row| [DTS[DTS.len() - 1], DTS[0]].map(|dt| (dt, row.rates[k])));
        let limit = Series { look: Look::Reference, ..line("limit dt → 0", limit) };
        log_panel(
            format!("{}, {synapse}", WHO[k]),
            ("time step dt [ms]", "rate [Hz]"),
            std::iter::once(limit).chain(lines),
        )
    };
    (0..WHO.len()).flat_map(|k| SYNAPSES[..SHOWN].iter().map(move |s| (k, *s))).map(|(k, s)| panel(k, s)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_with_jumps_go_to_the_solution_from_arrival_to_arrival() {
        let (layers, duration) = ([3, 2], 400.0);
        let drawn = draw_seed(160, layers[0], 1);
        let exact = exact(&drawn, layers, duration);
        assert!(exact[1] > 10, "{exact:?}");
        // Arrivals are rounded up to the grid, by less than a step: at 1/128 ms a spike can hardly change sides.
        let stepped = stepped(&drawn, layers, duration, Synapse::CHARGE.after(), "projective-8", 0.0078125);
        assert_eq!(stepped.unwrap(), exact);
    }
}
