//! The words and signs of a source, and its `use` declarations.

use super::source::Segments;

/// The names that a tree of `use` brings, with their paths as written.
pub(crate) fn tree(tokens: &[String], prefix: &mut Segments, uses: &mut Vec<(String, Segments)>) {
    let length = prefix.len();
    let mut i = 0;
    while i < tokens.len() {
        match tokens[i].as_str() {
            "::" => {}
            "," => prefix.truncate(length),
            "{" => {
                let mut depth = 0;
                let end = (i..tokens.len())
                    .find(|&j| {
                        depth += i32::from(tokens[j] == "{") - i32::from(tokens[j] == "}");
                        depth == 0
                    })
                    .unwrap();
                tree(&tokens[i + 1..end], prefix, uses);
                i = end;
            }
            "as" => {
                let path = prefix.clone();
                uses.pop();
                uses.push((tokens[i + 1].clone(), path));
                i += 1;
            }
            segment => {
                if segment != "self" || prefix.is_empty() {
                    prefix.push(segment.to_owned());
                }
                if tokens.get(i + 1).is_none_or(|next| next != "::") {
                    let name = if segment == "self" { prefix.last().unwrap() } else { segment };
                    let path = if segment == "*" { &prefix[..prefix.len() - 1] } else { &prefix[..] };
                    uses.push((name.to_owned(), path.to_vec()));
                }
            }
        }
        i += 1;
    }
    prefix.truncate(length);
}

pub(crate) fn is_name(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// The words and signs of a source, without comments, and with every literal as `""`.
pub(crate) fn tokens(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let at = |i: usize| chars.get(i).copied().unwrap_or('\0');
    let mut tokens = vec![];
    let mut i = 0;
    while i < chars.len() {
        let start = i;
        match at(i) {
            c if c.is_whitespace() => i += 1,
            '/' if at(i + 1) == '/' => {
                while i < chars.len() && at(i) != '\n' {
                    i += 1;
                }
            }
            '/' if at(i + 1) == '*' => {
                while i < chars.len() && !(at(i) == '*' && at(i + 1) == '/') {
                    i += 1;
                }
                i += 2;
            }
            'r' if at(i + 1) == '"' || at(i + 1) == '#' && (at(i + 2) == '"' || at(i + 2) == '#') => {
                let hashes = chars[i + 1..].iter().take_while(|c| **c == '#').count();
                let close: Vec<char> = std::iter::once('"').chain(vec!['#'; hashes]).collect();
                i += hashes + 2;
                while i < chars.len() && !chars[i..].starts_with(&close) {
                    i += 1;
                }
                i += close.len();
                tokens.push("\"\"".to_owned());
            }
            '"' => {
                i += 1;
                while i < chars.len() && at(i) != '"' {
                    i += if at(i) == '\\' { 2 } else { 1 };
                }
                i += 1;
                tokens.push("\"\"".to_owned());
            }
            // A character, which unlike a lifetime ends in another quote.
            '\'' if at(i + 1) == '\\' || at(i + 2) == '\'' => {
                i += if at(i + 1) == '\\' { 3 } else { 2 };
                while at(i) != '\'' {
                    i += 1;
                }
                i += 1;
            }
            c if c.is_alphanumeric() || c == '_' => {
                while at(i).is_alphanumeric() || at(i) == '_' {
                    i += 1;
                }
                tokens.push(chars[start..i].iter().collect());
            }
            ':' if at(i + 1) == ':' => {
                i += 2;
                tokens.push("::".to_owned());
            }
            c => {
                i += 1;
                tokens.push(c.to_string());
            }
        }
    }
    tokens
}

/// The tokens without the items under `#[cfg(test)]`.
pub(crate) fn without_tests(tokens: Vec<String>) -> Vec<String> {
    let mark = ["#", "[", "cfg", "(", "test", ")", "]"];
    let mut kept = vec![];
    let mut i = 0;
    while i < tokens.len() {
        if !tokens[i..].iter().zip(mark).all(|(token, mark)| token == mark) || tokens.len() < i + mark.len() {
            kept.push(tokens[i].clone());
            i += 1;
            continue;
        }
        // The item ends with its block, or with a semicolon before any.
        i += mark.len();
        let mut depth = 0;
        loop {
            match tokens.get(i).map(String::as_str) {
                Some("{" | "(" | "[") => depth += 1,
                Some("}" | ")" | "]") => depth -= 1,
                None => break,
                _ => {}
            }
            i += 1;
            if depth == 0 && (tokens[i - 1] == "}" || tokens[i - 1] == ";") {
                break;
            }
        }
    }
    kept
}
