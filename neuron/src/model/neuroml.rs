//! Neurons of NeuroML 2 files: `izhikevichCell` (2003) and `izhikevich2007Cell`.
//!
//! Source: the component types of the same names in NeuroML's `Cells.xml`, version 2. `izhikevichCell` has
//!
//! ```text
//! v' = (0.04 v²/mV + 5 v + (140 − U + I) mV)/ms        U' = a (b v/mV − U)/ms
//! start: v = v0, U = b v0/mV                           v > thresh:  v ← c mV,  U ← U + d
//! ```
//!
//! with a, b, c, d and I without dimension: our numbers in mV and ms. `izhikevich2007Cell` is the 2007 form
//! ([`Biophysical`]) with all parameters in units, started at v = v0, u = 0.

use roxmltree::{Document, Node};
use std::ops::Range;
use std::path::Path;

use crate::error::{Error, Result, finite};

use super::{Biophysical, Neuron, NeuronSpec, State};

/// What a parameter measures: its units, each with the factor and the divisor that lead to ours.
struct Dimension {
    name: &'static str,
    units: &'static [(&'static str, f64, f64)],
}

const NONE: Dimension = Dimension { name: "a number without unit", units: &[("", 1.0, 1.0)] };
/// Units of a voltage, converted to mV.
const VOLTAGE: Dimension =
    Dimension { name: "a voltage", units: &[("mV", 1.0, 1.0), ("V", 1e3, 1.0), ("uV", 1.0, 1e3)] };
/// Units of a rate, converted to 1/ms.
const PER_TIME: Dimension = Dimension {
    name: "a rate",
    units: &[
        ("per_ms", 1.0, 1.0),
        ("per_s", 1.0, 1e3),
        ("Hz", 1.0, 1e3),
        ("per_min", 1.0, 6e4),
        ("per_hour", 1.0, 3.6e6),
    ],
};
/// Units of a capacitance, converted to pF.
const CAPACITANCE: Dimension = Dimension {
    name: "a capacitance",
    units: &[("pF", 1.0, 1.0), ("nF", 1e3, 1.0), ("uF", 1e6, 1.0), ("F", 1e12, 1.0)],
};
/// Units of a conductance, converted to nS.
const CONDUCTANCE: Dimension = Dimension {
    name: "a conductance",
    units: &[("nS", 1.0, 1.0), ("pS", 1.0, 1e3), ("uS", 1e3, 1.0), ("mS", 1e6, 1.0), ("S", 1e9, 1.0)],
};
/// Units of a conductance per voltage, converted to nS/mV.
const CONDUCTANCE_PER_VOLTAGE: Dimension =
    Dimension { name: "a conductance per voltage", units: &[("nS_per_mV", 1.0, 1.0), ("S_per_V", 1e6, 1.0)] };
/// Units of a current, converted to pA.
const CURRENT: Dimension =
    Dimension { name: "a current", units: &[("pA", 1.0, 1.0), ("nA", 1e3, 1.0), ("uA", 1e6, 1.0), ("A", 1e12, 1.0)] };

/// A kind of cell: the name of its element and its parameters.
struct Kind {
    element: &'static str,
    parameters: &'static [(&'static str, &'static Dimension)],
}

const KINDS: [Kind; 2] = [
    Kind {
        element: "izhikevichCell",
        parameters: &[("v0", &VOLTAGE), ("thresh", &VOLTAGE), ("a", &NONE), ("b", &NONE), ("c", &NONE), ("d", &NONE)],
    },
    Kind {
        element: "izhikevich2007Cell",
        parameters: &[
            ("v0", &VOLTAGE),
            ("C", &CAPACITANCE),
            ("k", &CONDUCTANCE_PER_VOLTAGE),
            ("vr", &VOLTAGE),
            ("vt", &VOLTAGE),
            ("vpeak", &VOLTAGE),
            ("a", &PER_TIME),
            ("b", &CONDUCTANCE),
            ("c", &VOLTAGE),
            ("d", &CURRENT),
        ],
    },
];

/// Attributes that say nothing about the dynamics.
const SILENT: [&str; 3] = ["id", "metaid", "neuroLexId"];

/// Reads the cell of a NeuroML file that a text names: `FILE.nml` or `FILE.xml`, with `#ID` of a cell behind it or not. Any other
/// text is none.
pub(super) fn named(text: &str) -> Option<Result<NeuronSpec>> {
    let (path, id) = text.split_once('#').map_or((text, None), |(path, id)| (path, Some(id)));
    let ending = Path::new(path).extension()?.to_str()?.to_ascii_lowercase();
    ["nml", "xml"].contains(&ending.as_str()).then(|| {
        let document = std::fs::read_to_string(path).map_err(Error::read(path))?;
        NeuronSpec::from_neuroml(path.as_ref(), &document, id)
    })
}

