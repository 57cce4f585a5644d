//! The table of the kind `network` as it stands in a file.

use std::fmt;
use std::path::PathBuf;

use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use serde::Deserialize;
use toml::Spanned;

use super::super::StudyInput;
use super::super::file::{Flaw, Listed, Quantity, Size, Time, folder};
use super::NetworkQuestion;
use super::draw::{self, Cells, Rule, Spread};
use super::edge_file::read_edges;
use crate::Stimulus;
use crate::error::{Error, Result, shown};
use crate::model::NeuronSpec;
use crate::population::Delivery;
use crate::population::exact::{CoupledNeurons, Edge, Group};
use crate::scheme::Scheme;
use data::quantity::{Dimension, SLOPE, TIME, VOLTAGE};

/// The parameters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CoupledTable {
    duration: Spanned<Quantity<Time>>,
    synapse: Spanned<SynapseKey>,
    populations: Spanned<Vec<Population>>,
    #[serde(default)]
    projections: Vec<Projection>,
    schemes: Option<Spanned<Listed<Scheme>>>,
    dt: Option<Spanned<Listed<Size<false>>>>,
    /// What the truth is solved to \[ms\].
    tolerance: Option<Spanned<f64>>,
    /// A spike so near to the truth's is right.
    within: Option<Spanned<Quantity<Time>>>,
    /// How many truths with changed bits.
    ensemble: Option<Spanned<u64>>,
    /// The folder of the file.
    #[serde(skip, default = "folder")]
    folder: PathBuf,
}

/// Neurons of a kind.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Population {
    name: Spanned<String>,
    n: Option<Spanned<u32>>,
    neuron: Spanned<String>,
    input: Option<Spanned<Words>>,
    v0: Option<Spanned<Words>>,
    u0: Option<Spanned<Words>>,
    #[serde(default = "one")]
    seed: u64,
}

/// Edges from one population to another.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Projection {
    from: Spanned<String>,
    to: Spanned<String>,
    rule: Option<Spanned<String>>,
    edges: Option<Spanned<String>>,
    weight: Option<Spanned<Words>>,
    delay_ms: Option<Spanned<Words>>,
    #[serde(default = "one")]
    seed: u64,
}

fn one() -> u64 {
    1
}

/// Unless a file says otherwise: what the truth is solved to \[ms\], what is right \[ms\], and how many truths there are.
const TOLERANCE: f64 = 1e-9;
const WITHIN: f64 = 1.0;
const ENSEMBLE: u64 = 8;
/// Of those the fewest, whose spread is known, and the most.
const ENSEMBLES: std::ops::RangeInclusive<u64> = 3..=100;
/// Most neurons, and pieces of all their inputs together: some gigabytes.
const MOST_NEURONS: u64 = 1_000_000;
const MOST_PIECES: usize = 100_000_000;
/// Steps of all neurons in one run at the most: an hour or so.
const MOST_STEPS: f64 = 1e11;

type Checked<T> = std::result::Result<T, Flaw>;

/// Puts an error where its text stands.
fn at<V>(place: &Spanned<V>) -> impl Fn(Error) -> Flaw + use<V> {
    let span = place.span();
    move |error| Flaw { span: Some(span.clone()), error }
}

