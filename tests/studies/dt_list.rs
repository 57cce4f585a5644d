//! Lists of steps.

use proptest::prelude::*;
use spikestep::study::dt_list::parse;

#[test]
fn numbers_lists_and_ranges() {
    assert_eq!(parse("--dt", "0.5").unwrap(), [0.5]);
    assert_eq!(parse("--dt", "1, 0.5,1").unwrap(), [1.0, 0.5]);
    assert_eq!(parse("--dt", "0.25..1:lin:4").unwrap(), [0.25, 0.5, 0.75, 1.0]);
    let log = parse("--dt", "0.01..1:log:9").unwrap();
    assert_eq!((log.len(), log[0], log[8]), (9, 0.01, 1.0));
    // The middle of nine in the logarithm is the geometric mean; powf is good to an ulp or two.
    assert!((log[4] - 0.1).abs() < 1e-16);
}

#[test]
fn bad_text_is_refused_with_the_way_out() {
    for bad in [
        "",
        "x",
        "0",
        "-1",
        "nan",
        "inf",
        "0.1..1",
        "0.1..1:log",
        "0.1..1:log:1",
        "0.1..1:cubic:4",
        "1..2:log:99999999",
    ] {
        let message = parse("--dt", bad).unwrap_err().to_string();
        assert!(message.starts_with("--dt is") && message.contains("allowed:"), "{bad}: {message}");
    }
}

proptest! {
    #[test]
    fn no_text_panics(text in "[-0-9.,:a-z ]{0,30}") {
        let _ = parse("--dt", &text);
    }
}
