//! Questions that were asked in public, as commands: the thread, what is typed, and the right values. These come from SciPy's DOP853,
//! Taylor series of 30 digits, replays in NumPy, formulas, or the threads themselves; a value is given to the digits that are known,
//! and the tolerance beside it is half a unit of the last one.

mod common;

use std::path::Path;

use assert_cmd::Command;
use serde_json::Value;

/// Whose value (a scheme and its step, or the truth), what (a key of a run, `first` or `interval`), the value, and how far it is known.
type Right = (&'static str, &'static str, f64, f64);

struct Case {
    link: &'static str,
    asked: &'static str,
    command: &'static str,
    right: &'static [Right],
}

const CASES: &[Case] = &[
    Case {
        link: "https://github.com/BindsNET/bindsnet/issues/529",
        asked: "does checking the threshold before the update delay spikes? At 1 ms rounding decides; at 0.1 ms both orders agree",
        command: "--dt 1,0.1 --schemes bindsnet,half-step --peak 30",
        right: &[
            ("bindsnet 1", "rounding_sensitive", 1.0, 0.0),
            ("half-step 1", "rounding_sensitive", 1.0, 0.0),
            ("bindsnet 0.1", "max_spike_time_error_ms", 7.99463, 5e-6),
            ("half-step 0.1", "max_spike_time_error_ms", 7.99463, 5e-6),
        ],
    },
    Case {
        link: "https://github.com/UWB-Biocomputing/BrainGrid/issues/243",
        asked: "results change with the step; should rates?",
        command: "--dt 0.01,0.05,0.1 --input noise:5:3:1 --schemes euler,half-step,rk4+located",
        right: &[
            ("truth", "spike_count", 13.0, 0.0),
            ("euler 0.1", "rate_error_Hz", 0.0, 0.0),
            ("half-step 0.05", "rate_error_Hz", 0.0, 0.0),
            ("rk4+located 0.01", "rate_error_Hz", 0.0, 0.0),
        ],
    },
    Case {
        link: "https://github.com/UCI-CARL/CARLsim6/issues/24",
        asked: "40 substeps are advised with RK4: what are they worth?",
        command: "--neuron C=366,k=0.792338703789581,vr=-63.2044008171655,vt=-33.6041733124267,a=0.00838350334098279,b=-42.5524776883928,\
                  c=-38.8680990294091,d=588,vpeak=35.8614648558726 --input step:600 --dt 0.025 \
                  --schemes euler,euler-semi-implicit,rk4,rk4+located",
        right: &[
            ("euler 0.025", "max_spike_time_error_ms", 0.42, 0.005),
            ("euler-semi-implicit 0.025", "max_spike_time_error_ms", 1.82, 0.005),
            ("rk4 0.025", "max_spike_time_error_ms", 0.64, 0.005),
            ("rk4+located 0.025", "max_spike_time_error_ms", 2e-9, 0.5e-9),
        ],
    },
    Case {
        link: "https://github.com/UCI-CARL/CARLsim6/issues/48",
        asked: "is u from the next v an error?",
        command: "--dt 0.5 --schemes euler,euler-semi-implicit",
        right: &[
            ("euler 0.5", "max_spike_time_error_ms", 27.7, 0.05),
            ("euler-semi-implicit 0.5", "max_spike_time_error_ms", 48.0, 0.05),
            ("euler-semi-implicit 0.5", "spike_count", 22.0, 0.0),
        ],
    },
    Case {
        link: "https://github.com/norse/norse/issues/177",
        asked: "which of the twenty panels depend on the step? Q, for one",
        command: "--neuron Q --dt 0.01,0.1,0.25,0.5 --schemes euler",
        right: &[
            ("truth", "spike_count", 8.0, 0.0),
            ("euler 0.01", "spike_count", 7.0, 0.0),
            ("euler 0.1", "spike_count", 2.0, 0.0),
            ("euler 0.25", "spike_count", 2.0, 0.0),
            ("euler 0.5", "spike_count", 1.0, 0.0),
        ],
    },
    Case {
        link: "https://brian.discourse.group/t/677",
        asked: "a spike one step before the reset: Brian stamps the start of its step, 6 ms; here it is the end",
        command: "--dt 1 --input step:7 --duration 30 --schemes brian2-euler",
        right: &[("brian2-euler 1", "first", 7.0, 0.0)],
    },
    Case {
        link: "https://github.com/brian-team/brian2/issues/809",
        asked: "why one spike? Because v = 0 is above the threshold",
        command: "--v0 0 --u0 0 --input step:0 --duration 500 --dt 0.1 --schemes brian2-euler",
        right: &[("brian2-euler 0.1", "spike_count", 1.0, 0.0), ("truth", "first", 0.140, 5e-4)],
    },
    Case {
        link: "https://github.com/nest/nest-simulator/pull/1626",
        asked: "does it start at rest? It does, and stays there",
        command: "--v0 -70 --u0 -14 --input step:0 --duration 200 --dt 0.1 --schemes nest-consistent",
        right: &[("nest-consistent 0.1", "spike_count", 0.0, 0.0), ("nest-consistent 0.1", "rms_v_mV", 0.0, 0.0)],
    },
    Case {
        link: "https://github.com/genn-team/genn/pull/404",
        asked: "may a neuron fire at every step?",
        command: "--input step:500 --dt 1 --duration 50 --schemes euler",
        right: &[("truth", "spike_count", 101.0, 0.0), ("euler 1", "spike_count", 50.0, 0.0)],
    },
    Case {
        link: "https://github.com/Xmodal/autonomX/issues/78",
        asked: "where does NaN come from? From the step, not from the equations",
        command: "--input step:-300 --dt 1 --duration 200 --schemes half-step,projective-8",
        right: &[
            ("half-step 1", "diverged_at_ms", 186.0, 0.0),
            ("truth", "spike_count", 0.0, 0.0),
            ("projective-8 1", "spike_count", 0.0, 0.0),
        ],
    },
    Case {
        link: "https://github.com/nengo/nengo/issues/896",
        asked: "the rate of the quadratic neuron v' = v² + 1 from -0.1 to 1: arctan 1 + arctan 0.1",
        command: "--neuron a=0,b=0,c=-0.1,d=0,k2=1,k1=0,k0=0,peak=1 --v0 -0.1 --u0 0 --input step:1 --duration 20 --dt 0.1 \
                  --schemes projective-8",
        right: &[
            ("truth", "interval", 0.885_066_815_888_610_3, 1e-13),
            ("projective-8 0.1", "interval", 0.885_066_815_888_610_3, 1e-12),
        ],
    },
    Case {
        link: "https://github.com/OpenSourceBrain/IzhikevichModel",
        asked: "a network of NeuroML as it is: 100 pA for 520 ms",
        command: "--neuron one_cell.net.nml --dt 0.025 --schemes rk4+located",
        right: &[("truth", "spike_count", 7.0, 0.0), ("truth", "first", 48.180, 5e-4)],
    },
    Case {
        link: "R question: wrong plot",
        asked: "the plot shows spikes without input: the program is wrong, the rule has none",
        command: "--neuron a=0.02,b=0.2,c=-65,d=6 --v0 -70 --u0 0 --input step:0 --duration 100 --dt 1 --schemes euler",
        right: &[("truth", "spike_count", 0.0, 0.0), ("euler 1", "spike_count", 0.0, 0.0)],
    },
];

