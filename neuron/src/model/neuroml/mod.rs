//! Neurons of NeuroML 2 files, with the input that a network gives them.
//!
//! Source: the component types of the same names in NeuroML's `Cells.xml`, version 2. `izhikevichCell` has
//!
//! ```text
//! v' = (0.04 v²/mV + 5 v + (140 − U + I) mV)/ms        U' = a (b v/mV − U)/ms
//! start: v = v0, U = b v0/mV                           v > thresh:  v ← c mV,  U ← U + d
//! ```
//!
//! with a, b, c, d and I without dimension: our numbers in mV and ms. `generalizedIzhikevichCell`, which Open Source Brain's files of
//! this model define, has X, Y and Z in place of 0.04, 5 and 140. `izhikevich2007Cell` is the 2007 form ([`Biophysical`]) with all
//! parameters in units, started at v = v0, u = 0.

mod documents;
mod element;
mod generators;
mod network;

use std::path::Path;

use roxmltree::Node;

use crate::error::{Error, Result, finite};

use super::neuron_keys::BIOPHYSICAL;
use super::neuron_spec::OwnInput;
use super::not_covered::{MEND, other_model};
use super::{Biophysical, Neuron, NeuronSpec, State, TypedNumbers};
use data::quantity::{NUMBER, VOLTAGE};
use documents::CELLS;
use element::{Element, File, elements};

/// Cells without units: what stands in place of k2, k1 and k0, with the published values where they are no parameters.
const PLAIN: [(&str, [&str; 3]); 2] =
    [("izhikevichCell", ["", "", ""]), ("generalizedIzhikevichCell", ["X", "Y", "Z"])];
/// The cell in the 2007 form.
const OF_2007: &str = "izhikevich2007Cell";

/// Reads the cell of a NeuroML file that a text names: `FILE.nml` or `FILE.xml` in `folder`, with `#ID` of a cell or a population behind
/// it or not. Any other text is none.
pub(super) fn named(text: &str, folder: &Path) -> Option<Result<NeuronSpec>> {
    let (path, id) = text.split_once('#').map_or((text, None), |(path, id)| (path, Some(id)));
    let ending = Path::new(path).extension()?.to_str()?.to_ascii_lowercase();
    ["nml", "xml"].contains(&ending.as_str()).then(|| {
        let path = folder.join(path);
        let document = documents::text(&path)?;
        NeuronSpec::from_neuroml(&path, &document, id)
    })
}

impl NeuronSpec {
    /// Reads a cell of this model from a NeuroML 2 document: the one called `id`, or that of the population called `id` (`NAME` or
    /// `NAME[0]`), or the only one, or the only one that populations are of. `path` is what messages call the document; files that it
    /// includes are looked for beside it.
    ///
    /// Its own input is what the `explicitInput`s and `inputList`s of the network give it: sums of `pulseGenerator`, `rampGenerator` and
    /// at most one `sineGenerator`, as a `compoundInput` or not. Its own duration is the network's `recommended_duration_ms`.
    ///
    /// ```
    /// use spikestep::model::NeuronSpec;
    /// let document = r#"<neuroml xmlns="http://www.neuroml.org/schema/neuroml2" id="doc">
    ///     <izhikevichCell id="rs" v0="-0.07 V" thresh="30mV" a="0.02" b="0.2" c="-65" d="8"/></neuroml>"#;
    /// let spec = NeuronSpec::from_neuroml("cells.nml".as_ref(), document, None)?;
    /// assert_eq!((spec.label.as_str(), spec.neuron.d, spec.initial.v), ("rs", 8.0, -70.0));
    /// # Ok::<(), spikestep::Error>(())
    /// ```
    ///
    /// # Errors
    /// With line and column: text that is no XML or nested too deep, parameters that are missing, unknown, no number or in no unit of
    /// theirs. A document without such a cell or with several, an id that is not there, parameters that make no spiking neuron, included
    /// files that cannot be read or are too many. An input that cannot be held is refused where it is asked for.
    pub fn from_neuroml(path: &Path, document: &str, id: Option<&str>) -> Result<NeuronSpec> {
        let sources = documents::all(path, document)?;
        let files =
            sources.iter().map(|source| Ok(File { source, xml: source.parse()? })).collect::<Result<Vec<_>>>()?;
        let cells: Vec<Element<'_>> = elements(&files).filter(|at| is_cell(at.node)).collect();
        let populations: Vec<Element<'_>> = elements(&files).filter(|at| at.tag() == "population").collect();
        let wanted = id.map(network::Target::of);
        let cell = chosen(path, &files, &cells, &populations, id)?;
        let mut spec = spec(&cell)?;
        match network::own_input(&files, &populations, cell.id(), wanted.filter(|_| id != Some(cell.id())), spec.unit())
        {
            Ok(Some(own)) => {
                spec.stimulus = Some(own.stimulus.scaled(spec.typed_input_scale()));
                spec.own = OwnInput { label: own.label, until: own.until, refused: None };
            }
            Ok(None) => {}
            Err(error) => spec.own.refused = Some(error.to_string()),
        }
        spec.duration = network::duration(&files).or(spec.own.until);
        let included: Vec<String> = sources[1..].iter().map(|source| source.path.display().to_string()).collect();
        if !included.is_empty() {
            spec.note = Some(format!("{} includes {}.", path.display(), included.join(", ")));
        }
        Ok(spec)
    }
}

