//! The folder that an experiment writes to.

use std::path::{Path, PathBuf};

use spikestep::report::chart::Chart;
use spikestep::report::{FigureFormat, OutputDir};
use spikestep::{Error, Result};

use super::table;

/// The folder of an experiment's outputs, and the formats of its figures.
pub(crate) struct Outputs<'a> {
    dir: OutputDir,
    formats: &'a [FigureFormat],
}

impl<'a> Outputs<'a> {
    /// Makes the folder where it is missing, before any work is done.
    pub(crate) fn create(root: PathBuf, formats: &'a [FigureFormat]) -> Result<Self> {
        Ok(Outputs { dir: OutputDir::create(root)?, formats })
    }

    /// Where the outputs are.
    pub(crate) fn root(&self) -> &Path {
        self.dir.root()
    }

    /// Names of the files written so far.
    pub(crate) fn written(&self) -> &[String] {
        self.dir.written()
    }

    /// Writes a figure in all formats asked for, with its CSV beside it.
    pub(crate) fn figure(&mut self, chart: &Chart) -> Result<()> {
        self.dir.figure(chart, self.formats)
    }

    /// Writes a text file.
    pub(crate) fn text(&mut self, name: &str, text: &str) -> Result<()> {
        self.dir.write(name, text.as_bytes())
    }

    /// Writes a table as CSV, its header a list such as "dt_ms,spikes"; [`fields`] makes a row.
    pub(crate) fn csv(&mut self, name: &str, header: &str, rows: impl IntoIterator<Item = Vec<String>>) -> Result<()> {
        let mut csv = csv::Writer::from_writer(Vec::new());
        let failed = |error: csv::Error| Error::Text(format!("{name} cannot be made: {error}."));
        csv.write_record(header.split(',')).map_err(failed)?;
        for row in rows {
            csv.write_record(row).map_err(failed)?;
        }
        let bytes = csv.into_inner().map_err(|error| Error::Text(format!("{name} cannot be made: {error}.")))?;
        self.dir.write(name, &bytes)
    }

    /// The same, and gives the [`table`] to print.
    pub(crate) fn table(
        &mut self,
        name: &str,
        header: &str,
        rows: impl IntoIterator<Item = Vec<String>>,
    ) -> Result<String> {
        let rows: Vec<Vec<String>> = rows.into_iter().collect();
        self.csv(name, header, rows.iter().cloned())?;
        Ok(table(header, rows))
    }

    /// Writes `experiment.json` (title, question, command, files) and `summary.txt` (the text that is printed), from which
    /// `compare report` makes a page; its title is the experiment's name in words.
    pub(crate) fn record(&mut self, name: &str, question: &str, text: &str) -> Result<()> {
        let record = serde_json::json!({
            "version": env!("CARGO_PKG_VERSION"), "title": name.replace('_', " "), "question": question,
            "command": format!("cargo run --release -p experiments -- {name}"),
            "files": self.dir.written(),
        });
        let json = serde_json::to_string_pretty(&record).expect("a JSON value can be written");
        self.dir.write("experiment.json", (json + "\n").as_bytes())?;
        self.dir.write("summary.txt", text.as_bytes())
    }
}

/// A row of [`Outputs::csv`] from values that can be displayed: numbers keep all their digits.
macro_rules! fields {
    ($($value:expr),* $(,)?) => { vec![$($value.to_string()),*] };
}
pub(crate) use fields;

/// A number as a field, which is empty where the number is not defined.
pub(crate) fn optional(number: Option<f64>) -> String {
    number.map_or_else(String::new, |number| number.to_string())
}

/// The processor, for a column beside measured times; the architecture where the system does not say.
pub(crate) fn machine() -> String {
    let named = std::fs::read_to_string("/proc/cpuinfo").ok().and_then(|text| {
        let line = text.lines().find(|line| line.starts_with("model name"))?;
        Some(line.split_once(':')?.1.trim().replace(',', " "))
    });
    named.unwrap_or_else(|| format!("{} {}", std::env::consts::OS, std::env::consts::ARCH))
}
