//! `compare recommend`: what it names is what `compare` measures.

use crate::bench::{Bench, columns};
use serde_json::Value;

/// The command of the issue, over a shorter run and with fewer schemes.
const FS: &str = "recommend --neuron FS --input step:10 --within 0.1ms --over 0.3s --no-timing \
                  --schemes heun+located,rk4+located,rk4-wk,projective-4,projective-8,taylor,projective";

/// Fast enough for every test: four schemes of the four kinds, steps down to 10 µs.
const FEW: &str = "recommend --over 200 --finest 10us --no-timing --schemes heun,rk4+located,projective-6,dopri5";

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

/// The run of `compare` for a scheme at the step or tolerance of `at` (of a recommendation's JSON).
fn compared(bench: &Bench, problem: &str, scheme: &Value, at: &Value) -> Value {
    let setting = match at["dt_ms"].as_f64() {
        Some(dt) => format!("--dt {dt}"),
        None => format!("--tolerance {}", number(&at["tolerance_ms"])),
    };
    let scheme = scheme.as_str().unwrap();
    bench.json(&format!("{problem} {setting} --schemes {scheme} --no-timing"))["runs"][0].clone()
}

/// Whether `compare` finds every spike within `within` \[ms\].
fn keeps(run: &Value, within: f64) -> bool {
    run["missed"] == 0 && run["extra"] == 0 && number(&run["max_spike_time_error_ms"]) <= within
}

#[test]
fn compare_confirms_every_answer_and_that_the_next_larger_step_fails() {
    let bench = Bench::new();
    let found = bench.json(FS);
    let problem = "--neuron FS --input step:10 --duration 300";
    let mut larger = 0;
    let named = ["recommended", "runner_up", "fixed_step", "fixed_step_runner_up"].map(|key| &found[key]);
    for answer in named.into_iter().chain(found["candidates"].as_array().unwrap()) {
        let key = &answer["scheme"];
        let run = compared(&bench, problem, &answer["scheme"], answer);
        assert!(keeps(&run, 0.1), "{key}: {run}");
        for same in ["max_spike_time_error_ms", "flops_per_ms"] {
            assert_eq!(run[same], answer[same], "{key} {same}");
        }
        let margin = 0.1 / number(&answer["max_spike_time_error_ms"]);
        assert_eq!(number(&answer["margin"]), margin);
        let next = &answer["next_larger"];
        if !next.is_null() {
            let run = compared(&bench, problem, &answer["scheme"], next);
            assert!(!keeps(&run, 0.1), "{key}, next larger: {run}");
            larger += 1;
        }
    }
    assert!(larger >= 4, "{larger} answers have a larger step");
    assert!(number(&found["recommended"]["cost_ns_per_ms"]) <= number(&found["runner_up"]["cost_ns_per_ms"]));
    assert!(found["fixed_step"]["dt_ms"].is_number());
    // What no candidate undercuts.
    let best = number(&found["recommended"]["cost_ns_per_ms"]);
    let costs = found["candidates"].as_array().unwrap().iter().filter_map(|c| c["cost_ns_per_ms"].as_f64());
    assert_eq!(costs.fold(f64::INFINITY, f64::min), best);
}

#[test]
fn simulators_are_run_as_they_come() {
    let bench = Bench::new();
    let found = bench.json("recommend --over 200 --within 0.2ms --finest 10us --schemes rk4+located --no-timing");
    let rows = found["simulators"].as_array().unwrap();
    let defaults: Vec<&str> =
        rows.iter().filter(|r| r["is_default"] == true).map(|r| r["simulator"].as_str().unwrap()).collect();
    assert_eq!(defaults, ["NEST", "BindsNET", "Brian2", "Nengo"]);
    for row in rows {
        let run =
            compared(&bench, "--duration 200", &row["scheme"], &serde_json::json!({ "dt_ms": row["default_dt_ms"] }));
        for key in ["missed", "extra", "max_spike_time_error_ms"] {
            assert_eq!(row["at_default_dt"][key], run[key], "{row}");
        }
        // An answer, or the error at the smallest step.
        let end = if row["keeps"] == true { row } else { &row["smallest"] };
        let run = compared(&bench, "--duration 200", &row["scheme"], end);
        assert_eq!(keeps(&run, 0.2), row["keeps"] == true, "{row}");
        assert_eq!(run["max_spike_time_error_ms"], end["max_spike_time_error_ms"]);
    }
    // Its peak of 45 mV is another model: no step mends that.
    let bindsnet = rows.iter().find(|r| r["simulator"] == "BindsNET").unwrap();
    assert_eq!(bindsnet["keeps"], false);
    assert_eq!(bindsnet["smallest"]["dt_ms"], 0.01);
    // With one peak for all it comes near.
    let options = "recommend --over 200 --within 0.2ms --peak 30 --schemes rk4+located --no-timing";
    let with_peak = bench.json(options);
    assert_eq!(with_peak["simulators"][2]["keeps"], true, "{}", with_peak["simulators"][2]);
}

