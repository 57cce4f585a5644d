//! Bad input: a code that is not zero, one message on the error stream, nothing else anywhere.

use crate::bench::Bench;

/// A CSV input whose fourth line is bad, and a plain file where a directory would have to be.
const FILES: [(&str, &str); 2] = [("bad.csv", "t_ms,input\n0,0\n10,5\nx,3\n"), ("file", "")];

/// Runs a command that must be refused; gives the message.
pub(crate) fn refused(options: &str) -> String {
    let bench = Bench::with(&FILES);
    let before = bench.tree();
    let output = bench.command(options).assert().failure().stdout("").get_output().clone();
    assert_eq!(bench.tree(), before, "{options}: something is left behind");
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(message.starts_with("error: ") && !message.contains("panicked"), "{options}: {message}");
    // 1: refused by the toolkit, in one line of a readable length; 2: by the parser, which shows the usage.
    match output.status.code() {
        Some(1) => {
            assert_eq!(message.lines().count(), 1, "{options}: {message}");
            assert!(message.len() < 600, "{options}: {message}");
        }
        Some(2) => assert!(message.contains("--help"), "{options}: {message}"),
        other => panic!("{options}: exit code {other:?}"),
    }
    message
}

/// What was given, what is allowed, how to mend it.
fn says(options: &str, parts: &[&str]) {
    let message = refused(options);
    for part in parts {
        assert!(message.contains(part), "{options}: '{part}' is not in: {message}");
    }
}

#[test]
fn steps_and_durations() {
    let positive = "allowed: positive, finite numbers";
    says("--dt 0", &["--dt is '0'", positive]);
    says("--dt -0.5", &["--dt is '-0.5'", positive]);
    says("--dt nan", &["--dt is 'nan'", positive]);
    says("--dt inf", &["--dt is 'inf'", positive]);
    says("--dt half", &["--dt is 'half'", "FROM..TO:log:COUNT"]);
    says("--dt 0.5,", &["--dt is '0.5,'", "FROM..TO:log:COUNT"]);
    says("--dt 0.1..1:log:99999", &["at most 10000 values"]);
    says("--dt 1e-9", &["dt is 1e-9 ms", "1.0e12 steps", "at most 10000000 steps", "--dt 1e-4 or larger"]);
    // Each of these runs is allowed, and 9 of each of 27 schemes are not.
    says(
        "--dt 1e-4..2e-4:lin:9",
        &["total work is 1.", "e9 steps (9 --dt for each", "at most 1e9 steps in all", "fewer or larger --dt"],
    );
    says("--dt 2000", &["dt is 2000 ms", "at most the duration of 1000 ms", "Lower --dt or raise --duration."]);
    says("--dt 0.5,1001", &["dt is 1001 ms"]);
    for duration in ["0", "-5", "nan", "inf"] {
        says(
            &format!("--duration {duration}"),
            &["--duration is ", "allowed: a positive, finite number", "such as 1000"],
        );
    }
    for options in ["--dt 0.5", "--dt 1e5 --schemes euler", "--tolerance 1e-6 --schemes adaptive"] {
        says(&format!("{options} --duration 1e12"), &["duration is 1e12 ms", "at most 1e7 ms", "Shorten --duration."]);
    }
    says("--duration 1e-300", &["at most the duration of 1e-300 ms"]);
    says("--tolerance 0", &["--tolerance is '0'", positive]);
    says("--tolerance 2", &["tolerance is 2", "1e-15 to 1"]);
    let idle = &["tolerance is given without an adaptive scheme", "Remove --tolerance, or add an adaptive scheme."];
    says("--tolerance 1e-6 --schemes euler", idle);
    says("--dt 0.5 --tolerance 1e-6 --schemes euler", idle);
    let idle = &["dt is given without a fixed-step scheme", "Remove --dt, or add a fixed-step scheme."];
    says("--dt 0.5 --schemes adaptive", idle);
}

