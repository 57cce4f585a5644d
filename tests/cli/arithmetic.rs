//! `--arithmetic`: what a word length costs, and the shortest word.

use serde_json::Value;

use crate::bench::Bench;
use crate::refusals::refused;

fn runs(json: &Value) -> &Vec<Value> {
    json["runs"].as_array().unwrap()
}

/// The known effects at 0.1 ms by the midpoint rule, as recorded in `tests/reference/arithmetic/README.md`: lags against f64 of −19.5 and −153 ms
/// in 16 bits rounded to nearest and cut, and a bfloat16 neuron that stops after one spike.
#[test]
fn a_run_says_what_its_arithmetic_did() {
    let bench = Bench::new();
    let json =
        bench.json("--schemes rk2 --arithmetic s8.7/s0.15,s8.7/s0.15:floor,bf16,s8.7:wrap,f64 --dt 0.1 --no-timing");
    let [nearest, cut, bf16, wrapping, double] = &runs(&json)[..] else { panic!("{json}") };
    assert_eq!((&nearest["scheme"], &nearest["arithmetic"]), (&"rk2".into(), &"s8.7/s0.15".into()));
    let number = |run: &Value, key: &str| run[key].as_f64().unwrap_or_else(|| panic!("{key} of {run}"));
    assert!((number(nearest, "lag_f64_ms") + 19.5).abs() < 0.05, "{nearest}");
    assert!((number(cut, "lag_f64_ms") + 153.0).abs() < 0.5, "{cut}");
    assert_eq!((bf16["spike_count"].as_u64(), number(bf16, "stopped_ms") < 10.0), (Some(1), true));
    assert!(nearest["overflows"].as_u64() > Some(0) && number(nearest, "first_overflow_ms") < 10.0);
    // The range of s8.7 ends at 256.
    assert!(number(nearest, "v_max") < 256.0 && number(nearest, "v_min") > -80.0);
    assert!(wrapping["overflows"] == 0 && wrapping["wraps"].as_u64() > Some(0), "{wrapping}");
    assert_eq!((number(double, "lag_f64_ms"), &double["overflows"]), (0.0, &0.into()));
    assert_eq!(nearest["constants"]["k2"], 1311.0 / 32768.0);
}

#[test]
fn seeds_are_summed_up() {
    let bench = Bench::new();
    let json =
        bench.json("--schemes rk2 --arithmetic s8.7/s0.15:stochastic:seeds=8 --dt 0.1 --duration 300 --no-timing");
    assert_eq!(runs(&json).len(), 8);
    let lags: Vec<f64> = runs(&json).iter().map(|run| run["lag_f64_ms"].as_f64().unwrap()).collect();
    let mean = lags.iter().sum::<f64>() / 8.0;
    let spread = &json["over_seeds"][0];
    assert_eq!((&spread["seeds"], &spread["arithmetic"]), (&8.into(), &"s8.7/s0.15:stochastic".into()));
    let lag = spread["metrics"].as_array().unwrap().iter().find(|metric| metric[0] == "lag_f64_ms").unwrap();
    // The sum of eight numbers in another order.
    assert!((lag[1].as_f64().unwrap() - mean).abs() < 1e-12 && lag[2].as_f64() > Some(0.0), "{lag}");
}

#[test]
fn the_word_that_is_recommended_keeps_the_bound_and_no_shorter_one_does() {
    let bench = Bench::new();
    let question = "--neuron RS --input step:10";
    let found = bench
        .json(&format!("recommend {question} --arithmetic s*.*/s0.* --within 4 --over 200 --schemes rk2 --no-timing"));
    let word = &found["recommended"];
    let [bits, dt] = ["bits", "dt_ms"].map(|key| word[key].as_f64().unwrap());
    let run = |arithmetic: &str| {
        let json = bench
            .json(&format!("{question} --schemes rk2 --dt {dt} --duration 200 --arithmetic {arithmetic} --no-timing"));
        let run = runs(&json)[0].clone();
        run["missed"] == 0
            && run["extra"] == 0
            && run["max_spike_time_error_ms"].as_f64().is_some_and(|error| error <= 4.0)
    };
    assert!(run(word["arithmetic"].as_str().unwrap()), "{word}");
    // A word of the same range that is a bit shorter does not, or the words beside it do not.
    let format = word["format"].as_str().unwrap();
    let (integer, fraction) = format[1..].split_once('.').unwrap();
    let fraction: u32 = fraction.parse().unwrap();
    let at = |fraction: u32| format!("s{integer}.{fraction}/s0.{}", integer.parse::<u32>().unwrap() + fraction);
    assert!(!(fraction - 1..=fraction + 2).all(|fraction| run(&at(fraction))), "{bits} bits are not the fewest");
    for longer in fraction + 1..=fraction + 3 {
        assert!(run(&at(longer)), "{}", at(longer));
    }
}

#[test]
fn what_cannot_be_computed_in_few_bits_is_refused() {
    for (options, word) in [
        ("--schemes projective --arithmetic f32", "locates spikes"),
        ("--schemes rk4+located --arithmetic f32", "locates spikes"),
        ("--schemes euler --arithmetic s40.40", "64 together"),
        ("--schemes euler --arithmetic f16/s0.15", "both are fixed point"),
        ("--schemes euler --arithmetic f64:floor", "nearest even"),
        ("--schemes euler --arithmetic s16.15:seed=3", "stochastic"),
        ("--schemes euler --arithmetic f32:wrap", "fixed point"),
        ("--schemes euler --arithmetic s16.15:floor:rne", "each part once"),
        ("--schemes euler --arithmetic s16.15:stochastic:seeds=100000", "1 to 1000"),
        ("recommend --arithmetic s16.15", "s*.*"),
        ("recommend --arithmetic --rate 200", "per cent"),
    ] {
        let refused = refused(options);
        assert!(refused.contains(word), "{options}: {refused}");
    }
}
