//! Imports go downwards: a file of a lower layer uses none of a higher one, and no files use one another in a circle.
//!
//! The sources are read as text. What counts is where a name is *defined*: `crate::Neuron` is an import of
//! `src/model/neuron.rs`, whatever re-exports it on the way. Declaring or re-exporting a child is not an import of it. Code under
//! `#[cfg(test)]` and comments do not count.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// The layers from the bottom up; each may import those before it. `lib.rs` re-exports and has no layer.
const LAYERS: [&str; 15] = [
    "error",
    "instructions",
    "interop",
    "model",
    "spike",
    "truth",
    "operator",
    "scheme",
    "metrics",
    "population",
    "recognition",
    "study",
    "report",
    "cli",
    "bin",
];

/// Layers whose files still import one another in a circle. An entry that is no longer needed has to go.
const CIRCLES_LEFT: [&str; 0] = [];

/// Imports from a lower layer of a higher one that still are there. An entry that is no longer needed has to go.
const UPWARDS_LEFT: [(&str, &str); 0] = [];

#[test]
fn imports_go_downwards() {
    let imports = Crate::read().imports();
    let layer = |file: &str| LAYERS.iter().position(|name| layer_of(file) == *name);
    let mut wrong = vec![];
    let mut left: BTreeSet<_> = UPWARDS_LEFT.into_iter().collect();
    for (file, targets) in &imports {
        for (target, names) in targets {
            let (from, to) = (layer(file), layer(target));
            assert!(from.is_some(), "{file} is in no layer: add its folder to LAYERS of tests/layers.rs");
            let known = (layer_of(file), layer_of(target));
            if from < to && !left.remove(&known) && !UPWARDS_LEFT.contains(&known) {
                wrong.push(format!("{file} imports {} of {target}", listed(names)));
            }
        }
    }
    let order = LAYERS.join(" < ");
    assert!(
        wrong.is_empty(),
        "{} imports go upwards; the order is {order}.\n  {}\nMove what both need to the lower layer, or the code that needs both to \
         the higher one.",
        wrong.len(),
        wrong.join("\n  ")
    );
    assert!(left.is_empty(), "no file imports upwards as {left:?} any more: take it from UPWARDS_LEFT");
}

