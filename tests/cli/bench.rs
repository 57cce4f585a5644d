//! A place to run the command in: an empty directory, so that what it leaves behind is seen.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use assert_cmd::Command;
use serde_json::Value;

pub(crate) struct Bench {
    directory: tempfile::TempDir,
}

impl Bench {
    pub(crate) fn new() -> Self {
        Bench { directory: tempfile::tempdir().unwrap() }
    }

    /// With files in it, by name and contents.
    pub(crate) fn with(files: &[(&str, &str)]) -> Self {
        let bench = Bench::new();
        for (name, contents) in files {
            std::fs::write(bench.path(name), contents).unwrap();
        }
        bench
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
    }

    /// The command with a line of options (words separated by blanks). A hang fails after a minute.
    pub(crate) fn command(&self, options: &str) -> Command {
        self.set(Command::from_std(crate::common::compare()), options)
    }

    /// The same under the name by which it is installed.
    pub(crate) fn installed(&self, options: &str) -> Command {
        self.set(Command::new(crate::common::PROGRAM), options)
    }

    fn set(&self, mut command: Command, options: &str) -> Command {
        command.current_dir(&self.directory).args(options.split_whitespace()).timeout(Duration::from_secs(60));
        // Text is as wide as in a pipe.
        command.env_remove("COLUMNS");
        command
    }

    /// Standard output of a run that succeeds and has nothing to complain about.
    pub(crate) fn stdout(&self, options: &str) -> String {
        let output = self.command(options).assert().success().stderr("").get_output().stdout.clone();
        String::from_utf8(output).unwrap()
    }

    /// The JSON of a run.
    pub(crate) fn json(&self, options: &str) -> Value {
        let text = self.stdout(&format!("{options} --json"));
        serde_json::from_str(&text).unwrap_or_else(|e| panic!("{options}: {e}"))
    }

    /// All files and directories below, by relative path; a directory has no contents.
    pub(crate) fn tree(&self) -> BTreeMap<PathBuf, Option<Vec<u8>>> {
        fn walk(root: &Path, at: &Path, tree: &mut BTreeMap<PathBuf, Option<Vec<u8>>>) {
            for entry in std::fs::read_dir(at).unwrap() {
                let path = entry.unwrap().path();
                let name = path.strip_prefix(root).unwrap().to_owned();
                if path.is_dir() {
                    tree.insert(name, None);
                    walk(root, &path, tree);
                } else {
                    tree.insert(name, Some(std::fs::read(&path).unwrap()));
                }
            }
        }
        let mut tree = BTreeMap::new();
        walk(self.directory.path(), self.directory.path(), &mut tree);
        tree
    }
}

/// A CSV with a header as columns of text.
pub(crate) fn columns(csv_text: &str) -> BTreeMap<String, Vec<String>> {
    let mut reader = csv::Reader::from_reader(csv_text.as_bytes());
    let names: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let mut columns: BTreeMap<String, Vec<String>> = names.iter().map(|name| (name.clone(), Vec::new())).collect();
    for record in reader.records() {
        for (name, field) in names.iter().zip(record.unwrap().iter()) {
            columns.get_mut(name).unwrap().push(field.to_owned());
        }
    }
    columns
}
