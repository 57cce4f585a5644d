//! Commands as a shell takes them, under the name by which the program was called.

use std::path::Path;

/// The names of the program.
const NAMES: [&str; 2] = ["compare", "spikestep"];

/// The name by which the program was called, where it is one of its own: what texts and records call it. Otherwise `compare`.
pub fn program() -> &'static str {
    let called = std::env::args_os().next().unwrap_or_default();
    let stem = Path::new(&called).file_stem().unwrap_or_default();
    NAMES.into_iter().find(|name| stem == *name).unwrap_or(NAMES[0])
}

/// A word as a shell takes it: in single quotes where it has anything but letters, digits and `_-+=:,./@%`.
pub fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-+=:,./@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

/// The command of this program as a shell takes it: a subcommand, which may be empty, and those of the options that have a value.
pub fn command_line(subcommand: &str, options: &[(&str, Option<String>)]) -> String {
    let given = options.iter().filter_map(|(option, value)| Some(format!(" --{option} {}", quoted(value.as_ref()?))));
    let blank = if subcommand.is_empty() { "" } else { " " };
    std::iter::once(format!("{}{blank}{subcommand}", program())).chain(given).collect()
}
