//! The text of `--dt`: every list that is accepted holds distinct, positive, finite numbers.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| {
    if let Ok(values) = spikestep::study::dt_list::parse("--dt", text) {
        assert!(!values.is_empty() && values.iter().all(|x| x.is_finite() && *x > 0.0));
        let mut sorted = values.clone();
        sorted.sort_by(f64::total_cmp);
        sorted.dedup();
        assert_eq!(sorted.len(), values.len());
    }
});