#[test]
fn names_get_the_nearest_one() {
    says("--schemes eulr", &["unknown scheme 'eulr', did you mean 'euler'?", "names, which compare --list has"]);
    let nests = "did you mean 'nest-consistent' or 'nest-published' or 'nest-rkf45'?";
    says("--schemes nest", &["unknown scheme 'nest'", nests]);
    says("--schemes NES", &[nests]);
    says("--schemes eul", &["did you mean 'euler' or 'euler-semi-implicit' or 'brian2-euler' or 'exponential-euler'?"]);
    let none = refused("--schemes xyz");
    assert!(!none.contains("did you mean") && none.contains("compare --list") && none.len() < 100, "{none}");
    says("--schemes rk4,bindnset", &["did you mean 'bindsnet'?"]);
    says("--schemes rk4+locatd", &["did you mean 'located'?"]);
    says("--schemes bindsnet+located", &["handles its spikes itself"]);
    says("--neuron LST", &["unknown neuron 'LST', did you mean 'LTS'?", "A to T"]);
    says("--neuron a=0.02,cc=3", &["unknown neuron parameter 'cc', did you mean 'c'?"]);
    says("--neuron a=", &["neuron parameter a is missing"]);
    says("--neuron a=nan", &["neuron parameter a is 'nan'"]);
    says("--input stp:10", &["unknown input 'stp', did you mean 'step'?"]);
    says("--input step:ten", &["step amplitude is 'ten'", "a finite number"]);
    says("--input pulse:5:2", &["without a start", "pulse:AMPLITUDE:WIDTH_MS@START_MS"]);
    says("--input step:10@2000", &["2000 ms in a run of 1000 ms"]);
    says("--inptu 3", &["unexpected argument '--inptu'", "'--input'"]);
    says("--format gif", &["'gif'", "svg, png, pdf"]);
    says("dstance a b", &["dstance", "distance"]);
}

#[test]
fn input_files() {
    says("--input csv:bad.csv", &["bad.csv:4: t_ms is 'x', not a finite number. Give numbers"]);
    says("--input csv:none.csv", &["cannot read none.csv", "Give a file that exists"]);
    says("--input csv:", &["without a file", "csv:FILE"]);
    says("--input csv:file", &["file:1: the file ends without a sample"]);
}

#[test]
fn potentials() {
    says("--peak -70", &["c is -65 mV with a peak of -70 mV", "a value below the peak"]);
    says("--peak -65", &["with a peak of -65 mV"]);
    says("--peak nan", &["peak is NaN", "a finite number"]);
    says("--v0 31", &["initial v is 31 mV with a peak of 30 mV", "Lower --v0 or raise --peak."]);
    says("--v0 30", &["initial v is 30 mV"]);
    says("--v0 inf", &["initial v is inf"]);
    says("--u0 nan", &["initial u is NaN"]);
    says("--lbound nan", &["lower bound of v is NaN"]);
    says("--lbound 30", &["lower bound of v is 30 mV with a peak of 30 mV", "Lower --lbound"]);
}

#[test]
fn parameters_of_the_metrics() {
    says("--cost -1", &["cost per ms is -1", "a finite number from 0"]);
    says("--tau 0", &["tau in ms is 0", "a positive, finite number"]);
    says("--window -1", &["window in ms is -1", "a finite number from 0"]);
    says("--window nan", &["window in ms is NaN"]);
    says("--within 0", &["timing error is 0", "Give --within"]);
}

#[test]
fn recommendations() {
    let time = "a positive, finite time in ms, or with its unit us, ms or s";
    says("recommend --within 0", &["--within is '0'", time, "Write --within 0.1ms"]);
    says("recommend --within -1ms", &["--within is '-1ms'", time]);
    says("recommend --within 0.1mV", &["--within is '0.1mV'", time]);
    says("recommend --over 1min", &["--over is '1min'", time]);
    says("recommend --over 0.1,1", &["--over is '0.1,1'", time]);
    says("recommend --over 1e9s", &["duration is 1e12 ms", "at most 1e7 ms"]);
    says("recommend --finest 0", &["--finest is '0'", time]);
    says("recommend --finest 1ns", &["--finest is '1ns'"]);
    says(
        "recommend --finest 0.01us",
        &["smallest step to try is 0.00001 ms over 1000 ms", "0.00025 to 10 ms", "--finest such as"],
    );
    says("recommend --finest 200", &["smallest step to try is 200 ms", "--finest such as 0.001ms"]);
    says(
        "recommend --within 1e-13",
        &["--within is 1e-13 ms", "at least 10 times the truth's own error bound", "Raise --within."],
    );
    says("recommend --schemes eulr", &["did you mean 'euler'?"]);
    says("recommend --neuron XX", &["unknown neuron 'XX'"]);
    says("recommend --dt 0.5", &["unexpected argument '--dt'"]);
    says("recommend --neuron d=-20 --over 200", &["The true solution fires without end", "shorten --over"]);
    says("recommend --out file/x --no-timing", &["cannot write file", "Choose a place that can be written."]);
}

