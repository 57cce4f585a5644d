//! A directory with a study in it, and the command.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The head of every study here.
pub(crate) const HEAD: &str = "title = \"t\"\nquestion = \"q\"\nkind = \"study\"\n";

/// 24 cells on 4 problems.
pub(crate) const SMALL: &str = "[study]
neurons = [\"RS\", \"FS\"]
inputs = [\"step:10\", \"noise:10:2\"]
duration = 100
schemes = [\"euler\", \"rk4+located\", \"taylor\"]
dt = [0.5, 0.25]
tolerance = [1e-3, 1e-6]
metrics = [\"missed\", \"max_spike_time_error_ms\"]
figures = [{ name = \"error_vs_dt\", x = \"dt_ms\", y = \"max_spike_time_error_ms\" }]
";

pub(crate) struct Bench {
    directory: tempfile::TempDir,
}

impl Bench {
    /// With `study.toml` made of [`HEAD`] and `table`.
    pub(crate) fn new(table: &str) -> Self {
        let bench = Bench { directory: tempfile::tempdir().unwrap() };
        bench.write(table);
        bench
    }

    pub(crate) fn write(&self, table: &str) {
        std::fs::write(self.path("study.toml"), format!("{HEAD}{table}")).unwrap();
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub(crate) fn command(&self, line: &str) -> Command {
        let mut command = crate::common::compare();
        command.current_dir(&self.directory).args(line.split_whitespace());
        command
    }

    pub(crate) fn output(&self, line: &str) -> Output {
        self.command(line).output().unwrap()
    }

    /// Standard output of a command that succeeds and has nothing to complain about.
    pub(crate) fn stdout(&self, line: &str) -> String {
        let output = self.output(line);
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success() && stderr.is_empty(), "{line}: {stderr}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// What a command that fails says.
    pub(crate) fn refusal(&self, line: &str) -> String {
        let output = self.output(line);
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{line}: {stderr}");
        assert!(!stderr.contains("panicked"), "{stderr}");
        stderr
    }

    /// The files of a study that must not depend on how it was run: all but times, provenance and the journal.
    pub(crate) fn results(&self, out: &str) -> BTreeMap<String, Vec<u8>> {
        let varying = |name: &str| ["timings.csv", "provenance.json"].contains(&name);
        let entries = std::fs::read_dir(self.path(out)).unwrap().map(|e| e.unwrap().path());
        let files = entries.filter(|path| path.is_file()).map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, std::fs::read(path).unwrap())
        });
        files.filter(|(name, _)| !varying(name)).collect()
    }

    /// Number of cells in a journal.
    pub(crate) fn stored(&self, journal: impl AsRef<Path>) -> usize {
        let text = std::fs::read_to_string(self.directory.path().join(journal)).unwrap_or_default();
        text.lines().filter(|line| line.split(' ').nth(1) == Some("c")).count()
    }
}

/// "24 cells: 20 run now, 4 kept from before." as (24, 20, 4).
pub(crate) fn counts(stdout: &str) -> (usize, usize, usize) {
    let line = stdout.lines().find(|line| line.contains(" run now, ")).unwrap_or_else(|| panic!("{stdout}"));
    let numbers: Vec<usize> =
        line.split(|c: char| !c.is_ascii_digit()).filter(|n| !n.is_empty()).map(|n| n.parse().unwrap()).collect();
    (numbers[0], numbers[1], numbers[2])
}
