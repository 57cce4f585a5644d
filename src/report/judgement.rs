//! What is said of a judged recording: text, a table of several, JSON and the residuals of its rows.

use std::fmt::Write;

use serde_json::{Value, json};

use super::json::metric_json;
use super::layout::{six, three, wrapped};
use super::{plain, program};
use crate::error::Result;
use crate::judge::{Answer, Fitted, Judgement, Known, Reading, RowResidual, Verdict};
use crate::study::{Advice, RecordingErrors, advice, of_recording, recording_errors};

/// A recording that was judged, and measured against the truth.
#[derive(Clone, Debug)]
pub struct JudgedFile {
    /// The file.
    pub name: String,
    /// What it was taken for.
    pub reading: Reading,
    /// What made it.
    pub found: Judgement,
    /// How wrong it is.
    pub errors: RecordingErrors,
    /// What to do.
    pub advice: Option<Advice>,
    /// The command that says this.
    pub command: String,
    claimed: Option<String>,
}

impl JudgedFile {
    /// Measures a judged recording.
    ///
    /// # Errors
    /// Those of [`recording_errors`] and [`advice`].
    pub fn new(name: String, reading: Reading, found: Judgement, known: &Known, command: String) -> Result<Self> {
        let errors = recording_errors(&found, known)?;
        let advice = if known.claim.is_some() { None } else { advice(&found, &errors)? };
        let claimed = known.claim.as_ref().map(|(scheme, dt)| format!("{scheme}@{dt}"));
        Ok(JudgedFile { name, reading, found, errors, advice, command, claimed })
    }

    /// Where a claim fails, in a sentence; `None` where it holds.
    pub fn refuted(&self) -> Option<String> {
        let claim = self.claimed.as_ref()?;
        (self.found.verdict == Verdict::NoneFits).then(|| {
            let score = &self.found.answers[0].score;
            let (row, of) = if self.found.states.is_empty() { ("spike", "spikes") } else { ("row", "rows") };
            let first = score.first.unwrap_or(1);
            format!(
                "{} is not {claim}: {row} {first} is the first that is off, of {} {of} {} are. Leave --claims out to see what it is.",
                self.name, score.rows, score.violating
            )
        })
    }
}

/// The JSON of a judged recording; keys are added, never changed.
pub fn judged_json(file: &JudgedFile) -> Value {
    let JudgedFile { reading, found, errors, .. } = file;
    let best = &found.answers[0];
    let mut measured = serde_json::Map::new();
    for (metric, value) in errors.metrics.by_subject().into_iter().filter(|(m, _)| of_recording(m.about, m.name)) {
        measured.insert(metric.name.to_owned(), metric_json(metric.kind, value));
    }
    measured.insert("jitter_ms".into(), errors.jitter.into());
    measured.insert("spike_time_errors_ms".into(), errors.spikes.errors.clone().into());
    measured.insert("until_ms".into(), errors.until.into());
    let (neuron, stimulus) = best.cell();
    json!({
        "version": env!("CARGO_PKG_VERSION"),
        "command": file.command,
        "file": file.name,
        "reading": {
            "unit": reading.unit.name(),
            "stride": best.hypothesis.substeps,
            "spacing_ms": reading.spacing,
            "precision": reading.precision.name(),
            "digits": reading.precision.digits(),
            "v_unit": if reading.volts { "V" } else { "mV" },
            "rows": reading.rows,
            "columns": reading.columns.iter().map(|(role, name)| ((*role).to_owned(), name.clone().into())).collect::<serde_json::Map<_, Value>>(),
            "notes": reading.notes,
        },
        "verdict": found.verdict.name(),
        "rule": rule_json(best, &found.precision),
        "neuron": neuron,
        "input_mV_per_ms": if let [one] = stimulus.pieces() { one.value.into() } else { Value::Null },
        "fitted": best.fitted.iter().map(fitted_json).collect::<Vec<_>>(),
        "equivalent": found.equivalents(),
        "changed": found.changed,
        "rivals": found.rivals().iter().map(|rival| rule_json(rival, "f64")).collect::<Vec<_>>(),
        "errors": measured,
        "spike_times_ms": found.spikes.times(),
        "advice": file.advice.as_ref().map(|advice| json!({
            "own_dt_ms": advice.own.1,
            "scheme": advice.right.0.name(),
            "scheme_dt_ms": advice.right.1,
        })),
        "notes": found.notes,
    })
}

fn fitted_json(one: &Fitted) -> Value {
    json!({ "parameter": one.parameter.name(), "value": one.value, "within": one.within })
}

/// A rule and how well it fits.
fn rule_json(answer: &Answer, precision: &str) -> Value {
    let (h, score) = (&answer.hypothesis, &answer.score);
    json!({
        "scheme": h.scheme.name(),
        "dt_ms": h.dt(),
        "input_lag_steps": h.lag,
        "before_input": h.before.name(),
        "change": h.change.text(),
        "precision": precision,
        "rows": score.rows,
        "rows_violating": score.violating,
        "rows_violating_at_resets": score.violating_at_resets,
        "first_violating_row": score.first,
        "spikes_hanging_on_rounding": score.hanging,
        "largest_residual": score.largest,
    })
}

