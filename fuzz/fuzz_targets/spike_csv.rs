//! A file of spike times, text or not: every train that is accepted is finite and in order.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(train) = spikestep::spike::parse_spike_train("fuzz.csv".as_ref(), bytes) {
        assert!(train.times().iter().all(|t| t.is_finite()));
        assert!(train.times().windows(2).all(|w| w[0] <= w[1]));
    }
});
