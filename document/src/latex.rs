//! The tables for a paper: LaTeX with booktabs' rules and siunitx' columns, whose numbers stand under each other at the point.

use std::fmt::Write;

use super::table::{Varying, heading, number, shown};
use super::{DataTable, Document};
use data::column::study_axes;

/// Rows of a table that are written at most: more are no table of a paper.
const MOST_ROWS: usize = 200;
/// Rows that fit on a page; a longer table is a `longtable`.
const PAGE_ROWS: usize = 40;
/// Characters of a `\footnotesize` line across a page.
const PAGE_COLUMNS: usize = 100;
/// Between two columns, in characters.
const GAP: usize = 2;

impl Document {
    /// The tables, each a float with caption and label to be used by `\input`; `columns` as for [`Document::markdown`]. A table of
    /// more columns than a page holds goes on in further tables, each with the columns that name the rows.
    pub fn latex(&self, columns: &[String]) -> String {
        let mut text = format!("% {}\n", comment(&self.title));
        for command in &self.commands {
            let _ = writeln!(text, "% {}", comment(command));
        }
        text += "% Needs \\usepackage{booktabs,longtable,siunitx}, and \\sisetup{group-digits=none} for columns as narrow as here.\n";
        for table in &self.tables {
            let varying = table.varying(columns);
            if varying.columns.is_empty() {
                continue;
            }
            if table.total > MOST_ROWS {
                let _ = write!(text, "\n% {}: {} rows are too many for a table.\n", comment(&table.file), table.total);
                continue;
            }
            let parts = parts(table, &varying.columns);
            for (i, part) in parts.iter().enumerate() {
                text += &tabular(table, &varying, part, (parts.len() > 1).then_some(i));
            }
        }
        text
    }
}

/// Columns of a grid of runs that say which run a row is of.
fn names_rows(column: &str) -> bool {
    study_axes().iter().any(|axis| axis.name == column)
}

/// Splits columns into groups that fit on a page, each led by the columns that name the rows.
fn parts(table: &DataTable, columns: &[usize]) -> Vec<Vec<usize>> {
    let width = |&c: &usize| {
        let cells = table.rows.iter().map(|row| shown(&row[c]).chars().count());
        cells.chain([heading(&table.columns[c]).chars().count()]).max().unwrap_or_default() + GAP
    };
    let leads = |&&c: &&usize| names_rows(&table.columns[c]) || !table.is_numeric(c);
    // The first column in any case: rows without a name cannot be told apart in a further table.
    let lead = columns.iter().take_while(leads).count().max(1).min(columns.len());
    let lead = columns[..lead].to_vec();
    let taken: usize = lead.iter().map(width).sum();
    let mut parts = vec![lead.clone()];
    let mut used = taken;
    for c in &columns[lead.len()..] {
        let last = parts.last().map_or(0, Vec::len);
        if used + width(c) > PAGE_COLUMNS && last > lead.len() {
            parts.push(lead.clone());
            used = taken;
        }
        used += width(c);
        if let Some(part) = parts.last_mut() {
            part.push(*c);
        }
    }
    parts
}

/// One table; `part` numbers those of a table that was split.
fn tabular(table: &DataTable, varying: &Varying, columns: &[usize], part: Option<usize>) -> String {
    let long = table.rows.len() > PAGE_ROWS;
    let specification: String = columns.iter().map(|&c| specification(table, c)).collect::<Vec<_>>().join(" ");
    let constants = match varying.constants.as_slice() {
        [] => String::new(),
        all => format!(": {}", all.iter().map(|c| escaped(c)).collect::<Vec<_>>().join(", ")),
    };
    let continued = if part.unwrap_or(0) > 0 { " (continued)" } else { "" };
    let label: String = table.name().chars().filter(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).collect();
    let number = part.map(|i| format!("-{}", i + 1)).unwrap_or_default();
    let caption = format!(
        "\\caption{{{}{constants}{continued}.}}\n\\label{{tab:{label}{number}}}",
        escaped(&table.name().replace('_', " "))
    );
    let header: Vec<String> =
        columns.iter().map(|&c| format!("{{{}}}", escaped(&heading(&table.columns[c])))).collect();
    let header = format!("\\toprule\n{} \\\\\n\\midrule\n", header.join(" & "));
    let mut body = String::new();
    for row in &table.rows {
        let cells: Vec<String> = columns.iter().map(|&c| cell(&row[c], table.is_numeric(c))).collect();
        let _ = writeln!(body, "{} \\\\", cells.join(" & "));
    }
    if long {
        format!(
            "\n{{\\footnotesize\n\\begin{{longtable}}{{{specification}}}\n{caption} \\\\\n{header}\\endfirsthead\n{header}\\endhead\n\
             \\bottomrule\n\\endfoot\n{body}\\end{{longtable}}}}\n"
        )
    } else {
        format!(
            "\n\\begin{{table}}\n\\centering\\footnotesize\n{caption}\n\\begin{{tabular}}{{{specification}}}\n{header}{body}\
             \\bottomrule\n\\end{{tabular}}\n\\end{{table}}\n"
        )
    }
}

/// `l`, or siunitx' `S` with the room that the column's numbers need: digits before and after the point, and of the exponent.
fn specification(table: &DataTable, column: usize) -> String {
    if !table.is_numeric(column) {
        return "l".to_owned();
    }
    let (mut before, mut after, mut exponent, mut minus, mut minus_exponent) = (1, 0, 0, false, false);
    for row in table.rows.iter().filter(|row| !row[column].is_empty()) {
        let text = shown(&row[column]).to_lowercase();
        let (mantissa, power) = text.split_once('e').unwrap_or((&text, ""));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = |part: &str| part.trim_start_matches(['-', '+']).len();
        before = before.max(digits(whole));
        after = after.max(fraction.len());
        exponent = exponent.max(digits(power));
        minus |= whole.starts_with('-');
        minus_exponent |= power.starts_with('-');
    }
    let sign = |minus: bool| if minus { "-" } else { "" };
    let mut format = format!("{}{before}", sign(minus));
    if after > 0 {
        let _ = write!(format, ".{after}");
    }
    if exponent > 0 {
        let _ = write!(format, "e{}{}", sign(minus_exponent), exponent);
    }
    format!("S[table-format={format}]")
}

/// A cell: a number as siunitx reads it, or text; an empty one in a column of numbers is a dash.
fn cell(field: &str, numeric: bool) -> String {
    match (numeric, field.is_empty()) {
        (true, true) => "{--}".to_owned(),
        // Rust writes exponents and signs as siunitx reads them.
        (true, false) if number(field).is_some() => shown(field),
        _ => escaped(&shown(field)),
    }
}

/// Text that LaTeX sets as it is.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' | '%' | '$' | '#' | '_' | '{' | '}' => out.extend(['\\', c]),
            '\\' => out += "\\textbackslash{}",
            '~' => out += "\\textasciitilde{}",
            '^' => out += "\\textasciicircum{}",
            '<' => out += "\\textless{}",
            '>' => out += "\\textgreater{}",
            '|' => out += "\\textbar{}",
            '"' => out += "\\textquotedbl{}",
            'µ' | 'μ' => out += "\\ensuremath{\\mu}",
            'τ' => out += "\\ensuremath{\\tau}",
            '±' => out += "\\ensuremath{\\pm}",
            '×' => out += "\\ensuremath{\\times}",
            '−' => out += "\\ensuremath{-}",
            '²' => out += "\\ensuremath{^2}",
            '…' => out += "\\ldots{}",
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// Text that stays on the line of its comment.
fn comment(text: &str) -> String {
    text.replace(char::is_control, " ")
}
