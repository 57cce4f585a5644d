//! The page of `compare explore`: of which sources its module is, what it begins with, and what is refused. What it does in a browser
//! is tested in `explore/tests/`.

use std::path::{Path, PathBuf};

use assert_cmd::assert::OutputAssertExt;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use spikestep::explore;

use crate::common::{compare, packaged};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The files of a folder and of those in it, relative to the root.
fn files(folder: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(root().join(folder)).unwrap().map(|entry| entry.unwrap());
    let below = |entry: std::fs::DirEntry| {
        let path = format!("{folder}/{}", entry.file_name().to_str().unwrap());
        if entry.file_type().unwrap().is_dir() { files(&path) } else { vec![path.into()] }
    };
    entries.flat_map(below).collect()
}

/// The hash that `explore/build --sources` prints: names and contents in the order of the names.
#[test]
fn the_module_of_the_page_is_of_these_sources() {
    // The package that is published has the module without the members that it is built of.
    if packaged() {
        return;
    }
    let members = ["arithmetic", "convolution", "data", "explore", "neuron"];
    let mut sources: Vec<PathBuf> = members.iter().flat_map(|member| files(&format!("{member}/src"))).collect();
    sources.extend(members.iter().map(|member| PathBuf::from(format!("{member}/Cargo.toml"))));
    sources.extend(files("src/study"));
    sources.extend(["src/error.rs", "src/lib.rs"].map(PathBuf::from));
    sources.sort_by_key(|path| path.to_str().unwrap().to_owned());
    let mut hash = Sha256::new();
    for path in sources {
        hash.update(format!("{}\n", path.display()));
        hash.update(std::fs::read(root().join(&path)).unwrap());
    }
    let found: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    let noted = std::fs::read_to_string(root().join("assets/explore/core.sources")).unwrap();
    assert_eq!(found, noted.trim(), "assets/explore/core.wasm.gz is of other sources than these: run explore/build");
}

/// The part of a page in a `<script>` of that name.
fn part<'a>(page: &'a str, id: &str) -> &'a str {
    let (_, after) = page.split_once(&format!("id=\"{id}\">")).unwrap();
    after.split_once("</script>").unwrap().0
}

#[test]
fn a_page_is_whole_small_and_says_what_it_begins_with() {
    let start = json!({ "neuron": "FS", "dt": 0.25, "input": "</script><b>" });
    let page = explore::page(&start.to_string());
    assert!(page.len() <= 2_000_000, "{} bytes", page.len());
    assert_eq!(serde_json::from_str::<Value>(part(&page, "start")).unwrap(), start);
    for place in ["/*PAGE.CSS*/", "/*START*/", "/*CORE*/", "/*WORKER.JS*/", "/*PAGE.JS*/"] {
        assert!(!page.contains(place), "{place}");
    }
    // Nothing is fetched, whatever a browser does.
    for address in ["src=\"http", "href=\"http", "@import", "fetch("] {
        assert!(!page.contains(address), "{address}");
    }
}

#[test]
fn the_command_writes_a_problem_into_the_page_and_refuses_what_cannot_be_solved() {
    let dir = tempfile::tempdir().unwrap();
    let page = dir.path().join("page.html");
    let run = |args: &[&str]| compare().arg("explore").args(args).arg("--out").arg(&page).assert();
    run(&["--neuron", "A", "--schemes", "euler,rk4", "--dt", "100us"]).success();
    let start: Value = serde_json::from_str(part(&std::fs::read_to_string(&page).unwrap(), "start")).unwrap();
    let expected = json!({ "neuron": "A", "dt": 0.1, "schemes": ["euler", "rk4"], "duration": 100.0, "input": "" });
    assert_eq!(start, expected);

    let csv = dir.path().join("input.csv");
    std::fs::write(&csv, "t_ms,input\n0,1\n10,3\n40,2\n").unwrap();
    run(&["--input", &format!("csv:{}", csv.display())]).success();
    let start: Value = serde_json::from_str(part(&std::fs::read_to_string(&page).unwrap(), "start")).unwrap();
    let recorded = json!({ "times": [0.0, 10.0, 40.0], "values": [1.0, 3.0, 2.0], "linear": true });
    assert_eq!((&start["recorded"], &start["duration"]), (&recorded, &json!(40.0)));

    std::fs::remove_file(&page).unwrap();
    for (args, said) in [
        (["--neuron", "RZZ"], "did you mean"),
        (["--neuron", "cell.nml"], "--neuron"),
        (["--schemes", "eulr"], "did you mean 'euler'"),
        (["--dt", "-1"], "--dt"),
        (["--v0", "99"], "--v0"),
    ] {
        let stderr = String::from_utf8(run(&args).failure().get_output().stderr.clone()).unwrap();
        assert!(stderr.contains(said), "{args:?}: {stderr}");
        assert!(!page.exists());
    }
}
