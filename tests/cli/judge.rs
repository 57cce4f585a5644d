//! `compare judge`: the shared recordings, claims, files that cannot be read, and that what a scheme writes is judged to be that scheme.

use std::path::Path;

use rand::{RngExt, SeedableRng, rngs::ChaCha8Rng};
use serde_json::Value;
use spikestep::judge::{Judgement, Known, ReadOptions, Recorded, Verdict, judge};
use spikestep::scheme::solve_with;
use spikestep::{Neuron, Problem, Scheme, SchemeSet, StepSize, Stimulus};

use crate::bench::Bench;
use crate::common::{json, reference};

/// Files that the command can read for a recording: a pickle and an HDF5 file come with a CSV of the same.
fn readable(file: &str) -> &str {
    if file == "27_neo_block.pkl" { "27_spikes.csv" } else { file }
}

fn judged(file: &str, options: &str) -> Value {
    let path = reference(&format!("recordings/{}", readable(file)));
    Bench::new().json(&format!("judge {} {options}", path.display()))
}

/// `--input` of a recording.
fn input(answer: &Value) -> String {
    match answer["input"].as_str().unwrap() {
        "inputs/step_10.csv" => "--input step:10".to_owned(),
        file => format!("--input csv:{}", reference(&format!("recordings/{file}")).display()),
    }
}

/// The name of the rule, or names that do the same, as `answers.json` has it.
fn rules(rule: &str) -> &'static [&'static str] {
    let known: [(&str, &[&str]); 8] = [
        ("rk2 (explicit midpoint)", &["rk2", "brian2-rk2"]),
        ("norse", &["norse"]),
        ("rk4", &["rk4", "brian2-rk4"]),
        ("neuron-implicit", &["neuron-implicit"]),
        ("genn", &["genn"]),
        ("carlsim", &["carlsim"]),
        ("nest-published", &["nest-published", "half-step"]),
        ("nest-consistent", &["nest-consistent", "euler"]),
    ];
    let same: [&[&str]; 3] = [&["euler"], &["nengo"], &["bindsnet"]];
    let all = known.iter().find(|(name, _)| rule.starts_with(name)).map(|(_, rules)| *rules);
    all.or_else(|| same.into_iter().find(|rules| rules[0] == rule)).unwrap_or_else(|| panic!("{rule}"))
}

/// What is said of a recording is what made it.
fn is_answer(found: &Value, answer: &Value) {
    let file = answer["file"].as_str().unwrap();
    let named = |value: &Value| rules(answer["rule"].as_str().unwrap()).contains(&value.as_str().unwrap());
    let rule = &found["rule"];
    let equivalent = found["equivalent"].as_array().unwrap();
    assert!(named(&rule["scheme"]) || equivalent.iter().any(named), "{file}: {rule} {equivalent:?}");
    let dt = answer["dt_ms"].as_f64().unwrap();
    assert!((rule["dt_ms"].as_f64().unwrap() / dt - 1.0).abs() < 1e-9, "{file}: {rule}");
    assert_eq!(rule["input_lag_steps"], answer["input_lag_steps"], "{file}");
    if let Some(0.0) = answer["input_before"].as_f64() {
        assert_eq!(rule["before_input"], "zero", "{file}");
    }
    assert_eq!(rule["rows_violating"], 0, "{file}: {rule}");
    assert!(answer["precision"].as_str().unwrap().starts_with(rule["precision"].as_str().unwrap()), "{file}: {rule}");
    let verdict = found["verdict"].as_str().unwrap();
    if answer["bug"].is_null() {
        let expected =
            if answer["recorded"].as_str().unwrap().contains("spikes") { ["class", "exact"] } else { ["exact"; 2] };
        assert!(expected.contains(&verdict), "{file}: {verdict}");
        assert_eq!(found["changed"], Value::Array(vec![]), "{file}");
    } else {
        assert_eq!(verdict, "changed", "{file}");
    }
}

