//! Text for the terminal, at most 100 columns wide.

use comfy_table::presets::NOTHING;
use comfy_table::{CellAlignment, Table};

/// Columns of all text that is not a path.
const WIDTH: usize = 100;

/// A table without lines, the first column to the left, all others to the right. Columns stand two blanks apart, or one
/// where the table would be too wide; those that do not fit even so follow in a table of their own.
pub fn plain(header: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let rows: Vec<Vec<String>> = rows.into_iter().collect();
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.chain([header[column].chars().count()]).max().unwrap_or_default()
    };
    let total = |columns: &[usize], gap: u16| {
        columns.iter().map(|&column| width(column)).sum::<usize>() + usize::from(gap) * (columns.len() - 1)
    };
    let mut text = String::new();
    let mut rest: Vec<usize> = (1..header.len()).collect();
    loop {
        let mut columns = vec![0];
        columns.append(&mut rest);
        let gap = if total(&columns, 2) <= WIDTH { 2 } else { 1 };
        // A first column that fills the width still takes another one with it, so that this ends.
        while columns.len() > 2 && total(&columns, gap) > WIDTH {
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

/// Breaks a text into lines of at most 100 characters; a longer word, such as a path, has a line of its own.
pub fn wrapped(text: &str) -> String {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let line = lines.last_mut().expect("there is always a line");
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > WIDTH {
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

#[cfg(test)]
mod tests {
    use super::{WIDTH, plain};

    #[test]
    fn columns_that_do_not_fit_follow_in_their_order() {
        let header = ["name", "first", "second", "third"];
        let row = || header.map(|name| name.repeat(5)).to_vec();
        let text = plain(&header, [row()]);
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH), "{text}");
        let blocks: Vec<&str> = text.split("\n\n").collect();
        let words = |block: &str| block.lines().next().unwrap().split_whitespace().collect::<Vec<_>>().join(" ");
        let headers: Vec<String> = blocks.iter().map(|block| words(block)).collect();
        assert_eq!(headers, ["name first second", "name third"]);
    }
}
