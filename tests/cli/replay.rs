//! `compare replay`: every recording again, and files that cannot be used.

use std::path::Path;

use crate::bench::Bench;

const DIRECTORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/reference/simulators/bindsnet");

fn recorded(file: &str) -> String {
    std::fs::read_to_string(Path::new(DIRECTORY).join(file)).unwrap_or_else(|e| panic!("{file}: {e}"))
}

fn lines(text: &str) -> Vec<Vec<&str>> {
    text.lines().map(|line| line.split(',').collect()).collect()
}

/// Holds `ours` against `theirs`: the same columns and rows, the first `places` columns equal as text; then the largest difference of
/// each column, divided by `scale`.
fn largest(ours: &str, theirs: &str, places: usize, scale: impl Fn(f64) -> f64) -> Vec<f64> {
    let (ours, theirs) = (lines(ours), lines(theirs));
    assert_eq!(ours[0], theirs[0]);
    assert_eq!(ours.len(), theirs.len());
    let mut largest = vec![0.0f64; ours[0].len() - places];
    for (ours, theirs) in ours.iter().zip(&theirs).skip(1) {
        assert_eq!(ours[..places], theirs[..places]);
        assert_eq!(ours.len(), theirs.len());
        for (k, largest) in largest.iter_mut().enumerate() {
            let [x, y] = [ours, theirs].map(|line| line[places + k].parse::<f64>().unwrap());
            *largest = largest.max((x - y).abs() / scale(y));
        }
    }
    largest
}

#[test]
fn every_recording_is_replayed_as_a_user_does() {
    let mut names: Vec<String> = std::fs::read_dir(DIRECTORY)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter_map(|name| name.strip_suffix(".input.csv").map(str::to_owned))
        .collect();
    names.sort();
    assert_eq!(names.len(), 6, "{names:?}");
    for name in names {
        let bench = Bench::new();
        let files = format!("--config {DIRECTORY}/{name}.json --input {DIRECTORY}/{name}.input.csv");
        let said = bench.stdout(&format!("replay {files} --out replayed"));
        assert!(said.contains("under bindsnet") && said.contains("Written to replayed: state.csv"), "{said}");
        let network = name.starts_with("network");
        // At dt = 1 the upstroke, some 100 mV in a step, multiplies rounding by up to 1e4.
        let relative = if name.contains("dt1.0") { 1e-5 } else { 1e-9 };
        let (places, theirs) = if network { (4, format!("{name}.state.csv")) } else { (3, format!("{name}.csv")) };
        let state = bench.read("replayed/state.csv");
        let differences = largest(&state, &recorded(&theirs), places, |y| if y == 0.0 { 1.0 } else { y.abs() });
        assert!(differences[0] <= relative && differences[1] <= relative, "{name}: {differences:?}");
        assert_eq!(differences[2], 0.0, "{name}: a spike");
        // Those of a population have been written with 17 digits, not with those that give them back.
        assert!(differences[3] <= if network { 0.0 } else { 1e-15 }, "{name}: {differences:?}");
        if network {
            let weights = bench.read("replayed/weights.csv");
            let differences = largest(&weights, &recorded(&format!("{name}.weights.csv")), 4, |_| 1.0);
            assert!(differences[0] <= 1e-12, "{name}: {differences:?}");
        } else {
            assert!(!bench.path("replayed/weights.csv").exists());
        }
    }
}

#[test]
fn any_scheme_of_a_layer_replays() {
    let bench = Bench::new();
    let name = format!("{DIRECTORY}/network_stdp_dt0.5_batch1");
    for scheme in ["rk4", "projective-8", "half-step"] {
        let options = format!("replay --config {name}.json --input {name}.input.csv --scheme {scheme} --out {scheme}");
        assert!(bench.stdout(&options).contains(&format!("under {scheme}")));
        assert_eq!(bench.read(&format!("{scheme}/state.csv")).lines().count(), 1 + 2 * 300 * 10);
    }
    assert_ne!(bench.read("rk4/state.csv"), bench.read("half-step/state.csv"));
    // Nothing is said where nothing is to be said, and twice is the same.
    let quiet = format!("replay --config {name}.json --input {name}.input.csv --scheme rk4 --out again --quiet");
    assert_eq!(bench.stdout(&quiet), "");
    assert_eq!(bench.read("again/state.csv"), bench.read("rk4/state.csv"));
    assert_eq!(bench.read("again/weights.csv"), bench.read("rk4/weights.csv"));
}