#[test]
fn recordings_of_simulators_are_named_and_their_faults() {
    let answers = json("recordings/answers.json");
    for answer in answers.as_array().unwrap() {
        let number = |key: &str| answer[key].as_f64().unwrap();
        let (neuron, v0, u0) = (answer["neuron"].as_str().unwrap(), number("v0"), number("u0"));
        let file = answer["file"].as_str().unwrap();
        let found = judged(file, &format!("--neuron {neuron} --v0 {v0} --u0 {u0} {}", input(answer)));
        is_answer(&found, answer);
        let changed = found["changed"].to_string();
        for (file, words) in [
            ("b1_states.csv", "u is updated before v"),
            ("b2_states.csv", "one step late, at the start of the next step"),
            ("b3_states.csv", "the input comes one step late, zero before time 0"),
            ("b4_states.csv", "v > peak, not v >= peak"),
            ("b5_states.csv", "u too is advanced by dt/2"),
        ] {
            assert!(answer["file"] != file || changed.contains(words), "{file}: {changed}");
        }
    }
}

#[test]
fn a_neuron_that_is_not_told_is_found() {
    let answers = json("recordings/answers.json");
    // Those of v alone and of spikes take seconds each: 01 to 25 of v and u, and one of v.
    for file in [
        "01_monitor.csv",
        "03_v.npz",
        "07_multimeter.dat",
        "11_probe.csv",
        "15_layer.csv",
        "17_norse.npz",
        "21_soma_v.txt",
    ] {
        let answer = answers.as_array().unwrap().iter().find(|answer| answer["file"] == file).unwrap();
        let found = judged(file, &input(answer));
        is_answer(&found, answer);
        // The levels of the issue: 1e-6 where u is recorded, 1e-3 where v is alone; in f32 what its digits allow.
        let single = answer["precision"].as_str().unwrap().starts_with("f32");
        let bound = if answer["recorded"] == "v,u" && !single { 1e-6 } else { 1e-3 };
        for key in ["a", "b", "c", "d"] {
            let (is, told) = (found["neuron"][key].as_f64().unwrap(), answer["parameters"][key].as_f64().unwrap());
            assert!((is - told).abs() <= bound * told.abs(), "{file}: {key} = {is}, not {told}");
        }
    }
}

#[test]
fn keys_for_scripts_and_what_was_read() {
    let found = judged("07_multimeter.dat", "--neuron RS --input step:10");
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    for key in ["reading", "verdict", "rule", "equivalent", "changed", "rivals", "errors"] {
        assert!(keys(&found).iter().any(|known| known == key), "{key}");
    }
    for key in [
        "scheme",
        "dt_ms",
        "input_lag_steps",
        "before_input",
        "precision",
        "rows",
        "rows_violating",
        "rows_violating_at_resets",
        "largest_residual",
    ] {
        assert!(keys(&found["rule"]).iter().any(|known| known == key), "{key}");
    }
    let reading = &found["reading"];
    assert_eq!((&reading["unit"], &reading["stride"], &reading["precision"]), (&"ms".into(), &1.into(), &"f64".into()));
    assert!(found["rivals"].as_array().unwrap().len() <= 5);
    // NEST's own run of 300 ms at 0.1 ms has the eight spikes of the truth, each late.
    assert_eq!((&found["errors"]["spike_count"], &found["errors"]["missed"]), (&8.into(), &0.into()));
    let sparse = judged("25_neuronmonitor.csv", "--neuron RS");
    assert_eq!((&sparse["reading"]["stride"], &sparse["rule"]["dt_ms"]), (&2.into(), &0.5.into()));
}

