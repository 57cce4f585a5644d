//! The text of a NeuroML file and of all that it includes, within bounds.

use std::path::{Path, PathBuf};

use roxmltree::{Document, Node, TextPos};

use crate::error::{Error, Result};

/// Most levels of tags inside tags: the parser calls itself at each, and files of models have ten.
const DEEPEST: usize = 200;
/// Most files that one may include, with what these include.
const MOST_FILES: usize = 64;
/// Longest chain of files that include each other.
const LONGEST_CHAIN: usize = 16;
/// Largest file \[bytes\].
const LARGEST: u64 = 1 << 26;
/// Files of the standard itself, which a LEMS file includes and which define what is known here.
const STANDARD: [&str; 9] = [
    "Cells.xml",
    "Channels.xml",
    "Inputs.xml",
    "Networks.xml",
    "NeuroML2CoreTypes.xml",
    "NeuroMLCoreDimensions.xml",
    "PyNN.xml",
    "Simulation.xml",
    "Synapses.xml",
];

/// What there is, in messages.
pub(super) const CELLS: &str = "an izhikevichCell, izhikevich2007Cell or generalizedIzhikevichCell";

/// A file as text.
pub(super) struct Source {
    pub(super) path: PathBuf,
    pub(super) text: String,
}

impl Source {
    pub(super) fn at(&self, place: TextPos, problem: String, mend: impl Into<String>) -> Error {
        let (line, column) = (place.row as usize, place.col as usize);
        Error::Position { path: self.path.clone(), line, column, problem, mend: mend.into() }
    }

    /// The text as a tree.
    ///
    /// # Errors
    /// Text that is no XML, or tags nested deeper than the parser's stack allows.
    pub(super) fn parse(&self) -> Result<Document<'_>> {
        if let Some(offset) = data::xml::too_deep(&self.text, DEEPEST) {
            let before = &self.text[..offset];
            let row = before.matches('\n').count() as u32 + 1;
            let col = before.rsplit('\n').next().unwrap_or_default().chars().count() as u32 + 1;
            let problem = format!("tags are nested more than {DEEPEST} deep");
            return Err(self.at(TextPos { row, col }, problem, "Give a NeuroML 2 file; these have about ten levels."));
        }
        Document::parse(&self.text).map_err(|error| {
            let mend = format!("Give a NeuroML 2 file with {}.", CELLS);
            self.at(error.pos(), format!("this is no XML ({error})"), mend)
        })
    }
}

/// Reads a file of bounded size.
pub(super) fn text(path: &Path) -> Result<String> {
    let size = std::fs::metadata(path).map_err(Error::read(path))?.len();
    if size > LARGEST {
        let given = format!("{} with {size} bytes", path.display());
        let mend = "Take the cell and its network into a file of their own.";
        return Err(Error::invalid("the NeuroML file", given, format!("at most {LARGEST} bytes"), mend));
    }
    data::whole::read_text(path)
}

/// The document and what it includes, each file once, in the order in which they are met.
pub(super) fn all(path: &Path, document: &str) -> Result<Vec<Source>> {
    let mut sources = vec![Source { path: path.to_owned(), text: document.to_owned() }];
    let mut levels = vec![0];
    let mut next = 0;
    while next < sources.len() {
        for file in included(&sources[next])? {
            let name = |source: &Source| std::fs::canonicalize(&source.path).ok();
            let canonical = std::fs::canonicalize(&file).map_err(Error::read(&file))?;
            if sources.iter().any(|source| name(source).is_some_and(|known| known == canonical)) {
                continue;
            }
            if sources.len() > MOST_FILES || levels[next] >= LONGEST_CHAIN {
                return Err(Error::invalid(
                    "the NeuroML file",
                    format!("{} with more included files, {} among them", path.display(), file.display()),
                    format!("{MOST_FILES} files, at most {LONGEST_CHAIN} of them in a chain"),
                    "Take the cell and its network into a file of their own.",
                ));
            }
            let text = text(&file)?;
            sources.push(Source { path: file, text });
            levels.push(levels[next] + 1);
        }
        next += 1;
    }
    Ok(sources)
}

/// The files that a document includes, as paths beside it.
fn included(source: &Source) -> Result<Vec<PathBuf>> {
    let xml = source.parse()?;
    let folder = source.path.parent().unwrap_or(Path::new(""));
    let includes = xml.descendants().filter(Node::is_element).filter_map(|node| match node.tag_name().name() {
        "include" => Some((node, node.attribute("href").unwrap_or_default())),
        // LEMS has its own word.
        "Include" => Some((node, node.attribute("file").unwrap_or_default())),
        _ => None,
    });
    let file = |(node, name): (Node<'_, '_>, &str)| {
        let is_standard = STANDARD.contains(&name) && !folder.join(name).exists();
        match name.is_empty() || name.contains("://") {
            _ if is_standard => Ok(None),
            false => Ok(Some(folder.join(name))),
            true => {
                let problem = format!("include names '{name}', which is no file beside this one");
                let place = xml.text_pos_at(node.range().start);
                Err(source.at(place, problem, "Write href=\"cells.nml\" with a path relative to this file."))
            }
        }
    };
    includes.filter_map(|include| file(include).transpose()).collect()
}
