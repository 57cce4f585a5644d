//! Text for people: tables and lines of at most 100 columns, fewer on a narrow terminal, numbers with no more digits than a column holds.

use std::sync::atomic::{AtomicUsize, Ordering};

use comfy_table::presets::NOTHING;
use comfy_table::{CellAlignment, Table};
pub use data::digits::{six, three};

/// Columns of all text that is not a path: at most, and where a terminal is narrower, at least.
const WIDTHS: [usize; 2] = [40, 100];

/// Columns of all text now.
static WIDTH: AtomicUsize = AtomicUsize::new(WIDTHS[1]);

/// Makes all text from now on as narrow as a terminal of so many columns. What is written to files comes before.
pub fn fit(columns: usize) {
    WIDTH.store(columns.clamp(WIDTHS[0], WIDTHS[1]), Ordering::Relaxed);
}

fn width() -> usize {
    WIDTH.load(Ordering::Relaxed)
}

/// A table without lines, the first column to the left, all others to the right. Columns stand two blanks apart, or one
/// where the table would be too wide; those that do not fit even so follow in a table of their own.
pub fn plain(header: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let rows: Vec<Vec<String>> = rows.into_iter().collect();
    let (widest, wide) = (width(), |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.chain([header[column].chars().count()]).max().unwrap_or_default()
    });
    let total = |columns: &[usize], gap: u16| {
        columns.iter().map(|&column| wide(column)).sum::<usize>() + usize::from(gap) * (columns.len() - 1)
    };
    let mut text = String::new();
    let mut rest: Vec<usize> = (1..header.len()).collect();
    loop {
        let mut columns = vec![0];
        columns.append(&mut rest);
        let gap = if total(&columns, 2) <= widest { 2 } else { 1 };
        // A first column that fills the width still takes another one with it, so that this ends.
        while columns.len() > 2 && total(&columns, gap) > widest {
            rest.extend(columns.pop());
        }
        rest.reverse();
        text += &rendered(header, &rows, &columns, gap);
        if rest.is_empty() {
            return text;
        }
        text += "\n";
    }
}

/// [`plain`] of one row or more that bring the same headings.
pub fn headed(rows: Vec<Vec<(&str, String)>>) -> String {
    let header: Vec<&str> = rows.iter().take(1).flatten().map(|(heading, _)| *heading).collect();
    plain(&header, rows.into_iter().map(|row| row.into_iter().map(|(_, text)| text).collect()))
}

/// Some columns of a table.
fn rendered(header: &[&str], rows: &[Vec<String>], columns: &[usize], gap: u16) -> String {
    let mut table = Table::new();
    table.load_style(NOTHING);
    table.set_header(columns.iter().map(|&column| header[column]));
    for row in rows {
        table.add_row(columns.iter().map(|&column| row[column].as_str()));
    }
    for (index, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, if index + 1 == columns.len() { 0 } else { gap }));
        if index > 0 {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table.lines().map(|line| line.trim_end().to_owned() + "\n").collect()
}

/// Breaks a text into lines of at most 100 characters, or as many as [`fit`] said; a longer word, such as a path, has a line of its own.
pub fn wrapped(text: &str) -> String {
    let (widest, mut lines) = (width(), vec![String::new()]);
    for word in text.split_whitespace() {
        let line = lines.last_mut().expect("there is always a line");
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > widest {
            lines.push(word.to_owned());
        } else {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines.join("\n")
}

/// A number of things: "1 spike", "2 spikes".
pub fn counted(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

/// `x` rounded to two digits, for what is known no better.
pub fn two(x: f64) -> String {
    format!("{x:.1e}").parse().map_or_else(|_| x.to_string(), |rounded: f64| rounded.to_string())
}

/// [`three`] for columns that must be narrow: two digits where the number needs an exponent.
pub fn narrow(x: f64) -> String {
    let text = three(x);
    if text.contains('e') { format!("{x:.1e}") } else { text }
}

/// [`three`], or a dash where there is nothing or the number overflowed.
pub fn three_or_dash(x: Option<f64>) -> String {
    x.filter(|x| x.is_finite()).map_or_else(|| "-".to_owned(), three)
}
