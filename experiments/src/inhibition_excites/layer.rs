//! A layer with lateral inhibition: the part of its spikes that is [`spurious`], and what a lower bound of v does to them and to the others.
//!
//! A spike is judged from the scheme's own state at the start of its step. Euler throws v to thousands of mV below rest, which draws u so
//! far down that the equations, too, soon spike from there: its share falls at the strongest inhibition, its number of spikes does not.

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use rayon::prelude::*;
use spikestep::Result;
use spikestep::population::layer::RandomWeights;
use spikestep::population::spurious::{self, Spurious};
use spikestep::population::{Layer, LayerSpec, Monitor, Network, Synapse, Variable, Weights};
use spikestep::report::chart::Panel;
use spikestep::report::{three, three_or_dash};

use crate::shared::*;

const INPUTS: usize = 64;
const NEURONS: usize = 100;
const DURATION: f64 = 200.0; // ms
const PICTURE: f64 = 100.0; // How long a picture is shown [ms]
const ON: f64 = 0.3; // The part of the inputs that is on in a picture
const RATE: f64 = 128.0; // Of an input that is on: BindsNET's intensity [Hz]
const WEIGHT: f64 = 4.0; // Mean weight of an input at a step of 1 ms [mV/ms]; weights are uniform from 0 to twice that
/// Lateral weights, from each neuron onto all others, at a step of 1 ms \[mV/ms\]. BindsNET's own examples have 17.5
/// (bindsnet/models/models.py, DiehlAndCook2015 and DiehlAndCook2015v2), 25 (LocallyConnectedNetwork there, and examples/mnist/loc2d_mnist.py)
/// and 120 (examples/mnist/eth_mnist.py, batch_eth_mnist.py and supervised_mnist.py). IzhikevichNodes themselves draw S from −1 to 0.5.
const INHIBITIONS: [f64; 4] = [0.0, 17.5, 25.0, 120.0];
const DTS: [f64; 3] = [1.0, 0.5, 0.25]; // Steps [ms], whole parts of 1 ms
/// Without rk4+located, which runs away here: a thousand spikes in a step, nearly all spurious, and each sent on.
const SCHEMES: [&str; 5] = ["bindsnet", "euler", "rk2", "rk4", EXACT];
const EXACT: &str = "projective-8"; // Its spikes are true
const SYNAPSES: [Synapse; 2] = [Synapse::BINDSNET, Synapse::CHARGE];
const SEEDS: std::ops::RangeInclusive<u64> = 1..=2;
/// Lower bounds of v \[mV\], tried with BindsNET's synapse at its own step and the strongest inhibition.
const LBOUNDS: [f64; 8] = [-300.0, -150.0, -129.0, -110.0, -90.0, -80.0, -70.0, -65.0];
const WINDOW: f64 = 2.0; // Spikes within so much are the same one [ms]
const MOVED: f64 = 0.1; // From here on a spike counts as moved [ms]

/// One setting of the layer.
#[derive(Clone, Copy)]
struct Setting {
    scheme: &'static str,
    synapse: Synapse,
    dt: f64,
    inhibition: f64,
    lbound: Option<f64>,
}

/// The tables, and a sentence on the most that was found.
pub(super) fn run(outputs: &mut Outputs<'_>) -> Result<(String, String)> {
    let of = |(synapse, inhibition)| {
        let of = move |scheme| DTS.map(|dt| Setting { scheme, synapse, dt, inhibition, lbound: None });
        SCHEMES.into_iter().flat_map(of)
    };
    let pairs = SYNAPSES.into_iter().flat_map(|synapse| INHIBITIONS.map(|inhibition| (synapse, inhibition)));
    let settings: Vec<Setting> = pairs.flat_map(of).collect();
    let counted = |s: Setting| Ok((s, counted(&s)?));
    let counts: Vec<(Setting, Spurious)> = settings.into_par_iter().map(counted).collect::<Result<_>>()?;
    let shown = INHIBITIONS.into_iter().filter(|i| *i > 0.0);
    let panels = shown.flat_map(|i| SYNAPSES.map(|synapse| panel(&counts, synapse, i))).collect();
    let title = "The part of a layer's spikes that the equations do not have";
    draw(outputs, "inhibition_layer", title, ["dt_ms", "spurious_percent"], SYNAPSES.len(), panels)?;
    let header = "synapse,inhibition_mV_per_ms,scheme,dt_ms,spikes,spurious,least_input_mV_per_ms,lowest_v_mV";
    let row = |(s, c): &(Setting, Spurious)| {
        let found = fields![c.spikes, c.spurious, c.least_input, c.lowest_v];
        [fields![s.synapse, s.inhibition, s.scheme, s.dt], found].concat()
    };
    let table = outputs.table("layer.csv", header, counts.iter().map(row))?;
    let tables = format!(
        "\nA layer of {NEURONS} of BindsNET's neurons, {INPUTS} inputs, {DURATION} ms, {} seeds: spikes, and those of them the equations \
         do not have\n{table}{}",
        SEEDS.count(),
        bounds(outputs)?
    );
    let shares = counts.iter().filter_map(|(s, c)| Some((s, c.share()?)));
    let most = shares.max_by(|a, b| a.1.total_cmp(&b.1)).map_or_else(String::new, |(s, share)| {
        let (share, Setting { scheme, dt, synapse, inhibition, .. }) = (three(100.0 * share), s);
        format!("The most in the layer: {share} % of the spikes of {scheme} at dt = {dt} ms, {synapse} with {inhibition} mV/ms.\n")
    });
    Ok((tables, most))
}