impl CoupledTable {
    /// What the file asks.
    pub(crate) fn question(&self) -> Checked<NetworkQuestion> {
        let duration = self.positive("duration", &self.duration)?;
        let (groups, counts) = self.groups()?;
        let (mut neurons, mut initial, mut inputs) = (Vec::new(), Vec::new(), Vec::new());
        let mut pieces = 0;
        for (population, count) in self.populations.get_ref().iter().zip(counts) {
            let mut lots = ChaCha8Rng::seed_from_u64(population.seed);
            let drawn = population.drawn(&self.folder)?;
            for i in 0..count {
                let (spec, input) = drawn.neuron(i, count, population.seed, duration, &mut lots)?;
                pieces += input.pieces().len();
                if pieces > MOST_PIECES {
                    let given = format!("{pieces} pieces by neuron {i} of {}", population.name.get_ref());
                    let mend = "Take a coarser grid of the noise, or a shorter duration.";
                    let error = Error::invalid("all inputs", given, format!("at most {MOST_PIECES}"), mend);
                    return Err(at(population.input.as_ref().map_or(&drawn.nowhere, |i| i))(error));
                }
                neurons.push(spec.neuron);
                initial.push(spec.initial);
                inputs.push(input);
            }
        }
        let mut edges: Vec<Edge> = Vec::new();
        for projection in &self.projections {
            let [from, to] = [&projection.from, &projection.to].map(|end| {
                let names = || groups.iter().map(|(name, _)| name.as_str());
                let found = groups.iter().find(|(name, _)| name == end.get_ref());
                found.ok_or_else(|| at(end)(Error::unknown("population", end.get_ref(), names())))
            });
            edges.extend(projection.edges(from?, to?, &self.folder)?);
        }
        let delivery = self.synapse.get_ref().delivery().map_err(at(&self.synapse))?;
        let network = CoupledNeurons::new(neurons, initial, inputs, edges, delivery, duration)?;
        let (schemes, dts) = self.settings(&network)?;
        let tolerance = match &self.tolerance {
            None => TOLERANCE,
            Some(given) if (1e-13..=1.0).contains(given.get_ref()) => *given.get_ref(),
            Some(given) => {
                let error = Error::invalid("tolerance", shown(*given.get_ref()), "1e-13 to 1 ms", "Take 1e-9.");
                return Err(at(given)(error));
            }
        };
        let within = self.within.as_ref().map_or(Ok(WITHIN), |within| self.positive("within", within))?;
        let ensemble = match &self.ensemble {
            Some(given) if !ENSEMBLES.contains(given.get_ref()) => {
                let allowed = format!("{} to {}", ENSEMBLES.start(), ENSEMBLES.end());
                let error = Error::invalid("ensemble", given.get_ref(), allowed, "Take 8.");
                return Err(at(given)(error));
            }
            given => given.as_ref().map_or(ENSEMBLE, |given| *given.get_ref()) as usize,
        };
        Ok(NetworkQuestion { network, groups, schemes, dts, tolerance, within, ensemble })
    }

    fn positive(&self, what: &str, given: &Spanned<Quantity<Time>>) -> Checked<f64> {
        let value = given.get_ref().0;
        crate::error::positive(&format!("{what} in ms"), value, "Give one such as 1000.").map_err(at(given))
    }

    /// The populations, and how many neurons each has.
    fn groups(&self) -> Checked<(Vec<Group>, Vec<u32>)> {
        let all = self.populations.get_ref();
        let mut groups: Vec<Group> = Vec::new();
        let mut counts = Vec::new();
        let mut end = 0u32;
        if all.is_empty() {
            let error = Error::invalid("populations", "an empty list", "at least one", "Add [[network.populations]].");
            return Err(at(&self.populations)(error));
        }
        for population in all {
            let name = population.name.get_ref();
            if name.is_empty() || groups.iter().any(|(known, _)| known == name) {
                let mend = "Name each population once.";
                let error = Error::invalid("name of a population", format!("'{name}'"), "a name of its own", mend);
                return Err(at(&population.name)(error));
            }
            let count = population.n.as_ref().map_or(1, |n| *n.get_ref());
            if count == 0 || u64::from(end) + u64::from(count) > MOST_NEURONS {
                let allowed = format!("1 or more, and at most {MOST_NEURONS} neurons in all");
                let error = Error::invalid("n", count, allowed, "Give the number of neurons.");
                let place = population.n.as_ref().map_or_else(|| population.name.span(), Spanned::span);
                return Err(Flaw { span: Some(place), error });
            }
            groups.push((name.clone(), end..end + count));
            counts.push(count);
            end += count;
        }
        Ok((groups, counts))
    }

