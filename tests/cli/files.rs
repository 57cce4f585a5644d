//! What a run leaves on disk and on its pipes.

use std::process::Stdio;

use crate::bench::Bench;

#[test]
fn all_files_are_the_same_at_every_run_and_thread_count() {
    let options = "--dt 0.25,0.5 --duration 200 --format svg,png,pdf --no-timing --trace traces \
                   --schemes euler,bindsnet,rk4+located,evolution-2,taylor --input noise:10:2";
    let run = |threads: &str| {
        let bench = Bench::new();
        let output = bench.command(options).env("RAYON_NUM_THREADS", threads).assert().success();
        (output.get_output().stdout.clone(), bench.tree())
    };
    let (text, files) = run("1");
    // Tables, figures in three formats and their CSV, two sets of traces.
    assert!(files.len() > 40, "{:?}", files.keys());
    for threads in ["1", "2"] {
        let (again, files_again) = run(threads);
        assert!(text == again, "the text differs with {threads} threads");
        assert_eq!(files.keys().collect::<Vec<_>>(), files_again.keys().collect::<Vec<_>>());
        for (name, contents) in &files {
            assert!(contents == &files_again[name], "{} differs with {threads} threads", name.display());
        }
    }
}

#[test]
fn what_an_earlier_run_left_goes_and_nothing_else() {
    let bench = Bench::new();
    let here = |name: &str| bench.path("here").join(name);
    bench.stdout("--dt 0.25,0.5 --duration 50 --schemes euler,rk4 --format svg,png --out here");
    let earlier = [
        "figures/error_vs_dt.svg",
        "figures/error_vs_dt.png",
        "figures/traces.png",
        "traces/rk4_dt0.25.csv",
        "timings.csv",
    ];
    assert!(earlier.iter().all(|name| here(name).is_file()), "{:?}", bench.tree().keys());
    std::fs::write(here("notes.txt"), "mine").unwrap();
    std::fs::write(here("figures/mine.svg"), "mine").unwrap();
    bench.stdout("--dt 0.5 --duration 50 --schemes euler --no-timing --out here");
    for name in earlier {
        assert!(!here(name).exists(), "{name} is of the earlier run");
    }
    for name in ["notes.txt", "figures/mine.svg", "figures/traces.svg", "traces/euler_dt0.5.csv", "compare.json"] {
        assert!(here(name).is_file(), "{name} is gone");
    }
    let temporary = |name: &&std::path::PathBuf| name.to_string_lossy().contains(".spikestep-");
    assert_eq!(bench.tree().keys().filter(temporary).count(), 0);
}

#[test]
fn a_reader_that_has_had_enough_is_no_error() {
    for options in ["--dt 0.5 --no-timing", "--dt 0.5 --no-timing --json", "--list"] {
        let bench = Bench::new();
        let mut child = crate::common::compare()
            .args(options.split(' '))
            .current_dir(bench.path(""))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success() && output.stderr.is_empty(), "{options}: {output:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_behind_the_standard_output_is_one() {
    let bench = Bench::new();
    let output = crate::common::compare()
        .args(["--json", "--no-timing", "--schemes", "euler"])
        .current_dir(bench.path(""))
        .stdout(std::fs::File::options().write(true).open("/dev/full").unwrap())
        .output()
        .unwrap();
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{message}");
    assert!(message.starts_with("error: cannot write the standard output"), "{message}");
}

#[test]
fn a_recorded_input_sets_the_duration_and_says_how_it_goes_on() {
    let bench = Bench::with(&[("in.csv", "t_ms,input\n0,10\n50,12\n100,5\n")]);
    let run = "--dt 0.5 --schemes euler --no-timing --input csv:in.csv";
    let json = bench.json(run);
    assert_eq!((&json["duration_ms"], &json["input"]["text"]), (&100.0.into(), &"csv:in.csv:linear".into()));
    assert_eq!(json["notes"], serde_json::json!([]));
    let held = bench.json(&format!("{run}:hold --duration 300"));
    assert_eq!((&held["duration_ms"], &held["input"]["text"]), (&300.0.into(), &"csv:in.csv:hold".into()));
    assert_eq!(held["notes"][0], "The recorded input ends at 100 ms; its last value is held until 300 ms.");
    let text = bench.stdout(&format!("{run} --duration 300"));
    assert!(
        text.contains("input csv:in.csv:linear in mV/ms; 300 ms") && text.contains("ends at 100 ms; its last value"),
        "{text}"
    );
    // A pattern's own duration is that of its own input.
    assert_eq!(bench.json(&format!("{run} --neuron A"))["duration_ms"], 100.0);
    assert_eq!(
        bench.json(&format!("{run}:linear")),
        json_with_command(json, " --input csv:in.csv", " --input csv:in.csv:linear")
    );
    // recommend, too.
    let found = bench.json("recommend --input csv:in.csv --within 1ms --schemes rk4+located --no-timing");
    assert_eq!(found["duration_ms"], 100.0);
    assert!(bench.stdout("--help").contains("csv:FILE[:linear|:hold]"));
}

/// The JSON of a run whose command is written in other words.
fn json_with_command(mut json: serde_json::Value, words: &str, others: &str) -> serde_json::Value {
    json["command"] = json["command"].as_str().unwrap().replacen(words, others, 1).into();
    json
}

#[test]
fn a_long_recording_is_read_once_and_bounded() {
    let mut text = "t_ms,input\n".to_owned();
    (0..1_100_000).for_each(|k| text += &format!("{k},1{}\n", k % 7));
    let bench = Bench::with(&[("in.csv", &text)]);
    let run = "--dt 0.5 --schemes euler --no-timing --input csv:in.csv";
    let refused = bench.command(run).assert().code(1).get_output().stderr.clone();
    let refused = String::from_utf8(refused).unwrap();
    assert!(refused.contains("1100000 samples of in.csv") && refused.contains("at most 999999 ms"), "{refused}");
    // What lies behind the end of the run is left out of it.
    let json = bench.json(&format!("{run} --duration 100"));
    assert_eq!(json["input"]["pieces"].as_array().unwrap().len(), 101);
}