#[test]
fn no_files_import_one_another_in_a_circle() {
    let imports = Crate::read().imports();
    let mut wrong = vec![];
    let mut left: BTreeSet<_> = CIRCLES_LEFT.into_iter().collect();
    for circle in circles(&imports) {
        let mut layers = circle.iter().map(|file| layer_of(file));
        if layers.all(|layer| CIRCLES_LEFT.contains(&layer)) {
            for file in &circle {
                left.remove(layer_of(file));
            }
            continue;
        }
        let ties = circle.iter().flat_map(|file| {
            let inside = imports[*file].iter().filter(|(target, _)| circle.contains(target));
            inside.map(move |(target, names)| format!("    {file} imports {} of {target}", listed(names)))
        });
        wrong.push(format!("  {} files:\n{}", circle.len(), ties.collect::<Vec<_>>().join("\n")));
    }
    assert!(
        wrong.is_empty(),
        "{} circles of files:\n{}\nMove what both sides need to a file of its own, below both.",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(left.is_empty(), "{left:?} has no circle of files any more: take it from CIRCLES_LEFT");
}

fn listed(names: &BTreeSet<String>) -> String {
    names.iter().cloned().collect::<Vec<_>>().join(", ")
}

/// The folder below `src/`, or the file's name, that says which layer a file belongs to.
fn layer_of(file: &str) -> &str {
    let inside = file.trim_start_matches("src/");
    inside.split('/').next().unwrap().trim_end_matches(".rs")
}

/// Who imports whom, and which names: file, then target.
type Imports = BTreeMap<String, BTreeMap<String, BTreeSet<String>>>;

/// The sets of two and more files that reach one another.
fn circles(imports: &Imports) -> Vec<BTreeSet<&String>> {
    let reached = |from: &String| {
        let (mut seen, mut open) = (BTreeSet::new(), vec![from]);
        while let Some(file) = open.pop() {
            for target in imports.get(file).into_iter().flat_map(|targets| targets.keys()) {
                if seen.insert(target) {
                    open.push(target);
                }
            }
        }
        seen
    };
    let reach: BTreeMap<&String, BTreeSet<&String>> = imports.keys().map(|file| (file, reached(file))).collect();
    let mut found: Vec<BTreeSet<&String>> = vec![];
    for (file, others) in &reach {
        if others.contains(file) && !found.iter().any(|circle| circle.contains(*file)) {
            let back = |other: &&String| reach.get(*other).is_some_and(|theirs| theirs.contains(*file));
            found.push(others.iter().copied().filter(back).collect());
        }
    }
    found
}

/// A path of the source: its segments without `crate`, `self` and `super`, from the root of the crate.
type Segments = Vec<String>;

/// One module, which is one file, or an inline module taken as a part of its file.
#[derive(Default)]
struct Module {
    file: String,
    children: BTreeSet<String>,
    /// Names defined here.
    defined: BTreeSet<String>,
    /// Names brought here by `use`, and where from; `exported` for those under `pub use`.
    used: Vec<Use>,
    /// Paths in the code, as written.
    paths: Vec<Segments>,
    /// All words of the code but those of `use` and the names of children.
    words: BTreeSet<String>,
}

struct Use {
    name: String,
    path: Segments,
    exported: bool,
}

/// All modules by their path.
struct Crate(BTreeMap<Segments, Module>);

impl Crate {
    fn read() -> Self {
        let mut files = vec![];
        gather(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut vec![], &mut files);
        let mut modules = BTreeMap::new();
        for (path, file, text) in files {
            modules.insert(path.clone(), Module::read(file, &path, &text));
        }
        let paths: Vec<Segments> = modules.keys().cloned().collect();
        for path in paths {
            if let Some((last, parent)) = path.split_last()
                && let Some(parent) = modules.get_mut(parent)
            {
                parent.children.insert(last.clone());
            }
        }
        Crate(modules)
    }

    /// The module that defines what `path` names, and the name of it there; `None` for other crates' and for modules.
    fn resolve(&self, path: &[String], depth: usize) -> Option<(&Segments, String)> {
        if depth > 20 {
            return None;
        }
        let mut at: Segments = vec![];
        for (i, segment) in path.iter().enumerate() {
            let (key, module) = self.0.get_key_value(&at)?;
            if module.children.contains(segment) {
                at.push(segment.clone());
                continue;
            }
            if module.defined.contains(segment) {
                return Some((key, segment.clone()));
            }
            for used in &module.used {
                let rest = match used.name.as_str() {
                    "*" => &path[i..],
                    name if name == segment => &path[i + 1..],
                    _ => continue,
                };
                let further: Segments = used.path.iter().chain(rest).cloned().collect();
                if let Some(found) = self.resolve(&further, depth + 1) {
                    return Some(found);
                }
            }
            return None;
        }
        None
    }

    fn imports(&self) -> Imports {
        let mut imports = Imports::new();
        for (path, module) in &self.0 {
            let targets = imports.entry(module.file.clone()).or_default();
            if path.is_empty() {
                continue;
            }
            // A name that is re-exported, and nothing else, is no import.
            let needed = |used: &&Use| !used.exported || module.words.contains(&used.name);
            let brought = module.used.iter().filter(needed).map(|used| used.path.clone());
            // A path in the code starts at a name in scope: a child, or a module brought here by `use`.
            let written = module.paths.iter().filter_map(|written| {
                let first = &written[0];
                if module.children.contains(first) {
                    return Some(path.iter().chain(written).cloned().collect());
                }
                let used = module.used.iter().find(|used| used.name == *first)?;
                Some(used.path.iter().chain(&written[1..]).cloned().collect())
            });
            for import in brought.chain(written).collect::<Vec<Segments>>() {
                if let Some((target, name)) = self.resolve(&import, 0) {
                    let file = &self.0[target].file;
                    if *file != module.file {
                        targets.entry(file.clone()).or_default().insert(name);
                    }
                }
            }
        }
        imports
    }
}

/// All files of a folder with their modules' paths.
fn gather(folder: &Path, path: &mut Segments, files: &mut Vec<(Segments, String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap().path();
        let stem = entry.file_stem().unwrap().to_str().unwrap().to_owned();
        path.push(stem.clone());
        if entry.is_dir() {
            gather(&entry, path, files);
        } else if entry.extension().is_some_and(|e| e == "rs") {
            let module = if stem == "mod" || stem == "lib" { &path[..path.len() - 1] } else { &path[..] };
            let file = entry.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap().to_str().unwrap().replace('\\', "/");
            files.push((module.to_vec(), file, fs::read_to_string(&entry).unwrap()));
        }
        path.pop();
    }
}

impl Module {
    fn read(file: String, path: &[String], text: &str) -> Self {
        let tokens = without_tests(tokens(text));
        let mut module = Module { file, ..Module::default() };
        let word = |i: usize| tokens.get(i).map_or("", String::as_str);
        let mut depth = 0;
        let mut i = 0;
        while i < tokens.len() {
            if is_name(word(i)) && (i == 0 || word(i - 1) != "mod") {
                module.words.insert(word(i).to_owned());
            }
            match word(i) {
                "{" => depth += 1,
                "}" => depth -= 1,
                "use" if word(i + 1) != "<" => {
                    let exported = is_public(&tokens[..i]);
                    let end = (i..tokens.len()).find(|&j| word(j) == ";").unwrap();
                    let mut uses = vec![];
                    tree(&tokens[i + 1..end], &mut vec![], &mut uses);
                    module.used.extend(
                        uses.into_iter().filter_map(|(name, written)| {
                            Some(Use { name, path: absolute(path, &written)?, exported })
                        }),
                    );
                    i = end;
                }
                "struct" | "enum" | "trait" | "fn" | "const" | "static" | "type" | "union" if depth == 0 => {
                    let name = if word(i + 1) == "mut" { word(i + 2) } else { word(i + 1) };
                    module.defined.insert(name.to_owned());
                }
                "macro_rules" => {
                    module.defined.insert(word(i + 2).to_owned());
                }
                first if is_name(first) && word(i + 1) == "::" && (i == 0 || word(i - 1) != "::") => {
                    let mut written = vec![first.to_owned()];
                    while word(i + 1) == "::" && is_name(word(i + 2)) {
                        written.push(word(i + 2).to_owned());
                        i += 2;
                    }
                    if ["crate", "super", "self"].contains(&written[0].as_str()) {
                        if let Some(path) = absolute(path, &written) {
                            module.used.push(Use { name: String::new(), path, exported: false });
                        }
                    } else {
                        module.paths.push(written);
                    }
                }
                _ => {}
            }
            i += 1;
        }
        module
    }
}

/// Whether the tokens before a `use` make it `pub` or `pub(…)`.
fn is_public(before: &[String]) -> bool {
    let last = before.last().map(String::as_str);
    last == Some("pub") || last == Some(")") && before.iter().rev().take(6).any(|token| token == "pub")
}

/// The path from the root; `None` for another crate's.
fn absolute(module: &[String], written: &[String]) -> Option<Segments> {
    let mut base = match written[0].as_str() {
        "crate" => return Some(written[1..].to_vec()),
        "super" | "self" => module.to_vec(),
        _ => return Some(module.iter().chain(written).cloned().collect()),
    };
    let mut rest = written;
    while let Some((first, others)) = rest.split_first() {
        match first.as_str() {
            "self" => {}
            "super" => {
                base.pop()?;
            }
            _ => break,
        }
        rest = others;
    }
    base.extend_from_slice(rest);
    Some(base)
}

/// The names that a tree of `use` brings, with their paths as written.
fn tree(tokens: &[String], prefix: &mut Segments, uses: &mut Vec<(String, Segments)>) {
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

fn is_name(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// The words and signs of a source, without comments, and with every literal as `""`.
fn tokens(text: &str) -> Vec<String> {
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
fn without_tests(tokens: Vec<String>) -> Vec<String> {
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
