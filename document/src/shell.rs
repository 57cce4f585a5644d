//! Commands as a shell takes them.

/// A word as a shell takes it: in single quotes where it has anything but letters, digits and `_-+=:,./@%`.
pub fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-+=:,./@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

/// A command as a shell takes it, with those of its options that have a value.
pub fn command_line(name: &str, options: &[(&str, Option<String>)]) -> String {
    let given = options.iter().filter_map(|(option, value)| Some(format!(" --{option} {}", quoted(value.as_ref()?))));
    std::iter::once(name.to_owned()).chain(given).collect()
}
