//! Which inputs a network of NeuroML gives to a cell.

use std::collections::BTreeMap;

use super::super::{InputUnit, Stimulus, Typed};
use super::element::{Element, File, elements};
use super::generators::Sum;
use crate::error::Result;
use data::quantity::{NUMBER, TIME, plain};

/// What gives a cell an input that depends on another cell, with the attribute that names the cell's population.
const COUPLINGS: [(&str, &str); 5] = [
    ("projection", "postsynapticPopulation"),
    ("electricalProjection", "postsynapticPopulation"),
    ("electricalProjection", "presynapticPopulation"),
    ("continuousProjection", "postsynapticPopulation"),
    ("synapticConnection", "to"),
];

/// A cell of a population: `popA`, `popA[0]`, `popA/0/RS`, `../popA/0/RS`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Target<'d> {
    pub(super) population: &'d str,
    /// Its place; `None` is any.
    place: Option<u64>,
}

impl<'d> Target<'d> {
    pub(super) fn of(text: &'d str) -> Target<'d> {
        let text = text.trim().trim_start_matches(['.', '/']);
        let (population, rest) = text.split_once(['/', '[']).unwrap_or((text, ""));
        let place = rest.split(['/', ']']).next().and_then(|place| place.parse().ok());
        Target { population, place }
    }

    fn is(self, other: Target<'_>) -> bool {
        let same = self.place.zip(other.place).is_none_or(|(a, b)| a == b);
        self.population == other.population && same
    }
}

/// An input of a cell.
pub(super) struct Own {
    pub(super) stimulus: Stimulus,
    pub(super) label: String,
    /// The time up to which it is that \[ms\].
    pub(super) until: Option<f64>,
}

/// The target that an element names.
fn named<'d>(at: Element<'d>, key: &str) -> Option<Target<'d>> {
    at.node.attribute(key).map(Target::of)
}

/// The input that drives the cell called `cell`, or that part of it which is `wanted`; amplitudes in `unit`.
///
/// # Errors
/// Inputs that cannot be held, or that differ among the cells.
pub(super) fn own_input(
    files: &[File<'_>],
    populations: &[Element<'_>],
    cell: &str,
    wanted: Option<Target<'_>>,
    unit: InputUnit,
) -> Result<Option<Own>> {
    let of_cell = |target: Target<'_>| {
        let population = populations.iter().find(|population| population.id() == target.population);
        population.is_some_and(|p| p.node.attribute("component") == Some(cell)) && wanted.is_none_or(|w| w.is(target))
    };
    for at in elements(files) {
        let mut couplings = COUPLINGS.iter().filter(|(tag, _)| *tag == at.tag());
        if couplings.any(|(_, key)| named(at, key).is_some_and(of_cell)) {
            let mend = "Give an input, or a cell of a population that no other drives.";
            return Err(at.refused("makes the input depend on other cells", mend));
        }
    }
    // What drives each cell: the wire, the name of the input, and its weight.
    let mut wires: BTreeMap<Target<'_>, Vec<(Element<'_>, &str, Typed)>> = BTreeMap::new();
    for at in elements(files) {
        match at.tag() {
            "explicitInput" => {
                if let Some(target) = named(at, "target").filter(|target| of_cell(*target)) {
                    wires.entry(target).or_default().push((
                        at,
                        at.node.attribute("input").unwrap_or_default(),
                        1.0.into(),
                    ));
                }
            }
            "inputList" => {
                let input = at.node.attribute("component").unwrap_or_default();
                for one in at.children().filter(|one| ["input", "inputW"].contains(&one.tag())) {
                    let weight = if one.tag() == "inputW" { one.value("weight", &NUMBER)? } else { 1.0.into() };
                    if let Some(target) = named(one, "target").filter(|target| of_cell(*target)) {
                        wires.entry(target).or_default().push((one, input, weight));
                    }
                }
            }
            _ => {}
        }
    }
    let same = |a: &[(Element<'_>, &str, Typed)], b: &[(Element<'_>, &str, Typed)]| {
        a.len() == b.len() && a.iter().zip(b).all(|(a, b)| (a.1, a.2) == (b.1, b.2))
    };
    let Some((first, own)) = wires.iter().next() else { return Ok(None) };
    if let Some((other, wires)) = wires.iter().find(|(_, wires)| !same(own, wires)) {
        let why = format!("drives {}, which is driven otherwise than {}", name(*other), name(*first));
        return Err(wires[0].0.refused(&why, "Name one of them behind the file: FILE.nml#POPULATION[0]."));
    }
    let mut sum = Sum::default();
    for &(wire, input, weight) in own {
        let is_input =
            |at: &Element<'_>| at.id() == input && !input.is_empty() && !["network", "population"].contains(&at.tag());
        match elements(files).find(is_input) {
            Some(generator) => sum.add(generator, weight, unit)?,
            None => {
                return Err(
                    wire.refused(&format!("names the input '{input}', which is not there"), "Include its file.")
                );
            }
        }
    }
    let (stimulus, until) = sum.stimulus()?;
    Ok(Some(Own { stimulus, label: format!("of {}: {}", name(*first), sum.words.join("; ")), until }))
}

fn name(target: Target<'_>) -> String {
    target.place.map_or_else(|| target.population.to_owned(), |place| format!("{}[{place}]", target.population))
}

/// The duration \[ms\] that the file recommends, or that its simulation has.
pub(super) fn duration(files: &[File<'_>]) -> Option<f64> {
    let recommended = |at: Element<'_>| match (at.tag(), at.node.attribute("tag")) {
        ("property", Some("recommended_duration_ms")) => plain(at.node.attribute("value")?),
        ("Simulation", _) => TIME.with_unit(at.node.attribute("length")?),
        _ => None,
    };
    elements(files).find_map(recommended).filter(|&ms| ms > 0.0)
}