fn panel(counts: &[(Setting, Spurious)], synapse: Synapse, inhibition: f64) -> Panel {
    let line = |name: &'static str| {
        let own = |s: &Setting| s.scheme == name && s.synapse == synapse && s.inhibition == inhibition;
        let own = counts.iter().filter(|(s, _)| own(s));
        let points = own.filter_map(|(s, c)| Some((s.dt, 100.0 * c.share()?)));
        marked(name, points)
    };
    let heading = format!("{synapse}, inhibition {inhibition} mV/ms at 1 ms");
    log_panel(heading, ("time step dt [ms]", "spurious spikes [%]"), SCHEMES.map(line))
}

/// BindsNET's neurons at random, unconnected.
fn spec(setting: &Setting, seed: u64) -> Result<LayerSpec> {
    let spec = LayerSpec::random(NEURONS, 1.0, RandomWeights::None, seed)?;
    Ok(LayerSpec { scheme: scheme(setting.scheme), lbound: setting.lbound, ..spec })
}

/// Runs a setting; what it counts, and the inputs of all neurons, step by step, where `keep` asks for them.
fn run_layer(setting: &Setting, seed: u64, keep: bool) -> Result<(Spurious, Vec<Vec<f64>>)> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed ^ 0x5eed);
    let (n, dt) = (NEURONS, setting.dt);
    let number = |w: f64| setting.synapse.number(w, 1.0);
    let weights = (0..INPUTS * n).map(|_| number(2.0 * WEIGHT * rng.random::<f64>())).collect();
    let lateral = (0..n * n).map(|k| if k / n == k % n { 0.0 } else { -number(setting.inhibition) }).collect();
    let mut network = Network::<f64>::new(dt, 1)?;
    let x = network.add_input("X", INPUTS, None)?;
    let y = network.add_layer("Y", spec(setting, seed)?)?;
    // A millisecond late at every step, BindsNET's one step at 1 ms.
    let delay = (1.0 / dt).round() as usize;
    network.connect_with(x, y, Weights::dense(INPUTS, n, weights)?, delay, setting.synapse)?;
    network.connect_with(y, y, Weights::dense(n, n, lateral)?, delay, setting.synapse)?;
    // Pictures in turn, drawn once for all steps.
    let rate = |rng: &mut ChaCha8Rng| if rng.random::<f64>() < ON { RATE / 1000.0 } else { 0.0 };
    let pictures = Trains::poisson(INPUTS, DURATION, PICTURE, seed, rate);
    let steps = (DURATION / dt).round() as u64;
    let mut monitors = if keep { vec![Monitor::states(&[Variable::Input]).of(y)] } else { vec![] };
    let found = spurious::count(&mut network, y, steps, pictures.feed(x, dt), &mut monitors)?;
    let series = |i: usize| monitors.first().and_then(|m| m.series(Variable::Input, 0, i as u32));
    Ok((found, (0..n).filter_map(series).collect()))
}

/// What a setting counts, over the seeds.
fn counted(setting: &Setting) -> Result<Spurious> {
    let mut seeds = SEEDS;
    seeds.try_fold(Spurious::NONE, |sum, seed| Ok(sum.and(run_layer(setting, seed, false)?.0)))
}

/// The spikes \[ms\] of each neuron of a layer without connections under `inputs`, as [`run_layer`] gives them.
fn replay(setting: &Setting, seed: u64, inputs: &[Vec<f64>]) -> Result<Vec<Vec<f64>>> {
    let mut layer = Layer::<f64>::new(spec(setting, seed)?, setting.dt, 1)?;
    let mut monitors = [Monitor::spikes()];
    let feed = |step: u64, input: &mut [f64]| {
        input.iter_mut().zip(inputs).for_each(|(x, series)| *x = series[step as usize]);
        Ok(())
    };
    layer.run_recorded(inputs[0].len() as u64, feed, &mut monitors)?;
    let mut trains = vec![Vec::new(); NEURONS];
    for (_, spike) in monitors[0].recorded_spikes() {
        trains[spike.neuron as usize].push(spike.t);
    }
    Ok(trains)
}

