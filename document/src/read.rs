//! From a directory of outputs to a [`Document`].

use std::fmt::Write;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{DataTable, Document, DocumentFigure};
use crate::{program, quoted};
use data::error::{Error, Result, refuse_if, shown};

/// Tables that are shown first, in this order; the others follow by name.
const FIRST: [&str; 2] = ["metrics.csv", "results.csv"];
/// Tables that are shown last: single spikes, and times, which differ from machine to machine.
const LAST: [&str; 2] = ["timings.csv", "spikes.csv"];

impl Document {
    /// Reads what a run has left in `root`: of a comparison, an experiment, a study, `gallery`, `recommend` or
    /// `recognise`.
    ///
    /// A directory without a record of its run (`compare.json`, `recommend.json`, `experiment.json`, `provenance.json`) gives its tables and figures,
    /// and a note that the question is not known. A figure that is more than a drawing is left out with a note.
    ///
    /// # Errors
    /// A directory that cannot be read or holds neither table nor figure; files in it that are not what their names say.
    pub fn read(root: impl AsRef<Path>) -> Result<Self> {
        let root = root.as_ref();
        let mut document = Document::default();
        let record = |name: &str| read_json(&root.join(name));
        if let Some(json) = record("compare.json")? {
            document.of_comparison(&json);
        } else if let Some(json) = record("recommend.json")? {
            document.of_recommendation(&json);
        } else if let Some(json) = record("experiment.json")? {
            document.of_experiment(&json);
            let summary = root.join("summary.txt");
            if summary.is_file() {
                document.said(std::fs::read_to_string(&summary).map_err(Error::read(&summary))?);
            }
        }
        if let Some(json) = record("provenance.json")? {
            document.of_study(&json);
        }
        if document.title.is_empty() {
            let name = std::path::absolute(root).ok().and_then(|path| Some(path.file_name()?.to_owned()));
            document.title = name.map_or_else(|| "Outputs".to_owned(), |name| name.to_string_lossy().replace('_', " "));
            document.notes.push(
                "The directory has no record of its run, so question, parameters and verdict are not known. Run it again to have \
                 them."
                    .to_owned(),
            );
        }
        document.take_files(root)?;
        refuse_if!(
            document.tables.is_empty() && document.figures.is_empty(),
            "the directory of the report",
            format!("{} without tables (CSV) and figures (SVG)", root.display()),
            "the outputs of a comparison, an experiment, a study, gallery, recommend or recognise",
            "Give the directory that the run named under \"Written to\"."
        );
        Ok(document)
    }

    /// Tables and figures: CSV files with a figure of the same name are its values.
    fn take_files(&mut self, root: &Path) -> Result<()> {
        let mut tables = Vec::new();
        for folder in ["", "figures"] {
            let folder_path = root.join(folder);
            if !folder.is_empty() && !folder_path.is_dir() {
                continue;
            }
            for path in files(&folder_path)? {
                let base = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                let name = if folder.is_empty() { base.clone() } else { format!("{folder}/{base}") };
                let ending = path.extension().and_then(|e| e.to_str()).unwrap_or_default();
                let beside = |ending: &str| path.with_extension(ending).is_file();
                match ending {
                    "svg" => match DocumentFigure::read(&path, &name) {
                        Ok(figure) => self.figures.push(figure),
                        Err(Error::Figure { figure, reason }) => {
                            self.notes.push(format!("{figure} is not shown: {reason}."));
                        }
                        Err(error) => return Err(error),
                    },
                    "csv" if beside("svg") => {}
                    "csv" => {
                        if ["png", "pdf"].into_iter().any(beside) {
                            self.notes
                                .push(format!("{name}: its figure is no SVG; run with --format svg to have it here."));
                        }
                        tables.push(DataTable::read(&path, &name)?);
                    }
                    _ => {}
                }
            }
        }
        let place = |table: &DataTable| {
            let first = FIRST.iter().position(|name| *name == table.file);
            let last = LAST.iter().position(|name| *name == table.file);
            first.unwrap_or(FIRST.len() + last.map_or(0, |at| at + 1))
        };
        tables.sort_by_key(place);
        self.tables = tables;
        Ok(())
    }

