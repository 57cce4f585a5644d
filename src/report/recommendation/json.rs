//! The JSON of a recommendation: a contract for scripts. Later versions add keys; none changes.

use serde::Serialize;
use serde_json::Value;

use crate::model::{Problem, State};
use crate::report::Described;
use crate::report::json::{InputJson, NeuronJson, TruthJson, truth_json};
use crate::study::{Recommendation, Searched, SimulatorSearch, Trial};

#[derive(Serialize)]
struct RecommendationJson<'a> {
    version: &'static str,
    command: &'a str,
    neuron: NeuronJson<'a>,
    input: InputJson<'a>,
    initial: State,
    duration_ms: f64,
    #[serde(rename = "peak_mV")]
    peak_mv: f64,
    within_ms: f64,
    finest_dt_ms: f64,
    truth: TruthJson<'a>,
    /// The cheapest that keeps the bound; null where none does.
    recommended: Option<SearchJson>,
    runner_up: Option<SearchJson>,
    /// The cheapest of a fixed step, and the next.
    fixed_step: Option<SearchJson>,
    fixed_step_runner_up: Option<SearchJson>,
    /// All of them, in the order of --schemes.
    candidates: Vec<SearchJson>,
    simulators: Vec<SimulatorJson>,
    files: &'a [String],
}

/// A scheme's answer; its numbers are null where no step keeps the bound.
#[derive(Serialize)]
struct SearchJson {
    scheme: String,
    keeps: bool,
    dt_ms: Option<f64>,
    tolerance_ms: Option<f64>,
    max_spike_time_error_ms: Option<f64>,
    /// Bound over error.
    margin: Option<f64>,
    flops_per_ms: Option<f64>,
    /// Flops weighed by what one takes in the scheme.
    cost_ns_per_ms: Option<f64>,
    /// Measured.
    ns_per_ms: Option<f64>,
    tried: usize,
    smaller_that_keep: usize,
    larger_by_luck: usize,
    next_larger: Option<TrialJson>,
    smallest: Option<TrialJson>,
}

#[derive(Serialize)]
struct TrialJson {
    dt_ms: Option<f64>,
    tolerance_ms: Option<f64>,
    spike_count: usize,
    missed: usize,
    extra: usize,
    max_spike_time_error_ms: Option<f64>,
    diverged_at_ms: Option<f64>,
}

#[derive(Serialize)]
struct SimulatorJson {
    simulator: &'static str,
    rule: &'static str,
    is_default: bool,
    default_dt_ms: f64,
    /// The run at that step; null where the run is shorter.
    at_default_dt: Option<TrialJson>,
    #[serde(flatten)]
    search: SearchJson,
}

/// The recommendation as one JSON object, numbers with all digits; `files` are those written beside it.
pub fn recommendation_json(found: &Recommendation, described: &Described, files: &[String]) -> Value {
    let study = &found.basis.study;
    let Problem { neuron, stimulus, initial, duration } = &study.problem;
    let [fixed_step, fixed_step_runner_up] = found.fixed_step().map(|searched| searched.map(search));
    let json = RecommendationJson {
        version: env!("CARGO_PKG_VERSION"),
        command: &described.command,
        neuron: NeuronJson { name: &described.neuron, parameters: *neuron },
        input: InputJson { text: &described.input, stimulus },
        initial: *initial,
        duration_ms: *duration,
        peak_mv: neuron.peak,
        within_ms: study.within,
        finest_dt_ms: found.finest,
        truth: truth_json(&found.basis),
        recommended: found.best().map(search),
        runner_up: found.runner_up().map(search),
        fixed_step,
        fixed_step_runner_up,
        candidates: found.candidates.iter().map(search).collect(),
        simulators: found.simulators.iter().map(simulator).collect(),
        files,
    };
    serde_json::to_value(json).expect("text keys and finite or absent numbers serialise")
}

fn search(searched: &Searched) -> SearchJson {
    let kept = searched.kept();
    SearchJson {
        scheme: searched.scheme.to_string(),
        keeps: kept.is_some(),
        dt_ms: kept.and_then(|kept| kept.setting.dt()),
        tolerance_ms: kept.and_then(|kept| kept.setting.tolerance()),
        max_spike_time_error_ms: kept.and_then(|kept| kept.max_error),
        margin: searched.margin(),
        flops_per_ms: kept.map(|kept| kept.flops_per_ms),
        cost_ns_per_ms: kept.map(|kept| kept.cost),
        ns_per_ms: searched.timing.map(|timing| timing.median),
        tried: searched.tried.len(),
        smaller_that_keep: searched.smaller_that_keep(),
        larger_by_luck: searched.larger_by_luck(),
        next_larger: searched.next_larger().map(trial),
        smallest: searched.smallest().map(trial),
    }
}

fn trial(trial: &Trial) -> TrialJson {
    TrialJson {
        dt_ms: trial.setting.dt(),
        tolerance_ms: trial.setting.tolerance(),
        spike_count: trial.spikes,
        missed: trial.missed,
        extra: trial.extra,
        max_spike_time_error_ms: trial.max_error,
        diverged_at_ms: trial.diverged_at,
    }
}

fn simulator(row: &SimulatorSearch) -> SimulatorJson {
    SimulatorJson {
        simulator: row.rule.simulator,
        rule: row.rule.rule,
        is_default: row.rule.is_default,
        default_dt_ms: row.rule.default_dt,
        at_default_dt: row.at_default.as_ref().map(trial),
        search: search(&row.searched),
    }
}
