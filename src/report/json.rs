//! The JSON of a comparison: the contract for scripts. Later versions add keys; none changes.

use serde::Serialize;
use serde_json::{Value, json};

use super::described::Described;
use super::intervals::Bins;
use super::verdict::{fine_text, verdict_text};
use crate::metrics::{About, MetricKind};
use crate::model::{Problem, Stimulus};
use crate::study::{Comparison, Run, SchemeOrder, Verdict, observed_orders};

/// Pieces of an input that are listed at most.
const MOST_PIECES: usize = 100_000;

/// The comparison as one JSON object, numbers with all digits; `files` are those written beside it.
pub fn comparison_json(comparison: &Comparison, described: &Described, files: &[String]) -> Value {
    let (verdict, bins) = (Verdict::of(comparison), Bins::of(comparison));
    let (one_neuron, network) = (verdict.recommended.one_neuron, verdict.recommended.network);
    let spreads = comparison.seed_spreads();
    let json = joined(
        problem_json(comparison, described),
        json!({
            "lbound_mV": comparison.study.lower_bound,
            "metrics": comparison.study.distances,
            "truth": truth_json(comparison),
            "rest": comparison.rest.map(|rest| json!({
                "v_mV": rest.state.v,
                "u": rest.state.u,
                "kind": rest.kind.to_string(),
                "eigenvalues_per_ms": rest.eigenvalues.map(|z| [z.re, z.im]),
            })),
            // Interspike intervals in bins that begin at `from_ms`; null where no train has two spikes.
            "intervals": bins.as_ref().map(|bins| json!({
                "bin_ms": bins.width,
                "from_ms": bins.begin(),
                "truth": bins.counts(&comparison.truth.spikes),
            })),
            "runs": comparison.runs.iter().map(|run| run_json(run, bins.as_ref())).collect::<Vec<_>>(),
            "observed_orders": observed_orders(comparison).iter().filter_map(order_json).collect::<Vec<_>>(),
            "verdict": {
                "nearest": verdict.nearest.map(choice_json),
                "fine": fine_text(comparison).replace('\n', " ").trim(),
                "within_ms": comparison.within,
                "cheapest_within": verdict.cheapest_within.map(choice_json),
                "cheapest_fixed_step_within": verdict.cheapest_fixed_step.map(choice_json),
                "study": {
                    "one_neuron": one_neuron.map(|(scheme, _)| scheme),
                    "one_neuron_tolerance_ms": one_neuron.map(|(_, tolerance)| tolerance),
                    "network": network,
                },
                "text": verdict_text(comparison).replace('\n', " "),
            },
            "files": files,
        }),
    );
    if spreads.is_empty() { json } else { joined(json, json!({ "over_seeds": spreads })) }
}

/// What every JSON begins with: who wrote it, and the problem.
pub(super) fn problem_json(comparison: &Comparison, described: &Described) -> Value {
    let Problem { neuron, stimulus, initial, duration } = &comparison.problem;
    let spec = comparison.study.neurons.first();
    json!({
        "version": env!("CARGO_PKG_VERSION"),
        "command": described.command,
        "neuron": named("name", &described.neuron, neuron),
        "input": input_json(&described.input, stimulus),
        "initial": initial,
        "duration_ms": duration,
        "peak_mV": neuron.peak,
        // Of amplitudes and u as they are typed; all numbers here are in mV/ms.
        "typed_unit": spec.map(|spec| spec.unit().name()),
        "notes": described.notes,
        // The neuron's alone, for scripts written before there were several.
        "note": spec.and_then(|spec| spec.note.as_ref()),
    })
}

/// A value as JSON, to be read by eye too.
pub(crate) fn json_text(value: &impl Serialize) -> String {
    serde_json::to_string_pretty(value).expect("text keys and numbers serialise") + "\n"
}

/// An input with its pieces, but for a recording that would fill the whole file.
fn input_json(name: &str, stimulus: &Stimulus) -> Value {
    if stimulus.pieces().len() <= MOST_PIECES {
        return named("text", name, stimulus);
    }
    json!({ "text": name, "pieces": null, "sinusoid": stimulus.sinusoid() })
}

