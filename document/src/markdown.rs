//! The report as Markdown (GitHub's, for its tables), which shows the figures as the files beside it.

use std::fmt::Write;

use super::table::{Varying, heading, shown};
use super::{DataTable, Document};

/// Rows of a table that are written at most: Markdown cannot be sorted or scrolled.
const MOST_ROWS: usize = 200;

impl Document {
    /// The report as Markdown; of the tables the `columns` asked for, all that vary where none is.
    pub fn markdown(&self, columns: &[String]) -> String {
        let mut text = format!("# {}\n", escaped(&self.title));
        let mut part = |paragraph: &str| {
            let _ = write!(text, "\n{paragraph}\n");
        };
        if let Some(question) = &self.question {
            part(&escaped(question));
        }
        for note in &self.notes {
            part(&format!("> {}", escaped(note)));
        }
        if self.verdict.is_some() || self.summary.is_some() {
            part("## Verdict");
        }
        match (&self.verdict, &self.summary) {
            (Some(verdict), _) => part(&escaped(verdict)),
            (None, Some(summary)) => part(&fenced(summary)),
            (None, None) => {}
        }
        if !self.parameters.is_empty() {
            part("## Parameters");
            let rows =
                self.parameters.iter().map(|(name, value)| format!("| {} | {} |\n", escaped(name), escaped(value)));
            part(format!("| parameter | value |\n|---|---|\n{}", rows.collect::<String>()).trim_end());
        }
        if !self.figures.is_empty() {
            part("## Figures");
        }
        for figure in &self.figures {
            part(&format!("![{}](<{}>)", escaped(&figure.title), figure.file.replace(['<', '>'], "")));
        }
        if !self.tables.is_empty() {
            part("## Tables");
        }
        for table in &self.tables {
            let varying = table.varying(columns);
            if !varying.columns.is_empty() {
                part(&format!("### {}", escaped(&table.file)));
                part(rows(table, &varying).trim_end());
            }
        }
        if !self.commands.is_empty() {
            part("## To reproduce");
            part(&fenced(&self.commands.join("\n")));
        }
        if !self.provenance.is_empty() {
            let known: Vec<String> = self.provenance.iter().map(|(name, value)| format!("{name} {value}")).collect();
            part(&escaped(&known.join("; ")));
        }
        text
    }
}

fn rows(table: &DataTable, varying: &Varying) -> String {
    if table.total > MOST_ROWS {
        return format!("{} rows, too many to be read here: see {}.", table.total, escaped(&table.file));
    }
    let mut text = String::new();
    if !varying.constants.is_empty() {
        let _ = write!(text, "In all rows: {}.\n\n", escaped(&varying.constants.join(", ")));
    }
    let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    text += &line(varying.columns.iter().map(|&c| escaped(&heading(&table.columns[c]))).collect());
    text +=
        &line(varying.columns.iter().map(|&c| if table.is_numeric(c) { "--:" } else { "---" }.to_owned()).collect());
    for row in &table.rows {
        text += &line(varying.columns.iter().map(|&c| escaped(&shown(&row[c]))).collect());
    }
    text
}

/// Text that Markdown shows as it is, on one line.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '#' | '$' => out.extend(['\\', c]),
            '<' => out += "&lt;",
            '&' => out += "&amp;",
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// A block of text as it is, inside a fence that is longer than any in it.
fn fenced(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}text\n{text}\n{fence}")
}