    fn of_comparison(&mut self, json: &Value) {
        let text = |pointer: &str| json.pointer(pointer).map(plain).unwrap_or_default();
        let neuron = text("/neuron/name");
        let (input, duration) = (text("/input/text"), text("/duration_ms"));
        let settings = settings(json);
        self.title = format!("{neuron}, input {input}, {settings}");
        self.question = Some(format!(
            "Which spikes of {neuron} under {input} does each scheme move within {duration} ms, by how much, and what does it \
             cost, at {settings}?"
        ));
        self.verdict = json.pointer("/verdict/text").and_then(Value::as_str).map(str::to_owned);
        self.of_problem(json);
    }

    fn of_recommendation(&mut self, json: &Value) {
        let text = |pointer: &str| json.pointer(pointer).map(plain).unwrap_or_default();
        let (neuron, input, within) = (text("/neuron/name"), text("/input/text"), text("/within_ms"));
        self.title = format!("{neuron}, input {input}, within {within} ms");
        self.question = Some(format!(
            "What is the cheapest scheme with the largest step that keeps every spike of {neuron} under {input} within {within} ms over {} \
             ms?",
            text("/duration_ms")
        ));
        self.verdict = json.get("text").and_then(Value::as_str).map(str::to_owned);
        self.of_problem(json);
    }

    /// The parameters of a problem, its truth, and the command.
    fn of_problem(&mut self, json: &Value) {
        let text = |pointer: &str| json.pointer(pointer).map(plain).unwrap_or_default();
        self.commands.extend(json.get("command").and_then(Value::as_str).map(str::to_owned));
        for key in ["a", "b", "c", "d", "k2", "k1", "k0", "b0", "leak"] {
            self.parameter(key, &text(&format!("/neuron/{key}")));
        }
        let bound = json.pointer("/truth/error_bound_ms").and_then(Value::as_f64);
        let spikes = json.pointer("/truth/spike_times_ms").and_then(Value::as_array).map_or(0, Vec::len);
        let bound = bound.map_or_else(|| "error unknown".to_owned(), |bound| format!("each within {bound:.1e} ms"));
        for (name, value) in [
            ("peak [mV]", text("/peak_mV")),
            ("input", text("/input/text")),
            ("initial v [mV], u [mV/ms]", format!("{}, {}", text("/initial/v"), text("/initial/u"))),
            ("duration [ms]", text("/duration_ms")),
            ("lower bound of v [mV]", text("/lbound_mV")),
            ("Victor-Purpura cost [1/ms]", text("/metrics/victor_purpura_cost_per_ms")),
            ("van Rossum time constant [ms]", text("/metrics/van_rossum_tau_ms")),
            ("coincidence window [ms]", text("/metrics/gamma_window_ms")),
            (
                "truth",
                format!(
                    "{spikes} spikes, {bound} ({}, checked by {})",
                    text("/truth/solver"),
                    text("/truth/checked_by")
                ),
            ),
        ] {
            self.parameter(name, &value);
        }
        self.notes.extend(json.pointer("/truth/warning").and_then(Value::as_str).map(str::to_owned));
        self.provenance.push(("version".into(), text("/version")));
    }

    fn of_experiment(&mut self, json: &Value) {
        let text = |key: &str| json.get(key).map(plain).unwrap_or_default();
        self.title = text("title");
        self.question = Some(text("question"));
        let command = text("command");
        let of_study = command.strip_prefix("compare ").map(|rest| format!("{} {rest}", program()));
        self.commands.push(of_study.unwrap_or(command));
        self.of_source(&text("source"));
        self.provenance.push(("version".into(), text("version")));
    }

    /// What `provenance.json` adds: the last run's machine; and for outputs of before there was a record, its file.
    fn of_study(&mut self, json: &Value) {
        let runs = json.get("runs").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let Some(run) = runs.last() else { return };
        if self.title.is_empty() {
            let source = run.get("study").map(plain).unwrap_or_default();
            let table: toml::Table = source.parse().unwrap_or_default();
            let of = |key: &str| table.get(key).and_then(toml::Value::as_str).map(str::to_owned);
            self.title = of("title").unwrap_or_default();
            self.question = of("question");
            self.of_source(&source);
            let words = run.get("options").and_then(Value::as_array).into_iter().flatten().map(plain);
            let words: Vec<String> = words.map(|word| quoted(&word)).collect();
            self.commands.push(format!("{} {}", program(), words.join(" ")));
        }
        for key in ["version", "commit", "started", "cpu", "cores", "threads", "system"] {
            let value = run.get(key).map(plain).unwrap_or_default();
            if !value.is_empty() && !self.provenance.iter().any(|(known, _)| known == key) {
                self.provenance.push((key.to_owned(), value));
            }
        }
    }