/// The keys of `value`, after a name.
fn named(key: &str, name: &str, value: &impl Serialize) -> Value {
    joined(json!({ key: name }), serde_json::to_value(value).expect("text keys and finite or absent numbers serialise"))
}

/// The keys of an object, and those of another behind them.
pub(super) fn joined(mut json: Value, more: Value) -> Value {
    if let (Value::Object(json), Value::Object(more)) = (&mut json, more) {
        json.extend(more);
    }
    json
}

pub(super) fn truth_json(comparison: &Comparison) -> Value {
    json!({
        "spike_times_ms": comparison.truth.spikes.times(),
        "error_bound_ms": comparison.truth.bound(),
        "error_bounds_ms": comparison.truth.error_bounds.iter().map(|b| b.map(|b| b.t)).collect::<Vec<_>>(),
        "warning": comparison.truth_warning(),
        "solver": comparison.check.solver.name(),
        "checked_by": comparison.check.checked_by.name(),
        // Null where one of the two has no bound, and then why.
        "check_agrees": comparison.check.agrees,
        "check_unknown_because": comparison.check.why_unknown(),
        "check_difference_ms": comparison.check.largest_difference,
        // At least the largest error; null where the proof does not reach the end.
        "proven_error_ms": comparison.check.proven,
    })
}

fn choice_json(run: &Run) -> Value {
    let json = json!({ "scheme": run.scheme.name(), "dt_ms": run.size.dt(), "tolerance_ms": run.size.tolerance() });
    match run.scheme.arithmetic() {
        Some(kind) => joined(json, json!({ "arithmetic": kind.to_string() })),
        None => json,
    }
}

fn order_json(of: &SchemeOrder) -> Option<Value> {
    let order = of.order?;
    Some(json!({
        "scheme": of.scheme.to_string(),
        "order": order.order,
        "standard_error": order.standard_error,
        "dt_min_ms": order.dt_min,
        "dt_max_ms": order.dt_max,
        "points": order.points,
        // Whether it is that of small steps, which the scheme has in the limit.
        "settled": order.settled,
    }))
}

/// The value of a metric; null where it is not defined.
pub(super) fn metric_json(kind: MetricKind, value: Option<f64>) -> Value {
    match kind {
        MetricKind::Count => value.map(|count| count as u64).into(),
        MetricKind::Flag => value.map(|answer| answer != 0.0).into(),
        MetricKind::Number => value.into(),
    }
}

/// A run: what it is, its metrics by their names with the spike times among them, its measured time.
fn run_json(run: &Run, bins: Option<&Bins>) -> Value {
    let Value::Object(mut json) = choice_json(run) else { return Value::Null };
    let mut metrics = run.metrics.by_subject();
    // Scripts have known these two in this order.
    let place = |name: &str| metrics.iter().position(|(metric, _)| metric.name == name);
    if let (Some(rms), Some(max)) = (place("rms_spike_time_error_ms"), place("max_spike_time_error_ms")) {
        metrics.swap(rms, max);
    }
    let spikes = metrics.partition_point(|(metric, _)| metric.about <= About::Run);
    for (k, (metric, value)) in metrics.into_iter().enumerate() {
        if k == spikes {
            json.insert("spike_times_ms".to_owned(), run.trajectory.spikes.times().into());
        }
        json.insert(metric.name.to_owned(), metric_json(metric.kind, value));
    }
    json.insert("interval_counts".to_owned(), bins.map(|bins| bins.counts(&run.trajectory.spikes)).into());
    if let Some(account) = &run.trajectory.arithmetic {
        let constants = account.constants.iter().map(|(name, _, rounded)| ((*name).to_owned(), (*rounded).into()));
        json.insert("constants".to_owned(), Value::Object(constants.collect()));
    }
    json.insert("ns_per_ms".to_owned(), run.timing.map(|t| t.median).into());
    let quartiles = run.timing.map(|t| vec![t.lower_quartile, t.upper_quartile]);
    json.insert("ns_per_ms_quartiles".to_owned(), quartiles.into());
    Value::Object(json)
}
