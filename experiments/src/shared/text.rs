//! Tables for people.

/// A table with the heads of a list such as "dt \[ms\],spikes", its columns of the given widths with a blank between them: to the right,
/// or to the left where the width is negative.
pub(crate) fn columns(heads: &str, widths: &[isize], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let row = |row: Vec<String>| {
        let cell = |(text, width): (&String, &isize)| {
            let size = width.unsigned_abs();
            if *width < 0 { format!("{text:<size$}") } else { format!("{text:>size$}") }
        };
        row.iter().zip(widths).map(cell).collect::<Vec<_>>().join(" ") + "\n"
    };
    let head = heads.split(',').map(str::to_owned).collect();
    std::iter::once(head).chain(rows).map(row).collect()
}

/// The names of a list such as "dt_ms,spikes", for the header of a CSV.
pub(crate) fn names(list: &str) -> Vec<&str> {
    list.split(',').collect()
}
