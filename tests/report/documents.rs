//! What the documents say can be done: their links lead somewhere, their commands are understood, and the outputs beside the
//! experiments are those of the files as they are.

use std::path::{Path, PathBuf};
use std::process::Command;

use spikestep::experiment::ExperimentFile;

const DOCUMENTS: [&str; 4] = ["README.md", "CONTRIBUTING.md", "experiments/README.md", "fuzz/README.md"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(document: &str) -> String {
    std::fs::read_to_string(root().join(document)).unwrap()
}

#[test]
fn links_lead_to_files() {
    if crate::common::packaged() {
        return;
    }
    let mut links = 0;
    for document in DOCUMENTS {
        let text = read(document);
        for target in text.split("](").skip(1).map(|rest| rest.split(')').next().unwrap()) {
            let file = target.split('#').next().unwrap();
            if file.is_empty() || file.starts_with("https://") {
                continue;
            }
            let folder = root().join(document).parent().unwrap().to_owned();
            assert!(folder.join(file).exists(), "{document} links to {target}");
            links += 1;
        }
    }
    assert!(links > 10, "{links}");
}

/// The commands of a document's blocks and of its texts, as words after the program's name.
fn commands(text: &str) -> Vec<Vec<String>> {
    let (inside, outside): (Vec<_>, Vec<_>) = text.split("```").enumerate().partition(|(i, _)| i % 2 == 1);
    let lines = inside.iter().flat_map(|(_, block)| block.lines());
    let spans = outside.iter().flat_map(|(_, prose)| prose.split('`').skip(1).step_by(2));
    let word = |word: &str| word.trim_matches('\'').to_owned();
    lines
        .chain(spans)
        .filter_map(|line| {
            let line = line.split(" #").next()?.split(" > ").next()?.trim();
            let program = "--bin compare -- ";
            let arguments = match line.split_once(program) {
                Some((cargo, rest)) if cargo.starts_with("cargo run") => rest,
                _ => line.strip_prefix("compare ")?,
            };
            Some(arguments.split_whitespace().map(word).collect())
        })
        .collect()
}

#[test]
fn commands_are_understood() {
    if crate::common::packaged() {
        return;
    }
    let mut run = 0;
    for document in DOCUMENTS {
        for words in commands(&read(document)) {
            // Names in capitals, three dots and brackets stand for what a reader puts there.
            let shape = |word: &String| word.contains(['[', ']', '…']) || word.contains("...");
            if words.iter().any(shape) {
                continue;
            }
            // Options and their values are read in order: --help at the end is reached only if all before it are right.
            let output = Command::new(env!("CARGO_BIN_EXE_compare")).args(&words).arg("--help").output().unwrap();
            let told = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{document}: compare {}: {told}", words.join(" "));
            let files = words.iter().filter(|word| word.starts_with("experiments/") && word.ends_with(".toml"));
            for file in files.filter(|file| !file.contains("NAME") && !file.contains("mine")) {
                assert!(root().join(file).is_file(), "{document}: {file}");
            }
            run += 1;
        }
    }
    assert!(run > 20, "{run}");
}

/// All files below a folder that end in .toml.
fn experiments(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| match path.is_dir() {
            true => experiments(&path),
            false if path.extension().is_some_and(|ending| ending == "toml") => vec![path],
            false => Vec::new(),
        })
        .collect()
}

#[test]
fn outputs_beside_the_experiments_are_of_the_files_as_they_are() {
    if crate::common::packaged() {
        return;
    }
    let listed = Command::new(env!("CARGO_BIN_EXE_compare")).arg("list").current_dir(root()).output().unwrap();
    let listed = String::from_utf8(listed.stdout).unwrap();
    assert!(!listed.contains("not usable"), "{listed}");
    let files = experiments(&root().join("experiments"));
    let mut kept = 0;
    for path in files {
        let name = path.strip_prefix(root()).unwrap();
        assert!(listed.lines().any(|line| Path::new(line) == name), "compare list leaves out {}", name.display());
        let file = ExperimentFile::read(&path).unwrap();
        file.check().unwrap();
        let outputs = root().join("results").join(name.strip_prefix("experiments").unwrap().with_extension(""));
        let again = format!("compare run {}", name.display());
        // An experiment need not keep its outputs here; those it keeps are whole and of this file.
        if !outputs.is_dir() {
            continue;
        }
        kept += 1;
        let record =
            std::fs::read_to_string(outputs.join("experiment.json")).unwrap_or_else(|e| panic!("{again}: {e}"));
        let record: serde_json::Value = serde_json::from_str(&record).unwrap();
        assert_eq!(record["source"].as_str().unwrap(), file.source, "changed since it was run: {again}");
        assert_eq!(record["command"].as_str().unwrap(), again);
        assert!(outputs.join("summary.txt").is_file(), "{again}");
        // A figure is kept as SVG alone (.gitignore leaves out PDF and PNG, which the run writes beside it), and the
        // long table of a study is not kept; everything else is.
        for output in record["files"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()) {
            let left_out = match Path::new(output).extension().and_then(|ending| ending.to_str()) {
                Some("svg") => false,
                Some("pdf" | "png") => true,
                _ => file.kind == "study",
            };
            assert!(left_out || outputs.join(output).is_file(), "{again}: no {output}");
        }
    }
    assert!(kept >= 8, "{kept}");
}
