//! The table of the kind `network` as it stands in a file.

use std::path::PathBuf;

use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use serde::Deserialize;
use toml::Spanned;

use super::super::file::{Checked, Flaw, Listed, Quantity, Size, Time, at, folder};
use super::NetworkQuestion;
use super::drawn::{Population, Projection};
use crate::error::{Error, Result, shown};
use crate::population::Delivery;
use crate::population::exact::{CoupledNeurons, Edge, Group};
use crate::scheme::Scheme;

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

/// Unless a file says otherwise: what the truth is solved to \[ms\], what is right \[ms\], and how many truths there are.
const TOLERANCE: f64 = 1e-9;
const WITHIN: f64 = 1.0;
const ENSEMBLE: u64 = 8;
/// Of those the fewest, whose spread is known, and the most.
const ENSEMBLES: std::ops::RangeInclusive<u64> = 3..=100;
/// Most neurons, and pieces of all their inputs together: some gigabytes.
const MOST_NEURONS: u64 = 100_000;
const MOST_PIECES: usize = 100_000_000;
/// Most ms of all neurons in a run: an hour or so of neurons that spike.
const MOST_TIME: f64 = 1e10;
/// Steps of all neurons in one run at the most: an hour or so.
pub(super) const MOST_STEPS: f64 = 1e11;

impl CoupledTable {
    /// What the file asks.
    pub(crate) fn question(&self) -> Checked<NetworkQuestion> {
        let duration = self.positive("duration", &self.duration, "1000")?;
        let (groups, counts) = self.groups()?;
        let time = duration * counts.iter().map(|count| f64::from(*count)).sum::<f64>();
        if time > MOST_TIME {
            let allowed = format!("at most {MOST_TIME:e} in all");
            let error = Error::invalid("duration", format!("{time:e} ms of all neurons"), allowed, "Shorten it.");
            return Err(at(&self.duration)(error));
        }
        let (mut neurons, mut initial, mut inputs) = (Vec::new(), Vec::new(), Vec::new());
        let mut pieces = 0;
        let populations = self.populations.get_ref();
        for (place, (population, count)) in (1..).zip(populations.iter().zip(counts)) {
            let seed = population.seed(place)?;
            let mut lots = ChaCha8Rng::seed_from_u64(seed);
            let drawn = population.drawn(&self.folder)?;
            for i in 0..count {
                let (spec, input) = drawn.neuron(i, count, seed, duration, &mut lots)?;
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
        for (place, projection) in (1 + populations.len()..).zip(&self.projections) {
            let [from, to] = [&projection.from, &projection.to].map(|end| {
                let names = || groups.iter().map(|(name, _)| name.as_str());
                let found = groups.iter().find(|(name, _)| name == end.get_ref());
                found.ok_or_else(|| at(end)(Error::unknown("population", end.get_ref(), names())))
            });
            edges.extend(projection.edges(from?, to?, place, &self.folder)?);
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
        let within = self.within.as_ref().map_or(Ok(WITHIN), |within| self.positive("within", within, "1"))?;
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

    fn positive(&self, what: &str, given: &Spanned<Quantity<Time>>, usual: &str) -> Checked<f64> {
        let value = given.get_ref().0;
        crate::error::positive(&format!("{what} in ms"), value, &format!("Give one such as {usual}."))
            .map_err(at(given))
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
            let taken = name == "all" || groups.iter().any(|(known, _)| known == name);
            if name.is_empty() || taken || name.contains(char::is_control) {
                let mend = "Name each population once; 'all' is the name of all of them.";
                let error = Error::invalid(
                    "name of a population",
                    format!("'{}'", name.escape_debug()),
                    "a printable name of its own",
                    mend,
                );
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
            (Some(_), Some(place)) if schemes.is_empty() || dts.is_empty() => {
                return Err(at(place)(Error::invalid("schemes or dt", "an empty list", "at least one", mend)));
            }
            (_, Some(place)) if dts.iter().any(|dt| *dt > network.duration()) => {
                let given = format!("a step above the duration, {} ms", shown(network.duration()));
                return Err(at(place)(Error::invalid("dt", given, "steps of the run", "Take smaller steps.")));
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
