//! A figure of a directory of outputs, fit to stand inside a page.

use std::path::Path;

use roxmltree::{Document as Xml, Node};

use super::DataTable;
use data::error::{Error, Result};

/// Elements that only draw. Anything else (scripts, styles, images, links, foreign content) has no place in a page that must not
/// fetch or run what it was not made with.
const DRAWING: [&str; 13] =
    ["svg", "title", "desc", "g", "path", "polyline", "polygon", "line", "rect", "circle", "ellipse", "text", "tspan"];

/// Elements within each other that are read at most: drawings have some twenty.
const DEEPEST: usize = 500;

/// A figure and the values it shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DocumentFigure {
    /// Its file, relative to the directory.
    pub file: String,
    /// What it shows, in a line.
    pub title: String,
    /// The drawing as an element of a page: without ids, which several figures would share.
    pub svg: String,
    /// The values drawn, where their CSV lies beside the figure.
    pub values: Option<DataTable>,
}

impl DocumentFigure {
    /// Reads the SVG file `path`, called `file` in the report, and the CSV beside it.
    ///
    /// # Errors
    /// A file that cannot be read, is no SVG, or holds more than a drawing.
    pub fn read(path: &Path, file: &str) -> Result<Self> {
        let text = std::fs::read_to_string(path).map_err(Error::read(path))?;
        let refused = |reason: String| Error::Figure { figure: file.to_owned(), reason };
        if data::xml::too_deep(&text, DEEPEST).is_some() {
            return Err(refused(format!("its elements are nested more than {DEEPEST} deep")));
        }
        let xml = Xml::parse(&text).map_err(|error| refused(error.to_string()))?;
        let root = xml.root_element();
        if root.tag_name().name() != "svg" {
            return Err(refused("the file is no SVG".into()));
        }
        // A page's parser ends comments and CDATA elsewhere than XML does: what hides in one would come to life.
        if text[root.range()].contains("<!") {
            return Err(refused("it has a comment or CDATA section".into()));
        }
        if let Some(why) = root.descendants().find_map(forbidden) {
            return Err(refused(why));
        }
        let title = root.children().find(|node| node.has_tag_name((SVG, "title"))).and_then(|node| node.text());
        let csv = path.with_extension("csv");
        let values = match csv.is_file() {
            true => Some(DataTable::read(&csv, &file.replace(".svg", ".csv"))?),
            false => None,
        };
        let stem = file.trim_end_matches(".svg");
        Ok(DocumentFigure {
            file: file.to_owned(),
            title: title.unwrap_or(stem).trim().to_owned(),
            svg: without_ids(&text, root),
            values,
        })
    }

    /// The file's name without its ending.
    pub(super) fn name(&self) -> &str {
        self.file.rsplit('/').next().unwrap_or_default().trim_end_matches(".svg")
    }
}

const SVG: &str = "http://www.w3.org/2000/svg";

/// What of a node is more than a drawing.
fn forbidden(node: Node<'_, '_>) -> Option<String> {
    if node.is_pi() {
        return Some("it has a processing instruction".into());
    }
    if !node.is_element() {
        return None;
    }
    let name = node.tag_name().name();
    if !DRAWING.contains(&name) || node.tag_name().namespace().is_some_and(|space| space != SVG) {
        return Some(format!("it has an element <{name}>, which is no drawing"));
    }
    let active = |name: &str, value: &str| {
        name.starts_with("on") || ["href", "style", "src"].contains(&name) || value.to_lowercase().contains("url(")
    };
    let attribute = node.attributes().find(|a| active(&a.name().to_lowercase(), a.value()))?;
    Some(format!("<{name}> has the attribute {}, which may fetch or run something", attribute.name()))
}

/// The text of an element, with every `id` renamed to `data-plot`.
fn without_ids(text: &str, root: Node<'_, '_>) -> String {
    let whole = root.range();
    let ids = root.descendants().filter_map(|node| node.attribute_node("id")).map(|id| id.range_qname());
    let mut places: Vec<_> = ids.collect();
    places.sort_by_key(|range| range.start);
    let (mut out, mut from) = (String::with_capacity(whole.len()), whole.start);
    for place in places {
        out += &text[from..place.start];
        out += "data-plot";
        from = place.end;
    }
    out + &text[from..whole.end]
}