    /// The parameters of an experiment's file.
    fn of_source(&mut self, source: &str) {
        // A record that was changed by hand may hold no TOML: then its text is all there is to show.
        let table: toml::Table = source.parse().unwrap_or_default();
        let named = |key: &str| ["title", "question", "kind"].contains(&key);
        self.parameter("kind", table.get("kind").and_then(toml::Value::as_str).unwrap_or_default());
        for (key, value) in table.iter().filter(|(key, _)| !named(key)) {
            match value {
                toml::Value::Table(inner) => {
                    // Lists of tables (the figures of a study) are long: the file itself is shown, too.
                    let of_tables =
                        |value: &toml::Value| value.as_array().is_some_and(|all| all.iter().any(toml::Value::is_table));
                    for (key, value) in inner.iter().filter(|(_, value)| !of_tables(value)) {
                        self.parameter(key, &toml_text(value));
                    }
                }
                value => self.parameter(key, &toml_text(value)),
            }
        }
        self.source = Some(source.trim_end().to_owned()).filter(|source| !source.is_empty());
    }

    /// What a run printed; its last paragraph is the verdict where it is prose.
    fn said(&mut self, text: String) {
        let last = text.trim_end().rsplit("\n\n").next().unwrap_or_default();
        // Columns are two blanks apart, words are not.
        if last.ends_with('.') && !last.contains("  ") {
            self.verdict = Some(last.replace('\n', " "));
        }
        self.summary = Some(text.trim_end().to_owned());
    }

    fn parameter(&mut self, name: &str, value: &str) {
        if !value.is_empty() {
            self.parameters.push((name.to_owned(), value.to_owned()));
        }
    }
}

/// Steps and tolerances of a comparison: "dt = 0.1, 0.5 ms".
fn settings(json: &Value) -> String {
    let runs = json.get("runs").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let values = |key: &str| {
        let mut found: Vec<String> = Vec::new();
        for value in runs.iter().filter_map(|run| run.get(key)).filter(|value| !value.is_null()).map(plain) {
            if !found.contains(&value) {
                found.push(value);
            }
        }
        match found.as_slice() {
            [first, .., last] if found.len() > 6 => format!("{first} … {last} ({} values)", found.len()),
            all => all.join(", "),
        }
    };
    let (dts, tolerances) = (values("dt_ms"), values("tolerance_ms"));
    let mut text = String::new();
    if !dts.is_empty() {
        let _ = write!(text, "dt = {dts} ms");
    }
    if !tolerances.is_empty() {
        let _ = write!(text, "{}tolerance {tolerances}", if text.is_empty() { "" } else { " and " });
    }
    text
}

/// A JSON value as text, without the quotes of a string; nothing for null.
fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        // 1, not 1.0.
        Value::Number(x) if x.is_f64() => x.as_f64().map_or_else(|| x.to_string(), shown),
        other => other.to_string(),
    }
}

fn toml_text(value: &toml::Value) -> String {
    let list = |items: Vec<String>| items.join(", ");
    match value {
        toml::Value::String(text) => text.clone(),
        toml::Value::Array(items) => list(items.iter().map(toml_text).collect()),
        toml::Value::Table(table) => {
            list(table.iter().map(|(key, value)| format!("{key} = {}", toml_text(value))).collect())
        }
        toml::Value::Integer(x) => x.to_string(),
        toml::Value::Float(x) => x.to_string(),
        toml::Value::Boolean(x) => x.to_string(),
        toml::Value::Datetime(x) => x.to_string(),
    }
}

/// A JSON file; nothing where there is none.
fn read_json(path: &Path) -> Result<Option<Value>> {
    if !path.is_file() {
        return Ok(None);
    }
    let text = std::fs::read_to_string(path).map_err(Error::read(path))?;
    serde_json::from_str(&text).map(Some).map_err(|error| Error::Position {
        path: path.to_owned(),
        line: error.line(),
        column: error.column(),
        problem: error.to_string(),
        mend: "Run the command again, or remove the file for a report without it.".into(),
    })
}

/// The files of a directory, by name.
fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder).map_err(Error::read(folder))?;
    let mut paths = Vec::new();
    for entry in entries {
        let path = entry.map_err(Error::read(folder))?.path();
        let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if path.is_file() && !hidden {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}
