//! Messages that a terminal can show: no control characters, and no word without an end, whatever was typed or read.

/// Longest word that is shown whole: a path may be as long.
const LONGEST_WORD: usize = 240;

/// Characters that are shown of the beginning and the end of a longer one.
const SHOWN: usize = 40;

/// `message` with its control characters escaped, but for the ends of lines where it has several, and its overlong words shortened.
pub(super) fn legible(message: &str) -> String {
    let escape = |c: char| if c.is_control() && c != '\n' { c.escape_default().to_string() } else { c.to_string() };
    let words = message.split_inclusive([' ', '\n']).map(|whole| {
        let word = whole.trim_end_matches([' ', '\n']);
        let characters = word.chars().count();
        if characters <= LONGEST_WORD {
            return whole.to_owned();
        }
        let (beginning, end): (String, String) =
            (word.chars().take(SHOWN).collect(), word.chars().skip(characters - SHOWN).collect());
        format!("{beginning}...{end} ({characters} characters){}", &whole[word.len()..])
    });
    words.collect::<String>().chars().map(escape).collect()
}

#[cfg(test)]
mod tests {
    use super::legible;

    #[test]
    fn what_a_terminal_cannot_show_is_escaped_or_shortened() {
        assert_eq!(legible("an \u{1b}[31mred\rword\nin two lines, é"), "an \\u{1b}[31mred\\rword\nin two lines, é");
        let long = legible(&format!("unknown scheme '{}'; known: rk4", "é".repeat(10_000)));
        assert!(
            long.len() < 300 && long.contains("'é") && long.contains("é'; (10003 characters) known: rk4"),
            "{long}"
        );
        let path = "x".repeat(240);
        assert_eq!(legible(&path), path);
    }
}
