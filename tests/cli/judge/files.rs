//! Files that cannot be read, and what is written.

use crate::bench::Bench;
use crate::common::reference;

#[test]
fn odd_files_get_one_clear_message() {
    let bench = Bench::with(&[
        ("empty.csv", ""),
        ("head.csv", "t_ms,v,u\n"),
        ("short.csv", "t_ms,v,u\n0,-65,-13\n0.5,-64,-13\n"),
        ("cut.csv", "t_ms,v,u\n0,-65,-13\n0.5,-64,-13\n1,-63\n"),
        ("unsorted.csv", "t_ms,v\n0,-65\n1,-64\n0.5,-63\n1.5,-62\n2,-61\n"),
        ("uneven.csv", "t_ms,v\n0,-65\n0.5,-64\n1,-63\n1.7,-62\n2,-61\n"),
        ("swapped.csv", "t_ms,v,u\n0,-13,-65\n0.5,-13,-64\n1,-12.9,-63\n1.5,-12.8,-62\n"),
        ("text.csv", "t_ms,v\n0,-65\n0.5,x\n1,-63\n1.5,-62\n2,-61\n"),
        ("several.csv", "sender,t_ms,v\n1,0,-65\n1,0.5,-65\n2,1,-64\n2,1.5,-64\n2,2,-60\n"),
        ("still.csv", "t_ms,v\n0,-65\n0.5,-65\n1,-65\n1.5,-65\n2,-65\n"),
        ("diverged.csv", "t_ms,v\n0,-65\n0.5,-64\n1,1e300\n1.5,-62\n2,-61\n"),
        ("recovery.csv", "t_ms,u\n0,-13\n0.5,-13\n1,-12\n1.5,-12\n2,-11\n"),
        ("years.csv", "t_ms,v\n0,-65\n5e9,-64\n10e9,-63\n15e9,-62\n20e9,-61\n"),
        ("far.csv", "t_ms\n1000000\n2000000\n3000000\n"),
        ("two.csv", "t_ms,v,V_m\n0,-65,-65\n0.5,-64,-64\n1,-63,-63\n1.5,-62,-62\n"),
    ]);
    std::fs::write(bench.path("binary"), [0u8, 159, 146, 150, 0, 1, 2, 3]).unwrap();
    let pickle = reference("recordings/27_neo_block.pkl");
    let says = |file: &str, parts: &[&str]| {
        let output =
            bench.command(&format!("judge {file} --neuron RS --input step:10")).assert().code(1).get_output().clone();
        let message = String::from_utf8(output.stderr).unwrap();
        assert!(message.starts_with("error: ") && message.lines().count() == 1, "{file}: {message}");
        assert!(output.stdout.is_empty() && parts.iter().all(|part| message.contains(part)), "{file}: {message}");
    };
    says("empty.csv", &["it has no rows"]);
    says("head.csv", &["head.csv"]);
    says("short.csv", &["it has 2 rows", "four rows or more"]);
    says("cut.csv", &["cut.csv:4"]);
    says("unsorted.csv", &["unsorted.csv:4", "the time 0.5 comes after 1"]);
    says("uneven.csv", &["uneven.csv:5", "not equally far apart"]);
    says("swapped.csv", &["as if they were exchanged", "--columns v=NAME,u=NAME"]);
    says("text.csv", &["text.csv:3", "'x' is not a potential"]);
    says("several.csv", &["rows of several neurons"]);
    says("still.csv", &["v is -65 in every row"]);
    says("diverged.csv", &["diverged.csv:4", "v is 1e300", "Cut a run that diverged"]);
    says("recovery.csv", &["u and no v"]);
    says("years.csv", &["5000000000 ms apart", "--unit"]);
    says("far.csv", &["the first spike is at 1000000 ms", "one within 20000 ms"]);
    says("two.csv", &["several columns may be v: v, V_m", "--columns v=v"]);
    says("binary", &["binary"]);
    says("missing.csv", &["cannot read missing.csv"]);
    says(&pickle.display().to_string(), &["a pickle of Python"]);
    assert!(std::path::Path::new(&pickle).exists());
}

#[test]
fn a_figure_and_the_residuals_of_every_row_are_written() {
    let bench = Bench::new();
    let path = reference("recordings/01_monitor.csv");
    bench.stdout(&format!("judge {} --neuron RS --input step:10 --out there --format svg,pdf,png", path.display()));
    for ending in ["judged.svg", "judged.pdf", "judged.png", "judged.csv", "residuals.csv"] {
        assert!(bench.path("there").join(format!("01_monitor.{ending}")).is_file(), "{ending}");
    }
    assert!(bench.path("there/judge.json").is_file());
    let rows = bench.read("there/01_monitor.residuals.csv");
    // A header and 999 rows of the best rule and of two rivals that are not the same on these rows.
    assert_eq!(rows.lines().count(), 1 + 3 * 999);
    let of = |n: usize| {
        rows.lines().skip(1).skip(n * 999).take(999).map(|row| row.split_once(',').unwrap().1).collect::<Vec<_>>()
    };
    assert!(of(0) != of(1) && of(1) != of(2) && of(0) != of(2));
}