/// Every step tried from the answer down keeps the bound, the one above does not, whatever the errors do in between.
#[test]
fn the_answer_is_what_the_list_of_runs_says() {
    let bench = Bench::new();
    bench.stdout(&format!("{FEW} --within 0.2 --out there"));
    let tried = columns(&bench.read("there/tried.csv"));
    let answers = columns(&bench.read("there/recommend.csv"));
    assert_eq!(answers["scheme"].len(), 4 + 7);
    let mut larger_by_luck = 0;
    for (i, scheme) in answers["scheme"].iter().enumerate() {
        let of = |column: &str| -> Vec<String> {
            let rows = tried["scheme"].iter().zip(&tried["rule"]).enumerate();
            let these = rows.filter(|(_, (s, rule))| *s == scheme && **rule == answers["rule"][i]);
            these.map(|(k, _)| tried[column][k].clone()).collect()
        };
        let keeps: Vec<bool> = of("keeps").iter().map(|k| k == "true").collect();
        let sizes: Vec<f64> =
            of("dt_ms").iter().zip(of("tolerance_ms")).map(|(dt, t)| format!("{dt}{t}").parse().unwrap()).collect();
        assert!(sizes.windows(2).all(|pair| pair[0] > pair[1]), "{scheme}: {sizes:?}");
        assert_eq!(answers["tried"][i], keeps.len().to_string());
        let smaller = keeps.iter().rev().take_while(|k| **k).count();
        let answer = format!("{}{}", answers["dt_ms"][i], answers["tolerance_ms"][i]);
        if smaller == 0 {
            assert_eq!(answer, "", "{scheme}");
            // Steps below the finest are only tried to confirm one above it, and did not.
            assert!(*sizes.last().unwrap() >= 0.004, "{scheme}");
        } else {
            assert_eq!(smaller, 5, "{scheme}: four confirm it");
            assert_eq!(answer.parse::<f64>().unwrap(), sizes[keeps.len() - smaller], "{scheme}");
            let is_step = !answers["dt_ms"][i].is_empty();
            assert!(!is_step || sizes[keeps.len() - smaller] >= 0.01, "{scheme}");
        }
        let luck = keeps[..keeps.len() - smaller].iter().filter(|k| **k).count();
        assert_eq!(answers["larger_by_luck"][i], luck.to_string(), "{scheme}");
        larger_by_luck += luck;
    }
    // The search would be simpler if errors fell evenly. They do not.
    assert!(larger_by_luck > 0);
    let json: Value = serde_json::from_str(&bench.read("there/recommend.json")).unwrap();
    assert_eq!(json["files"], serde_json::json!(["recommend.csv", "tried.csv"]));
}

#[test]
fn the_json_has_the_agreed_keys() {
    let found = Bench::new().json(&format!("{FEW} --within 1ms"));
    let keys = |value: &Value| -> Vec<String> { value.as_object().unwrap().keys().cloned().collect() };
    let has = |value: &Value, names: &str| {
        let known = keys(value);
        for name in names.split_whitespace() {
            assert!(known.iter().any(|k| k == name), "{name} is not among {known:?}");
        }
    };
    has(
        &found,
        "version neuron input initial duration_ms peak_mV within_ms finest_dt_ms truth recommended runner_up fixed_step \
         fixed_step_runner_up candidates simulators files",
    );
    let search = "scheme keeps dt_ms tolerance_ms max_spike_time_error_ms margin flops_per_ms cost_ns_per_ms ns_per_ms tried \
                  smaller_that_keep larger_by_luck next_larger smallest";
    has(&found["recommended"], search);
    has(
        &found["candidates"][0]["smallest"],
        "dt_ms tolerance_ms spike_count missed extra max_spike_time_error_ms diverged_at_ms",
    );
    has(&found["simulators"][0], &format!("simulator rule is_default default_dt_ms at_default_dt {search}"));
    assert_eq!(
        (&found["within_ms"], &found["duration_ms"], &found["finest_dt_ms"]),
        (&1.0.into(), &200.0.into(), &0.01.into())
    );
    let schemes: Vec<&str> =
        found["candidates"].as_array().unwrap().iter().map(|c| c["scheme"].as_str().unwrap()).collect();
    assert_eq!(schemes, ["heun", "rk4+located", "projective-6", "dopri5"]);
    // Times were not asked for; with them there is one for each answer.
    assert!(found["recommended"]["ns_per_ms"].is_null());
    let timed = Bench::new().json("recommend --over 100 --within 1 --finest 0.01 --schemes rk4+located");
    assert!(number(&timed["recommended"]["ns_per_ms"]) > 0.0);
}

