//! What the documents say can be done: their links lead somewhere, their commands are understood, the fast ones run, and the outputs
//! beside the experiments are those of the files as they are.

use std::path::{Path, PathBuf};

use spikestep::study::StudyFile;

/// README, CONTRIBUTING, the pages beside what they describe, and every page of docs/, by their paths.
fn documents() -> Vec<String> {
    let pages = std::fs::read_dir(root().join("docs")).unwrap().map(|entry| entry.unwrap().file_name());
    let mut pages: Vec<String> = pages.map(|name| format!("docs/{}", name.to_str().unwrap())).collect();
    pages.sort();
    pages.extend(["README.md", "CONTRIBUTING.md", "experiments/README.md", "fuzz/README.md"].map(str::to_owned));
    pages
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(document: &str) -> String {
    std::fs::read_to_string(root().join(document)).unwrap()
}

#[test]
fn the_readme_is_short() {
    let readme = read("README.md");
    assert!(readme.lines().count() <= 130, "{} lines", readme.lines().count());
    let long = readme.lines().find(|line| line.chars().count() > 135);
    assert_eq!(long, None);
    assert!(readme.contains(&format!("Rust {} or newer", env!("CARGO_PKG_RUST_VERSION"))));
}

/// The code blocks of a document, and the code in its texts.
fn code(text: &str) -> (Vec<&str>, Vec<&str>) {
    let (blocks, prose): (Vec<_>, Vec<_>) = text.split("```").enumerate().partition(|(i, _)| i % 2 == 1);
    let spans = prose.iter().flat_map(|(_, prose)| prose.split('`').skip(1).step_by(2));
    (blocks.into_iter().map(|(_, block)| block).collect(), spans.collect())
}

#[test]
fn the_table_of_the_readme_is_what_the_command_prints() {
    let readme = read("README.md");
    let (blocks, _) = code(&readme);
    let table = blocks.iter().find(|block| block.contains("spikes (times in ms)")).unwrap();
    let printed = read("tests/snapshots/compare_dt_0.5.snap");
    // An asterisk stands for a digit that rounding decides, which differs from machine to machine.
    let digit = |(a, b): (char, char)| b == '*' || a == b;
    let word = |(a, b): (&str, &str)| a.chars().count() == b.chars().count() && a.chars().zip(b.chars()).all(digit);
    let same = |line: &str, known: &str| {
        let (line, known) = (line.split_whitespace(), known.split_whitespace());
        line.clone().count() == known.clone().count() && line.zip(known).all(word)
    };
    for line in table.lines() {
        assert!(printed.lines().any(|known| same(line, known)), "{line}");
    }
}

#[test]
fn the_caption_of_the_readme_is_what_its_data_say() {
    if crate::common::packaged() {
        return;
    }
    let (readme, metrics) = (read("README.md").replace('\n', " "), read("results/error_vs_dt/metrics.csv"));
    let value = |scheme: &str, name: &str| -> f64 {
        let mut rows = metrics.lines().map(|line| line.split(',').collect::<Vec<_>>());
        let column = rows.next().unwrap().iter().position(|head| *head == name).unwrap();
        rows.find(|row| row[0] == scheme && row[1] == "1").unwrap()[column].parse().unwrap()
    };
    let largest = |scheme: &str| value(scheme, "max_spike_time_error_ms");
    let lost = |scheme: &str| value(scheme, "missed");
    assert_eq!(lost("rk4"), 0.0);
    for words in [
        format!("at dt = 1 ms Euler is {:.0} ms off and RK4 {:.0} ms", largest("euler"), largest("rk4")),
        format!("are {:.0} and {:.0} ms off", largest("half-step"), largest("bindsnet")),
        format!("Of the {} spikes Euler loses {}", lost("euler") + value("euler", "spike_count"), lost("euler")),
        format!("the half-step {} and BindsNET's rule {} there", lost("half-step"), lost("bindsnet")),
        format!("RK4 is {:.1} ms off at dt = 1 ms", largest("rk4+located")),
        format!("(`projective-8`) is off by {:.0e} ms at the same step", largest("projective-8")),
    ] {
        assert!(readme.contains(&words), "{words}");
    }
}

#[test]
fn links_lead_to_files() {
    if crate::common::packaged() {
        return;
    }
    let mut links = 0;
    for document in documents() {
        let text = read(&document);
        for target in text.split("](").skip(1).map(|rest| rest.split(')').next().unwrap()) {
            let file = target.split('#').next().unwrap();
            if file.is_empty() || file.starts_with("https://") {
                continue;
            }
            let folder = root().join(&document).parent().unwrap().to_owned();
            assert!(folder.join(file).exists(), "{document} links to {target}");
            links += 1;
        }
    }
    assert!(links > 50, "{links}");
}

/// The words after the program's name of a command, if the text is one.
fn arguments(text: &str, program: &str) -> Option<Vec<String>> {
    let command = text.split(" #").next()?.split(" > ").next()?.trim().strip_prefix(program)?;
    Some(command.split_whitespace().map(|word| word.trim_matches('\'').to_owned()).collect())
}

/// A reader's command inside this repository.
const CARGO: &str = "cargo run --bin compare -- ";

/// The commands of a document: those of its blocks that a reader can type as they stand, and the others, which may name files of the
/// reader's own.
fn commands(text: &str) -> (Vec<Vec<String>>, Vec<Vec<String>>) {
    let (blocks, spans) = code(text);
    let lines: Vec<String> = blocks
        .iter()
        .flat_map(|block| block.replace("\\\n", " ").lines().map(str::to_owned).collect::<Vec<_>>())
        .collect();
    let whole = lines.iter().filter_map(|line| arguments(line, CARGO));
    let others = lines.iter().map(String::as_str).chain(spans).filter_map(|text| arguments(text, "compare "));
    (whole.collect(), others.collect())
}

#[test]
fn experiments_are_there() {
    if crate::common::packaged() {
        return;
    }
    let mut named = 0;
    for document in documents() {
        let text = read(&document);
        let names = text.split("cargo run --release -p experiments -- ").skip(1);
        for name in names
            .map(|rest| rest.split([' ', '`', '\n']).next().unwrap())
            .filter(|name| !["NAME", "list"].contains(name))
        {
            let file = |ending: &str| root().join(format!("experiments/src/{name}{ending}")).is_file();
            assert!(file(".rs") || file("/mod.rs"), "{document}: experiment {name}");
            named += 1;
        }
    }
    assert!(named > 15, "{named}");
}

#[test]
fn commands_are_understood() {
    if crate::common::packaged() {
        return;
    }
    let mut understood = 0;
    for document in documents() {
        let text = read(&document);
        assert!(!text.contains("cargo run --release --bin compare"), "{document}: write {CARGO}");
        let (whole, others) = commands(&text);
        for words in whole.into_iter().chain(others) {
            // Names in capitals, three dots and brackets stand for what a reader puts there.
            let shape = |word: &String| word.contains(['[', ']', '…']) || word.contains("...");
            if words.iter().any(shape) {
                continue;
            }
            // Options and their values are read in order: --help at the end is reached only if all before it are right.
            let output = crate::common::compare().args(&words).arg("--help").output().unwrap();
            let message = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{document}: compare {}: {message}", words.join(" "));
            let files = words.iter().filter(|word| word.starts_with("experiments/") && word.ends_with(".toml"));
            for file in files.filter(|file| !file.contains("NAME") && !file.contains("mine")) {
                assert!(root().join(file).is_file(), "{document}: {file}");
            }
            understood += 1;
        }
    }
    assert!(understood > 35, "{understood}");
}

#[test]
fn commands_that_take_seconds_do_what_they_say() {
    if crate::common::packaged() {
        return;
    }
    let mut run = 0;
    for document in documents() {
        // Every page is typed from its top to its bottom, in an empty folder.
        let folder = tempfile::tempdir().unwrap();
        for words in commands(&read(&document)).0 {
            let takes_longer = ["run", "merge", "recognise", "network"].contains(&words[0].as_str());
            // A report is of what an earlier command of the page has left.
            let nothing_to_report = words[0] == "report" && !folder.path().join(&words[1]).exists();
            if takes_longer || nothing_to_report {
                continue;
            }
            let ours = |word: &String| word.starts_with("tests/") || word.starts_with("experiments");
            let words = words.iter().map(|word| if ours(word) { root().join(word) } else { PathBuf::from(word) });
            let mut words: Vec<PathBuf> = words.collect();
            let measures = words[0] == Path::new("recommend") || words[0].to_string_lossy().starts_with("--dt");
            let timed = measures && !words.contains(&"--no-timing".into());
            words.extend(timed.then(|| "--no-timing".into()));
            let output = crate::common::compare().args(&words).current_dir(folder.path()).output().unwrap();
            let message = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{document}: compare {words:?}: {message}");
            assert!(!output.stdout.is_empty(), "{document}: compare {words:?}");
            run += 1;
        }
    }
    assert!(run > 15, "{run}");
}

/// All files below a folder that end in .toml.
fn studies(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| match path.is_dir() {
            true => studies(&path),
            false if path.extension().is_some_and(|ending| ending == "toml") => vec![path],
            false => Vec::new(),
        })
        .collect()
}

#[test]
fn outputs_of_the_studies_are_of_the_files_as_they_are() {
    if crate::common::packaged() {
        return;
    }
    let listed = crate::common::compare().arg("list").current_dir(root()).output().unwrap();
    let listed = String::from_utf8(listed.stdout).unwrap();
    assert!(!listed.contains("not usable"), "{listed}");
    let files = studies(&root().join("experiments/studies"));
    let mut kept = 0;
    for path in files {
        let name = path.strip_prefix(root()).unwrap();
        assert!(listed.lines().any(|line| Path::new(line) == name), "compare list leaves out {}", name.display());
        let file = StudyFile::read(&path, spikestep::SchemeSet::standard()).unwrap();
        file.check().unwrap();
        let outputs = root().join("results").join(name.strip_prefix("experiments/studies").unwrap().with_extension(""));
        let again = format!("compare run {}", name.display());
        // A study need not keep its outputs here; those it keeps are whole and of this file.
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
                _ => file.kind() == "study",
            };
            assert!(left_out || outputs.join(output).is_file(), "{again}: no {output}");
        }
    }
    assert!(kept >= 3, "{kept}");
}
