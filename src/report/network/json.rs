//! A network under schemes as JSON.

use serde_json::{Value, json};

use super::place;
use crate::population::exact::{Doubt, TrueSpike};
use crate::study::{BOUNDS, Moved, NetworkComparison, NetworkQuestion, NetworkRun, StudyFile, between};

/// The comparison as one JSON object.
pub fn network_json(file: &StudyFile, question: &NetworkQuestion, comparison: &NetworkComparison) -> Value {
    let truth = &comparison.truth;
    let spike = |spike: &TrueSpike| {
        let (population, neuron) = place(&question.groups, spike.neuron);
        json!({ "population": population, "neuron": neuron, "t_ms": spike.time, "error_ms": spike.error })
    };
    let doubt = |doubt: &Doubt| {
        let (population, neuron) = place(&question.groups, doubt.neuron);
        json!({ "between": between(doubt.kind), "t_ms": doubt.time, "population": population, "neuron": neuron })
    };
    let run = |run: &NetworkRun| {
        json!({
            "scheme": run.scheme.to_string(),
            "dt_ms": run.dt,
            "spikes": run.run.spikes.len(),
            "diverged_at_ms": run.run.diverged_at,
            "follows_until_ms": run.follows_until(),
            "half_right_until_ms": run.half_right_until(),
            "statistics": run.moved.iter().map(moved_json).collect::<Vec<_>>(),
            "verdict": question.verdict(comparison, run),
        })
    };
    json!({
        "version": env!("CARGO_PKG_VERSION"),
        "title": file.title,
        "question": file.question,
        "duration_ms": truth.duration,
        "within_ms": question.within,
        "ensemble": if comparison.runs.is_empty() { 1 } else { question.ensemble },
        "populations": question.groups.iter().map(|(name, range)| json!({ "name": name, "n": range.len() })).collect::<Vec<_>>(),
        "edges": question.network.edges().all().len(),
        "truth": {
            "tolerance_ms": question.tolerance,
            "known_until_ms": truth.known_until(BOUNDS[0]),
            "known_to_1e-3_until_ms": truth.known_until(BOUNDS[1]),
            "lost_at_ms": truth.lost_at,
            "in_doubt": truth.doubts.iter().map(doubt).collect::<Vec<_>>(),
            "cut": truth.cut.map(|(neuron, outcome)| json!({ "neuron": neuron, "t_ms": outcome.cut_at() })),
            "arrivals": truth.arrivals,
            "steps": truth.steps,
            "statistics": comparison.bands.iter().map(|(mean, sd)| json!({
                "population": mean.group, "name": mean.name, "mean": mean.value, "sd": sd,
            })).collect::<Vec<_>>(),
            "spikes": truth.spikes.iter().map(spike).collect::<Vec<_>>(),
        },
        "runs": comparison.runs.iter().map(run).collect::<Vec<_>>(),
    })
}

pub(super) fn moved_json(moved: &Moved) -> Value {
    json!({
        "population": moved.statistic.group,
        "name": moved.statistic.name,
        "mean": moved.statistic.value,
        "truth": moved.truth,
        "interval": moved.interval,
        "beyond_chaos": moved.is_beyond_chaos,
    })
}
