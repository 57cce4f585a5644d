//! The report as one page: no network, no other file. What stands in it is escaped by maud; drawings have been looked through by
//! [`DocumentFigure`].

use maud::{DOCTYPE, Markup, PreEscaped, html};
use serde_json::json;

use super::table::{heading, shown};
use super::{DataTable, Document, DocumentFigure, left_out};

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");
/// What a browser may do for the page: draw it and run its own script. It cannot fetch anything.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'";

impl Document {
    /// The page. `files` are names of the report's other files, to link to.
    pub fn html(&self, files: &[&str]) -> String {
        let page = html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta http-equiv="Content-Security-Policy" content=(POLICY);
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    title { (self.title) " – spikestep" }
                    style { (PreEscaped(STYLE)) }
                }
                body {
                    main {
                        h1 { (self.title) }
                        @if let Some(question) = &self.question { p.question { (question) } }
                        (self.verdict_html())
                        @for note in &self.notes { p.note { (note) } }
                        (self.navigation_html())
                        (self.parameters_html())
                        @if !self.figures.is_empty() { h2 #figures { "Figures" } }
                        @for figure in &self.figures { (figure_html(figure)) }
                        @if !self.tables.is_empty() { h2 #tables { "Tables" } }
                        @for table in &self.tables { (table_html(table)) }
                        (self.reproduce_html(files))
                    }
                    div #hover role="status" hidden {}
                    script { (PreEscaped(SCRIPT)) }
                }
            }
        };
        page.into_string()
    }

    fn verdict_html(&self) -> Markup {
        html! {
            @if self.verdict.is_some() || self.summary.is_some() { h2 #verdict { "Verdict" } }
            @if let Some(verdict) = &self.verdict { p.verdict { (verdict) } }
            @if let Some(summary) = &self.summary {
                // Without a verdict in words the printed tables are it.
                details open[self.verdict.is_none()] { summary { "All that the run printed" } pre tabindex="0" { (summary) } }
            }
        }
    }

    /// Links to the parts of the page, and to every figure and table.
    fn navigation_html(&self) -> Markup {
        let part =
            |there: bool, id: &'static str, name: &'static str| there.then_some((id.to_owned(), name.to_owned()));
        let parts = [
            part(!self.parameters.is_empty(), "parameters", "Parameters"),
            part(!self.figures.is_empty(), "figures", "Figures"),
            part(!self.tables.is_empty(), "tables", "Tables"),
            part(!self.commands.is_empty(), "reproduce", "To reproduce"),
        ];
        let figures = self.figures.iter().map(|figure| (format!("figure-{}", figure.name()), figure.name().to_owned()));
        let tables = self.tables.iter().map(|table| (format!("table-{}", table.name()), table.file.clone()));
        let links: Vec<(String, String)> = parts.into_iter().flatten().chain(figures).chain(tables).collect();
        html! {
            @if links.len() > 2 {
                nav aria-label="On this page" { @for (id, name) in links { a href={ "#" (id) } { (name.replace('_', " ")) } " " } }
            }
        }
    }

    fn parameters_html(&self) -> Markup {
        html! {
            @if !self.parameters.is_empty() {
                h2 #parameters { "Parameters" }
                table.parameters {
                    tbody { @for (name, value) in &self.parameters { tr { th scope="row" { (name) } td { (value) } } } }
                }
            }
            @if let Some(source) = &self.source {
                details { summary { "The study's file" } pre tabindex="0" { (source) } }
            }
        }
    }

    fn reproduce_html(&self, files: &[&str]) -> Markup {
        html! {
            @if !self.commands.is_empty() {
                h2 #reproduce { "To reproduce" }
                pre.commands tabindex="0" { @for command in &self.commands { (command) "\n" } }
            }
            @if !self.provenance.is_empty() {
                p.provenance { @for (i, (name, value)) in self.provenance.iter().enumerate() {
                    @if i > 0 { "; " } (name) " " (value)
                } }
            }
            @if !files.is_empty() {
                p.provenance { "The same for papers: " @for (i, file) in files.iter().enumerate() {
                    @if i > 0 { ", " } a href=(file) { (file) }
                } }
            }
        }
    }
}