/// What a lower bound costs the true spikes.
#[derive(Default)]
struct Price {
    /// Spikes without the bound.
    spikes: usize,
    /// Those that have no partner within [`WINDOW`] with it, and those with it that have none without.
    lost: usize,
    added: usize,
    /// Partners more than [`MOVED`] apart, and the sum of their distances \[ms\].
    moved: usize,
    shifts: f64,
}

impl Price {
    /// Mean distance of the partners that moved \[ms\].
    fn mean(&self) -> f64 {
        if self.moved > 0 { self.shifts / self.moved as f64 } else { 0.0 }
    }
}

/// Distances \[ms\] of spikes that lie within [`WINDOW`] of each other, one to one, in the order of time.
fn partners(a: &[f64], b: &[f64]) -> Vec<f64> {
    let (mut i, mut j, mut pairs) = (0, 0, Vec::new());
    while i < a.len() && j < b.len() {
        if (a[i] - b[j]).abs() <= WINDOW {
            pairs.push((a[i] - b[j]).abs());
            (i, j) = (i + 1, j + 1);
        } else if a[i] < b[j] {
            i += 1;
        } else {
            j += 1;
        }
    }
    pairs
}

/// The table of lower bounds.
fn bounds(outputs: &mut Outputs<'_>) -> Result<String> {
    let (dt, inhibition) = (DTS[0], INHIBITIONS[INHIBITIONS.len() - 1]);
    let setting = |scheme, lbound| Setting { scheme, synapse: Synapse::BINDSNET, dt, inhibition, lbound };
    // The inputs of true runs, and what comes of them without a bound.
    let frozen = SEEDS.map(|seed| {
        let exact = setting(EXACT, None);
        let inputs = run_layer(&exact, seed, true)?.1;
        Ok((seed, replay(&exact, seed, &inputs)?, inputs))
    });
    let frozen = frozen.collect::<Result<Vec<_>>>()?;
    let row = |lbound: Option<f64>| {
        let mut price = Price::default();
        for (seed, free, inputs) in &frozen {
            let mut own = Price::default();
            for (a, b) in free.iter().zip(&replay(&setting(EXACT, lbound), *seed, inputs)?) {
                let pairs = partners(a, b);
                price.spikes += a.len();
                price.lost += a.len() - pairs.len();
                price.added += b.len() - pairs.len();
                for shift in pairs.into_iter().filter(|shift| *shift > MOVED) {
                    own.moved += 1;
                    own.shifts += shift;
                }
            }
            // Seeds weigh as their spikes do.
            price.shifts = price.mean() * price.moved as f64 + own.mean() * own.moved as f64;
            price.moved += own.moved;
        }
        let counts = SCHEMES.iter().map(|scheme| counted(&setting(scheme, lbound))).collect::<Result<Vec<_>>>()?;
        Ok((lbound.map_or_else(|| "none".to_owned(), |x| x.to_string()), counts, price))
    };
    let all: Vec<Option<f64>> = std::iter::once(None).chain(LBOUNDS.map(Some)).collect();
    let rows: Vec<(String, Vec<Spurious>, Price)> = all.into_par_iter().map(row).collect::<Result<_>>()?;
    let price = |p: &Price| fields![p.spikes, p.lost, p.added, p.moved];
    let csv = rows.iter().flat_map(|(name, counts, p)| {
        let row = move |(scheme, c): (&&str, &Spurious)| {
            [fields![name, scheme, c.spikes, c.spurious], price(p), fields![p.mean()]].concat()
        };
        SCHEMES.iter().zip(counts).map(row)
    });
    let header = "lbound_mV,scheme,spikes,spurious,true_spikes,lost,added,moved,mean_shift_ms";
    outputs.csv("lbound.csv", header, csv)?;
    let shown = rows.iter().map(|(name, counts, p)| {
        let shares = counts.iter().map(|c| three_or_dash(c.share().map(|share| 100.0 * share)));
        std::iter::once(name.clone()).chain(shares).chain(price(p)).chain([three(p.mean())]).collect()
    });
    let head = format!("lbound,{},true,lost,added,moved,by [ms]", SCHEMES.join(","));
    Ok(format!(
        "\nLower bounds of v at dt = {dt} ms and an inhibition of {inhibition} mV/ms (BindsNET's synapse): spurious spikes in a hundred of \
         each scheme, and what the bound alone does to true spikes ({EXACT} under one recorded input): of them lost, added and moved by \
         more than {MOVED} ms, and how far\n{}",
        table(&head, shown)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn partners_are_one_to_one_and_near() {
        assert_eq!(partners(&[10.0, 20.0, 30.0], &[10.5, 25.0, 29.0, 30.5]), [0.5, 1.0]);
        assert!(partners(&[], &[1.0]).is_empty());
    }
}