#[test]
fn a_claim_is_a_test_in_one_line() {
    let path = |file: &str| reference(&format!("recordings/{file}")).display().to_string();
    let good = format!("judge {} --neuron RS --input step:10 --claims euler@0.5", path("01_monitor.csv"));
    Bench::new().command(&good).assert().code(0);
    let bad = format!("judge {} --neuron RS --input step:10 --claims half-step@0.5", path("01_monitor.csv"));
    let message = Bench::new().command(&bad).assert().code(1).get_output().stderr.clone();
    let message = String::from_utf8(message).unwrap();
    assert!(message.contains("is not half-step@0.5: row 2 is the first that is off"), "{message}");
}

#[test]
fn wrong_parameters_and_a_wrong_time_axis_are_told_with_their_values() {
    let bench = Bench::new();
    bench.stdout("--dt 0.5 --schemes euler --neuron RS,d=8.8 --duration 300 --trace there --quiet");
    let trace = std::fs::read_dir(bench.path("there")).unwrap().next().unwrap().unwrap().path();
    let text = std::fs::read_to_string(trace).unwrap();
    let stretched: String = text
        .lines()
        .map(|line| match line.split_once(',') {
            Some((t, rest)) if t.parse::<f64>().is_ok() => format!("{},{rest}\n", 2.0 * t.parse::<f64>().unwrap()),
            _ => format!("{line}\n"),
        })
        .collect();
    std::fs::write(bench.path("d.csv"), &text).unwrap();
    std::fs::write(bench.path("slow.csv"), stretched).unwrap();
    let found = bench.json("judge d.csv --neuron RS --input step:10");
    assert_eq!(found["verdict"], "rule right, parameter wrong");
    assert!(found["changed"][0].as_str().unwrap().starts_with("d is 8.8 "), "{}", found["changed"]);
    let found = bench.json("judge slow.csv --neuron RS,d=8.8 --input step:10");
    assert_eq!(found["verdict"], "time axis wrong");
    assert!(found["changed"][0].as_str().unwrap().contains("by a factor of 0.5"), "{}", found["changed"]);
}

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
    says("two.csv", &["several columns may be v: v, V_m", "--columns v=v"]);
    says("binary", &["binary"]);
    says("missing.csv", &["cannot read missing.csv"]);
    says(&pickle.display().to_string(), &["a pickle of Python"]);
    assert!(Path::new(&pickle).exists());
}

#[test]
fn a_figure_and_the_residuals_of_every_row_are_written() {
    let bench = Bench::new();
    let path = reference("recordings/01_monitor.csv");
    bench.stdout(&format!("judge {} --neuron RS --input step:10 --out there --format svg,pdf,png", path.display()));
    for name in ["01_monitor.svg", "01_monitor.pdf", "01_monitor.png", "01_monitor.residuals.csv", "judge.json"] {
        assert!(bench.path("there").join(name).is_file(), "{name}");
    }
    let rows = bench.read("there/01_monitor.residuals.csv");
    // A header and 999 rows of the best rule and of two rivals.
    assert_eq!(rows.lines().count(), 1 + 3 * 999);
}

/// What is found of a run of `scheme` at `dt` whose rows are written as `row` says, where of the neuron nothing is told.
fn found_of(problem: &Problem, scheme: &Scheme, dt: f64, timed: bool, told: bool, noise: f64) -> Judgement {
    let mut random = ChaCha8Rng::seed_from_u64(7);
    let mut text = if timed { "t_ms,v,u\n" } else { "v,u\n" }.to_owned();
    let run = solve_with(problem, scheme, StepSize::Fixed(dt), |row| {
        let v = row.state.v + noise * (random.random::<f64>() - 0.5) * 12f64.sqrt();
        let time = if timed { format!("{},", row.t) } else { String::new() };
        text += &format!("{time}{v},{}\n", row.state.u);
    });
    assert!(run.unwrap().diverged_at.is_none());
    let bench = Bench::with(&[("recorded.csv", &text)]);
    let recorded = Recorded::read(&bench.path("recorded.csv"), &ReadOptions::default()).unwrap();
    let neuron = told.then_some(problem.neuron);
    let known = Known { stimuli: vec![problem.stimulus.clone()], neuron, ..Known::default() };
    judge(&recorded, &known, SchemeSet::standard()).unwrap()
}

