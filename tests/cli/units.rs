//! Units on numbers, starts and names with parameters, as a user types them: public questions and files with their right values.

use serde_json::Value;

use crate::bench::Bench;

fn path(name: &str) -> String {
    format!("{}/tests/reference/neuroml/{name}", env!("CARGO_MANIFEST_DIR"))
}

fn truth(json: &Value) -> Vec<f64> {
    json["truth"]["spike_times_ms"].as_array().unwrap().iter().map(|t| t.as_f64().unwrap()).collect()
}

/// Open Source Brain's `Izh2007One.net.nml`. Right values: SciPy's DOP853 at 1e-12; here to the digits of the table of public cases.
#[test]
fn a_network_of_neuroml_runs_as_it_is() {
    let bench = Bench::new();
    let options = format!("--neuron {} --dt 0.025 --no-timing --schemes rk4+located", path("one_cell.net.nml"));
    let json = bench.json(&options);
    let spikes = truth(&json);
    assert_eq!((spikes.len(), &json["duration_ms"]), (7, &520.0.into()));
    assert!((spikes[0] - 48.180).abs() < 5e-4, "{spikes:?}");
    assert_eq!(json["input"]["text"], "of one[0]: pulseGenerator drive, 100 pA from 0 to 520 ms");
    assert!(json["notes"][0].as_str().unwrap().contains("cells/book.nml"));
    for (start, first) in [("--v0 -60 --u0 50pA", 72.971), ("--v0 -60mV --u0 50", 72.971), ("--v0 -70mV", 54.513)] {
        let spikes = truth(&bench.json(&format!("{options} {start}")));
        assert!((spikes[0] - first).abs() < 5e-4, "{start}: {spikes:?}");
    }
    let text = bench.stdout(&format!("{options} --u0 50"));
    assert!(text.contains("from v = -60 mV, u = 50 pA"), "{text}");
}

/// CARLsim6 35: is it mA or pA? 11 spikes.
#[test]
fn currents_are_in_pa() {
    let bench = Bench::new();
    let cell = "--neuron C=40,k=0.25,vr=-65,vt=-45,a=0.015,b=2,c=-55,d=50,vpeak=0";
    let rest = "--schemes rk4+located --no-timing";
    let plain = bench.json(&format!("{cell} --input step:110 --duration 650 --dt 0.1 {rest}"));
    assert_eq!((truth(&plain).len(), &plain["typed_unit"]), (11, &"pA".into()));
    let typed = bench.json(&format!("{cell} --input step:0.11nA --duration 0.65s --dt 100us {rest}"));
    assert_eq!((truth(&typed), &typed["runs"]), (truth(&plain), &plain["runs"]));
    let text = bench.stdout(&format!("{cell} --input step:110 --duration 650 {rest}"));
    assert!(text.replace('\n', " ").contains("input step:110 in pA"), "{text}");
}

#[test]
fn steps_may_have_units_and_be_fractions() {
    let bench = Bench::new();
    let json =
        bench.json("--dt 0.5ms,1/1024,100us --duration 50ms --input 10mV/ms --schemes euler --no-timing --within 50us");
    let dts: Vec<f64> = json["runs"].as_array().unwrap().iter().map(|run| run["dt_ms"].as_f64().unwrap()).collect();
    assert_eq!(dts, [0.5, 0.0009765625, 0.1]);
    assert_eq!(json["verdict"]["within_ms"], 0.05);
    assert_eq!(bench.json("--v0 -60mV --u0 -12mV/ms --duration 9 --no-timing")["initial"]["v"], -60.0);
}

/// The program of 2004 (figure1.m, panel T): d = -2, tau = 0.5 ms, input 80, 75 from 50 to 250 ms. Replayed by hand in Python.
#[test]
fn pattern_t_says_what_was_changed_and_the_program_draws_what_was_published() {
    let bench = Bench::new();
    let json = bench.json("--neuron T,d=-2 --schemes izhikevich-2004 --dt 0.5 --no-timing");
    let spikes = json["runs"][0]["spike_times_ms"].as_array().unwrap();
    let published = [87.0, 89.0, 91.0, 93.5, 96.0, 99.0, 103.5, 192.0, 194.5, 197.0, 200.0, 204.5];
    assert_eq!(spikes, &published.map(Value::from));
    assert_eq!(json["notes"], serde_json::json!([]));
    for options in ["--neuron T --schemes izhikevich-2004 --dt 0.5 --no-timing", "gallery --scheme izhikevich-2004"] {
        let text = bench.stdout(options).replace('\n', " ");
        assert!(text.contains("Pattern T has d = 0 where d = -2 is published"), "{text}");
    }
}

#[test]
fn a_recommendation_takes_a_start() {
    let bench = Bench::new();
    let rest = "--within 1ms --over 60ms --finest 0.5ms --schemes projective-8 --no-timing --json";
    let json: Value =
        serde_json::from_str(&bench.stdout(&format!("recommend --neuron RS,d=4 --v0 -60mV --u0 -12 {rest}"))).unwrap();
    assert_eq!(
        (&json["initial"]["v"], &json["initial"]["u"], &json["neuron"]["d"]),
        (&(-60.0).into(), &(-12.0).into(), &4.0.into())
    );
    assert!(json["command"].as_str().unwrap().contains("--v0 -60mV --u0 -12"));
}

#[test]
fn a_study_takes_units_a_start_and_files_beside_it() {
    let bench = Bench::new();
    let place = bench.path("deep/er");
    std::fs::create_dir_all(&place).unwrap();
    std::fs::write(place.join("in.csv"), "t_ms,input\n0,0\n1,9\n").unwrap();
    let cell = std::fs::read_to_string(path("cells/book.nml")).unwrap();
    std::fs::write(place.join("book.nml"), cell).unwrap();
    let study = |lines: &str| {
        let head = "title = \"t\"\nquestion = \"q\"\nkind = \"study\"\n[study]\n";
        std::fs::write(
            place.join("s.toml"),
            format!("{head}{lines}\nschemes = \"euler\"\ndt = [\"100us\", \"1/4\"]\n"),
        )
        .unwrap();
    };
    study(
        "neurons = [\"RS,d=4\", \"book.nml#integrator\"]\ninputs = [\"csv:in.csv\"]\nduration = \"0.05s\"\nv0 = \"-62mV\"\nu0 = -12",
    );
    bench.command("run deep/er/s.toml --out o --quiet").assert().success();
    let rows = bench.read("o/results.csv");
    assert_eq!(rows.lines().count(), 5, "{rows}");
    for (lines, said) in [
        ("neurons = [\"RS\"]\nu0 = \"5pA\"", "s.toml:6:6: the initial u is '5pA', a current"),
        ("neurons = [\"RS\"]\nduration = \"5mV\"", "s.toml:6:12: a time is '5mV', a voltage"),
    ] {
        study(lines);
        let output = bench.command("check deep/er/s.toml").assert().failure().get_output().stderr.clone();
        let message = String::from_utf8(output).unwrap();
        assert!(message.contains(said), "{message}");
    }
}