/// The command, in the folder of the NeuroML files.
fn command(words: &[&str]) -> Command {
    let mut command = Command::from_std(common::compare());
    command.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference/neuroml")).args(words);
    command
}

fn json(words: &[&str]) -> Value {
    let output = command(words).arg("--json").assert().success().get_output().stdout.clone();
    serde_json::from_slice(&output).unwrap()
}

/// A value of the truth, or of the run of a scheme at a step.
fn found(json: &Value, whose: &str, what: &str) -> f64 {
    let is = |run: &&Value| format!("{} {}", run["scheme"].as_str().unwrap(), run["dt_ms"].as_f64().unwrap()) == whose;
    let run = || json["runs"].as_array().unwrap().iter().find(is).unwrap_or_else(|| panic!("no run {whose}"));
    let value = if whose == "truth" { &json["truth"] } else { run() };
    let times: Vec<f64> = value["spike_times_ms"].as_array().unwrap().iter().map(|t| t.as_f64().unwrap()).collect();
    match what {
        "spike_count" => times.len() as f64,
        "first" => times[0],
        "interval" => times[times.len() - 1] - times[times.len() - 2],
        key => value[key].as_f64().or(value[key].as_bool().map(f64::from)).unwrap_or(f64::NAN),
    }
}

#[test]
fn the_right_values_come() {
    for Case { link, asked, command, right } in CASES {
        let words: Vec<&str> = command.split_whitespace().chain(["--no-timing"]).collect();
        let json = json(&words);
        for (whose, what, value, within) in *right {
            let found = found(&json, whose, what);
            assert!((found - value).abs() <= *within, "{link}\n{asked}\n{whose} {what}: {found}, right is {value}");
        }
    }
}

/// Elephant 365 (https://github.com/NeuralEnsemble/elephant/issues/365): distances of many trains. Elephant 679: NaN of a train and itself.
#[test]
fn trains_have_a_matrix_and_no_distance_from_themselves() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.csv"), "id,t_ms\n1,3\n1,7\n2,4\n2,9\n3,1\n").unwrap();
    let run = |words: &str| {
        let mut command = command(&words.split(' ').collect::<Vec<_>>());
        String::from_utf8(command.current_dir(&folder).assert().success().get_output().stdout.clone()).unwrap()
    };
    run("distance a.csv --matrix m.csv --cost 1");
    let matrix = std::fs::read_to_string(folder.path().join("m.csv")).unwrap();
    // By hand at a cost of 1 per ms: 1 and 2 are 1 + 2 (7 and 9: as well moved as dropped and added); 3 has one spike less than each.
    let rows: Vec<Vec<&str>> = matrix.lines().skip(1).map(|row| row.split(',').skip(1).collect()).collect();
    assert_eq!(rows, [["0", "3", "3"], ["3", "0", "3"], ["3", "3", "0"]], "{matrix}");
    let itself: Value =
        serde_json::from_str(&run("distance a.csv#1 a.csv#1 --tau 100 --duration 4000 --json")).unwrap();
    assert_eq!(itself["van_rossum"]["100"], 0.0);
}

/// PyNN 559 and NEST 2860 (https://github.com/nest/nest-simulator/issues/2860): another model, and the message says so.
#[test]
fn what_is_not_covered_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("cell.nml");
    let cell =
        r#"<neuroml xmlns="http://www.neuroml.org/schema/neuroml2" id="x"><adExIaFCell id="c" C="281pF"/></neuroml>"#;
    std::fs::write(&file, cell).unwrap();
    for neuron in ["adex", "EIF_cond_alpha_isfa_ista", "aeif_cond_exp", file.to_str().unwrap()] {
        let output = command(&["--neuron", neuron]).assert().code(1).get_output().stderr.clone();
        let text = String::from_utf8(output).unwrap();
        assert!(text.contains("an exponential integrate-and-fire model") && text.contains("not covered"), "{text}");
    }
    assert!(include_str!("../docs/questions.md").contains("exponential integrate-and-fire"));
}
