//! The JSON of a judged recording.

use serde_json::{Value, json};

use super::JudgedFile;
use crate::judge::{Answer, Fitted};
use crate::report::json::metric_json;
use crate::study::of_recording;

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
        "input_mV_per_ms": stimulus.as_constant(),
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
            "command": file.shows,
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