impl NeuronSpec {
    /// Reads the `izhikevichCell` or `izhikevich2007Cell` of a NeuroML 2 document: the one called `id`, or the only one. `path` is
    /// what messages call the document.
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
    /// With line and column: text that is no XML, parameters that are missing, unknown, no number or in no unit of theirs. A document
    /// without such a cell or with several, an id that is not there, parameters that make no spiking neuron.
    pub fn from_neuroml(path: &Path, document: &str, id: Option<&str>) -> Result<NeuronSpec> {
        let mend = "Give a NeuroML 2 file with an izhikevichCell or izhikevich2007Cell";
        let xml = Document::parse(document).map_err(|error| Error::Position {
            path: path.to_owned(),
            line: error.pos().row as usize,
            column: error.pos().col as usize,
            problem: format!("this is no XML ({error})"),
            mend: format!("{mend}."),
        })?;
        let cells: Vec<(Node<'_, '_>, &Kind)> = xml
            .descendants()
            .filter_map(|node| Some((node, KINDS.iter().find(|kind| node.tag_name().name() == kind.element)?)))
            .collect();
        let name = |node: &Node<'_, '_>| node.attribute("id").unwrap_or_default().to_owned();
        let names: Vec<String> = cells.iter().map(|(node, _)| name(node)).collect();
        let (node, kind) = match (id, cells.as_slice()) {
            (None, [only]) => only,
            (_, []) => {
                let others: Vec<&str> =
                    xml.root_element().children().filter(Node::is_element).map(|node| node.tag_name().name()).collect();
                let has = if others.is_empty() { "nothing".to_owned() } else { others.join(", ") };
                return Err(Error::invalid(
                    "the NeuroML file",
                    format!("{} with {has}", path.display()),
                    "an izhikevichCell or izhikevich2007Cell",
                    "Other cells are not of this model.",
                ));
            }
            (None, _) => {
                return Err(Error::invalid(
                    "the NeuroML file",
                    format!("{} with the cells {}", path.display(), names.join(", ")),
                    "one cell, or the name of one",
                    format!("Write the neuron '{}#{}'.", path.display(), names[0]),
                ));
            }
            (Some(id), all) => all
                .iter()
                .find(|(node, _)| node.attribute("id") == Some(id))
                .ok_or_else(|| Error::unknown("cell", id, names.iter().map(String::as_str)))?,
        };
        let cell = Cell { path, xml: &xml, node: *node, kind };
        cell.check_attributes()?;
        cell.spec()
    }
}

/// The XML element of a cell, with the kind of cell that it describes.
struct Cell<'d> {
    path: &'d Path,
    xml: &'d Document<'d>,
    node: Node<'d, 'd>,
    kind: &'d Kind,
}

impl Cell<'_> {
    fn at(&self, place: Range<usize>, problem: String, mend: impl Into<String>) -> Error {
        let place = self.xml.text_pos_at(place.start);
        let (line, column) = (place.row as usize, place.col as usize);
        Error::Position { path: self.path.to_owned(), line, column, problem, mend: mend.into() }
    }

    /// Refuses what would be silently left out: files of before version 2.0 drive a cell by attributes of its own.
    fn check_attributes(&self) -> Result<()> {
        let known = |name: &str| SILENT.contains(&name) || self.kind.parameters.iter().any(|(key, _)| *key == name);
        let mut own = self.node.attributes().filter(|attribute| attribute.namespace().is_none());
        match own.find(|attribute| !known(attribute.name())) {
            None => Ok(()),
            Some(wrong) => {
                let keys: Vec<&str> = self.kind.parameters.iter().map(|(key, _)| *key).collect();
                let problem = format!("{} is no parameter of {}", wrong.name(), self.kind.element);
                Err(self.at(wrong.range(), problem, format!("Remove it; there are {}.", keys.join(", "))))
            }
        }
    }

    /// A parameter in our units.
    fn value(&self, key: &str) -> Result<f64> {
        let element = self.kind.element;
        let (_, dimension) = self.kind.parameters.iter().find(|(known, _)| *known == key).expect("a key of the table");
        let units: Vec<&str> = dimension.units.iter().map(|(unit, ..)| *unit).filter(|unit| !unit.is_empty()).collect();
        let example = format!("{key}=\"1{}\"", dimension.units[0].0);
        let attribute = self.node.attribute_node(key).ok_or_else(|| {
            self.at(
                self.node.range(),
                format!("{element} has no {key}"),
                format!("Add {key}, {}: {example}.", dimension.name),
            )
        })?;
        let text = attribute.value().trim();
        // The unit begins where what is before it is no number any more.
        let ends = (0..=text.len()).rev().filter(|&end| text.is_char_boundary(end));
        let split = ends.map(|end| text.split_at(end)).find(|(number, _)| number.parse::<f64>().is_ok());
        let (number, unit) = split.map_or(("", text), |(number, unit)| (number, unit.trim()));
        let found = dimension.units.iter().find(|(known, ..)| *known == unit);
        let value = number.parse::<f64>().ok().zip(found).map(|(x, (_, factor, divisor))| x * factor / divisor);
        value.filter(|x| x.is_finite()).ok_or_else(|| {
            let of = if units.is_empty() { String::new() } else { format!(" in {}", units.join(", ")) };
            let problem = format!("{key} is '{text}', not {}{of}", dimension.name);
            self.at(attribute.range_value(), problem, format!("Write it like {example}."))
        })
    }

    fn spec(&self) -> Result<NeuronSpec> {
        let id = self.node.attribute("id").unwrap_or(self.kind.element);
        let v0 = self.value("v0")?;
        let (neuron, u0, input_scale) = if self.kind.element == KINDS[0].element {
            let [a, b, c, d] = [self.value("a")?, self.value("b")?, self.value("c")?, self.value("d")?];
            (Neuron::new(a, b, c, d).with_peak(self.value("thresh")?), b * v0, 1.0)
        } else {
            let cell = Biophysical::of(|key| self.value(key))?;
            (cell.neuron(), 0.0, cell.input_factor())
        };
        // Each number is finite; what is made of them need not be.
        neuron.validate()?;
        finite("initial u, b times v0,", u0)?;
        finite("the factor of the input", input_scale)?;
        Ok(NeuronSpec::plain(id, neuron, State::new(v0, u0), input_scale))
    }
}
