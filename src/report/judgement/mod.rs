//! What is said of a judged recording: text, a table of several, JSON and the residuals of its rows.

mod json;

use std::fmt::Write;

pub use json::judged_json;

use super::layout::{six, three, wrapped};
use super::{command_line, plain};
use crate::error::Result;
use crate::judge::{Answer, Judgement, Known, Reading, RowResidual, Verdict};
use crate::model::Problem;
use crate::scheme::Scheme;
use crate::study::{Advice, FINEST, RecordingErrors, WITHIN, advice, recording_errors};

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
    /// The command that runs the recording's rule and a right one beside the truth, each at the step that it needs; `None` where the input
    /// stands in no text that the command takes.
    pub shows: Option<String>,
    claimed: Option<String>,
}

impl JudgedFile {
    /// Measures a judged recording; `input` is the text of its input for `--input`.
    ///
    /// # Errors
    /// Those of [`recording_errors`] and [`advice`].
    pub fn new(
        name: String,
        reading: Reading,
        found: Judgement,
        known: &Known,
        command: String,
        input: Option<String>,
    ) -> Result<Self> {
        let errors = recording_errors(&found, known)?;
        let advice = if known.claim.is_some() { None } else { advice(&found, &errors)? };
        let claimed = known.claim.as_ref().map(|(scheme, dt)| format!("{scheme}@{dt}"));
        let shows = advice.as_ref().zip(input).map(|(advice, input)| shows(&found, &errors, advice, input));
        Ok(JudgedFile { name, reading, found, errors, advice, command, shows, claimed })
    }

    /// Where a claim fails, in a sentence; `None` where it holds.
    pub fn refuted(&self) -> Option<String> {
        let claim = self.claimed.as_ref()?;
        let off = self.found.off_claim()?;
        let score = &off.score;
        let (row, of) = if self.found.states.is_empty() { ("spike", "spikes") } else { ("row", "rows") };
        let first = score.first.unwrap_or(1);
        let why = match self.found.changed.first() {
            // Where messages say "the input", the command says --input.
            Some(shift) => format!("All {of} are met where {}.", shift.replace("the input", "its input")),
            None => "Leave --claims out to see what it is.".to_owned(),
        };
        let (name, all, violating) = (&self.name, score.rows, score.violating);
        Some(format!(
            "{name} is not {claim}: {row} {first} is the first that is off, of {all} {of} {violating} are. {why}"
        ))
    }
}

/// The command that runs a recording's own rule and a right one at the steps that advice gives, beside the recording's step.
fn shows(found: &Judgement, errors: &RecordingErrors, advice: &Advice, input: String) -> String {
    let Problem { neuron: n, initial, duration, .. } = &errors.problem;
    let peak = if n.peak == 30.0 { String::new() } else { format!(",peak={}", n.peak) };
    let neuron = format!("a={},b={},c={},d={}{peak}", n.a, n.b, n.c, n.d);
    let mut steps = vec![found.answers[0].hypothesis.dt()];
    steps.extend([advice.own.1, advice.right.1].into_iter().flatten());
    steps.sort_by(f64::total_cmp);
    steps.dedup();
    let steps: Vec<String> = steps.iter().map(f64::to_string).collect();
    let apart = *initial != n.resting_start();
    let start = |value: f64| apart.then(|| value.to_string());
    let options = [
        ("neuron", Some(neuron)),
        ("input", Some(input)),
        ("v0", start(initial.v)),
        ("u0", start(initial.u)),
        ("duration", Some(six(*duration))),
        ("schemes", Some(format!("{},{}", advice.own.0.name(), advice.right.0.name()))),
        ("dt", Some(steps.join(","))),
    ];
    command_line("", &options)
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
        Verdict::NoneFits if score.violating == 0 => writeln!(
            text,
            "\n{verdict}: the nearest is {rule}, and {} of {} rows would be met by any rule",
            score.rows - score.telling,
            score.rows
        ),
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
        let needs = |(scheme, dt): &(Scheme, Option<f64>)| match dt {
            Some(dt) => format!("{} needs dt = {} ms", scheme.name(), six(*dt)),
            None => format!("{} needs a step below {FINEST} ms", scheme.name()),
        };
        let told = format!("For every spike within {WITHIN} ms {}, {}.", needs(&advice.own), needs(&advice.right));
        let _ = writeln!(text, "\n{}", wrapped(&told));
        match &file.shows {
            // Not wrapped: it is to be pasted.
            Some(command) => drop(writeln!(text, "This shows it:\n  {command}")),
            None => {
                let told = "Write the input as t_ms,input to a file for a command that shows it: --input csv:FILE.";
                let _ = writeln!(text, "{}", wrapped(told));
            }
        }
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

/// The best answer and two rivals that miss the rows otherwise than it and each other: of rules that are one on these rows, one.
pub(super) fn shown(file: &JudgedFile) -> Vec<&Answer> {
    let mut shown: Vec<&Answer> = file.found.answers.iter().take(1).collect();
    for rival in file.found.rivals() {
        let same = |other: &&Answer| other.score == rival.score && other.hypothesis.dt() == rival.hypothesis.dt();
        if shown.len() < 3 && !shown.iter().any(same) {
            shown.push(rival);
        }
    }
    shown
}