#[test]
fn the_text_says_the_same_and_fits() {
    let text = Bench::new().stdout(&format!("{FEW} --within 0.2ms"));
    assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
    insta::with_settings!({ snapshot_path => "../snapshots", prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("recommend", crate::text::without_rounding(&text));
    });
}

#[test]
fn units_and_threads_do_not_change_an_answer() {
    let bench = Bench::new();
    let text = bench.stdout(&format!("{FEW} --within 0.2ms"));
    let typed =
        "recommend --over 0.2s --finest 0.01 --within 200us --no-timing --schemes heun,rk4+located,projective-6,dopri5";
    assert_eq!(bench.stdout(typed), text);
    let output = bench.command(typed).env("RAYON_NUM_THREADS", "1").assert().success().get_output().stdout.clone();
    assert_eq!(String::from_utf8(output).unwrap(), text);
}

#[test]
fn a_pattern_brings_its_own_input_and_length_and_silence_is_kept() {
    let bench = Bench::new();
    let found =
        bench.json("recommend --neuron T --within 1ms --finest 0.01 --schemes rk4+located,projective-8 --no-timing");
    assert_eq!((&found["duration_ms"], &found["recommended"]["keeps"]), (&350.0.into(), &true.into()));
    let silent = bench.json("recommend --input 0 --over 50 --finest 0.01 --schemes rk4,projective-8 --no-timing");
    assert_eq!(silent["truth"]["spike_times_ms"], serde_json::json!([]));
    assert_eq!(silent["recommended"]["keeps"], true);
    assert!(silent["recommended"]["margin"].is_null());
    assert!(found["warning"].is_null());
}

#[test]
fn an_input_without_a_spike_is_said_to_tell_nothing() {
    let bench = Bench::new();
    let options = "recommend --input step:0 --over 50 --finest 0.01 --schemes rk4,projective-8 --no-timing";
    let said = "The neuron does not fire in the 50 ms of this run, so this input tells nothing about spike times";
    let mend = "(compare fi shows from where on), or a longer --over.";
    let text = bench.stdout(options).replace('\n', " ");
    assert!(text.contains(said) && text.contains(mend) && !text.contains(" take rk4"), "{text}");
    let warning = bench.json(options)["warning"].clone();
    assert!(warning.as_str().unwrap().starts_with(said) && warning.as_str().unwrap().ends_with(mend), "{warning}");
}

#[test]
fn none_is_said_with_what_was_reached() {
    let bench = Bench::new();
    let options = "recommend --neuron FS --over 200 --finest 0.1 --within 1us --schemes euler,heun --no-timing";
    let text = bench.stdout(options);
    assert!(text.contains("No candidate keeps every spike within 0.001 ms with steps down to 0.1 ms"), "{text}");
    let found = bench.json(options);
    assert!(found["recommended"].is_null() && found["runner_up"].is_null() && found["fixed_step"].is_null());
    assert_eq!(found["candidates"][1]["smallest"]["dt_ms"], 0.1);
}

#[test]
fn times_are_read_with_their_units() {
    let few = "--within 1ms --finest 0.1ms --schemes rk4+located --no-timing";
    let bench = Bench::new();
    for (text, ms) in
        [("50ms", 50.0), ("50", 50.0), ("0.05s", 50.0), ("50000us", 50.0), ("50000µs", 50.0), ("5e1", 50.0)]
    {
        assert_eq!(bench.json(&format!("recommend --over {text} {few}"))["duration_ms"], ms, "{text}");
    }
    // The nearest number to what was typed.
    assert_eq!(
        bench.json("recommend --over 10 --within 3us --finest 1us --schemes projective-8 --no-timing")["within_ms"],
        0.003
    );
}

#[test]
fn what_is_no_time_is_refused_with_the_way_out() {
    for bad in ["s", "ms", "0", "-1ms", "nan", "infs", "1h", "1,5", "ten", "1e308s", "0x1"] {
        let output = Bench::new().command(&format!("recommend --over {bad}")).assert().failure().get_output().clone();
        let message = String::from_utf8(output.stderr).unwrap();
        assert!(message.contains(&format!("--over is '{bad}'")) && message.contains("--over 1s."), "{message}");
    }
}
