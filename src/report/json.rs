//! The JSON of a comparison: the contract for scripts. Later versions add keys; none changes.

use serde::Serialize;
use serde_json::Value;

use super::verdict::verdict_text;
use crate::metrics::{About, DistanceParameters, MetricKind};
use crate::model::{Neuron, Problem, State, Stimulus};
use crate::study::{Comparison, Run, Verdict, observed_orders};

/// How the command's texts described the problem.
#[derive(Clone, Debug)]
pub struct Described {
    /// The neuron: "RS", "A tonic spiking".
    pub neuron: String,
    /// The input: "step:10".
    pub input: String,
    /// The command that gives the same numbers, without options of place and format.
    pub command: String,
}

#[derive(Serialize)]
struct ComparisonJson<'a> {
    version: &'static str,
    command: &'a str,
    neuron: NeuronJson<'a>,
    input: InputJson<'a>,
    initial: State,
    duration_ms: f64,
    #[serde(rename = "peak_mV")]
    peak_mv: f64,
    #[serde(rename = "lbound_mV")]
    lbound_mv: Option<f64>,
    metrics: DistanceParameters,
    truth: TruthJson<'a>,
    rest: Option<RestJson>,
    runs: Vec<Value>,
    observed_orders: Vec<OrderJson>,
    verdict: VerdictJson,
    files: &'a [String],
}

#[derive(Serialize)]
pub(super) struct NeuronJson<'a> {
    pub(super) name: &'a str,
    #[serde(flatten)]
    pub(super) parameters: Neuron,
}

#[derive(Serialize)]
pub(super) struct InputJson<'a> {
    pub(super) text: &'a str,
    #[serde(flatten)]
    pub(super) stimulus: &'a Stimulus,
}

#[derive(Serialize)]
pub(super) struct TruthJson<'a> {
    spike_times_ms: &'a [f64],
    error_bound_ms: Option<f64>,
    error_bounds_ms: Vec<Option<f64>>,
    warning: Option<String>,
    solver: &'static str,
    checked_by: &'static str,
    /// Null where one of the two has no bound.
    check_agrees: Option<bool>,
    check_difference_ms: f64,
    /// At least the largest error, proven; null where the proof does not reach the end.
    proven_error_ms: Option<f64>,
}

#[derive(Serialize)]
struct RestJson {
    #[serde(rename = "v_mV")]
    v_mv: f64,
    u: f64,
    kind: String,
    /// Real and imaginary parts \[1/ms\].
    eigenvalues_per_ms: [[f64; 2]; 2],
}

#[derive(Serialize)]
struct OrderJson {
    scheme: String,
    order: f64,
    standard_error: f64,
    dt_min_ms: f64,
    dt_max_ms: f64,
    points: usize,
}

#[derive(Serialize)]
struct VerdictJson {
    nearest: Option<ChoiceJson>,
    within_ms: f64,
    cheapest_within: Option<ChoiceJson>,
    cheapest_fixed_step_within: Option<ChoiceJson>,
    study: StudyChoiceJson,
    /// In sentences.
    text: String,
}

/// What the study of cost at equal error recommends.
#[derive(Serialize)]
struct StudyChoiceJson {
    one_neuron: Option<&'static str>,
    one_neuron_tolerance_ms: Option<f64>,
    network: Option<&'static str>,
}

#[derive(Serialize)]
struct ChoiceJson {
    scheme: String,
    dt_ms: Option<f64>,
    tolerance_ms: Option<f64>,
}