/// A table of what schemes and steps make of a recording: its own is the replay, spike for spike, and a finer step tells the same story later.
#[test]
fn schemes_and_steps_are_compared_with_the_recording() {
    let name = "network_stdp_dt1.0_batch2";
    // Two presentations of two rows.
    let config = recorded(&format!("{name}.json")).replacen('{', r#"{"labels": [0, 1, 1, 0], "#, 1);
    let bench = Bench::with(&[("mine.json", &config)]);
    let options = format!("replay --config mine.json --input {DIRECTORY}/{name}.input.csv --out compared");
    let said = bench.stdout(&format!("{options} --scheme bindsnet,projective-8 --dt 1,0.5"));
    let csv = bench.read("compared/comparison.csv");
    let rows = lines(&csv);
    let column = |title: &str| rows[0].iter().position(|name| *name == title).unwrap();
    let field = |row: usize, title: &str| rows[row][column(title)];
    let places: Vec<_> = (1..rows.len()).map(|row| (field(row, "scheme"), field(row, "dt_ms"))).collect();
    assert_eq!(places, [("bindsnet", "1"), ("bindsnet", "0.5"), ("projective-8", "1"), ("projective-8", "0.5")]);
    // Of the recording itself nothing differs, and its spikes are those of BindsNET.
    let state = recorded(&format!("{name}.state.csv"));
    let theirs = lines(&state).iter().skip(1).filter(|line| line[6].parse::<f64>().unwrap() > 0.0).count();
    assert_eq!((field(1, "spikes"), field(1, "first_ms"), field(1, "labels_changed")), (&*theirs.to_string(), "", "0"));
    let rate = theirs as f64 / (2.0 * 2.0 * 10.0 * 0.2);
    assert!((field(1, "rate_Hz").parse::<f64>().unwrap() - rate).abs() < 1e-9 * rate);
    for row in 2..rows.len() {
        let first: f64 = field(row, "first_ms").parse().unwrap();
        assert!((0.0..=200.0).contains(&first), "{csv}");
    }
    // The equations have every spike that is nearly theirs; and the charges that reach them are those of before, so that rates are alike.
    assert_eq!((field(3, "spurious"), field(4, "spurious")), ("0", "0"));
    let rates: Vec<f64> = (3..5).map(|row| field(row, "rate_Hz").parse().unwrap()).collect();
    assert!((rates[0] / rates[1] - 1.0).abs() < 0.25, "{rates:?}");
    assert!(said.contains("none") && said.contains("Written to compared: comparison.csv"), "{said}");
    assert!(!bench.path("compared/state.csv").exists());
}

/// Two neurons, one row, two steps.
const POPULATION: &str = r#"{"kind": "population", "n": 2, "batch": 1, "dt": 1.0, "dtype": "float64", "steps": 2,
"thresh": 45.0, "rest": -65.0, "lbound": null, "tc_trace": 20.0, "trace_scale": 1.0, "traces_additive": false,
"a": [0.02, 0.02], "b": [0.2, 0.2], "c": [-65.0, -65.0], "d": [8.0, 8.0], "S": [[0.0, 0.0], [0.0, 0.0]]}"#;
const CURRENTS: &str = "step,batch,neuron,input\n0,0,0,10\n0,0,1,10\n1,0,0,10\n1,0,1,10\n";

/// Three inputs onto them, one presentation.
const TOLD: &str = "presentation,step,batch,spiking_inputs\n0,0,0,0 2\n0,1,0,\n";

