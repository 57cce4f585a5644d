//! The modules of the crates, and which of their files imports what of which.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use super::tokens::{is_name, tokens, tree, without_tests};

/// The crates beside the library, each in a folder of its name. A package of a registry comes without them.
const MEMBERS: [&str; 6] = ["arithmetic", "chart", "convolution", "data", "document", "neuron"];

/// Who imports whom, and which names: file, then target.
pub(crate) type Imports = BTreeMap<String, BTreeMap<String, BTreeSet<String>>>;

/// A path of the source: its segments without `crate`, `self` and `super`, from the root of the library; those of a member begin with
/// its name.
pub(crate) type Segments = Vec<String>;

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
pub(crate) struct Sources(BTreeMap<Segments, Module>);

impl Sources {
    pub(crate) fn read() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut files = vec![];
        gather(&root.join("src"), &mut vec![], &mut files);
        for member in MEMBERS.into_iter().filter(|member| root.join(member).exists()) {
            gather(&root.join(member).join("src"), &mut vec![member.to_owned()], &mut files);
        }
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
        Sources(modules)
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

    pub(crate) fn imports(&self) -> Imports {
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
                    if ["crate", "super", "self"].contains(&first) || is_beside(first, path) {
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

/// Whether a path's first name is that of a crate beside the module's own.
fn is_beside(first: &str, module: &[String]) -> bool {
    MEMBERS.contains(&first) && module.first().is_none_or(|own| own != first)
}

/// The path from the root; `None` for another crate's.
fn absolute(module: &[String], written: &[String]) -> Option<Segments> {
    let member = module.first().filter(|first| MEMBERS.contains(&first.as_str()));
    let mut base = match written[0].as_str() {
        "crate" => return Some(member.into_iter().chain(&written[1..]).cloned().collect()),
        "super" | "self" => module.to_vec(),
        // A crate does not call itself by its name.
        first if is_beside(first, module) => return Some(written.to_vec()),
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