/// Of random recordings, the share of which rule and step are found; none is called exact that is another.
fn blind(count: u32, seed: u64) -> f64 {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut right = 0;
    for k in 0..count {
        let mut between = |lo: f64, hi: f64| lo + (hi - lo) * random.random::<f64>();
        let neuron = Neuron::new(between(0.01, 0.12), between(0.15, 0.28), between(-68.0, -45.0), between(1.0, 9.0));
        let stimulus = Stimulus::constant(between(8.0, 16.0));
        let dt = (between(0.05, 0.6) * 1e4).round() / 1e4;
        let name = ["euler", "half-step", "rk4"][k as usize % 3];
        let problem = Problem { neuron, stimulus, initial: neuron.resting_start(), duration: 300.0 };
        let found = found_of(&problem, &name.parse().unwrap(), dt, k % 2 == 0, false, 0.0);
        let best = &found.answers[0];
        let named = best.hypothesis.scheme.name() == name || found.equivalents().iter().any(|other| other == name);
        let is = named && (best.hypothesis.dt() / dt - 1.0).abs() < 1e-6 && found.verdict != Verdict::NoneFits;
        assert!(is || found.verdict != Verdict::Exact, "{k}: {name} at {dt} is called {}", best.hypothesis);
        if is {
            let fitted = best.cell().0;
            for (is, told) in [(fitted.a, neuron.a), (fitted.b, neuron.b), (fitted.c, neuron.c), (fitted.d, neuron.d)] {
                assert!((is - told).abs() <= 1e-6 * told.abs().max(1e-3), "{k}: {name} at {dt}: {is}, not {told}");
            }
        }
        right += u32::from(is);
    }
    f64::from(right) / f64::from(count)
}

#[test]
fn random_recordings_are_found_without_a_word_of_the_neuron() {
    // The level of the issue.
    assert!(blind(9, 1) >= 0.95);
}

#[test]
#[ignore = "minutes"]
fn two_hundred_random_recordings_are_found() {
    assert!(blind(200, 2) >= 0.95);
}

#[test]
fn noise_gives_no_name() {
    let neuron = Neuron::new(0.02, 0.2, -65.0, 8.0);
    let problem =
        Problem { neuron, stimulus: Stimulus::constant(10.0), initial: neuron.resting_start(), duration: 200.0 };
    let found = found_of(&problem, &"euler".parse().unwrap(), 0.5, true, true, 0.1);
    assert!(matches!(found.verdict, Verdict::NoneFits | Verdict::Class), "{:?}", found.verdict);
}

#[test]
fn what_a_scheme_writes_is_judged_to_be_that_scheme() {
    let neuron = Neuron::new(0.02, 0.2, -65.0, 8.0);
    let stimulus = Stimulus::constant(0.0).with_sinusoid(spikestep::Sinusoid {
        start: 0.0,
        amplitude: 5.0,
        omega: 0.03,
        phase: 0.3,
    });
    let problem = Problem { neuron, stimulus: stimulus.clone(), initial: neuron.resting_start(), duration: 250.0 };
    for scheme in SchemeSet::standard().iter().filter(|scheme| !scheme.is_adaptive()) {
        let stronger = Stimulus::constant(10.0).with_sinusoid(stimulus.sinusoid().unwrap());
        let problem = Problem { stimulus: stronger, ..problem.clone() };
        let found = found_of(&problem, scheme, 0.5, true, true, 0.0);
        let name = scheme.name();
        let best = &found.answers[0];
        let named = best.hypothesis.scheme.name() == name || found.equivalents().iter().any(|other| *other == name);
        assert!(named && best.hypothesis.dt() == 0.5, "{name} is judged {:?}, {}", found.verdict, best.hypothesis);
        assert!(matches!(found.verdict, Verdict::Exact | Verdict::Class), "{name}: {:?}", found.verdict);
    }
}