fn figure_html(figure: &DocumentFigure) -> Markup {
    html! {
        figure id={ "figure-" (figure.name()) } {
            div.drawing tabindex="0" role="group" aria-label={ (figure.title) ". Arrow keys tell its values." } { (PreEscaped(&figure.svg)) }
            figcaption {
                b { (figure.name()) } " – " (figure.title) "."
                @if let Some(values) = &figure.values {
                    @if let Some(note) = left_out(values, values.rows.len()) { " " (note) }
                }
            }
            @if let Some(values) = &figure.values {
                details.values { summary { "Values: " (values.file) ", " (values.total) " rows" } }
                script type="application/json" { (PreEscaped(script_json(values))) }
            }
        }
    }
}

/// The values for the page's script. In a script element only `<` could end it or start a comment.
fn script_json(values: &DataTable) -> String {
    json!({ "columns": values.columns, "rows": values.rows }).to_string().replace('<', "\\u003c")
}

fn table_html(table: &DataTable) -> Markup {
    let varying = table.varying(&[]);
    let mut columns: Vec<(usize, bool)> = varying.columns.iter().map(|&c| (c, table.is_numeric(c))).collect();
    columns.sort_by_key(|&(c, _)| rank(&table.columns[c]));
    let long = table.rows.len() > MOST_PRINTED;
    html! {
        section.table.long[long] id={ "table-" (table.name()) } {
            h3 { (table.file) }
            @if !varying.constants.is_empty() { p.constants { "In all rows: " (varying.constants.join(", ")) "." } }
            @if let Some(note) = left_out(table, table.rows.len()) { p.note { (note) } }
            @if long { p.printed { "Its " (table.total) " rows are not printed." } }
            @else if columns.len() > MOST_COLUMNS { p.printed { "Of its " (columns.len()) " columns the first " (MOST_COLUMNS) " are printed." } }
            div.scroll tabindex="0" role="region" aria-label={ "Table " (table.file) } {
                table.sortable {
                    thead { tr {
                        @for &(c, numeric) in &columns {
                            th scope="col" class=[numeric.then_some("number")] title=(table.columns[c]) {
                                button type="button" { (heading(&table.columns[c])) }
                            }
                        }
                    } }
                    tbody { @for row in &table.rows { tr {
                        @for &(c, numeric) in &columns { (cell_html(&row[c], numeric)) }
                    } } }
                }
            }
        }
    }
}

/// Rows of a table that is printed at most: a page and a half of them.
const MOST_PRINTED: usize = 80;

/// Columns of a table that are printed at most: what the width of a page holds (`page.css`).
const MOST_COLUMNS: usize = 12;

/// Columns by which a run is known, then those that decide, in this order; all others stay behind them as they are.
const FIRST: [&str; 14] = [
    "neuron",
    "input",
    "seed",
    "scheme",
    "arithmetic",
    "dt_ms",
    "tolerance_ms",
    "missed",
    "extra",
    "max_spike_time_error_ms",
    "spike_count",
    "rms_spike_time_error_ms",
    "drift_ms_per_spike",
    "diverged_at_ms",
];

/// Where a column of results stands. Tables without a scheme in them, such as those of spikes, keep their order all the same: nothing of
/// them but what names a row is in the list.
fn rank(column: &str) -> usize {
    FIRST.iter().position(|known| *known == column).unwrap_or(FIRST.len())
}

/// A cell; where the number is shortened, all its digits are its title.
fn cell_html(field: &str, numeric: bool) -> Markup {
    let short = shown(field);
    let full = (short != field).then_some(field);
    html! { td class=[numeric.then_some("number")] title=[full] { (short) } }
}
