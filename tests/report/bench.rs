//! A directory in which the command runs.

use std::path::{Path, PathBuf};

use assert_cmd::Command;

pub(crate) struct Bench(tempfile::TempDir);

impl Bench {
    pub(crate) fn new() -> Self {
        Bench(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    /// Runs `compare` with these words, blanks between them, and gives what it prints.
    pub(crate) fn run(&self, line: &str) -> String {
        let output = self.command(line).output().unwrap();
        assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// What a command that fails says.
    pub(crate) fn refusal(&self, line: &str) -> String {
        let output = self.command(line).output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{line}: {stderr}");
        assert!(!stderr.contains("panicked"), "{stderr}");
        stderr
    }

    fn command(&self, line: &str) -> Command {
        let mut command = Command::from_std(crate::common::compare());
        command.current_dir(self.0.path()).args(line.split_whitespace());
        command
    }
}

/// A small comparison with every kind of figure and its report, in `out`.
pub(crate) fn comparison() -> Bench {
    let bench = Bench::new();
    bench.run("--dt 0.25,1 --duration 200 --schemes euler,rk4+located --out out --quiet --no-timing");
    bench.run("report out");
    bench
}

/// Data rows of a CSV file.
pub(crate) fn rows(path: &Path) -> Vec<csv::StringRecord> {
    csv::Reader::from_path(path).unwrap().records().map(Result::unwrap).collect()
}
