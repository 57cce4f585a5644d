//! `compare distance` and `compare run`.

use predicates::prelude::*;

use crate::bench::Bench;

#[test]
fn distance_of_two_files() {
    let bench = Bench::with(&[("a.csv", "t_ms\n10\n20\n30\n"), ("b.csv", "10.5\n21\n")]);
    let text = bench.stdout("distance a.csv b.csv");
    assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
    let row = predicate::str::is_match(r"spikes missed +1 ").unwrap();
    assert!(row.eval(&text), "{text}");
    let json = bench.json("distance a.csv b.csv --cost 0.1,1 --tau 10,20 --window 2 --duration 40");
    // Two shifts of 0.5 and 1 ms at 0.1 per ms and one deletion.
    let expected = 0.1 * 1.5 + 1.0;
    assert!((json["victor_purpura"]["0.1"].as_f64().unwrap() - expected).abs() < 1e-15, "{json}");
    assert_eq!(
        (&json["matched"], &json["missed"], &json["max_spike_time_error_ms"]),
        (&2.into(), &1.into(), &1.0.into())
    );
    assert_eq!(json["van_rossum"].as_object().unwrap().len(), 2);
    assert_eq!(bench.tree().len(), 2, "it writes no files");
}

#[test]
fn a_comparison_s_trace_is_not_a_spike_train_but_its_spikes_are() {
    let bench = Bench::new();
    let json = bench.json("--dt 0.5 --schemes rk4 --duration 200 --no-timing");
    let file = |times: &serde_json::Value| {
        let lines: Vec<String> = times.as_array().unwrap().iter().map(|t| t.to_string()).collect();
        lines.join("\n") + "\n"
    };
    std::fs::write(bench.path("truth.csv"), file(&json["truth"]["spike_times_ms"])).unwrap();
    std::fs::write(bench.path("rk4.csv"), file(&json["runs"][0]["spike_times_ms"])).unwrap();
    let distance = bench.json("distance truth.csv rk4.csv --duration 200");
    // The parser of this test reads numbers to an ulp, 2.8e-14 ms for each of five pairs of times, and the distances change by at
    // most a tenth of that for each (cost and 1/tau are 0.1 per ms): allowed are 2 · 5 · 2.8e-14.
    let same = |a: &serde_json::Value, b: &serde_json::Value| (a.as_f64().unwrap() - b.as_f64().unwrap()).abs() < 3e-13;
    for (name, parameter) in [("victor_purpura", "0.1"), ("van_rossum", "10")] {
        assert!(same(&distance[name][parameter], &json["runs"][0][name]), "{name}");
    }
    for name in ["gamma", "max_spike_time_error_ms"] {
        assert!(same(&distance[name], &json["runs"][0][name]), "{name}");
    }
    for name in ["missed", "extra"] {
        assert_eq!(distance[name], json["runs"][0][name], "{name}");
    }
}

#[test]
fn bad_distances_and_experiments() {
    let bench = Bench::with(&[
        ("a.csv", "t_ms\n10\nten\n"),
        ("b.csv", "10\n20\n"),
        ("broken.toml", "title = \"x\"\nquestion = \"y\"\nkind = \n"),
        ("unknown.toml", "title = \"x\"\nquestion = \"y\"\nkind = \"horoscope\"\n"),
        ("headless.toml", "question = \"y\"\nkind = \"horoscope\"\n"),
    ]);
    let before = bench.tree();
    for (options, part) in [
        ("distance a.csv b.csv", "a.csv:3: 'ten'"),
        ("distance b.csv none.csv", "cannot read none.csv"),
        ("distance b.csv", "the number of trains is 1, in b.csv"),
        ("distance b.csv b.csv --tau 0", "tau in ms is 0"),
        ("distance b.csv b.csv --cost x", "--cost is 'x'"),
        ("distance b.csv b.csv --duration -1", "duration in ms is -1"),
        ("distance b.csv b.csv --window nan --json", "window in ms is NaN"),
        ("run none.toml", "cannot read none.toml"),
        ("run broken.toml", "broken.toml:3:8: "),
        (
            "run unknown.toml",
            "unknown kind of study 'horoscope'; known: study, recognition, network. Experiments are programs: cargo run",
        ),
        ("run headless.toml", "headless.toml:1:1: missing key `title`"),
    ] {
        let only_line = predicate::str::starts_with("error: ")
            .and(predicate::str::contains(part))
            .and(predicate::function(|text: &str| text.lines().count() == 1));
        bench.command(options).assert().code(1).stdout("").stderr(only_line);
        assert_eq!(bench.tree(), before, "{options}");
    }
    for options in ["distance", "run"] {
        bench.command(options).assert().code(2).stdout("").stderr(predicate::str::contains("Usage"));
    }
}
