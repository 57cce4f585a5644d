//! Gives the crate the commit it is built from, for the provenance of results, and a fingerprint of its sources, for the keys of
//! kept results: rows that other sources have computed are not used again.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Folders of what computes results. A package of a registry comes without those beside `src`: there the lock file has their versions.
const SOURCES: [&str; 4] = ["src", "convolution/src", "data/src", "neuron/src"];

fn main() {
    let root = std::env::var("CARGO_MANIFEST_DIR").unwrap_or_default();
    let packaged = Path::new(&root).join(".cargo_vcs_info.json");
    for changed in ["build.rs", "Cargo.lock"].into_iter().chain(SOURCES) {
        // A path that is not there would count as changed each time.
        if Path::new(&root).join(changed).exists() {
            println!("cargo:rerun-if-changed={changed}");
        }
    }
    println!("cargo:rustc-env=SPIKESTEP_FINGERPRINT={:016x}", fingerprint(Path::new(&root)));
    // A package of a registry names its commit in a file; a clone knows it; a plain copy has none.
    let commit = match std::fs::read_to_string(packaged) {
        Ok(json) => json.split('"').find(|word| is_commit(word)).map(str::to_owned),
        Err(_) => cloned(&root),
    };
    if let Some(commit) = commit {
        println!("cargo:rustc-env=SPIKESTEP_COMMIT={commit}");
    }
}

/// A number that changes with any file of [`SOURCES`] and with the versions of the dependencies.
fn fingerprint(root: &Path) -> u64 {
    let mut files = vec![root.join("Cargo.lock")];
    SOURCES.iter().for_each(|folder| collect(&root.join(folder), &mut files));
    files.sort();
    let mut hasher = DefaultHasher::new();
    for file in files {
        // A package of a registry may come without its lock file.
        let Ok(bytes) = std::fs::read(&file) else { continue };
        file.strip_prefix(root).unwrap_or(&file).hash(&mut hasher);
        bytes.hash(&mut hasher);
    }
    hasher.finish()
}

/// All files below `folder`.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, files);
        } else {
            files.push(path);
        }
    }
}

fn is_commit(word: &str) -> bool {
    word.len() == 40 && word.bytes().all(|b| b.is_ascii_hexdigit())
}

/// The commit of the repository whose root this crate is: not of one that it was only copied into.
fn cloned(root: &str) -> Option<String> {
    let git = |arguments: &[&str]| {
        let output = Command::new("git").arg("-C").arg(root).args(arguments).output().ok()?;
        let text = String::from_utf8(output.stdout).ok()?.trim().to_owned();
        (output.status.success() && !text.is_empty()).then_some(text)
    };
    let top = git(&["rev-parse", "--show-toplevel"])?;
    if Path::new(&top).canonicalize().ok()? != Path::new(root).canonicalize().ok()? {
        return None;
    }
    // Every commit, checkout and merge adds a line to this file.
    let log = git(&["rev-parse", "--git-path", "logs/HEAD"])?;
    let log = Path::new(root).join(log);
    if log.exists() {
        println!("cargo:rerun-if-changed={}", log.display());
    }
    git(&["rev-parse", "HEAD"]).filter(|commit| is_commit(commit))
}
