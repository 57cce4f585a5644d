//! A layer with lateral inhibition: the part of its spikes that is [`spurious`], without and with a lower bound of v.
//!
//! A spike is judged from the scheme's own state at the start of its step. Euler throws v to thousands of mV below rest, which draws u so
//! far down that the equations, too, soon spike from there: its share falls at the strongest inhibition, its number of spikes does not.

use spikestep::population::layer::RandomWeights;
use spikestep::population::spurious::{self, Spurious};
use spikestep::population::{LayerSpec, Network, Synapse, Weights};

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
const SCHEMES: [&str; 5] = ["bindsnet", "euler", "rk2", "rk4", "projective-8"];
const SYNAPSES: [Synapse; 2] = [Synapse::BINDSNET, Synapse::CHARGE];
const SEEDS: std::ops::RangeInclusive<u64> = 1..=2;
/// Lower bounds of v \[mV\], tried with BindsNET's synapse at its own step and the strongest inhibition.
const LBOUNDS: [f64; 8] = [-300.0, -150.0, -129.0, -110.0, -90.0, -80.0, -70.0, -65.0];

/// One setting of the layer.
#[derive(Clone, Copy)]
struct Setting {
    scheme: &'static str,
    synapse: Synapse,
    dt: f64,
    inhibition: f64,
    lbound: Option<f64>,
}

/// Writes the counts and their figure, and gives the tables.
pub(super) fn run(outputs: &mut Outputs<'_>) -> Result<String> {
    let (dt, inhibition) = (DTS[0], largest(INHIBITIONS));
    let setting = Setting { scheme: SCHEMES[0], synapse: SYNAPSES[0], dt, inhibition, lbound: None };
    let of = |setting| SCHEMES.map(|scheme| Setting { scheme, ..setting });
    let inhibited = SYNAPSES
        .into_iter()
        .flat_map(|synapse| INHIBITIONS.map(|inhibition| Setting { synapse, inhibition, ..setting }));
    let free: Vec<Setting> = inhibited.flat_map(of).flat_map(|s| DTS.map(|dt| Setting { dt, ..s })).collect();
    let bounded = |lbound| of(Setting { lbound: Some(lbound), ..setting });
    let settings: Vec<Setting> = free.iter().copied().chain(LBOUNDS.into_iter().flat_map(bounded)).collect();
    let counted = |s: Setting| Ok((s, counted(&s)?));
    let counts: Vec<(Setting, Spurious)> = settings.into_par_iter().map(counted).collect::<Result<_>>()?;
    let header =
        "synapse,inhibition_mV_per_ms,scheme,dt_ms,lbound_mV,spikes,spurious,least_input_mV_per_ms,lowest_v_mV";
    let row = |(s, c): &(Setting, Spurious)| {
        let found = fields![c.spikes, c.spurious, c.least_input, c.lowest_v];
        [fields![s.synapse, s.inhibition, s.scheme, s.dt, optional(s.lbound)], found].concat()
    };
    outputs.csv("layer.csv", header, counts.iter().map(row))?;
    let (free, bounded) = counts.split_at(free.len());
    let shown = INHIBITIONS.into_iter().filter(|i| *i > 0.0);
    let panels = shown.flat_map(|i| SYNAPSES.map(|synapse| panel(free, synapse, i))).collect();
    let title = "The part of a layer's spikes that the equations do not have";
    draw(outputs, "inhibition_layer", title, ["dt_ms", "spurious_percent"], SYNAPSES.len(), panels)?;
    let entry = |(_, c): &(Setting, Spurious)| format!("{} {}", c.spikes, percent(c));
    let rows = free.chunks(DTS.len()).map(|of| {
        let Setting { synapse, inhibition, scheme, .. } = of[0].0;
        [fields![synapse, inhibition, scheme], of.iter().map(entry).collect()].concat()
    });
    let heads = DTS.map(|dt| format!(",{dt} ms")).concat();
    let free_table = table(&format!("synapse,inhibition,scheme{heads}"), rows);
    let rows = bounded
        .chunks(SCHEMES.len())
        .map(|of| [fields![optional(of[0].0.lbound)], of.iter().map(entry).collect()].concat());
    let bounded_table = table(&format!("lower bound,{}", SCHEMES.join(",")), rows);
    Ok(format!(
        "\nA layer of {NEURONS} of BindsNET's neurons, {INPUTS} inputs, {DURATION} ms, {} seeds: spikes, and the part of them that the \
         equations do not have, against dt\n{free_table}\nThe same with a lower bound of v [mV], at dt = {dt} ms with BindsNET's \
         synapse and an inhibition of {inhibition} mV/ms\n{bounded_table}",
        SEEDS.count()
    ))
}

/// The part of the spikes that is spurious; a dash where there are none.
fn percent(count: &Spurious) -> String {
    count.share().map_or_else(|| "-".to_owned(), |share| format!("{} %", three(100.0 * share)))
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

/// Runs BindsNET's neurons, drawn at random, and counts their spikes.
fn run_layer(setting: &Setting, seed: u64) -> Result<Spurious> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed ^ 0x5eed);
    let (n, dt) = (NEURONS, setting.dt);
    let number = |w: f64| setting.synapse.number(w, 1.0);
    let weights = (0..INPUTS * n).map(|_| number(2.0 * WEIGHT * rng.random::<f64>())).collect();
    let lateral = (0..n * n).map(|k| if k / n == k % n { 0.0 } else { -number(setting.inhibition) }).collect();
    let mut network = Network::<f64>::new(dt, 1)?;
    let x = network.add_input("X", INPUTS, None)?;
    let drawn = LayerSpec::random(n, 1.0, RandomWeights::None, seed)?;
    let spec = LayerSpec { scheme: scheme(setting.scheme), lbound: setting.lbound, ..drawn };
    let y = network.add_layer("Y", spec)?;
    // A millisecond late at every step, BindsNET's one step at 1 ms.
    let delay = (1.0 / dt).round() as usize;
    network.connect_with(x, y, Weights::dense(INPUTS, n, weights)?, delay, setting.synapse)?;
    network.connect_with(y, y, Weights::dense(n, n, lateral)?, delay, setting.synapse)?;
    // Pictures in turn, drawn once for all steps.
    let rate = |rng: &mut ChaCha8Rng| if rng.random::<f64>() < ON { RATE / 1000.0 } else { 0.0 };
    let pictures = Trains::poisson(INPUTS, DURATION, PICTURE, seed, rate);
    spurious::count(&mut network, y, (DURATION / dt).round() as u64, pictures.feed(x, dt), &mut [])
}

/// What a setting counts, over the seeds.
fn counted(setting: &Setting) -> Result<Spurious> {
    let mut seeds = SEEDS;
    seeds.try_fold(Spurious::NONE, |sum, seed| Ok(sum.and(run_layer(setting, seed)?)))
}
