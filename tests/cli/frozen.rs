//! What the command gives is frozen: every line of `frozen.txt` holds arguments and the SHA-256 of all that came of them, the
//! exit code, standard output and files, so that a change of structure is seen to change no number.
//!
//! ```text
//! SPIKESTEP_KEEP=before cargo test --test cli frozen      # keeps the outputs, a folder a line: compare two with diff -r
//! SPIKESTEP_FREEZE=1 cargo test --test cli frozen         # writes the digests anew, where a change is wanted
//! ```

use std::fmt::Write;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use crate::bench::Bench;

/// Digests and arguments, relative to the repository's root.
fn table() -> PathBuf {
    root().join("tests/cli/frozen.txt")
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Files that differ from run to run: measured times, the machine, and the journal, whose keys hold the build.
const VARYING: [&str; 3] = ["timings.csv", "provenance.json", "journal"];

/// The digest of what the commands of a line, with `&&` between them, leave in an empty folder.
fn digest(number: usize, line: &str) -> String {
    let bench = Bench::new();
    for word in line.split_whitespace().filter(|word| root().join(word).is_file()) {
        let copy = bench.path(word);
        std::fs::create_dir_all(copy.parent().unwrap()).unwrap();
        std::fs::copy(root().join(word), copy).unwrap();
    }
    let given = bench.tree();
    let mut printed = String::new();
    for options in line.split("&&") {
        let output = bench.command(options).output().unwrap();
        let code = output.status.code().expect("an end of its own");
        assert_ne!(code, 101, "{options}: a panic is nothing to keep");
        writeln!(printed, "{}exit code {code}", String::from_utf8(output.stdout).unwrap()).unwrap();
    }
    let mut left = bench.tree();
    left.retain(|path, contents| {
        let varies = path.iter().any(|name| VARYING.iter().any(|varying| name == *varying));
        contents.is_some() && !varies && !given.contains_key(path)
    });
    left.insert("printed".into(), Some(printed.into_bytes()));
    let mut hash = Sha256::new();
    for (path, contents) in &left {
        let contents = without_version(contents.as_deref().unwrap());
        hash.update(format!("{}\n{}\n", path.display(), contents.len()));
        hash.update(&contents);
        if let Some(kept) = std::env::var_os("SPIKESTEP_KEEP") {
            let file = root().join(kept).join(format!("{number:02}")).join(path);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, contents).unwrap();
        }
    }
    hash.finalize().iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}

/// JSON names the version of the program that wrote it.
fn without_version(contents: &[u8]) -> Vec<u8> {
    match std::str::from_utf8(contents) {
        Ok(text) => text.replace(concat!('"', env!("CARGO_PKG_VERSION"), '"'), "\"VERSION\"").into_bytes(),
        Err(_) => contents.to_owned(),
    }
}

/// Last digits follow the C library's functions and fused multiply-adds: the digests are those of one kind of machine.
fn same_digits() -> bool {
    #[cfg(all(target_arch = "x86_64", target_os = "linux", target_env = "gnu"))]
    return std::arch::is_x86_feature_detected!("avx2") && std::arch::is_x86_feature_detected!("fma");
    #[cfg(not(all(target_arch = "x86_64", target_os = "linux", target_env = "gnu")))]
    false
}

#[test]
#[allow(clippy::print_stdout)] // A skipped test says so.
fn what_the_commands_give_is_frozen() {
    if !same_digits() {
        return println!("skipped: the digests are those of x86-64 with AVX2 and FMA under Linux with glibc");
    }
    let text = std::fs::read_to_string(table()).unwrap();
    let (comments, lines): (Vec<&str>, Vec<&str>) = text.lines().partition(|line| line.starts_with('#'));
    let entries: Vec<(&str, &str)> = lines.iter().map(|line| line.split_once(' ').expect("a digest")).collect();
    let found: Vec<String> = entries.par_iter().enumerate().map(|(i, (_, line))| digest(i + 1, line)).collect();
    if std::env::var_os("SPIKESTEP_FREEZE").is_some() {
        let lines = entries.iter().zip(&found).map(|((_, line), now)| format!("{now} {line}"));
        let all: Vec<String> = comments.iter().map(|&comment| comment.to_owned()).chain(lines).collect();
        return std::fs::write(table(), all.join("\n") + "\n").unwrap();
    }
    let differs = entries.iter().zip(&found).enumerate().filter(|(_, ((frozen, _), now))| frozen != now);
    let changed: Vec<String> = differs.map(|(i, ((_, line), _))| format!("{:02}  compare {line}", i + 1)).collect();
    assert!(
        changed.is_empty(),
        "other outputs than the frozen ones:\n{}\nLook: run this test with SPIKESTEP_KEEP=target/before at a commit where it passes \
         and SPIKESTEP_KEEP=target/after here, then diff -r target/before target/after.\n\
         Freeze anew what is wanted: SPIKESTEP_FREEZE=1 cargo test --test cli frozen.",
        changed.join("\n")
    );
}
