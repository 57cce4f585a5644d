//! The report on a directory of outputs: what was asked, with which parameters, the tables, the figures, the verdict, and how to get
//! the same again. One document, written as a page that needs nothing but itself ([`Document::html`]), as Markdown, and as LaTeX
//! tables for a paper.
//!
//! Numbers are shown with four significant digits, as typed where they have six or fewer; the CSV files keep all of them. Columns
//! that are the same in every row stand above a table, not in it.

mod figure;
mod html;
mod latex;
pub mod layout;
mod markdown;
mod read;
mod shell;
mod table;

pub use figure::DocumentFigure;
pub use layout::{counted, plain, three, three_or_dash, wrapped};
pub use shell::{command_line, program, quoted};
pub use table::DataTable;

/// What a directory of outputs says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Document {
    /// The title of the document.
    pub title: String,
    /// The question that was asked, where there is a record of it.
    pub question: Option<String>,
    /// Names and values of the parameters.
    pub parameters: Vec<(String, String)>,
    /// The study's file, as it was run.
    pub source: Option<String>,
    /// What came out, in sentences.
    pub verdict: Option<String>,
    /// All that the run printed.
    pub summary: Option<String>,
    /// Tables, the results first.
    pub tables: Vec<DataTable>,
    /// Figures with their values.
    pub figures: Vec<DocumentFigure>,
    /// Commands that give the same again.
    pub commands: Vec<String>,
    /// Version, machine and time, where they are known.
    pub provenance: Vec<(String, String)>,
    /// What could not be shown, and why.
    pub notes: Vec<String>,
}

/// A sentence on rows that are not shown.
fn left_out(table: &DataTable, shown: usize) -> Option<String> {
    (table.total > shown).then(|| format!("{shown} of {} rows are shown; {} has all.", table.total, table.file))
}