    /// The schemes and steps.
    fn settings(&self, network: &CoupledNeurons) -> Checked<(Vec<Scheme>, Vec<f64>)> {
        let schemes = self.schemes.as_ref().map(|schemes| schemes.get_ref().0.clone()).unwrap_or_default();
        let dts: Vec<f64> = self.dt.iter().flat_map(|dt| dt.get_ref().0.iter().map(|dt| dt.0)).collect();
        let mend = "Name schemes with a step, such as half-step, or leave schemes and dt out for the truth alone.";
        if let (Some(place), Some(adaptive)) = (&self.schemes, schemes.iter().find(|scheme| scheme.is_adaptive())) {
            let allowed = "schemes on a grid: the truth is solved without one";
            return Err(at(place)(Error::invalid("schemes", format!("'{adaptive}'"), allowed, mend)));
        }
        match (&self.schemes, &self.dt) {
            (Some(place), None) if !schemes.is_empty() => {
                let error = Error::invalid("schemes", "given without dt", "schemes with steps", "Add dt = [0.1, 1].");
                return Err(at(place)(error));
            }
            (None, Some(place)) => {
                let error = Error::invalid("dt", "given without schemes", "steps of schemes", mend);
                return Err(at(place)(error));
            }
            _ => {}
        }
        let steps = dts.iter().map(|dt| network.duration() / dt).fold(0.0, f64::max);
        if let Some(place) = self.dt.as_ref().filter(|_| steps * network.neurons().len() as f64 > MOST_STEPS) {
            let given = format!("{steps:e} steps of {} neurons", network.neurons().len());
            let error = Error::invalid("dt", given, format!("at most {MOST_STEPS:e} in all"), "Take larger steps.");
            return Err(at(place)(error));
        }
        Ok((schemes, dts))
    }
}

/// What the neurons of a population are drawn from.
struct Drawn<'a> {
    population: &'a Population,
    cells: Cells,
    input: Option<StudyInput>,
    v0: Option<Start>,
    u0: Option<Start>,
    nowhere: Spanned<Words>,
}

/// Where neurons start: one text for all, or a spread.
enum Start {
    Text(String),
    Drawn(Spread),
}

impl Start {
    fn parse(what: &str, words: &Words, dimension: &Dimension) -> Result<Self> {
        let text = words.to_string();
        // The text of one is read with its neuron, which knows the unit of u.
        if !text.contains(':') {
            return Ok(Start::Text(text));
        }
        Spread::parse(what, &text, dimension).map(Start::Drawn)
    }

    fn text(&self, lots: &mut ChaCha8Rng) -> String {
        match self {
            Start::Text(text) => text.clone(),
            Start::Drawn(spread) => spread.draw(lots).to_string(),
        }
    }
}

impl Population {
    fn drawn(&self, folder: &std::path::Path) -> Checked<Drawn<'_>> {
        let cells = Cells::parse(self.neuron.get_ref(), |text| NeuronSpec::parse_in(text, folder));
        let input = self
            .input
            .as_ref()
            .map(|input| StudyInput::parse_in(&input.get_ref().to_string(), folder).map_err(at(input)));
        let start = |what, words: &Option<Spanned<Words>>, dimension| {
            let read = |words: &Spanned<Words>| Start::parse(what, words.get_ref(), dimension).map_err(at(words));
            words.as_ref().map(read).transpose()
        };
        Ok(Drawn {
            population: self,
            cells: cells.map_err(at(&self.neuron))?,
            input: input.transpose()?,
            v0: start("v0", &self.v0, &VOLTAGE)?,
            u0: start("u0", &self.u0, &SLOPE)?,
            nowhere: Spanned::new(self.name.span(), Words::Whole(0)),
        })
    }
}

impl Drawn<'_> {
    /// Neuron `i` of `count`, with its start, and its input. Noise is drawn for each of several.
    fn neuron(
        &self,
        i: u32,
        count: u32,
        seed: u64,
        duration: f64,
        lots: &mut ChaCha8Rng,
    ) -> Checked<(NeuronSpec, Stimulus)> {
        let Population { neuron, input, v0, u0, .. } = self.population;
        let spec = self.cells.draw(lots);
        let [v, u] = [&self.v0, &self.u0].map(|start| start.as_ref().map(|start| start.text(lots)));
        let place = |given: &Option<Spanned<Words>>| given.as_ref().unwrap_or(&self.nowhere).span();
        let flaw = |span| move |error| Flaw { span: Some(span), error };
        let spec = spec.started(v.as_deref(), None).map_err(flaw(place(v0)))?;
        let spec = spec.started(None, u.as_deref()).map_err(flaw(place(u0)))?;
        spec.neuron.validate().and_then(|()| spec.neuron.require_plain("a network")).map_err(at(neuron))?;
        let given = self.input.as_ref().and_then(|input| input.spec.as_ref());
        let stimulus = match given {
            Some(input) => {
                let own = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(u64::from(i));
                let seeded = if count > 1 { input.with_seed(own) } else { None };
                seeded.as_ref().unwrap_or(input).stimulus_of(&spec, duration)
            }
            None => match &spec.own.refused {
                Some(refused) => Err(Error::Text(refused.clone())),
                None => Ok(spec.stimulus.clone().unwrap_or_else(|| Stimulus::constant(0.0))),
            },
        };
        let stimulus = stimulus.map_err(flaw(place(input)))?;
        Ok((spec, stimulus))
    }
}

