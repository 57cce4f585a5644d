//! `--json`: the contract for scripts.

use serde_json::Value;

use crate::bench::{Bench, columns};

/// Keys that every run has; others may join them.
const RUN: [&str; 19] = [
    "scheme",
    "dt_ms",
    "diverged_at_ms",
    "spike_times_ms",
    "spike_count",
    "missed",
    "extra",
    "first_spike_error_ms",
    "max_spike_time_error_ms",
    "rms_spike_time_error_ms",
    "drift_ms_per_spike",
    "victor_purpura",
    "van_rossum",
    "gamma",
    "rms_v_mV",
    "rms_u",
    "rhs_evaluations_per_ms",
    "flops_per_ms",
    "ns_per_ms",
];

fn keys(value: &Value, expected: &[&str]) {
    let object = value.as_object().unwrap_or_else(|| panic!("{value} is no object"));
    for key in expected {
        assert!(object.contains_key(*key), "{key} is not among {:?}", object.keys().collect::<Vec<_>>());
    }
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect()
}

/// Equal but for the last digits: serde_json reads a decimal number to within one unit in the last place, not exactly, and a
/// difference of two such numbers of up to 1000 inherits that: 1000 times 2.2e-16.
fn same(a: Option<f64>, b: Option<f64>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => (a - b).abs() <= 1e-15 * a.abs().max(1000.0),
        (a, b) => a == b,
    }
}

#[test]
fn one_object_with_the_agreed_keys_and_no_files() {
    let bench = Bench::new();
    let json = bench.json("--dt 0.5 --no-timing");
    assert!(bench.tree().is_empty(), "files without --out: {:?}", bench.tree().keys());
    keys(&json, &["version", "neuron", "input", "duration_ms", "peak_mV", "truth", "runs"]);
    assert_eq!(json["version"], env!("CARGO_PKG_VERSION"));
    keys(&json["neuron"], &["name", "a", "b", "c", "d", "k2", "k1", "k0", "b0", "leak", "peak"]);
    keys(&json["truth"], &["spike_times_ms", "error_bound_ms", "solver", "checked_by", "proven_error_ms"]);
    let truth = &json["truth"];
    let number = |key: &str| truth[key].as_f64().unwrap();
    assert!(number("proven_error_ms") > 0.0 && number("proven_error_ms") <= number("error_bound_ms"));
    assert_eq!((&truth["solver"], &truth["checked_by"]), (&"projective".into(), &"taylor".into()));
    // Two solutions to rounding: some ulps of 1000 ms apart, which is 1.1e-13 each.
    assert!(truth["check_agrees"] == true && truth["check_difference_ms"].as_f64().unwrap() < 1e-11);
    assert_eq!((&json["duration_ms"], &json["peak_mV"]), (&1000.0.into(), &30.0.into()));
    let runs = json["runs"].as_array().unwrap();
    assert_eq!(runs.len(), spikestep::SchemeSet::standard().defaults().len());
    runs.iter().for_each(|run| keys(run, &RUN));
}

#[test]
fn numbers_agree_with_the_spikes() {
    let json = Bench::new().json("--dt 0.1,0.5 --tolerance 1e-3,1e-6 --no-timing");
    let truth = numbers(&json["truth"]["spike_times_ms"]);
    assert_eq!(truth.len(), 23);
    // The published count of this neuron, and a bound far below what any scheme is judged by.
    assert!(json["truth"]["error_bound_ms"].as_f64().unwrap() < 1e-6);
    let (mut fixed, mut adaptive) = (0, 0);
    for run in json["runs"].as_array().unwrap() {
        let name = &run["scheme"];
        match (run["dt_ms"].as_f64(), run["tolerance_ms"].as_f64()) {
            (Some(dt), None) => fixed += usize::from(dt == 0.1 || dt == 0.5),
            (None, Some(tolerance)) => adaptive += usize::from(tolerance == 1e-3 || tolerance == 1e-6),
            other => panic!("{name}: dt and tolerance are {other:?}"),
        }
        let spikes = numbers(&run["spike_times_ms"]);
        assert_eq!(run["spike_count"], spikes.len(), "{name}");
        assert_eq!(run["missed"], truth.len().saturating_sub(spikes.len()), "{name}");
        assert_eq!(run["extra"], spikes.len().saturating_sub(truth.len()), "{name}");
        let errors: Vec<f64> = spikes.iter().zip(&truth).map(|(s, t)| s - t).collect();
        let largest = errors.iter().map(|e| e.abs()).fold(0.0, f64::max);
        assert!(same(run["first_spike_error_ms"].as_f64(), Some(errors[0])), "{name}");
        assert!(same(run["max_spike_time_error_ms"].as_f64(), Some(largest)), "{name}");
        let rms = (errors.iter().map(|e| e * e).sum::<f64>() / errors.len() as f64).sqrt();
        assert!(same(run["rms_spike_time_error_ms"].as_f64(), Some(rms)), "{name}");
        assert!(run["flops_per_ms"].as_f64().unwrap() > run["rhs_evaluations_per_ms"].as_f64().unwrap(), "{name}");
        assert_eq!(run["ns_per_ms"], Value::Null, "{name}");
    }
    let is_adaptive = |id: &&spikestep::Scheme| id.is_adaptive();
    let schemes = spikestep::SchemeSet::standard().defaults();
    let expected = schemes.iter().filter(is_adaptive).count();
    assert_eq!((fixed, adaptive), (2 * (schemes.len() - expected), 2 * expected));
}

#[test]
fn csv_files_hold_the_same_numbers_as_the_json() {
    let bench = Bench::new();
    let json = bench.json("--dt 0.25,0.5 --schemes euler,rk4+located,taylor --duration 300 --no-timing --out here");
    let metrics = columns(&bench.read("here/metrics.csv"));
    let runs = json["runs"].as_array().unwrap();
    assert_eq!(metrics["scheme"].len(), runs.len());
    for (column, fields) in metrics.iter().filter(|(column, _)| *column != "scheme") {
        for (field, run) in fields.iter().zip(runs) {
            // A yes or no is 1 or 0 in a table of numbers.
            let value = run[column].as_f64().or(run[column].as_bool().map(f64::from));
            assert!(same(field.parse().ok(), value), "{column} of {}: {field}", run["scheme"]);
        }
    }
    let spikes = columns(&bench.read("here/spikes.csv"));
    let all = runs.iter().map(|run| run["spike_count"].as_u64().unwrap() as usize).sum::<usize>();
    assert_eq!(spikes["t_ms"].len(), all + json["truth"]["spike_times_ms"].as_array().unwrap().len());
    let saved: Value = serde_json::from_str(&bench.read("here/compare.json")).unwrap();
    assert_eq!(saved["runs"], json["runs"]);
    for name in json["files"].as_array().unwrap() {
        assert!(bench.path("here").join(name.as_str().unwrap()).is_file(), "{name}");
    }
}

#[test]
fn measured_times_are_positive_and_apart() {
    let bench = Bench::new();
    let json = bench.json("--dt 0.5 --schemes euler,taylor --duration 50 --out here");
    for run in json["runs"].as_array().unwrap() {
        let [low, high] = numbers(&run["ns_per_ms_quartiles"])[..] else { panic!("two quartiles") };
        let median = run["ns_per_ms"].as_f64().unwrap();
        assert!(0.0 < low && low <= median && median <= high, "{low} {median} {high}");
    }
    assert_eq!(columns(&bench.read("here/timings.csv"))["ns_per_ms"].len(), 2);
    assert!(!columns(&bench.read("here/metrics.csv")).keys().any(|column| column.starts_with("ns_")));
}