fn is_cell(node: Node<'_, '_>) -> bool {
    let tag = node.tag_name().name();
    tag == OF_2007 || PLAIN.iter().any(|(known, _)| *known == tag)
}

/// The cell that `id` names, or the only one.
fn chosen<'d>(
    path: &Path,
    files: &'d [File<'d>],
    cells: &[Element<'d>],
    populations: &[Element<'d>],
    id: Option<&str>,
) -> Result<Element<'d>> {
    let of_population = |population: &Element<'_>| {
        let component = population.node.attribute("component");
        cells.iter().find(|cell| component == Some(cell.id())).copied()
    };
    let names = || cells.iter().chain(populations.iter().filter(|p| of_population(p).is_some())).map(Element::id);
    if cells.is_empty() {
        let others: Vec<&str> = files[0]
            .xml
            .root_element()
            .children()
            .filter(Node::is_element)
            .map(|node| node.tag_name().name())
            .collect();
        let has = if others.is_empty() { "nothing".to_owned() } else { others.join(", ") };
        let given = format!("{} with {has}", path.display());
        let (given, mend) = match others.iter().find_map(|tag| other_model(tag)) {
            Some(kind) => (format!("{given}, {kind}"), MEND),
            None => (given, "Other cells are not of this model."),
        };
        return Err(Error::invalid("the NeuroML file", given, CELLS, mend));
    }
    if let Some(id) = id {
        let name = network::Target::of(id).population;
        let population = || populations.iter().find(|population| population.id() == name);
        let cell = cells.iter().find(|cell| cell.id() == id).copied().or_else(|| of_population(population()?));
        return cell.ok_or_else(|| Error::unknown("cell", id, names()));
    }
    let mut driven: Vec<Element<'d>> = populations.iter().filter_map(of_population).collect();
    driven.dedup_by(|a, b| a.id() == b.id());
    match (cells, driven.as_slice()) {
        ([only], _) | (_, [only]) => Ok(*only),
        _ => {
            let all: Vec<&str> = names().collect();
            Err(Error::invalid(
                "the NeuroML file",
                format!("{} with the cells and populations {}", path.display(), all.join(", ")),
                "one cell, or the name of one",
                format!("Write the neuron '{}#{}'.", path.display(), all[0]),
            ))
        }
    }
}

/// The cell that an element is.
fn spec(cell: &Element<'_>) -> Result<NeuronSpec> {
    let id = if cell.id().is_empty() { cell.tag() } else { cell.id() };
    if cell.tag() == OF_2007 {
        let keys: Vec<&str> = std::iter::once("v0").chain(BIOPHYSICAL.base.iter().map(|(key, _)| *key)).collect();
        cell.check_attributes(&keys)?;
        let v0 = cell.value("v0", &VOLTAGE)?;
        let dimension = |key| BIOPHYSICAL.dimension(key).expect("a key of the form");
        let form = Biophysical::of(|key| cell.value(key, dimension(key)))?;
        let mut spec = NeuronSpec { keeps_u: true, ..NeuronSpec::of_2007(id, form) };
        spec.start_at(Some(v0), Some(0.0.into()));
        finite("the factor of the input", spec.input_scale)?;
        return Ok(spec);
    }
    let (_, polynomial) = PLAIN.iter().find(|(tag, _)| *tag == cell.tag()).expect("a cell");
    let own = polynomial.iter().copied().filter(|key| !key.is_empty());
    let keys: Vec<&str> = ["v0", "thresh", "a", "b", "c", "d"].into_iter().chain(own).collect();
    cell.check_attributes(&keys)?;
    let mut neuron = Neuron::new(0.0, 0.0, 0.0, 0.0);
    let [k2, k1, k0] = polynomial;
    let mut numbers = TypedNumbers::default();
    let of =
        [("a", "a"), ("b", "b"), ("c", "c"), ("d", "d"), ("peak", "thresh"), ("k2", *k2), ("k1", *k1), ("k0", *k0)];
    for (name, own) in neuron.parameters_mut() {
        if let Some((_, key)) = of.iter().find(|(known, key)| *known == name && !key.is_empty()) {
            let number = cell.value(key, if name == "peak" { &VOLTAGE } else { &NUMBER })?;
            *own = number.value();
            numbers.set(name, number);
        }
    }
    let v0 = cell.value("v0", &VOLTAGE)?;
    // Each number is finite; what is made of them need not be.
    neuron.validate()?;
    let start = State::new(v0.value(), 0.0);
    let mut spec = NeuronSpec { numbers, ..NeuronSpec::plain(id, neuron, start) };
    spec.start_at(Some(v0), None);
    finite("initial u, b times v0,", spec.initial.u)?;
    Ok(spec)
}