#[test]
fn galleries() {
    says("gallery --scheme rk5", &["unknown scheme 'rk5', did you mean 'rk"]);
    says("gallery --scheme projective", &["scheme is 'projective'", "a scheme of a fixed step"]);
    says("gallery --scheme euler,rk4", &["'euler,rk4', which is 2 schemes", "Draw a gallery for each."]);
    says("gallery --dt 0", &["--dt is '0'", "Write --dt 0.1ms"]);
    says("gallery --dt 51", &["dt is 51 ms", "0.001 to 50 ms"]);
    says("gallery --dt 1e-4", &["dt is 0.0001 ms", "0.001 to 50 ms"]);
    says("gallery --out file/x", &["cannot write file"]);
    says("gallery --format gif", &["'gif'", "svg, png, pdf"]);
}

#[test]
fn options_without_effect() {
    says("--trace-format npz", &["--trace <DIR>"]);
    says("--json --format svg", &["--format is given with --json alone", "Add --out DIR"]);
    says("--json --trace t --format svg", &["--format is given with --json alone"]);
    for options in ["--json --quiet", "recommend --json -q", "recognise --json -q --out there"] {
        says(options, &["'--json' cannot be used with '--quiet'"]);
    }
    says("--list --json", &["'--list' cannot be used with"]);
    says("--list --dt 0.5", &["'--list' cannot be used with"]);
    says("recognise --reference rk4:0.5 --out there", &["trained as they are tested", "Add --trained reference"]);
    for option in ["--json", "--out there", "--format png", "--fresh", "--seeds 2", "--reference rk4:1", "--spurious"] {
        let name = option.split(' ').next().unwrap();
        says(&format!("recognise --load net {option}"), &["'--load <FILE.safetensors>' cannot be used with", name]);
    }
    says("convert file ..", &["allowed:"]);
    says("recognise --training 20 --test 20 --neurons 5 --dt 1 --save .. --out there", &["a path that ends in a name"]);
}

#[test]
fn a_lower_bound_is_for_the_rules_that_have_one() {
    let bounded = "allowed: one for bindsnet, bindsnet-f32";
    says("--lbound -90 --schemes euler,rk4", &["given for euler, rk4, which take none", bounded, "Remove --lbound"]);
    says("--lbound -90 --schemes grid,rk4 --dt 0", &["--dt is '0'"]);
    says("--lbound -90 --schemes located", &["and others, which take none"]);
    // Beside others a rule that has one is compared.
    let json = Bench::new().json("--lbound -66 --schemes bindsnet,euler --input step:-50 --duration 20 --no-timing");
    assert_eq!((&json["lbound_mV"], json["runs"].as_array().unwrap().len()), (&(-66.0).into(), 2));
}

#[test]
fn places_that_cannot_be_written() {
    // A path below a plain file cannot be made, whoever asks.
    for options in ["--out file/x", "--out file", "--trace file/x", "--json --out file/x", "--json --trace file"] {
        says(&format!("{options} --no-timing"), &["cannot write file", "Choose a place that can be written."]);
    }
    // The directories made for --out go when --trace then cannot be.
    says("--out new/deep --trace file/x", &["cannot write file/x"]);
}

#[test]
fn a_failure_takes_back_only_what_it_made() {
    let bench = Bench::with(&FILES);
    std::fs::create_dir_all(bench.path("mine/empty")).unwrap();
    let before = bench.tree();
    bench.command("--out mine/empty --trace file/x").assert().failure();
    assert_eq!(bench.tree(), before);
}

#[test]
fn parser_errors() {
    says("--duration long", &["'long'", "--duration"]);
    says("--out", &["--out"]);
    says("--dt 0.5 distance a b", &["cannot be used with"]);
    says("--frobnicate", &["--frobnicate"]);
}

#[test]
fn threads_without_number_are_not_started() {
    let bench = Bench::new();
    let with = |threads: &str| {
        let mut command = bench.command("--dt 1 --schemes euler --duration 50 --no-timing --json");
        command.env("RAYON_NUM_THREADS", threads).output().unwrap()
    };
    for threads in ["100000", "99999999999999999999"] {
        let output = with(threads);
        let error = String::from_utf8(output.stderr).unwrap();
        let message = format!("error: RAYON_NUM_THREADS is {threads}; allowed: at most 1024. Leave it out");
        assert!(output.status.code() == Some(1) && error.starts_with(&message), "{error}");
    }
    assert!(with("3").status.success());
}
