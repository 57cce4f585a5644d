//! Random command lines, sensible or not: a result or a message, never a panic.

use proptest::prelude::*;

use crate::bench::Bench;

/// Numbers people type, and some that they should not.
fn number() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => (-200.0..200.0f64).prop_map(|x| format!("{x:.2}")),
        1 => prop::sample::select(vec!["0", "-0", "1e-9", "1e9", "-1e300", "1e308", "5e-324", "nan", "inf", "x", "1,2"])
            .prop_map(str::to_owned),
    ]
}

/// One of `usual`, or a number.
fn mostly(usual: &'static [&'static str]) -> impl Strategy<Value = String> {
    prop_oneof![4 => prop::sample::select(usual).prop_map(str::to_owned), 1 => number()]
}

fn option() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => mostly(&["0.5", "1", "0.1,0.7", "0.2..1:log:4", "20", "0.3..0.1:lin:3"]).prop_map(|x| format!("--dt {x}")),
        3 => prop::sample::select(vec!["RS", "CH", "G", "J", "T", "a=0.1", "d=-20", "C=100,k=0.7,vr=-60,vt=-40,a=0.03,b=-2,c=-50,d=100,vpeak=35"])
            .prop_map(|x| format!("--neuron {x}")),
        2 => (prop::sample::select(vec!["a", "b", "c", "d", "k2", "k1", "k0", "b0", "leak", "peak"]), number())
            .prop_map(|(key, x)| format!("--neuron {key}={x}")),
        2 => mostly(&["step:10", "ramp:-5:30", "pulse:200:1@2,8", "sine:5:9:100", "noise:5:9:0.3:4"])
            .prop_map(|x| format!("--input {x}")),
        1 => (prop::sample::select(vec!["--peak", "--v0", "--u0", "--lbound", "--within", "--cost", "--tau", "--window"]), number())
            .prop_map(|(name, x)| format!("{name} {x}")),
        1 => mostly(&["1e-3", "1e-6", "1e-2,1e-4"]).prop_map(|x| format!("--tolerance {x}")),
        1 => prop::sample::select(vec!["--json", "--quiet", "--trace t", "--out o", "--format pdf"]).prop_map(str::to_owned),
    ]
}

proptest! {
    // Each case is a process.
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_result_or_a_message(
        options in prop::collection::vec(option(), 0..5),
        schemes in prop::sample::select(vec!["grid", "simulators", "euler,rk4+located", "taylor,evolution-2+located"]),
        duration in prop::sample::select(vec!["0.4", "7.3", "30"]),
    ) {
        // An option given twice is the parser's to refuse.
        let bench = Bench::new();
        let line = format!("{} --schemes {schemes} --duration {duration} --no-timing", options.join(" "));
        let output = bench.command(&line).output().unwrap();
        let message = String::from_utf8(output.stderr).unwrap();
        match output.status.code() {
            Some(0) => prop_assert!(message.is_empty(), "{line}: {message}"),
            Some(1 | 2) => {
                prop_assert!(message.starts_with("error: "), "{line}: {message}");
                prop_assert!(output.stdout.is_empty() && bench.tree().is_empty(), "{line}: output beside {message}");
            }
            code => prop_assert!(false, "{line}: {code:?}: {message}"),
        }
    }
}