/// The text of one recording.
pub fn judged_text(file: &JudgedFile) -> String {
    let JudgedFile { name, reading, found, errors, .. } = file;
    let best = &found.answers[0];
    let (h, score) = (&best.hypothesis, &best.score);
    let mut text = String::new();
    let columns: Vec<String> = reading.columns.iter().map(|(role, column)| format!("{role} = '{column}'")).collect();
    let spikes_alone = found.states.is_empty();
    let rows = if spikes_alone { "spikes" } else { "rows" };
    let spacing = reading.spacing.map_or_else(String::new, |ms| format!(", {ms} ms apart"));
    let _ = writeln!(text, "{name}: {} {rows}{spacing}, {}", reading.rows, reading.precision.name());
    let _ = writeln!(text, "read as    {}; times in {}", columns.join(", "), reading.unit.name());
    for note in reading.notes.iter().chain(&found.notes) {
        let _ = writeln!(text, "note       {}", wrapped(note));
    }
    let rule = format!("{} at dt = {} ms", h.scheme, six(h.dt()));
    let fit = format!(
        "{} of {} {rows} off{}, largest residual {}",
        score.violating,
        score.rows,
        if score.violating_at_resets > 0 {
            format!(" ({} at resets)", score.violating_at_resets)
        } else {
            String::new()
        },
        three(score.largest)
    );
    let verdict = found.verdict.name();
    let _ = match found.verdict {
        Verdict::NoneFits => writeln!(
            text,
            "\n{verdict}: the nearest is {rule}: {fit}; it first fails at {} {}",
            if spikes_alone { "spike" } else { "row" },
            score.first.unwrap_or(1)
        ),
        _ if spikes_alone => writeln!(text, "\n{verdict}: {rule} makes all {} spikes", score.rows),
        _ => writeln!(text, "\n{verdict}: {rule}, {}: {fit}", found.precision),
    };
    for change in &found.changed {
        let _ = writeln!(text, "           {}", wrapped(change));
    }
    if !found.equivalents().is_empty() {
        let _ = writeln!(text, "{}", wrapped(&format!("as well    {}", found.equivalents().join(", "))));
    }
    if !best.fitted.is_empty() {
        let fitted: Vec<String> = best
            .fitted
            .iter()
            .map(|one| format!("{} = {} ± {:.1e}", one.parameter.name(), six(one.value), one.within))
            .collect();
        let _ = writeln!(text, "fitted     {}", fitted.join(", "));
    }
    let rivals: Vec<Vec<String>> = found
        .rivals()
        .iter()
        .map(|rival| {
            let (h, score) = (&rival.hypothesis, &rival.score);
            let first = score.first.map_or_else(String::new, |row| row.to_string());
            let shift = if h.lag == 0 { String::new() } else { format!("{:+}", h.lag) };
            let off = format!("{}/{}", score.violating, score.rows);
            vec![h.scheme.to_string(), six(h.dt()), shift, off, first, three(score.largest)]
        })
        .collect();
    if !rivals.is_empty() {
        let heads = ["rivals", "dt [ms]", "input", "off", "first", "largest"];
        let _ = write!(text, "\n{}", plain(&heads, rivals));
    }
    let e = &errors.spikes;
    let _ = writeln!(
        text,
        "\nagainst the truth until {} ms: {} spikes matched, {} lost, {} added",
        six(errors.until),
        e.matched,
        e.missed,
        e.extra
    );
    if let (Some(rms), Some(max)) = (e.rms, e.max_abs) {
        let _ = writeln!(
            text,
            "spike errors [ms]: RMS {}, largest {}, first {}",
            three(rms),
            three(max),
            three(e.first.unwrap_or(0.0))
        );
    }
    if let (Some(drift), Some(jitter)) = (e.drift, errors.jitter) {
        let _ = writeln!(
            text,
            "of these a drift of {} ms a spike, and at most {} ms about it ({} steps)",
            three(drift.per_spike),
            three(jitter),
            three(jitter / h.dt())
        );
    }
    if let Some(advice) = &file.advice {
        let dt = |dt: Option<f64>| {
            dt.map_or_else(|| "no step of 0.005 ms or more".to_owned(), |dt| format!("{} ms", six(dt)))
        };
        let (own, right) = (&advice.own, &advice.right);
        let told = format!(
            "For every spike within 0.1 ms {} needs dt = {}, {} takes {}: {} recommend --within 0.1ms shows it.",
            own.0,
            dt(own.1),
            right.0,
            dt(right.1),
            program()
        );
        let _ = writeln!(text, "\n{}", wrapped(&told));
    }
    text
}

/// Several recordings, a row each.
pub fn judged_table(files: &[JudgedFile]) -> String {
    let row = |file: &JudgedFile| {
        let best = &file.found.answers[0];
        let off = format!("{}/{}", best.score.violating, best.score.rows);
        let largest = file.errors.spikes.max_abs.map_or_else(|| "-".to_owned(), three);
        let name = best.hypothesis.scheme.to_string();
        let lost = format!("{}/{}", file.errors.spikes.missed, file.errors.spikes.extra);
        vec![
            file.name.clone(),
            file.found.verdict.name().to_owned(),
            name,
            six(best.hypothesis.dt()),
            off,
            lost,
            largest,
            file.found.changed.join("; "),
        ]
    };
    let heads = ["file", "verdict", "rule", "dt [ms]", "off", "-/+", "max [ms]", "changed"];
    plain(&heads, files.iter().map(row))
}

/// What every row says of the best rule and two rivals, as CSV.
pub fn residuals_csv(file: &JudgedFile) -> Vec<u8> {
    let mut text = "scheme,t_ms,residual_v_mV,residual_u,excess,reset\n".to_owned();
    for answer in shown(file) {
        let name = answer.hypothesis.scheme.to_string();
        for RowResidual { t, v, u, excess, reset, .. } in file.found.residuals(answer) {
            let u = u.map_or_else(String::new, |u| u.to_string());
            let _ = writeln!(text, "{name},{t},{v},{u},{excess},{}", u8::from(reset));
        }
    }
    text.into_bytes()
}

/// The best answer and two rivals.
pub(super) fn shown(file: &JudgedFile) -> impl Iterator<Item = &Answer> {
    file.found.answers.iter().take(1).chain(file.found.rivals().iter().take(2))
}
