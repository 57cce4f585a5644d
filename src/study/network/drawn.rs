//! The populations and projections of a network as they stand in its file, and what is drawn of them.

use std::fmt;

use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use serde::Deserialize;
use toml::Spanned;

use super::super::StudyInput;
use super::super::file::{Checked, Flaw, at};
use super::draw::{self, Cells, Rule, Spread};
use super::edge_file::read_edges;
use crate::Stimulus;
use crate::error::{Error, Result};
use crate::model::NeuronSpec;
use crate::population::exact::{Edge, Group};
use data::quantity::{Dimension, SLOPE, TIME, VOLTAGE};

/// Neurons of a kind.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Population {
    pub(super) name: Spanned<String>,
    pub(super) n: Option<Spanned<u32>>,
    neuron: Spanned<String>,
    pub(super) input: Option<Spanned<Words>>,
    v0: Option<Spanned<Words>>,
    u0: Option<Spanned<Words>>,
    seed: Option<Spanned<i64>>,
}

/// Edges from one population to another.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Projection {
    pub(super) from: Spanned<String>,
    pub(super) to: Spanned<String>,
    rule: Option<Spanned<String>>,
    edges: Option<Spanned<String>>,
    weight: Option<Spanned<Words>>,
    delay_ms: Option<Spanned<Words>>,
    seed: Option<Spanned<i64>>,
}

/// The seed that is written, or else the place in the file, so that no two draw the same lots without being asked.
fn seed(given: &Option<Spanned<i64>>, place: usize) -> Checked<u64> {
    given.as_ref().map_or(Ok(place as u64), |given| {
        let refused = |_| Error::invalid("seed", given.get_ref(), "a whole number from 0 on", "Leave out the sign.");
        u64::try_from(*given.get_ref()).map_err(refused).map_err(at(given))
    })
}

/// What the neurons of a population are drawn from.
pub(super) struct Drawn<'a> {
    population: &'a Population,
    cells: Cells,
    input: Option<StudyInput>,
    v0: Option<Start>,
    u0: Option<Start>,
    pub(super) nowhere: Spanned<Words>,
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
    /// The seed of its lots, where it is number `place` of the file.
    pub(super) fn seed(&self, place: usize) -> Checked<u64> {
        seed(&self.seed, place)
    }

    pub(super) fn drawn(&self, folder: &std::path::Path) -> Checked<Drawn<'_>> {
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
    /// Neuron `i` of `count`, with its start, and its input. Noise is drawn for each of several, from the seed that it is typed with or
    /// else that of the population.
    pub(super) fn neuron(
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
                let of_all = input.seed().unwrap_or(seed);
                let own = of_all.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(u64::from(i));
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
    /// Its edges, where it is number `place` of the file, the populations before it.
    pub(super) fn edges(&self, from: &Group, to: &Group, place: usize, folder: &std::path::Path) -> Checked<Vec<Edge>> {
        let first = [from.1.start, to.1.start];
        let counts = [from.1.len(), to.1.len()];
        match (&self.rule, &self.edges) {
            (Some(rule), None) => {
                let mut lots = ChaCha8Rng::seed_from_u64(seed(&self.seed, place)?);
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
                if let Some(words) = self.delay_ms.as_ref().filter(|_| delay.least() <= 0.0) {
                    let given = format!("'{}'", words.get_ref());
                    let mend = "Write it like 1.5 or uniform:1:5; normal knows no least delay.";
                    let error = Error::invalid("delay_ms", given, "delays that are all above 0", mend);
                    return Err(at(words)(error));
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
                let (given, mend) = match self.rule {
                    Some(_) => ("both rule and edges", "Remove the one that is not meant."),
                    None => {
                        ("neither rule nor edges", "Write for example rule = \"all-to-all\", or edges = \"edges.csv\".")
                    }
                };
                Err(at(&self.from)(Error::invalid("projection", given, "one of the two", mend)))
            }
        }
    }
}

/// A text, or a number as a text.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged, expecting = "expected a number or a string")]
pub(super) enum Words {
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
