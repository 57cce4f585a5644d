//! The JSON of a recommendation: a contract for scripts. Later versions add keys; none changes.

use serde_json::{Value, json};

use super::text::answer_text;
use super::warning;
use crate::report::Described;
use crate::report::json::{joined, problem_json, truth_json};
use crate::study::{Recommendation, Searched, SimulatorSearch, Trial};

/// The recommendation as one JSON object, numbers with all digits; `files` are those written beside it.
pub fn recommendation_json(found: &Recommendation, described: &Described, files: &[String]) -> Value {
    let [fixed_step, fixed_step_runner_up] = found.fixed_step().map(|searched| searched.map(search));
    joined(
        problem_json(&found.basis, described),
        json!({
            "within_ms": found.basis.within,
            "finest_dt_ms": found.finest,
            "truth": truth_json(&found.basis),
            // Why the answer says nothing; null where it says something.
            "warning": warning(found),
            // The cheapest that keeps the bound; null where none does.
            "recommended": found.best().map(search),
            "runner_up": found.runner_up().map(search),
            "fixed_step": fixed_step,
            "fixed_step_runner_up": fixed_step_runner_up,
            // All of them, in the order of --schemes.
            "candidates": found.candidates.iter().map(search).collect::<Vec<_>>(),
            "simulators": found.simulators.iter().map(simulator).collect::<Vec<_>>(),
            "text": answer_text(found),
            "files": files,
        }),
    )
}

/// A scheme's answer; its numbers are null where no step keeps the bound.
fn search(searched: &Searched) -> Value {
    let kept = searched.kept();
    json!({
        "scheme": searched.scheme.to_string(),
        "keeps": kept.is_some(),
        "dt_ms": kept.and_then(|kept| kept.size.dt()),
        "tolerance_ms": kept.and_then(|kept| kept.size.tolerance()),
        (searched.metric): kept.and_then(|kept| kept.error),
        // Bound over error.
        "margin": searched.margin(),
        "flops_per_ms": kept.map(|kept| kept.flops_per_ms),
        // Flops weighed by what one takes in the scheme.
        "cost_ns_per_ms": kept.map(|kept| kept.cost),
        "ns_per_ms": searched.timing.map(|timing| timing.median),
        "tried": searched.tried.len(),
        "smaller_that_keep": searched.smaller_that_keep(),
        "larger_by_luck": searched.larger_by_luck(),
        "next_larger": searched.next_larger().map(|next| trial(next, searched.metric)),
        "smallest": searched.tried.last().map(|smallest| trial(smallest, searched.metric)),
    })
}

fn trial(trial: &Trial, metric: &str) -> Value {
    json!({
        "dt_ms": trial.size.dt(),
        "tolerance_ms": trial.size.tolerance(),
        "spike_count": trial.spikes,
        "missed": trial.missed,
        "extra": trial.extra,
        (metric): trial.error,
        "diverged_at_ms": trial.diverged_at,
    })
}

fn simulator(row: &SimulatorSearch) -> Value {
    let of_rule = json!({
        "simulator": row.rule.simulator,
        "rule": row.rule.rule,
        "is_default": row.rule.is_default,
        "default_dt_ms": row.rule.default_dt,
        // The run at that step; null where the run is shorter.
        "at_default_dt": row.at_default.as_ref().map(|at| trial(at, row.searched.metric)),
    });
    joined(of_rule, search(&row.searched))
}