impl Projection {
    fn edges(&self, from: &Group, to: &Group, folder: &std::path::Path) -> Checked<Vec<Edge>> {
        let first = [from.1.start, to.1.start];
        let counts = [from.1.len(), to.1.len()];
        match (&self.rule, &self.edges) {
            (Some(rule), None) => {
                let mut lots = ChaCha8Rng::seed_from_u64(self.seed);
                let read = |what: &str, given: &Option<Spanned<Words>>, dimension| match given {
                    Some(words) => Spread::parse(what, &words.get_ref().to_string(), dimension).map_err(at(words)),
                    None => {
                        let error =
                            Error::invalid(what, "missing", "a number, or a spread such as uniform:0:0.5", "Add it.");
                        Err(at(rule)(error))
                    }
                };
                let (weight, delay) =
                    (read("weight", &self.weight, &VOLTAGE)?, read("delay_ms", &self.delay_ms, &TIME)?);
                if let Some(place) = self.delay_ms.as_ref().filter(|_| delay.least() <= 0.0) {
                    let given = format!("'{}'", place.get_ref());
                    let mend = "Write it like 1.5 or uniform:1:5.";
                    return Err(at(place)(Error::invalid("delay_ms", given, "delays above 0", mend)));
                }
                let pairs = Rule::parse(rule.get_ref()).and_then(|rule| rule.draw(counts, &mut lots));
                Ok(draw::edges(pairs.map_err(at(rule))?, first, [weight, delay], &mut lots))
            }
            (None, Some(file)) => {
                if let Some(idle) = self.weight.as_ref().or(self.delay_ms.as_ref()) {
                    let mend = "The file has them: remove it here.";
                    let error = Error::invalid("weight or delay_ms", "given beside edges", "either", mend);
                    return Err(at(idle)(error));
                }
                read_edges(&folder.join(file.get_ref()), first, counts).map_err(at(file))
            }
            _ => {
                let given = if self.rule.is_some() { "both rule and edges" } else { "neither rule nor edges" };
                let error = Error::invalid("projection", given, "one of the two", "Write rule = \"all-to-all\".");
                Err(at(&self.from)(error))
            }
        }
    }
}

/// A text, or a number as a text.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged, expecting = "expected a number or a string")]
enum Words {
    Text(String),
    Whole(i64),
    Number(f64),
}

impl fmt::Display for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Words::Text(text) => f.write_str(text),
            Words::Whole(number) => write!(f, "{number}"),
            // The shortest text that reads back as the same number.
            Words::Number(number) => write!(f, "{number}"),
        }
    }
}

/// `"charge"`, or `{ exponential_ms = 5 }`.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged, expecting = "expected \"charge\" or { exponential_ms = 5 }")]
enum SynapseKey {
    Name(String),
    Current(Current),
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Current {
    exponential_ms: f64,
}

impl SynapseKey {
    fn delivery(&self) -> Result<Delivery> {
        match self {
            SynapseKey::Name(name) if name == "charge" => Ok(Delivery::Charge),
            SynapseKey::Name(name) => Err(Error::unknown("synapse", name, ["charge", "{ exponential_ms = 5 }"])),
            SynapseKey::Current(Current { exponential_ms: tau }) => {
                crate::error::positive("time constant of the synapse in ms", *tau, "Write { exponential_ms = 5 }.")?;
                Ok(Delivery::Exponential { tau: *tau })
            }
        }
    }
}