fn network() -> String {
    let weights = r#""kind": "network_stdp", "presentations": 1, "n_input": 3, "nu": [0.01, 0.1], "wmin": 0.0, "wmax": 12.0,
"norm": 60.0, "reduction": "sum over the batch", "w0": [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]"#;
    POPULATION.replace(r#""kind": "population""#, weights)
}

/// The message of a replay of these files that must be refused; nothing is left behind.
fn refused(config: &str, input: &str, options: &str) -> String {
    let bench = Bench::with(&[("NAME.json", config), ("NAME.input.csv", input), ("file", "")]);
    let before = bench.tree();
    let out = if options.contains("--out") { "" } else { "--out replayed" };
    let options = format!("replay --config NAME.json --input NAME.input.csv {out} {options}");
    let output = bench.command(&options).assert().failure().code(1).stdout("").get_output().clone();
    assert_eq!(bench.tree(), before, "something is left behind");
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(message.starts_with("error: ") && message.lines().count() == 1, "{message}");
    message
}

#[test]
fn bad_files_get_one_message_each() {
    let network = network();
    let edit = |text: &str, from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        text.replace(from, to)
    };
    // Both are good as they are.
    for (config, input) in [(POPULATION, CURRENTS), (network.as_str(), TOLD)] {
        let bench = Bench::with(&[("NAME.json", config), ("NAME.input.csv", input)]);
        bench.stdout("replay --config NAME.json --input NAME.input.csv --out replayed");
    }
    let population = |from: &str, to: &str| refused(&edit(POPULATION, from, to), CURRENTS, "");
    let currents = |from: &str, to: &str| refused(POPULATION, &edit(CURRENTS, from, to), "");
    let learns = |from: &str, to: &str| refused(&edit(&network, from, to), TOLD, "");
    let told = |from: &str, to: &str| refused(&network, &edit(TOLD, from, to), "");
    let none = {
        let bench = Bench::with(&[("NAME.json", POPULATION)]);
        let mut command = bench.command("replay --config NAME.json --input none.csv --out replayed");
        String::from_utf8(command.assert().failure().get_output().stderr.clone()).unwrap()
    };
    let messages = [
        ("no input file", none),
        ("malformed json", population(r#""n": 2"#, r#""n" 2"#)),
        ("cut json", refused(&POPULATION[..40], CURRENTS, "")),
        ("a list for a number", population(r#""dt": 1.0"#, r#""dt": [1.0]"#)),
        ("a value missing", population(r#""thresh": 45.0,"#, "")),
        ("kind", population(r#""population""#, r#""populaton""#)),
        ("dtype", population("float64", "float16")),
        ("n", population(r#""n": 2"#, r#""n": 3"#)),
        ("no steps", population(r#""steps": 2"#, r#""steps": 0"#)),
        ("dt", population(r#""dt": 1.0"#, r#""dt": -1.0"#)),
        ("short list", population(r#""b": [0.2, 0.2]"#, r#""b": [0.2]"#)),
        ("S", population("[[0.0, 0.0], [0.0, 0.0]]", "[[0.0, 0.0], [0.0]]")),
        ("rest", population(r#""rest": -65.0"#, r#""rest": 50.0"#)),
        ("scheme", refused(POPULATION, CURRENTS, "--scheme projectve-8")),
        ("number of columns", currents("1,0,0,10", "1,0,0")),
        ("columns", currents("step,batch,neuron,input", "step,neuron,input")),
        ("neuron", currents("1,0,1,10", "1,0,2,10")),
        ("step", currents("1,0,0,10", "2,0,0,10")),
        ("input", currents("0,0,1,10", "0,0,1,ten")),
        ("twice", currents("1,0,1,10", "1,0,0,11")),
        ("not at all", currents("1,0,1,10\n", "")),
        ("empty", refused(POPULATION, "", "")),
        ("far too short", refused(&edit(POPULATION, r#""steps": 2"#, r#""steps": 2000000000000"#), CURRENTS, "")),
        ("not text", refused(POPULATION, "step,batch,neuron,input\n0,0,0,\u{0}\n", "")),
        ("no weights", learns(r#""w0": [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]"#, r#""w1": 0"#)),
        ("rows of weights", learns("[1.0, 2.0], ", "")),
        ("bounds", learns(r#""wmax": 12.0"#, r#""wmax": -1.0"#)),
        ("reduction", learns("sum over the batch", "max over the batch")),
        ("input neuron", told("0 2", "0 3")),
        ("input neuron not a number", told("0 2", "0 x")),
        ("presentation", told("0,1,0,", "1,1,0,")),
        ("input of the other kind", refused(&network, CURRENTS, "")),
        ("out", refused(POPULATION, CURRENTS, "--out file/x")),
    ];
    let text: String = messages.iter().map(|(name, message)| format!("{name}: {message}")).collect();
    insta::with_settings!({ snapshot_path => "../snapshots", prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("replay_refusals", text);
    });
}

#[test]
fn what_a_comparison_cannot_take_is_refused() {
    let network = network();
    let with = |key: &str| refused(&network.replace(r#""reduction""#, &format!(r#"{key}, "reduction""#)), TOLD, "");
    let said = [
        (with(r#""rule": "Hebbian""#), "unknown rule 'Hebbian'"),
        (with(r#""labels": [0, 1]"#), "number of labels is 2; allowed: 1."),
        (with(r#""labels": [4000000000]"#), "label is 4000000000; allowed: 0 to 999."),
        (refused(POPULATION, CURRENTS, "--dt 0.3"), "step dt is 0.3 ms; allowed: 1 ms, the step of the recording"),
        (refused(POPULATION, CURRENTS, "--dt 2"), "step dt is 2 ms; allowed: 1 ms, the step of the recording"),
        (refused(POPULATION, CURRENTS, "--dt 1e-9"), "at most 1e8 steps"),
    ];
    for (message, part) in said {
        assert!(message.contains(part), "{message}");
    }
}

#[test]
fn a_replay_that_diverges_says_so() {
    // Explicit steps of a strong negative input square v until it overflows.
    let config =
        POPULATION.replace(r#""steps": 2"#, r#""steps": 20"#).replace(r#""d": [8.0, 8.0]"#, r#""d": [8.0, 1e308]"#);
    let mut input = "step,batch,neuron,input\n".to_owned();
    for step in 0..20 {
        input += &format!("{step},0,0,0\n{step},0,1,-1e200\n");
    }
    let bench = Bench::with(&[("NAME.json", &config), ("NAME.input.csv", &input)]);
    let said = bench.stdout("replay --config NAME.json --input NAME.input.csv --out replayed --scheme euler");
    assert!(said.contains("Left the finite numbers: 1 neurons, first neuron 1 of row 0, in the step to"), "{said}");
    let state = bench.read("replayed/state.csv");
    assert!(!state.contains("NaN") && !state.contains("inf"), "{state}");
    assert!(state.contains(",,"), "{state}");
}
