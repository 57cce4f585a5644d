//! Imports go downwards: a file of a lower layer uses none of a higher one, and no files use one another in a circle.
//!
//! The sources are read as text. What counts is where a name is *defined*: `crate::Neuron` is an import of
//! `neuron/src/model/neuron.rs`, whatever re-exports it on the way. Declaring or re-exporting a child is not an import of it. Code under
//! `#[cfg(test)]` and comments do not count.

mod source;
mod tokens;

use std::collections::{BTreeMap, BTreeSet};

use source::{Imports, Sources};

/// The layers from the bottom up; each may import those before it. `lib.rs` re-exports and has no layer.
const LAYERS: [&str; 22] = [
    // Crates of their own.
    "chart",
    "convolution",
    "data",
    "arithmetic",
    "document",
    // Of the crate `neuron`.
    "instructions",
    "lanes",
    "model",
    "spike",
    "truth",
    "operator",
    "scheme",
    "metrics",
    "judge",
    "population",
    "recognition",
    // Of the root.
    "error",
    "explore",
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
    let imports = Sources::read().imports();
    let layer = |file: &str| LAYERS.iter().position(|name| layer_of(file) == *name);
    let mut wrong = vec![];
    let mut left: BTreeSet<_> = UPWARDS_LEFT.into_iter().collect();
    for (file, targets) in &imports {
        for (target, names) in targets {
            let (from, to) = (layer(file), layer(target));
            assert!(from.is_some(), "{file} is in no layer: add its folder to LAYERS of tests/layers/main.rs");
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
    let imports = Sources::read().imports();
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

/// The crate beside `src/`, or the folder below it or in `neuron/src/`, or the file's name, that says which layer a file belongs to.
fn layer_of(file: &str) -> &str {
    let inside = file.trim_start_matches("neuron/").trim_start_matches("src/");
    inside.split('/').next().unwrap().trim_end_matches(".rs")
}

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