#[test]
fn no_output_is_written_over_another_or_over_a_recording() {
    let recording = std::fs::read_to_string(reference("recordings/01_monitor.csv")).unwrap();
    let bench = Bench::with(&[("one.csv", recording.as_str()), ("one.judged.csv", recording.as_str())]);
    std::fs::create_dir(bench.path("other")).unwrap();
    std::fs::write(bench.path("other/one.csv"), &recording).unwrap();
    bench.stdout("judge one.csv one.judged.csv other/one.csv --neuron RS --input step:10 --out .");
    for name in ["one.csv", "one.judged.csv", "other/one.csv"] {
        assert_eq!(bench.read(name), recording, "{name}");
    }
    for stem in ["one-2", "one.judged", "one-3"] {
        assert!(bench.path(&format!("{stem}.residuals.csv")).is_file(), "{stem}");
    }
}

#[test]
fn marks_of_spikes_are_no_input_and_volts_are_known_without_names() {
    let bench = Bench::new();
    bench.stdout("--dt 0.5 --schemes euler --duration 300 --trace there --quiet");
    let trace = std::fs::read_dir(bench.path("there")).unwrap().next().unwrap().unwrap().path();
    let text = std::fs::read_to_string(trace).unwrap();
    let rows: Vec<Vec<f64>> = text
        .lines()
        .skip(1)
        .map(|line| line.split(',').take(4).map(|field| field.parse().unwrap()).collect())
        .collect();
    let marked: String = rows.iter().map(|r| format!("{},{},{},{}\n", r[0], r[1], r[2], r[3])).collect();
    std::fs::write(bench.path("marked.csv"), format!("t_ms,v,u,I\n{marked}")).unwrap();
    let found = bench.json("judge marked.csv --neuron RS");
    assert_eq!((&found["verdict"], &found["rule"]["scheme"]), (&"exact".into(), &"euler".into()));
    assert!(found["reading"]["notes"].to_string().contains("'I' is 0 or 1 in every row"), "{}", found["reading"]);
    // The input is fitted: a constant.
    assert!((found["input_mV_per_ms"].as_f64().unwrap() - 10.0).abs() < 1e-9);
    // As LEMS writes: seconds and volts, u in its own unit, no names.
    let lems: String = rows.iter().map(|r| format!("{}\t{}\t{}\n", r[0] / 1e3, r[1] / 1e3, r[2])).collect();
    std::fs::write(bench.path("lems.dat"), lems).unwrap();
    let found = bench.json("judge lems.dat --neuron RS --input step:10");
    assert_eq!((&found["reading"]["unit"], &found["reading"]["v_unit"]), (&"s".into(), &"V".into()));
    assert_eq!((&found["verdict"], &found["rule"]["dt_ms"]), (&"exact".into(), &0.5.into()));
    // What varies is no number.
    bench.stdout("--dt 0.5 --schemes euler --input sine:10:2:5 --duration 300 --trace wave --quiet");
    let wave = std::fs::read_dir(bench.path("wave")).unwrap().next().unwrap().unwrap().path();
    let found = bench.json(&format!("judge {} --neuron RS --input sine:10:2:5", wave.display()));
    assert_eq!((&found["verdict"], &found["input_mV_per_ms"]), (&"exact".into(), &serde_json::Value::Null));
}

#[test]
fn advice_is_a_command_that_runs() {
    let bench = Bench::new();
    let path = reference("recordings/01_monitor.csv");
    for options in ["--neuron RS --input step:10", ""] {
        let found = bench.json(&format!("judge {} {options}", path.display()));
        let command = found["advice"]["command"].as_str().unwrap();
        assert!(command.contains("--schemes euler,projective-8"), "{command}");
        let words = command.split_once(' ').unwrap().1;
        let told = bench.json(&format!("{words} --out there"));
        // At the recording's own step its rule is as wrong as the recording.
        let runs = told["runs"].as_array().unwrap();
        let own = runs.iter().find(|run| run["scheme"] == "euler" && run["dt_ms"] == 0.5).unwrap();
        let (is, was) = (&own["max_spike_time_error_ms"], &found["errors"]["max_spike_time_error_ms"]);
        assert!((is.as_f64().unwrap() - was.as_f64().unwrap()).abs() < 1e-3, "{is} {was}");
    }
}

#[test]
#[cfg(feature = "hdf5")]
fn a_nix_file_of_neo_is_read() {
    let found = Bench::new()
        .json(&format!("judge {} --neuron CH --input step:10", reference("recordings/27_neo_block.nix").display()));
    assert_eq!((&found["verdict"], &found["rule"]["scheme"]), (&"exact".into(), &"euler".into()));
    assert_eq!(found["rule"]["dt_ms"], 0.1);
}
