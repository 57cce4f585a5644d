//! Elements of the files, with their places for messages.

use std::ops::Range;

use roxmltree::{Document, Node};

use super::super::Typed;
use super::documents::Source;
use crate::error::{Error, Result};
use data::quantity::{Dimension, NUMBER, plain};

/// Attributes that say nothing about the dynamics.
const SILENT: [&str; 3] = ["id", "metaid", "neuroLexId"];

/// A file, and its text as a tree.
pub(super) struct File<'d> {
    pub(super) source: &'d Source,
    pub(super) xml: Document<'d>,
}

/// All elements of all files, in their order.
pub(super) fn elements<'d>(files: &'d [File<'d>]) -> impl Iterator<Item = Element<'d>> {
    let of_file =
        |file: &'d File<'d>| file.xml.descendants().filter(Node::is_element).map(move |node| Element { file, node });
    files.iter().flat_map(of_file)
}

/// An element of a file.
#[derive(Clone, Copy)]
pub(super) struct Element<'d> {
    file: &'d File<'d>,
    pub(super) node: Node<'d, 'd>,
}

impl<'d> Element<'d> {
    pub(super) fn tag(&self) -> &'d str {
        self.node.tag_name().name()
    }

    pub(super) fn id(&self) -> &'d str {
        self.node.attribute("id").unwrap_or_default()
    }

    pub(super) fn children(self) -> impl Iterator<Item = Element<'d>> {
        self.node.children().filter(Node::is_element).map(move |node| Element { node, ..self })
    }

    fn at(&self, place: Range<usize>, problem: String, mend: impl Into<String>) -> Error {
        self.file.source.at(self.file.xml.text_pos_at(place.start), problem, mend)
    }

    /// Refuses the element, by its name, as what cannot be held.
    pub(super) fn refused(&self, why: &str, mend: &str) -> Error {
        self.at(self.node.range(), format!("{} '{}' {why}", self.tag(), self.id()), mend)
    }

    /// An attribute of that dimension, in our units.
    pub(super) fn value(&self, key: &str, dimension: &Dimension) -> Result<Typed> {
        let example = format!("{key}=\"{}\"", dimension.example());
        let attribute = self.node.attribute_node(key).ok_or_else(|| {
            let problem = format!("{} has no {key}", self.tag());
            self.at(self.node.range(), problem, format!("Add {key}, {}: {example}.", dimension.name))
        })?;
        let text = attribute.value().trim();
        let value = if *dimension == NUMBER { plain(text) } else { dimension.with_unit(text) };
        value.ok_or_else(|| {
            let of = if *dimension == NUMBER { String::new() } else { format!(" in {}", dimension.units()) };
            let problem = format!("{key} is '{text}', not {}{of}", dimension.name);
            self.at(attribute.range_value(), problem, format!("Write it like {example}."))
        })
    }

    /// Refuses what would be silently left out: files of before version 2.0 drive a cell by attributes of its own.
    pub(super) fn check_attributes(&self, keys: &[&str]) -> Result<()> {
        let known = |name: &str| SILENT.contains(&name) || keys.contains(&name);
        let mut own = self.node.attributes().filter(|attribute| attribute.namespace().is_none());
        match own.find(|attribute| !known(attribute.name())) {
            None => Ok(()),
            Some(wrong) => {
                let problem = format!("{} is no parameter of {}", wrong.name(), self.tag());
                Err(self.at(wrong.range(), problem, format!("Remove it; there are {}.", keys.join(", "))))
            }
        }
    }
}