/// The comparison as one JSON object, numbers with all digits; `files` are those written beside it.
pub fn comparison_json(comparison: &Comparison, described: &Described, files: &[String]) -> Value {
    let Problem { neuron, stimulus, initial, duration } = &comparison.study.problem;
    let verdict = Verdict::of(comparison);
    let json = ComparisonJson {
        version: env!("CARGO_PKG_VERSION"),
        command: &described.command,
        neuron: NeuronJson { name: &described.neuron, parameters: *neuron },
        input: InputJson { text: &described.input, stimulus },
        initial: *initial,
        duration_ms: *duration,
        peak_mv: neuron.peak,
        lbound_mv: comparison.study.lower_bound(),
        metrics: comparison.study.distances,
        truth: truth_json(comparison),
        rest: comparison.rest.map(|rest| RestJson {
            v_mv: rest.state.v,
            u: rest.state.u,
            kind: rest.kind.to_string(),
            eigenvalues_per_ms: rest.eigenvalues.map(|z| [z.re, z.im]),
        }),
        runs: comparison.runs.iter().map(run_json).collect(),
        observed_orders: observed_orders(comparison)
            .into_iter()
            .filter_map(|s| {
                let order = s.order?;
                Some(OrderJson {
                    scheme: s.scheme.to_string(),
                    order: order.order,
                    standard_error: order.standard_error,
                    dt_min_ms: order.dt_min,
                    dt_max_ms: order.dt_max,
                    points: order.points,
                })
            })
            .collect(),
        verdict: VerdictJson {
            nearest: verdict.nearest.map(choice),
            within_ms: comparison.study.within,
            cheapest_within: verdict.cheapest_within.map(choice),
            cheapest_fixed_step_within: verdict.cheapest_fixed_step.map(choice),
            study: StudyChoiceJson {
                one_neuron: verdict.recommended.one_neuron.map(|(scheme, _)| scheme),
                one_neuron_tolerance_ms: verdict.recommended.one_neuron.map(|(_, tolerance)| tolerance),
                network: verdict.recommended.network,
            },
            text: verdict_text(comparison).replace('\n', " "),
        },
        files,
    };
    serde_json::to_value(json).expect("text keys and finite or absent numbers serialise")
}

pub(super) fn truth_json(comparison: &Comparison) -> TruthJson<'_> {
    TruthJson {
        spike_times_ms: comparison.truth.spikes.times(),
        error_bound_ms: comparison.error_bound(),
        error_bounds_ms: comparison.truth.error_bounds.iter().map(|b| b.map(|b| b.t)).collect(),
        warning: comparison.truth_warning(),
        solver: comparison.check.solver.name(),
        checked_by: comparison.check.checked_by.name(),
        check_agrees: comparison.check.agrees,
        check_difference_ms: comparison.check.largest_difference,
        proven_error_ms: comparison.check.proven,
    }
}

fn choice(run: &Run) -> ChoiceJson {
    ChoiceJson { scheme: run.scheme.to_string(), dt_ms: run.setting.dt(), tolerance_ms: run.setting.tolerance() }
}

/// A run: what it is, its metrics by their names with the spike times among them, its measured time.
fn run_json(run: &Run) -> Value {
    let mut json = serde_json::Map::new();
    json.insert("scheme".to_owned(), run.scheme.to_string().into());
    json.insert("dt_ms".to_owned(), run.setting.dt().into());
    json.insert("tolerance_ms".to_owned(), run.setting.tolerance().into());
    let mut metrics = run.metrics.by_subject();
    // Scripts have known these two in this order.
    let place = |name: &str| metrics.iter().position(|(metric, _)| metric.name == name);
    if let (Some(rms), Some(max)) = (place("rms_spike_time_error_ms"), place("max_spike_time_error_ms")) {
        metrics.swap(rms, max);
    }
    for (metric, value) in metrics {
        if metric.about > About::Run && !json.contains_key(SPIKES) {
            json.insert(SPIKES.to_owned(), run.trajectory.spikes.times().into());
        }
        let value = match metric.kind {
            MetricKind::Count => value.map(|count| count as u64).into(),
            MetricKind::Number => value.into(),
        };
        json.insert(metric.name.to_owned(), value);
    }
    json.insert("ns_per_ms".to_owned(), run.timing.map(|t| t.median).into());
    let quartiles = run.timing.map(|t| vec![t.lower_quartile, t.upper_quartile]);
    json.insert("ns_per_ms_quartiles".to_owned(), quartiles.into());
    Value::Object(json)
}

const SPIKES: &str = "spike_times_ms";
