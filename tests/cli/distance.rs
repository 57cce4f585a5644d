//! `compare distance`: keys, parameters as typed, the interval, and what is refused.

use serde_json::{Map, Value};
use spikestep::SpikeTrain;
use spikestep::metrics::victor_purpura;

use crate::bench::Bench;

struct Files(Bench);

impl Files {
    fn new(a: &str, b: &str) -> Self {
        Files(Bench::with(&[("a.csv", a), ("b.csv", b)]))
    }

    fn text(&self, options: &str) -> String {
        self.0.stdout(&format!("distance a.csv b.csv {options}"))
    }

    fn json(&self, options: &str) -> Map<String, Value> {
        serde_json::from_str(&self.text(&format!("{options} --json"))).unwrap()
    }

    fn refusal(&self, options: &str) -> String {
        let output = self.0.command(&format!("distance a.csv b.csv {options}")).assert().failure().get_output().clone();
        String::from_utf8(output.stderr).unwrap()
    }
}

#[test]
fn json_has_the_agreed_keys_with_parameters_as_typed() {
    let files = Files::new("spike,t_ms,u\n0,100,1\n1,200.5,1\n", "103.5\n");
    let text = files.text("--cost 1,0.10,0 --tau 1e1 --duration 300 --json");
    let places = [
        "victor_purpura",
        "\"1\"",
        "\"0.10\"",
        "\"0\"",
        "van_rossum",
        "\"1e1\"",
        "isi",
        "\"spike\"",
        "spike_sync",
        "gamma",
        "matched",
        "missed",
        "extra",
        "max_spike_time_error_ms",
    ]
    .map(|key| text.find(key).unwrap_or_else(|| panic!("{key} in {text}")));
    assert!(places.is_sorted(), "{text}");
    let json: Map<String, Value> = serde_json::from_str(&text).unwrap();
    assert_eq!((json.len(), json["victor_purpura"].as_object().unwrap().len()), (10, 3));
    let train = |times: &[f64]| SpikeTrain::new(times.to_vec()).unwrap();
    let expected = victor_purpura(&train(&[100.0, 200.5]), &train(&[103.5]), 0.1);
    assert_eq!(json["victor_purpura"]["0.10"], expected.unwrap());
    assert!(json["van_rossum"]["1e1"].is_number());
    assert_eq!((&json["matched"], &json["missed"], &json["extra"]), (&1.into(), &1.into(), &0.into()));
    assert_eq!(json["max_spike_time_error_ms"], 3.5);
}

#[test]
fn the_duration_is_the_latest_spike_unless_given() {
    let files = Files::new("t_ms\n10\n20\n", "t_ms\n10\n40\n");
    assert_eq!(files.json(""), files.json("--duration 40"));
    assert_ne!(files.json("")["isi"], files.json("--duration 80")["isi"]);
    let cut = files.json("--duration 15");
    assert_eq!((&cut["matched"], &cut["missed"], &cut["isi"]), (&1.into(), &0.into(), &0.0.into()));
    let text = files.text("--duration 15");
    assert!(text.contains("left out   spikes after 15 ms: 2"), "{text}");
}

#[test]
fn silent_trains_are_compared_without_a_duration() {
    let silent = Files::new("t_ms\n", "").json("");
    assert_eq!((&silent["isi"], &silent["spike_sync"], &silent["gamma"]), (&0.0.into(), &1.0.into(), &1.0.into()));
    assert_eq!(silent["max_spike_time_error_ms"], Value::Null);
    let one = Files::new("t_ms\n0\n", "").refusal("");
    assert!(one.trim_end().ends_with("Give --duration."), "{one}");
}

#[test]
fn an_empty_train_is_said_to_be_empty() {
    let files = Files::new("t_ms\n10\n", "# nothing\n");
    let text = files.text("");
    assert!(
        text.contains("warning    b.csv has no spike time: an empty train\n") && !text.contains("a.csv has"),
        "{text}"
    );
    assert_eq!(files.json("")["warnings"], serde_json::json!(["b.csv has no spike time: an empty train"]));
}

/// A small cost makes every pair of spikes one that may belong together.
#[test]
fn more_work_than_some_seconds_is_refused_with_what_would_do() {
    let train = |count: u32| (0..count).map(|k| format!("{k}\n")).collect::<String>();
    let files = Files::new(&train(20_000), &train(60_000));
    let message = files.refusal("--cost 1e-6");
    let said = ["too many spikes: 20000 and 60000", "at most 5e8 pairs", "Raise --cost", "a shorter --duration"];
    assert!(said.iter().all(|part| message.contains(part)), "{message}");
    // With the cost of the default few pairs are near enough: here the spikes that are there twice cost nothing.
    assert_eq!(files.json("")["victor_purpura"]["0.1"], 40_000.0);
    assert_eq!(files.json("--cost 1e-6 --duration 5000")["victor_purpura"]["1e-6"], 0.0);
}

#[test]
fn the_table_says_what_each_number_means_within_100_columns() {
    let text = Files::new("1\n2\n", "1.5\n").text("--window 0.5 --duration 2");
    let table = text.split("\n\n").nth(1).unwrap();
    assert!(table.lines().all(|l| l.chars().count() <= 100), "{text}");
    for word in ["missed", "Victor-Purpura, 0.1 per ms", "van Rossum, 10 ms", "SPIKE-distance", "gamma, within 0.5 ms"]
    {
        assert!(table.contains(word), "{word} in {text}");
    }
}

#[test]
fn bad_files_and_options_are_named() {
    assert!(Files::new("t_ms\n10\nten\n", "10\n").refusal("").contains("a.csv:3: 'ten' is not a spike time"));
    let files = Files::new("10\n", "10\n");
    for (options, part) in [
        ("--cost 0.1,x", "--cost is 'x'"),
        ("--cost -1", "cost per ms is -1"),
        ("--tau 0", "tau in ms is 0"),
        ("--window -2", "window in ms is -2"),
        ("--duration -5", "duration in ms is -5"),
    ] {
        let message = files.refusal(options);
        assert!(message.contains(part), "{message}");
    }
    std::fs::remove_file(files.0.path("b.csv")).unwrap();
    assert!(files.refusal("").contains("cannot read b.csv"));
}
